"""Five guesses are evaluated, however many arrive at once. The control shows that the row does it."""

from contextlib import suppress

import pytest
from django.db.models import F

from accounts import code as codes
from accounts import limits
from accounts.errors import AccountError, CodeOver, TooMany, WrongCode
from accounts.models import Code, Purpose, User
from tests.accounts.steps import newest_code, wrong
from tests.races.test_stock import crowd

pytestmark = pytest.mark.race
GUESSERS = 40


@pytest.fixture
def row(committed_db) -> Code:
    return codes.send(
        purpose=Purpose.SIGN_IN, contact="+84912345678", browser="lan", address="10.0.0.1", language="vi"
    )


def test_forty_parallel_guesses_are_five(row):
    seen, guess = [], wrong(newest_code())

    def one(_number: int) -> None:
        try:
            codes.judge(row.pk, guess, purpose=Purpose.SIGN_IN, browser="lan")
        except AccountError as error:
            seen.append(type(error))

    crowd(GUESSERS, one, at_once=GUESSERS)
    row.refresh_from_db()
    assert row.tries == 5 and seen.count(WrongCode) <= 4 and seen.count(CodeOver) >= GUESSERS - 4


def test_without_the_condition_the_same_forty_are_all_looked_at(row):
    """The control: read the count, compare, write it back. If it ever stops at five, the test above proves nothing."""
    looked = []

    def one(_number: int) -> None:
        known = Code.objects.get(pk=row.pk)
        if known.tries < Code.GUESSES:
            looked.append(known)
            Code.objects.filter(pk=row.pk, tries__lt=5).update(tries=F("tries") + 1)

    crowd(GUESSERS, one, at_once=GUESSERS)
    assert len(looked) > Code.GUESSES


def test_the_right_code_typed_forty_times_at_once_opens_once(row):
    opened, code = [], newest_code()

    def one(_number: int) -> None:
        with suppress(AccountError):
            opened.append(codes.judge(row.pk, code, purpose=Purpose.SIGN_IN, browser="lan"))

    crowd(GUESSERS, one, at_once=GUESSERS)
    assert len(opened) == 1 and User.objects.count() == 0


def test_a_limit_counts_forty_at_once(committed_db):
    passed = []

    def one(number: int) -> None:
        try:
            limits.take("test", "lan", limit=6, window=codes.HOUR)
        except TooMany:
            return
        passed.append(number)

    crowd(GUESSERS, one, at_once=GUESSERS)
    assert len(passed) == 6
