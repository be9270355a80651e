"""Dues proposed, approved and sent at once: each once, together never more than is owed.

More of the controls are in `test_unguarded`.
"""

import threading

import pytest
from django.db import IntegrityError

from common.steer import listen
from config import audit_returned
from payments.books import audit as books
from payments.books.models import Entry
from payments.intake.models import Inflow
from payments.payouts import audit, dues
from payments.payouts.errors import IllegalMove, NothingOwed, OwesLess, ProposedBefore
from payments.payouts.models import Due, DueEvent
from tests.books.books import sheet
from tests.builders import dues as made
from tests.builders.payouts import officer
from tests.payments.test_races import THREADS, at_once

pytestmark = pytest.mark.race


@pytest.fixture(autouse=True)
def _clean(committed_db):
    yield
    listen("after:dues.owed", None)
    assert [*books.breaks(), *audit.breaks(), *audit_returned.breaks()] == []


def propose(number: str, by, amount_vnd: int = 30_000) -> Due:
    return dues.propose_carrier("post", number=number, amount_vnd=amount_vnd, by=by)


def test_one_statement_proposed_by_eight_people_at_once_is_one_due():
    made.earned(), made.earned()
    tuan = officer("Tuấn")
    found = at_once(lambda _number: propose("1", tuan))
    assert sum(isinstance(each, ProposedBefore) for each in found) == THREADS - 1
    assert Due.objects.count() == 1


def test_eight_statements_at_once_never_take_more_than_is_owed():
    made.earned(60_000)
    tuan = officer("Tuấn")
    found = at_once(lambda number: propose(str(number), tuan))
    assert sum(isinstance(each, NothingOwed) for each in found) == THREADS - 2
    assert sum(each.amount_vnd for each in Due.objects.all()) == 60_000


def test_the_taxes_of_a_month_proposed_at_once_are_numbered_and_never_too_much():
    made.withheld(10_000, 0)
    tuan = officer("Tuấn")

    def act(_number):
        return dues.propose_taxes(made.last_month(), vat_vnd=4_000, income_tax_vnd=0, by=tuan)

    found = at_once(act)
    assert sum(isinstance(each, OwesLess) for each in found) == THREADS - 2
    assert len({each.number for each in Due.objects.all()}) == 2


def test_eight_approvals_and_eight_sendings_at_once_are_one_of_each():
    made.earned()
    due, mai = made.proposed(), officer("Mai")
    found = at_once(lambda _number: dues.approve(due, by=mai))
    assert sum(isinstance(each, IllegalMove) for each in found) == THREADS - 1
    found = at_once(lambda number: dues.sent(due, by=mai, bank_ref=f"FT{number}"))
    assert sum(isinstance(each, IllegalMove) for each in found) == THREADS - 1
    assert (
        DueEvent.objects.filter(to="sent").count() == Entry.objects.filter(kind="carrier_paid").count() == 1
    )


def test_eight_people_saying_at_once_that_it_came_back_are_one():
    made.earned()
    due, mai = made.sent(made.proposed()), officer("Mai")
    found = at_once(lambda number: dues.bounce(due, by=mai, why=f"{number}"))
    assert sum(isinstance(each, IllegalMove) for each in found) == THREADS - 1
    assert Entry.objects.filter(kind="carrier_bounced").count() == 1 and "bank" not in sheet()


def test_coming_back_and_being_proposed_anew_at_once_never_pays_more_than_is_owed():
    made.earned(30_000)
    due, mai, tuan = made.sent(made.proposed()), officer("Mai"), officer("Tuấn")

    def act(number):
        return dues.bounce(due, by=mai, why="x") if number % 2 else propose(f"N{number}", tuan)

    at_once(act)
    under_way = Due.objects.filter(state="draft")
    assert sum(each.amount_vnd for each in under_way) <= 30_000
    for each in under_way:
        dues.sent(dues.approve(each, by=mai), by=mai, bank_ref="FT9")
    assert sheet().get("bank", 0) in (0, -30_000)


def test_control_without_lock_and_compare_and_set_a_due_would_come_back_twice(monkeypatch):
    made.earned()
    due, mai = made.sent(made.proposed()), officer("Mai")

    def unlocked(_due):
        return Due.objects.get(pk=due.pk)

    def careless(row, to, **fields):
        listened.wait()
        DueEvent.objects.create(due=row, frm=row.state, to=to, by=fields.pop("by"), note=fields.pop("note"))
        Due.objects.filter(pk=row.pk).update(state=to, **fields)
        row.state = to

    listened = threading.Barrier(2, timeout=10)
    monkeypatch.setattr(dues, "_lock", unlocked)
    monkeypatch.setattr(dues, "move_due", careless)
    at_once(lambda number: dues.bounce(due, by=mai, why=f"{number}"), times=2)
    # The books still take the act once only; the money would be waited for twice, and the audit says so.
    assert DueEvent.objects.filter(to="bounced").count() == 2
    assert Entry.objects.filter(kind="carrier_bounced").count() == 1 and "bank" not in sheet()
    assert list(audit_returned.breaks()) == [f"due:{due.pk}: 30000 returned by the bank, 60000 waited for"]
    Inflow.objects.update(sent_vnd=30_000)


def test_control_without_the_lock_more_would_be_proposed_than_is_owed(monkeypatch):
    made.earned(30_000)
    tuan = officer("Tuấn")
    monkeypatch.setattr(dues, "alone", lambda _name: None)
    listen("after:dues.owed", threading.Barrier(2, timeout=10).wait)
    at_once(lambda number: propose(str(number), tuan), times=2)
    assert sum(each.amount_vnd for each in Due.objects.all()) == 60_000
    # Yet only what is owed leaves: the second is refused when it is sent.
    first, second = (dues.approve(each, by=officer("Mai")) for each in Due.objects.order_by("pk"))
    dues.sent(first, by=officer("Mai"), bank_ref="FT1")
    with pytest.raises(OwesLess):
        dues.sent(second, by=officer("Mai"), bank_ref="FT2")
    assert sheet()["bank"] == -30_000


def test_control_without_the_lock_the_database_must_refuse_the_same_statement(monkeypatch):
    made.earned(60_000)
    tuan = officer("Tuấn")
    monkeypatch.setattr(dues, "alone", lambda _name: None)
    listen("after:dues.owed", threading.Barrier(2, timeout=10).wait)
    found = at_once(lambda _number: propose("1", tuan), times=2)
    assert sum(isinstance(each, IntegrityError) for each in found) == 1 and Due.objects.count() == 1
