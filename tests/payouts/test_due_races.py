"""Dues proposed, approved and sent at once: each once, together never more than is owed."""

import threading

import pytest
from django.db import IntegrityError

from common.steer import listen
from payments.books import audit as books
from payments.books.models import Entry
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
    assert [*books.breaks(), *audit.breaks()] == []


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
