"""Fees and taxes on their way out: two people, each statement once, and never more than is owed."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from common import dates
from payments.books import audit as books
from payments.books import links, post, tax
from payments.books.models import Entry
from payments.books.months import GRACE, Month
from payments.payouts import audit, dues, owed
from payments.payouts.errors import (
    BadNumber,
    FourEyes,
    IllegalMove,
    MonthRuns,
    NoBankReference,
    NoReason,
    NothingOwed,
    OwesLess,
    PayoutError,
    ProposedBefore,
    SealBroken,
)
from payments.payouts.models import Due, DueEvent
from payments.payouts.moves import DUE_MOVES
from payments.payouts.owed import Taxes
from tests.books.books import lines, sheet
from tests.builders import dues as made
from tests.builders.payouts import officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean")]


def fresh(due: Due) -> Due:
    return Due.objects.get(pk=due.pk)


# Carriers


def test_a_carrier_is_paid_by_two_people():
    made.earned(30_000), made.earned(20_000)
    due = made.proposed(50_000, " bk 11 ")
    assert (due.number, due.state, owed.to_carrier("post")) == ("BK11", "draft", 50_000)
    mai = officer("Mai")
    dues.sent(dues.approve(due, by=mai), by=mai, bank_ref="FT1")
    assert lines("carrier_paid:statement:post:BK11") == {"delivery carrier:post": 50_000, "bank": -50_000}
    assert "delivery carrier:post" not in sheet()
    assert [(each.to, each.by.display_name) for each in due.events.all()] == [
        ("draft", "Tuấn"), ("approved", "Mai"), ("sent", "Mai"),
    ]  # fmt: skip


def test_nobody_approves_what_they_proposed():
    made.earned()
    tuan = officer("Tuấn")
    due = dues.propose_carrier("post", number="1", amount_vnd=1, by=tuan)
    with pytest.raises(FourEyes):
        dues.approve(due, by=tuan)
    with pytest.raises(IntegrityError, match="due_four_eyes"), transaction.atomic():
        Due.objects.filter(pk=due.pk).update(
            approved_by=tuan, approved_at=dates.now(), seal="x", state="approved"
        )


def test_never_more_is_proposed_than_is_owed_beside_what_is_under_way():
    made.earned(30_000)
    for amount_vnd, error in ((30_001, OwesLess), (0, NothingOwed), (-1, NothingOwed)):
        with pytest.raises(error):
            made.proposed(amount_vnd)
    first = made.proposed(20_000, "1")
    with pytest.raises(OwesLess):
        made.proposed(10_001, "2")
    made.sent(first)
    made.proposed(10_000, "2")
    (each,) = owed.to_carriers()
    assert (each.owed_vnd, each.under_way_vnd, each.free_vnd) == (10_000, 10_000, 0)
    with pytest.raises(NothingOwed):
        made.proposed(1, "3")


@pytest.mark.parametrize("carrier", ["ghn", "", "own", "household:7"])
def test_whom_nothing_is_owed_is_paid_nothing(carrier):
    made.earned()
    with pytest.raises(NothingOwed):
        dues.propose_carrier(carrier, number="1", amount_vnd=1, by=officer("Tuấn"))


def test_each_statement_is_proposed_once_unless_it_was_rejected():
    made.earned()
    due = made.proposed(10_000, "BK-11")
    with pytest.raises(ProposedBefore):
        made.proposed(10_000, "bk-11")
    dues.reject(due, by=officer("Mai"), why="sai số")
    made.sent(made.proposed(10_000, "bk-11"))
    with pytest.raises(ProposedBefore):
        made.proposed(10_000, "BK-11")
    with pytest.raises(BadNumber):
        made.proposed(10_000, "a/b")


def test_what_shrank_since_is_not_paid():
    made.earned(30_000)
    due = made.approved(made.proposed(30_000))
    made.blamed(1)
    with pytest.raises(OwesLess):
        dues.sent(due, by=officer("Mai"), bank_ref="FT1")
    assert fresh(due).state == "approved" and "bank" not in sheet()
    other = fresh(due)
    dues.reject(other, by=officer("Mai"), why="nợ đã giảm")
    again = made.proposed(29_999, "2")
    made.blamed(1)
    with pytest.raises(OwesLess):
        made.approved(again)


def test_a_carrier_that_owes_us_is_paid_nothing():
    made.blamed(5_000)
    (each,) = owed.to_carriers()
    assert (each.owed_vnd, each.free_vnd) == (-5_000, 0)
    with pytest.raises(NothingOwed):
        made.proposed(1)


# Taxes


def test_the_taxes_of_a_month_are_paid_by_two_people():
    made.withheld(10_000, 5_000)
    due = made.sent(made.proposed_taxes())
    name = f"{made.last_month():%Y-%m}"
    assert (due.number, lines(f"tax_paid:tax:{name}")) == (
        name, {"tax vat": 10_000, "tax income": 5_000, "bank": -15_000},
    )  # fmt: skip
    assert not {"tax vat", "tax income"} & set(sheet())


def test_what_is_declared_later_of_the_same_month_has_a_number_of_its_own():
    made.withheld(10_000, 5_000)
    first = made.sent(made.proposed_taxes(4_000, 0))
    second = made.proposed_taxes(6_000, 0)
    dues.reject(second, by=officer("Mai"), why="gộp lại")
    third = made.sent(made.proposed_taxes(6_000, 5_000))
    assert (third.number, second.number) == (f"{first.number}-2",) * 2
    assert Entry.objects.filter(kind="tax_paid").count() == 2 and "tax vat" not in sheet()


def test_a_month_that_is_not_over_is_not_paid():
    today = dates.today()
    made.earned(0, vat_vnd=10, at=dates.now())
    for month in (today, today.replace(day=1), today + timedelta(days=40)):
        with pytest.raises(MonthRuns):
            made.proposed_taxes(1, 0, month)


def test_no_month_pays_for_another_and_no_tax_for_another():
    before = (made.last_month() - timedelta(days=1)).replace(day=1)
    made.withheld(10_000, 5_000)
    made.withheld(1_000, 500, month=before)
    for sums in ((10_001, 0), (0, 5_001)):
        with pytest.raises(OwesLess):
            made.proposed_taxes(*sums)
    with pytest.raises(OwesLess):
        made.proposed_taxes(1_001, 0, before)
    made.sent(made.proposed_taxes())
    made.sent(made.proposed_taxes(1_000, 500, before))
    assert sum(each.free.amount_vnd for each in owed.months()) == 0


def test_what_went_back_to_households_later_is_not_paid_to_the_office():
    """Withheld two months ago, given back in the last: only the difference is owed at all."""
    before = (made.last_month() - timedelta(days=1)).replace(day=1)
    made.withheld(10_000, 5_000, month=before)
    with time_machine.travel(dates.at(made.last_month().replace(day=20), 9), tick=False):
        made.given_back(4_000, 2_000)
    month = owed.month(before)
    assert (month.withheld.vat_vnd, month.free.vat_vnd, month.free.income_tax_vnd) == (10_000, 6_000, 3_000)
    assert owed.month(made.last_month()).free.amount_vnd == 0
    with pytest.raises(OwesLess):
        made.proposed_taxes(6_001, 0, before)
    made.sent(made.proposed_taxes(6_000, 3_000, before))
    assert not {"tax vat", "tax income"} & set(sheet())


def test_months_are_those_of_vietnam():
    first = made.last_month()
    for vat_vnd, moment in ((7, dates.at(first, 0)), (5, dates.at(first, 0) - timedelta(seconds=1))):
        with time_machine.travel(moment, tick=False):
            made.earned(0, vat_vnd=vat_vnd)
    assert owed.month(first).withheld.vat_vnd == 7


def test_what_is_owed_of_a_month_is_what_is_declared_of_it_also_where_a_refund_spans_midnight():
    """Told of at the last second of the month, written in the first of the next: it is the next one's."""
    month = Month.running().previous.previous
    made.withheld(10_000, 5_000, month=month.first_day)
    last_second = month.ends - timedelta(seconds=1)
    with time_machine.travel(month.ends + timedelta(seconds=1), tick=False):
        made.given_back(4_000, 2_000, at=last_second)
    for each, sums in ((month, (10_000, 5_000)), (month.next, (-4_000, -2_000))):
        moved = tax.moved(each)
        assert (moved.vat_vnd, moved.income_tax_vnd) == sums
        assert owed.month(each.first_day).withheld == Taxes(vat_vnd=sums[0], income_tax_vnd=sums[1])


