"""Statements entered at once: each once, and together never more than the gateway holds."""

import threading

import pytest
from django.db import IntegrityError

from common import dates
from common.steer import listen
from payments.intake import audit, services
from payments.intake.errors import RemitsTooMuch, RemittedBefore
from payments.intake.models import GatewayRemittance
from payments.intake.services import remittances
from tests.books.books import sheet
from tests.builders import payments as made
from tests.builders.payouts import officer
from tests.payments.test_races import THREADS, at_once

pytestmark = pytest.mark.race


@pytest.fixture(autouse=True)
def _committed(committed_db):
    yield
    listen("after:remittances.holds", None)
    assert list(audit.breaks()) == []


def enter(number: str, by):
    return services.gateway_remits(
        "sandbox", number=number, gross_vnd=185_000, fee_vnd=0, bank_vnd=185_000, day=dates.today(), by=by
    )


def test_one_statement_by_eight_people_at_once_is_entered_once():
    made.settled(), made.settled()
    tuan = officer("Tuấn")
    found = at_once(lambda _number: enter("BK-1", tuan))
    assert sum(isinstance(each, RemittedBefore) for each in found) == THREADS - 1
    assert sheet()["bank"] == 185_000


def test_eight_statements_at_once_never_send_more_than_the_gateway_holds():
    made.settled(), made.settled()
    tuan = officer("Tuấn")
    found = at_once(lambda number: enter(f"BK-{number}", tuan))
    assert sum(isinstance(each, RemitsTooMuch) for each in found) == THREADS - 2
    assert "gateway sandbox" not in sheet()


def test_control_without_the_lock_more_would_be_sent_than_it_holds(monkeypatch):
    made.settled()
    tuan = officer("Tuấn")
    monkeypatch.setattr(remittances, "alone", lambda _name: None)
    listen("after:remittances.holds", threading.Barrier(2, timeout=10).wait)
    at_once(lambda number: enter(f"BK-{number}", tuan), times=2)
    assert sheet()["gateway sandbox"] == -185_000


def test_control_without_the_lock_the_number_still_keeps_it_once(monkeypatch):
    made.settled(), made.settled()
    tuan = officer("Tuấn")
    monkeypatch.setattr(remittances, "alone", lambda _name: None)
    listen("after:remittances.holds", threading.Barrier(2, timeout=10).wait)
    found = at_once(lambda _number: enter("BK-1", tuan), times=2)
    assert sum(isinstance(each, IntegrityError) for each in found) == 1
    assert GatewayRemittance.objects.count() == 1
