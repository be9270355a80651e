"""Random histories of what households earn, give back, keep and are paid, over some months."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import time_machine
from django.db import transaction
from hypothesis import strategies as st

from common import dates
from payments.books import post
from payments.books.months import Month
from payments.books.post import Earners, Shares

MONTHS = (Month(2026, 9), Month(2026, 10), Month(2026, 11))
BEGINS, ENDS = MONTHS[0].begins, MONTHS[-1].ends
KINDS = ("completed", "refunded", "road", "cash", "paid", "bounced")
_numbers = count(5 * 10**6)
VND = st.integers(0, 5_000_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """Something that happened at `at` and was written at `made`, to a household, with four sums of money."""

    kind: str
    household_id: int
    made: datetime
    at: datetime
    sums: tuple[int, int, int, int]


def moments() -> st.SearchStrategy[datetime]:
    """Any moment of the months; often the very first and last ones of a month."""
    edges = [each.begins for each in MONTHS] + [each.ends - timedelta(microseconds=1) for each in MONTHS]
    anywhere = st.integers(0, int((ENDS - BEGINS).total_seconds()) - 1)
    return st.sampled_from(edges) | anywhere.map(lambda seconds: BEGINS + timedelta(seconds=seconds))


@st.composite
def acts(draw, households: tuple[int, ...]) -> Act:
    made = draw(moments())
    late = timedelta(minutes=draw(st.sampled_from([0, 0, 1, 60 * 24 * 20])))
    return Act(
        kind=draw(st.sampled_from(KINDS)),
        household_id=draw(st.sampled_from(households)),
        made=made,
        at=made - late,
        sums=(1 + draw(VND), draw(VND), draw(VND), draw(VND)),
    )


def histories(*households: int) -> st.SearchStrategy[list[Act]]:
    """Acts in the order in which they are written."""
    return st.lists(acts(households), max_size=25).map(lambda found: sorted(found, key=lambda act: act.made))


class EachAlone:
    """Undo what was written in the block."""

    def __enter__(self) -> None:
        self.before = transaction.savepoint()

    def __exit__(self, *_error: object) -> None:
        transaction.savepoint_rollback(self.before)


def write(history: list[Act]) -> None:
    """Put the history into the books, each act when it was made."""
    for act in history:
        with time_machine.travel(act.made, tick=False):
            assert dates.now() == act.made
            _write(act, next(_numbers))


def _write(act: Act, number: int) -> None:
    payable, fee, tax, road = act.sums
    household = act.household_id
    earners = Earners(household_id=household, delivery_owner=f"household:{household}")
    shares = Shares(
        payable_vnd=payable, commission_vnd=fee, vat_vnd=tax, income_tax_vnd=tax // 2, delivery_vnd=road
    )
    if act.kind == "completed":
        post.settled(number, adapter="sandbox", amount_vnd=shares.paid_vnd, at=act.at)
        post.completed(number, payment_id=number, earners=earners, shares=shares, at=act.at)
    elif act.kind == "refunded":
        borne = post.from_earners(earners, shares)
        post.refund_approved(number, borne=borne, amount_vnd=shares.paid_vnd, at=act.at)
    elif act.kind == "road":
        borne = post.from_carrier(f"household:{household}", payable)
        post.refund_approved(number, borne=borne, amount_vnd=payable, at=act.at)
    elif act.kind == "cash":
        post.cash_kept(number, household_id=household, goods_vnd=payable, delivery_vnd=road, at=act.at)
    else:
        function = post.payout_sent if act.kind == "paid" else post.payout_bounced
        function(number, household_id=household, payable_vnd=payable, delivery_vnd=road, at=act.at)