def test_a_month_is_paid_once_nothing_can_be_written_in_it_any_more():
    made.withheld(10_000, 5_000)
    month = Month.running().previous
    with time_machine.travel(month.ends + GRACE - timedelta(seconds=1), tick=False):
        assert owed.month(month.first_day).free == Taxes()
        with pytest.raises(MonthRuns):
            made.proposed_taxes(month=month.first_day)
    with time_machine.travel(month.ends + GRACE, tick=False):
        assert made.proposed_taxes(month=month.first_day).amount_vnd == 15_000


@pytest.mark.parametrize("sums", [(0, 0), (-1, 5), (5, -1)])
def test_a_tax_of_nothing_is_none(sums):
    made.withheld()
    with pytest.raises(NothingOwed):
        made.proposed_taxes(*sums)


# What comes back


def test_what_the_bank_returned_is_owed_again_and_paid_anew_under_its_number():
    made.earned(30_000)
    due = made.sent(made.proposed(30_000))
    dues.bounce(due, by=officer("Mai"), why=" sai số tài khoản ")
    assert lines("carrier_bounced:statement:post:BK-11") == {
        "bank": 30_000, "delivery carrier:post": -30_000,
    }  # fmt: skip
    assert (fresh(due).reason, owed.to_carrier("post"), sheet()["delivery carrier:post"]) == (
        "sai số tài khoản", 30_000, -30_000,
    )  # fmt: skip
    again = made.sent(made.proposed(30_000), "FT2")
    assert lines("carrier_paid:statement:post:BK-11:1") == {"delivery carrier:post": 30_000, "bank": -30_000}
    dues.bounce(again, by=officer("Mai"), why="lại sai")
    made.sent(made.proposed(29_000), "FT3")
    assert (sheet()["bank"], owed.to_carrier("post")) == (-29_000, 1_000)
    assert [*books.breaks(), *audit.breaks()] == []


