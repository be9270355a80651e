"""A guest who pays cash proves the phone once per browser, for 90 days."""

from datetime import timedelta

import pytest
import time_machine

from accounts import proving
from accounts.errors import TooMany
from common import dates
from tests.accounts.steps import newest_code, wrong
from tests.builders.accounts import a_user

pytestmark = pytest.mark.django_db
PHONE = "0912 345 678"


def test_the_right_code_proves_the_phone_in_this_browser_only():
    proving.start(PHONE, "lan")
    assert proving.check(PHONE, newest_code(), "lan")
    assert proving.is_proved("+84912345678", "lan")
    assert not proving.is_proved(PHONE, "stranger") and not proving.is_proved(PHONE, "")


def test_the_proof_ends_after_ninety_days():
    proving.start(PHONE, "lan")
    proving.check(PHONE, newest_code(), "lan")
    for days, proved in ((89, True), (91, False)):
        with time_machine.travel(dates.now() + timedelta(days=days)):
            assert proving.is_proved(PHONE, "lan") is proved


def test_five_wrong_guesses_end_the_code():
    proving.start(PHONE, "lan")
    code = newest_code()
    assert not any(proving.check(PHONE, wrong(code), "lan") for _ in range(5))
    assert not proving.check(PHONE, code, "lan") and not proving.is_waiting(PHONE, "lan")


def test_a_code_for_one_phone_proves_no_other():
    proving.start(PHONE, "lan")
    assert not proving.check("0912345679", newest_code(), "lan")


def test_codes_per_phone_are_limited():
    with pytest.raises(TooMany):
        for _ in range(7):
            proving.start(PHONE, "lan")


def test_a_members_own_phone_needs_no_code():
    lan = a_user(phone="+84912345678")
    assert proving.is_proved(PHONE, "", user=lan) and not proving.is_proved("0912345679", "", user=lan)
