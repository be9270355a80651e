"""Another bank account: the owner alone, with a code, told to old and new contact, and held for two days."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from accounts.errors import CodeOver, TooMany, WrongCode
from accounts.models import User
from accounts.notices.models import Notice
from common import dates
from farmers import bank_accounts
from farmers.errors import AccountSame, ChangeOver, NoContact, NotYours, ReasonNeeded
from farmers.models import BankAccount, BankAccountChange, Household, Membership
from tests import cast
from tests.builders.farmers import a_user, owner_of

pytestmark = pytest.mark.django_db
WANTED = {"bank_bin": "970405", "account": "8200205123456", "account_name": "Hoàng Thị Sáu"}


@pytest.fixture
def sau() -> Household:
    return cast.her_household()


def ask(household: Household, by: User | None = None, **changes: str) -> BankAccountChange:
    return bank_accounts.ask_change(
        household,
        by=by or owner_of(household),
        **{**WANTED, **changes},
        browser="browser",
        address="1.2.3.4",
        language="vi",
    )


def code() -> str:
    return re.search(r"\d{6}", Notice.objects.filter(kind="code").latest("pk").text)[0]


def confirm(change: BankAccountChange, guess: str = "", by: User | None = None) -> BankAccount:
    by = by or owner_of(change.household)
    return bank_accounts.confirm_change(change, guess or code(), by=by, browser="browser")


def test_the_right_code_makes_it_count_and_holds_payouts(sau):
    change = ask(sau)
    assert not BankAccount.objects.exists()
    bank = confirm(change)
    assert (bank.account, bank.account_name, bank.end) == ("8200205123456", "HOANG THI SAU", "3456")
    assert bank.is_held and abs(bank.held_until - dates.now() - timedelta(hours=48)) < timedelta(minutes=1)
    with time_machine.travel(bank.held_until + timedelta(seconds=1)):
        assert not bank.is_held


def test_the_number_is_nowhere_in_the_clear(sau):
    confirm(ask(sau))
    with connection.cursor() as cursor:
        for table in ("farmers_bankaccount", "farmers_bankaccountchange"):
            cursor.execute(f"SELECT account FROM {table}")
            assert "8200205123456" not in cursor.fetchone()[0]
    assert not Notice.objects.filter(text__contains="8200205123456").exists()


def test_a_wrong_code_changes_nothing_and_is_counted(sau):
    change = ask(sau)
    for _number in range(4):
        with pytest.raises(WrongCode):
            confirm(change, "000000" if code() != "000000" else "111111")
    with pytest.raises(CodeOver):
        confirm(change, "000000" if code() != "000000" else "111111")
    with pytest.raises(CodeOver):
        confirm(change)
    assert not BankAccount.objects.exists()


def test_a_code_is_for_its_own_change_and_once(sau):
    first = ask(sau)
    digits = code()
    second = ask(sau, account="19031234567")
    with pytest.raises(CodeOver):
        confirm(first, digits)
    confirm(second)
    second.refresh_from_db()
    with pytest.raises(ChangeOver):
        confirm(second)
    assert BankAccount.objects.get().account == "19031234567"


def test_another_browser_cannot_use_the_code(sau):
    change = ask(sau)
    with pytest.raises(CodeOver):
        bank_accounts.confirm_change(change, code(), by=owner_of(sau), browser="other")


def test_a_helper_and_a_stranger_may_not(sau):
    helper = a_user()
    Membership.objects.create(household=sau, user=helper, role=Membership.Role.HELPER)
    for who in (helper, cast.hoa()):
        with pytest.raises(NotYours):
            ask(sau, who)
    change = ask(sau)
    with pytest.raises(NotYours):
        confirm(change, by=helper)
    assert not Notice.objects.filter(to_user=helper).exists()


def test_an_owner_who_handed_over_meanwhile_may_not(sau):
    change, owner = ask(sau), owner_of(sau)
    Membership.objects.filter(household=sau).update(user=cast.lan())
    for who in (owner, cast.lan()):
        with pytest.raises((NotYours, ChangeOver)):
            confirm(change, by=who)


def test_old_and_new_contact_are_told(sau):
    confirm(ask(sau))
    owner = owner_of(sau)
    old = owner.phone
    User.objects.filter(pk=owner.pk).update(phone="+84900000777", phone_verified_at=dates.now())
    confirm(ask(sau, account="19031234567"))
    told = set(
        Notice.objects.filter(kind="bank_account_changed", text__contains="4567").values_list(
            "phone", flat=True
        )
    )
    assert told == {old, "+84900000777"}
    assert BankAccount.objects.get().contacts == ["+84900000777"]


def test_the_same_account_is_no_change_and_no_contact_no_code(sau):
    confirm(ask(sau))
    with pytest.raises(AccountSame):
        ask(sau)
    User.objects.filter(pk=owner_of(sau).pk).update(phone_verified_at=None)
    with pytest.raises(NoContact):
        ask(sau, account="19031234567")


def test_codes_are_limited(sau):
    with pytest.raises(TooMany):
        for number in range(10):
            ask(sau, account=f"1903123456{number}")


def test_staff_hold_and_let_go(sau):
    bank = confirm(ask(sau))
    with pytest.raises(ReasonNeeded):
        bank_accounts.hold(bank, by=cast.tuan(), why=" ")
    bank_accounts.hold(bank, by=cast.tuan(), why="báo mất máy")
    with time_machine.travel(dates.now() + timedelta(days=9)):
        bank.refresh_from_db()
        assert bank.is_held and bank.held_by == cast.tuan()
        bank_accounts.let_go(bank)
        bank.refresh_from_db()
        assert not bank.is_held


@pytest.mark.parametrize(
    ("typed", "spoken"),
    [("Nguyễn  Thị Đào", "NGUYEN THI DAO"), ("=cmd|' /C'!A0", "CMD C A0"), ("黎", ""), ("HTX Na (Chi Lăng)", "HTX NA CHI LANG")],
)  # fmt: skip
def test_names_are_written_as_banks_write_them(typed, spoken):
    assert bank_accounts.spoken(typed) == spoken