def test_taxes_that_came_back_are_paid_anew_in_the_same_month():
    made.withheld(10_000, 5_000)
    due = made.sent(made.proposed_taxes())
    assert owed.month(made.last_month()).free.amount_vnd == 0
    dues.bounce(due, by=officer("Mai"), why="ghi nhầm là đã nộp")
    month = owed.month(made.last_month())
    assert (month.withheld.amount_vnd, month.declared.amount_vnd, month.free.amount_vnd) == (
        15_000,
        0,
        15_000,
    )
    again = made.sent(made.proposed_taxes())
    assert again.number == due.number and not {"tax vat", "tax income"} & set(sheet())
    assert lines(f"tax_bounced:tax:{due.number}") == {
        "tax vat": -10_000,
        "tax income": -5_000,
        "bank": 15_000,
    }
    assert [*books.breaks(), *audit.breaks()] == []


def test_only_what_has_left_comes_back_with_a_reason_and_once():
    made.earned()
    mai, due = officer("Mai"), made.proposed()
    for step in (lambda each: each, made.approved):
        due = step(due)
        with pytest.raises(IllegalMove):
            dues.bounce(due, by=mai, why="x")
    dues.sent(due, by=mai, bank_ref="FT1")
    with pytest.raises(NoReason):
        dues.bounce(due, by=mai, why=" ")
    dues.bounce(due, by=mai, why="x")
    for act in (
        lambda: dues.bounce(due, by=mai, why="x"),
        lambda: dues.sent(due, by=mai, bank_ref="FT1"),
        lambda: dues.reject(due, by=mai, why="x"),
    ):
        with pytest.raises(IllegalMove):
            act()
    event = due.events.last()
    assert (event.frm, event.to, event.by, event.note) == ("sent", "bounced", mai, "x")


# Acts


def test_the_way_of_a_due_is_that_of_the_table():
    made.earned()
    due, mai = made.proposed(), officer("Mai")
    with pytest.raises(IllegalMove):
        dues.sent(due, by=mai, bank_ref="FT1")
    for why in ("", "  "):
        with pytest.raises(NoReason):
            dues.reject(due, by=mai, why=why)
    due = made.approved(due)
    with pytest.raises(NoBankReference):
        dues.sent(due, by=mai, bank_ref=" ")
    dues.sent(due, by=mai, bank_ref="FT1")
    for act in (
        lambda: dues.sent(due, by=mai, bank_ref="FT2"),
        lambda: dues.reject(due, by=mai, why="x"),
        lambda: dues.approve(due, by=mai),
    ):
        with pytest.raises(PayoutError):
            act()
    assert Entry.objects.filter(kind="carrier_paid").count() == 1
    assert {*DUE_MOVES, *(each for to in DUE_MOVES.values() for each in to)} == set(Due.State.values)


def test_what_is_not_as_it_was_approved_is_not_sent():
    made.earned()
    due = made.approved(made.proposed(10_000))
    Due.objects.filter(pk=due.pk).update(delivery_vnd=20_000, amount_vnd=20_000)
    with pytest.raises(SealBroken):
        dues.sent(due, by=officer("Mai"), bank_ref="FT1")


