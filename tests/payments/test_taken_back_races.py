"""A refund is closed once, and a chargeback that comes first stops who gives by hand."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from common import dates
from payments.intake import audit, services
from payments.intake.errors import IllegalMove, TakenBack
from payments.intake.models import Inbox, Refund
from payments.intake.services import approvals
from tests.books.books import sheet
from tests.builders import payments as made
from tests.builders.payouts import officer
from tests.payments.test_races import at_once
from tests.payments.test_taken_back import crossed, payment_of, refused, under_way

pytestmark = pytest.mark.race


def test_eight_people_close_it_at_once_and_it_is_closed_once(committed_db):
    refund, tuan = crossed(), officer("Tuấn")
    said = at_once(lambda _number: services.bank_gave_back(refund, by=tuan, note="dp_1"))
    assert sorted(type(each).__name__ for each in said) == ["IllegalMove"] * 7 + ["Refund"]
    assert (payment_of(refund).refund_asked_vnd, sheet()) == (0, {}) and list(audit.breaks()) == []


def test_a_chargeback_that_comes_first_by_a_hair_stops_the_person(committed_db, monkeypatch):
    refund, tuan = refused(under_way()), officer("Tuấn")
    lock = approvals.lock_refund

    def late(each):
        with ThreadPoolExecutor(1) as pool:
            pool.submit(lambda: (made.say("dispute_lost", refund.payment), connection.close())).result()
        return lock(each)

    monkeypatch.setattr(approvals, "lock_refund", late)
    with pytest.raises(TakenBack):
        services.refund_by_hand_done(refund, by=tuan, note="FT1")
    assert Refund.objects.get().state == "failed" and list(audit.breaks()) == []


def test_a_gateway_that_gave_by_a_hair_before_a_person_said_no_is_believed(committed_db, monkeypatch):
    refund, tuan, lock = under_way(), officer("Tuấn"), approvals.lock_refund
    say = partial(made.say, "refunded", refund.payment, about=refund.reference)

    def late(each):
        with ThreadPoolExecutor(1) as pool:
            pool.submit(lambda: (say(), connection.close())).result()
        return lock(each)

    monkeypatch.setattr(approvals, "lock_refund", late)
    Refund.objects.update(created_at=dates.now() - timedelta(days=2))
    with pytest.raises(IllegalMove):
        services.gateway_gave_not(refund, by=tuan, note="xem rồi")
    assert Refund.objects.get().state == "done" and not Inbox.objects.exists()


def test_control_whoever_looks_before_the_lock_pays_it_twice(committed_db, monkeypatch):
    refund, tuan = refused(under_way()), officer("Tuấn")
    seen = Refund.objects.select_related("payment").get(pk=refund.pk)
    made.say("dispute_lost", refund.payment)
    monkeypatch.setattr(approvals, "lock_refund", lambda _each: (seen.payment, seen))
    services.refund_by_hand_done(refund, by=tuan, note="FT1")
    assert sheet() == {"bank": -185_000, "loss_fund": 185_000}
