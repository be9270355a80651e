"""What households are owed is the same whether all entries are read or those only that no settled payout pays."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from common import dates
from farmers.models import Household
from payments.books import carried
from payments.payouts import approval, audit, periods, queries, sending, tasks, unsettled
from payments.payouts.models import Payout, Unsettled, UnsettledPoint
from tests.builders import payouts as made

pytestmark = pytest.mark.django_db


def ends() -> list:
    """Before the period, at its end, and later than anything."""
    last = periods.end_of(made.week()[1])
    return [last - timedelta(days=30), last, dates.now() + timedelta(days=1)]


def plainly(end) -> dict[int, int]:
    """The same by the entries of each household, none left out."""
    ids = Household.objects.values_list("pk", flat=True)
    sums = {each: sum(row.amount_vnd for row in queries.unpaid_of(each, end=end)) for each in ids}
    return {each: vnd for each, vnd in sums.items() if vnd}


def carry() -> None:
    while carried.carry():
        pass


def listed() -> None:
    carry()
    unsettled.bring_up_to_date()


STEPS = some.lists(
    some.tuples(
        some.sampled_from(
            ["earn", "earn", "earn later", "take back", "propose", "approve", "send", "settle", "settle", "bounce", "bounce late", "reject", "list"]
        ),
        some.integers(0, 5),
        some.integers(1, 4).map(lambda each: each * 40_000),
    ),
    max_size=22,
)  # fmt: skip


#: act → the state of the payout that it is done to, and how
ACTS = {
    "approve": ("draft", lambda payout, mai: approval.approve(payout, by=mai)),
    "send": ("approved", lambda payout, mai: sending.sent_by_hand(payout, by=mai, bank_ref="FT1")),
    "settle": ("sent", lambda payout, mai: sending.settle(payout, by=mai)),
    "bounce": ("sent", lambda payout, mai: sending.bounce(payout, by=mai, reason="x")),
    "bounce late": ("settled", lambda payout, mai: sending.bounce(payout, by=mai, reason="x")),
    "reject": ("draft", lambda payout, mai: approval.reject(payout, by=mai, why="x")),
}


def step(act: str, pick: int, amount_vnd: int, sellers: list, people: list) -> None:
    seller, (tuan, mai) = sellers[pick % len(sellers)], people
    if act in ACTS:
        state, do = ACTS[act]
        rows = list(Payout.objects.filter(state=state).order_by("pk"))
        if rows:
            do(rows[pick % len(rows)], mai)
        return
    {
        "earn": lambda: made.earned(seller, amount_vnd, amount_vnd // 4 if pick % 2 else 0),
        "earn later": lambda: made.earned(seller, amount_vnd, at=dates.now()),
        "take back": lambda: made.taken_back(seller, amount_vnd, at=dates.now()),
        "propose": lambda: made.run(tuan),
        "list": listed,
    }[act]()


def lived(steps: list) -> None:
    """A history, compared after each of its steps."""
    sellers, people = [made.seller(), made.seller()], [made.officer("Tuấn"), made.officer("Mai")]
    for each in steps:
        step(*each, sellers, people)
        for end in ends():
            assert queries.owed(end=end) == plainly(end)
    assert list(audit.breaks()) == []


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_whatever_happened_and_whenever_it_was_listed_the_sums_are_those_of_all_entries(steps):
    with transaction.atomic():
        lived(steps)
        transaction.set_rollback(True)


def test_a_settled_payout_leaves_the_list_and_one_on_its_way_does_not():
    settled, sent = made.sent(), made.sent()
    sending.settle(settled, by=made.officer("Mai"))
    listed()
    assert [each.entry_id for each in Unsettled.objects.all()] == [sent.lines.get().entry_id]
    sending.bounce(sent, by=made.officer("Mai"), reason="x")
    assert queries.owed(end=ends()[1]) == {sent.household_id: 300_000}


#: earned, listed, paid out, listed while on its way, and back
BACK = [("earn", 0, 80_000), *((act, 0, 0) for act in ("list", "propose", "approve", "send"))]
BACK += [("earn", 1, 40_000), ("list", 0, 0), ("bounce", 0, 0)]


#: paid out and settled before it was listed, and returned by the bank after that
LATE = [
    ("earn", 0, 80_000),
    *((act, 0, 0) for act in ("propose", "approve", "send", "settle", "list", "bounce late")),
]


def test_control_if_nothing_came_back_to_the_list_what_the_bank_returns_late_would_be_lost(monkeypatch):
    with transaction.atomic():
        lived(LATE)
        transaction.set_rollback(True)
    monkeypatch.setattr(unsettled, "came_back", lambda payout: None)
    with pytest.raises(AssertionError):
        lived(LATE)


def test_control_if_the_list_forgot_what_is_on_its_way_what_comes_back_would_be_lost(monkeypatch):
    with transaction.atomic():
        lived(BACK)
        transaction.set_rollback(True)
    monkeypatch.setattr(unsettled, "DROP", unsettled.DROP.replace("= 'settled'", "IN ('sent', 'settled')"))
    with pytest.raises(AssertionError):
        lived(BACK)


def test_the_audit_finds_a_list_that_lacks_something_and_it_is_made_anew():
    made.earned(made.seller())
    listed()
    Unsettled.objects.all().delete()
    assert any("by the list of unsettled ones" in each for each in audit.breaks())
    call_command("carry_books", "--anew")
    assert list(audit.breaks()) == [] and Unsettled.objects.count() == 1


def test_it_is_listed_after_the_books_were_added_up_and_twice_is_harmless():
    made.earned(made.seller())
    tasks.list_unsettled()
    assert not UnsettledPoint.objects.exists()
    carry()
    for _time in range(2):
        tasks.list_unsettled()
    assert UnsettledPoint.objects.get().upto == carried.point().upto and Unsettled.objects.count() == 1
