"""A household's month: what was owed before, what moved it, what was owed after. The books say all three."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings

from common import dates
from payments.books import accounts, balances, post
from payments.books.models import Entry
from payments.books.months import GRACE, Month
from payments.books.post import Earners, Shares
from payments.books.statements import accounts_of, is_trade, months_of, statement_of
from payments.books.write import enter
from tests.books.histories import MONTHS, EachAlone, histories, write

pytestmark = pytest.mark.django_db
PATIENT = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
HOME = 7


def owed(household_id: int, month: Month) -> int:
    """What the books owed the household when the month was over."""
    return -sum(balances.balance(each, made_before=month.ends) for each in accounts_of(household_id))


@given(history=histories(HOME, 8))
@PATIENT
def test_opening_and_movements_are_the_closing_balance_and_the_next_opening(history):
    with EachAlone():
        write(history)
        found = [statement_of(HOME, month) for month in (MONTHS[0].previous, *MONTHS, MONTHS[-1].next)]
        assert found[0].closing_vnd == 0 and not found[0].acts
        for before, after in pairwise(found):
            assert after.opening_vnd == before.closing_vnd
        for each in found:
            assert each.opening_vnd + sum(act.amount_vnd for act in each.acts) == each.closing_vnd
            assert each.closing_vnd == owed(HOME, each.month)
        assert found[-1].closing_vnd == -sum(balances.balance(each) for each in accounts_of(HOME))
        assert sum(len(each.acts) for each in found) == len(
            [act for act in history if act.household_id == HOME]
        )


@given(history=histories(HOME, 8))
@PATIENT
def test_every_act_stands_in_the_month_in_which_it_was_written_and_adds_up(history):
    with EachAlone():
        write(history)
        for month in MONTHS:
            mine = [act for act in history if act.household_id == HOME and Month.of(act.made) == month]
            found = statement_of(HOME, month)
            assert [act.made_at for act in found.acts] == [act.made for act in mine]
            for act in found.acts:
                assert act.goods_vnd - act.fee_vnd - act.tax_vnd + act.delivery_vnd == act.amount_vnd
            moved = found.movement
            sold = [act for act in mine if act.kind == "completed"]
            assert moved.sold_vnd == sum(sum(act.sums[:3]) + act.sums[2] // 2 for act in sold)
            assert moved.cash_vnd == -sum(act.sums[0] + act.sums[3] for act in mine if act.kind == "cash")
            assert moved.paid_out_vnd == -sum(act.sums[0] + act.sums[3] for act in mine if act.kind == "paid")
            assert moved.other_vnd == 0
        listed = {Month.of(act.made) for act in history if act.household_id == HOME}
        assert months_of(HOME) == sorted(listed, reverse=True)


def earned(
    number: int, payable_vnd: int, *, at: datetime | None = None, owner: str = f"household:{HOME}"
) -> None:
    shares = Shares(payable_vnd=payable_vnd)
    post.settled(number, adapter="sandbox", amount_vnd=payable_vnd, at=at)
    earners = Earners(household_id=HOME, delivery_owner=owner)
    post.completed(number, payment_id=number, earners=earners, shares=shares, at=at)


def test_what_is_written_late_leaves_the_closed_month_as_it_was():
    october, november = MONTHS[1:]
    with time_machine.travel(october.begins + timedelta(days=3)):
        earned(1, 100_000)
    with time_machine.travel(november.begins + timedelta(days=3)):
        before = statement_of(HOME, october)
        assert before.is_final
        earned(2, 50_000, at=october.begins + timedelta(days=20))
        assert statement_of(HOME, october) == before
        late = statement_of(HOME, november)
    assert (late.opening_vnd, late.closing_vnd) == (100_000, 150_000)
    # By the time it happened the balance differs: that clock would have changed the closed month.
    (payable, _delivery) = accounts_of(HOME)
    assert -balances.balance(payable, at=october.ends) == 150_000


def test_months_turn_at_midnight_in_vietnam():
    last, first = datetime(2026, 10, 31, 16, 59, 59, tzinfo=UTC), datetime(2026, 10, 31, 17, tzinfo=UTC)
    with time_machine.travel(last, tick=False):
        earned(1, 1_000)
    with time_machine.travel(first, tick=False):
        earned(2, 20_000)
    assert statement_of(HOME, Month(2026, 10)).closing_vnd == 1_000
    assert statement_of(HOME, Month(2026, 11)).movement.sold_vnd == 20_000
    assert months_of(HOME) == [Month(2026, 11), Month(2026, 10)]


def test_a_month_closes_when_no_transaction_of_it_can_be_open():
    month = Month(2026, 10)
    with time_machine.travel(month.ends, tick=False):
        assert not statement_of(HOME, month).is_final
    with time_machine.travel(month.ends + GRACE, tick=False):
        assert statement_of(HOME, month).is_final


def test_a_carriers_delivery_is_not_the_households():
    earners = Earners(household_id=HOME, delivery_owner="carrier:x")
    shares = Shares(payable_vnd=100_000, delivery_vnd=30_000)
    post.settled(1, adapter="sandbox", amount_vnd=130_000)
    post.completed(1, payment_id=1, earners=earners, shares=shares)
    found = statement_of(HOME, Month.running())
    assert (found.movement.delivery_vnd, found.closing_vnd) == (0, 100_000)


def test_an_act_that_nobody_thought_of_still_adds_up():
    enter(Entry.Kind.CARRIER_PAID, "x:1", {accounts.payable(HOME): 700, accounts.BANK: -700})
    found = statement_of(HOME, Month.running())
    assert (found.movement.other_vnd, found.closing_vnd) == (-700, -700)
    assert not is_trade(found.acts[0])


def test_five_queries_however_many_acts():
    for number in range(1, 30):
        earned(number, 1_000)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(statement_of(HOME, Month.running()).acts) == 29
    assert len(queries) == 5


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "1999-12", "2026-1", "２０２６-11", "2026-11\n", "x"]
)
def test_what_is_no_month(text):
    assert Month.read(text) is None


def test_a_month_is_read_as_it_is_written():
    for month in (*MONTHS, Month(2026, 12), Month(2000, 1)):
        assert Month.read(str(month)) == month and month.next.previous == month
        assert month.last_day + timedelta(days=1) == month.next.first_day
    assert Month.of(dates.now()) == Month.running()