def test_the_books_lead_to_the_due():
    made.earned(), made.withheld()
    for due in (made.sent(made.proposed()), made.sent(made.proposed_taxes())):
        (entry,) = owed.entries_of(due)
        assert links.page_of(entry.about).startswith("/quan-tri/chi-tra/phi-va-thue/")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"amount_vnd": 1}, "due_adds_up"),
        ({"amount_vnd": 0, "delivery_vnd": 0}, "due_pays_something"),
        ({"vat_vnd": -5, "delivery_vnd": 30_005}, "due_(pays_something|is_of_its_kind)"),
        ({"to": ""}, "due_is_of_its_kind"),
        ({"kind": "tax"}, "due_is_of_its_kind"),
        ({"vat_vnd": 1, "amount_vnd": 30_001}, "due_is_of_its_kind"),
        ({"state": "approved"}, "due_approved_before_it_is_sent"),
        ({"state": "sent"}, "due_(approved_before|sent_names)"),
        ({"bank_ref": "FT1"}, "due_sent_names_its_transfer"),
        ({"state": "rejected"}, "due_void_with_a_reason"),
        ({"reason": "x"}, "due_void_with_a_reason"),
        ({"state": "bounced", "reason": "x"}, "due_(approved_before|sent_names)"),
        ({"number": "2"}, "due_once_per_statement_and_month"),
    ],
)
def test_the_database_keeps_the_rules(change, rule):
    made.earned(), made.earned()
    due = made.proposed(30_000, "1")
    made.proposed(30_000, "2")
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Due.objects.filter(pk=due.pk).update(**change)


STEPS = some.lists(
    some.tuples(
        some.sampled_from(["earn", "blame", "propose", "approve", "reject", "send", "bounce"]),
        some.integers(0, 3),
        some.integers(1, 40_000),
    ),
    max_size=20,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_whatever_people_do_no_more_leaves_than_was_earned(steps):
    with transaction.atomic():
        tuan, mai = officer("Tuấn"), officer("Mai")
        earned_vnd = blamed_vnd = 0
        for act, number, amount_vnd in steps:
            if act == "earn":
                made.earned(amount_vnd)
                earned_vnd += amount_vnd
            elif act == "blame":
                made.blamed(amount_vnd)
                blamed_vnd += amount_vnd
            else:
                _try(act, number, amount_vnd, tuan, mai)
        paid_vnd = sum(each.amount_vnd for each in Due.objects.filter(state="sent"))
        assert paid_vnd <= earned_vnd and owed.to_carrier("post") == earned_vnd - blamed_vnd - paid_vnd
        assert [*books.breaks(), *audit.breaks()] == []
        transaction.set_rollback(True)


def _try(act, number, amount_vnd, tuan, mai) -> None:
    found = list(Due.objects.order_by("pk"))
    due = found[number % len(found)] if found else None
    try:
        if act == "propose":
            dues.propose_carrier("post", number=str(number), amount_vnd=amount_vnd, by=tuan)
        elif due is not None:
            {
                "approve": lambda: dues.approve(due, by=mai),
                "reject": lambda: dues.reject(due, by=mai, why="x"),
                "send": lambda: dues.sent(due, by=mai, bank_ref="FT"),
                "bounce": lambda: dues.bounce(due, by=mai, why="x"),
            }[act]()
    except PayoutError:
        return


# The audit


@pytest.mark.parametrize(
    ("spoilt", "says"),
    [
        (
            lambda: post.carrier_paid("x", carrier="post", amount_vnd=5),
            "carrier_paid:statement:post:x: 0 paid",
        ),
        (
            lambda: post.tax_paid("2026-01", vat_vnd=5, income_tax_vnd=0),
            "tax_paid:tax:2026-01: 0 paid by its due, 5",
        ),
        (lambda: Due.objects.update(delivery_vnd=1, amount_vnd=1), "1 paid by its due, 30000 in the books"),
        (lambda: Due.objects.update(number="other"), "post:other: 30000 paid by its due, 0 in the books"),
        (lambda: DueEvent.objects.filter(to="sent").delete(), "is sent, its last event says approved"),
        (
            lambda: Due.objects.update(state="bounced", reason="x"),
            "carrier_bounced:statement:post:BK-11: -30000 paid by its due, 0 in the books",
        ),
        (
            lambda: post.carrier_bounced("BK-11", carrier="post", amount_vnd=30_000),
            "carrier_bounced:statement:post:BK-11: 0 paid by its due, -30000 in the books",
        ),
    ],
)
def test_the_audit_names_what_differs(spoilt, says):
    made.earned()
    made.sent(made.proposed())
    with transaction.atomic():
        spoilt()
        assert any(says in each for each in audit.breaks())
        transaction.set_rollback(True)
