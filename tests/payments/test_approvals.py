"""Four eyes: much money goes back by two people, one of whom asked for it; till then nothing is posted or sent."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from common import dates
from payments.books.models import Entry
from payments.intake import audit, queries, services
from payments.intake.errors import (
    FourEyes,
    IllegalMove,
    MovedMeanwhile,
    NoBankReference,
    NoReason,
    OverRefund,
    TakenBack,
)
from payments.intake.models import Payment, Refund, RefundEvent
from payments.intake.services import approvals
from tests import jobs
from tests.builders import payments as made
from tests.builders.payouts import officer
from tests.payments.test_races import THREADS, at_once

State = Refund.State
LIMIT_VND = 2_000_000


def give(payment: Payment, amount_vnd: int, by=None, key: str = "desk-1") -> Refund:
    return services.give_back(payment, amount_vnd=amount_vnd, reason="dập", key=key, by=by)


def asked(amount_vnd: int = 3_000_000) -> tuple[Payment, Refund]:
    """A refund that Tuấn asked for and one person may not decide."""
    payment = made.settled(amount_vnd=5_000_000)
    return payment, give(payment, amount_vnd, officer("Tuấn"))


def posted() -> int:
    return Entry.objects.filter(kind="refund_approved").count()


@pytest.mark.django_db
class TestOneAfterTheOther:
    def test_up_to_the_limit_one_person_decides(self):
        refund = give(made.settled(amount_vnd=5_000_000), LIMIT_VND, officer("Tuấn"))
        assert (refund.state, refund.by_two, posted()) == ("approved", False, 1)

    def test_above_the_limit_it_is_asked_for_and_nothing_is_posted_or_sent(self):
        payment, refund = asked(LIMIT_VND + 1)
        assert (refund.state, posted(), jobs.waiting("payments.send_refund")) == ("asked", 0, 0)
        assert payment.refund_asked_vnd == LIMIT_VND + 1
        assert list(queries.refunds_to_approve()) == [refund] and list(audit.breaks()) == []

    def test_small_ones_of_one_payment_add_up_to_a_large_one(self):
        payment, tuan = made.settled(amount_vnd=5_000_000), officer("Tuấn")
        states = [give(payment, 900_000, tuan, str(number)).state for number in range(3)]
        assert states == ["approved", "approved", "asked"]

    def test_what_the_system_gives_back_by_itself_has_no_limit(self):
        assert give(made.settled(amount_vnd=5_000_000), 5_000_000).state == "approved"

    def test_what_is_asked_for_keeps_its_room(self):
        payment, _refund = asked(3_000_000)
        with pytest.raises(OverRefund):
            give(payment, 2_000_001, key="more")

    def test_another_person_approves_and_it_is_posted_and_sent_then(self):
        _payment, refund = asked()
        mai = officer("Mai")
        with time_machine.travel(dates.now() + timedelta(days=2), tick=False):
            refund = services.approve_refund(refund, by=mai)
            assert Entry.objects.get(kind="refund_approved").at == dates.now()
        assert (refund.state, refund.approved_by, refund.events.get().by) == ("approved", mai, mai)
        assert jobs.waiting("payments.send_refund") == 1 and list(audit.breaks()) == []

    def test_who_asked_does_not_approve(self):
        _payment, refund = asked()
        with pytest.raises(FourEyes):
            services.approve_refund(refund, by=refund.asked_by)
        assert posted() == 0

    @pytest.mark.parametrize("second", ["nobody", "the same"])
    def test_nor_does_the_database_let_it_through(self, second):
        _payment, refund = asked()
        who = None if second == "nobody" else refund.asked_by
        guard = "refund_by_two_has_its_second" if second == "nobody" else "refund_four_eyes"
        with pytest.raises(IntegrityError, match=guard):
            Refund.objects.filter(pk=refund.pk).update(state="approved", approved_by=who)

    def test_the_database_lets_none_wait_whom_nobody_asked_for(self):
        refund = give(made.settled(), 1_000)
        with pytest.raises(IntegrityError, match="refund_by_two_has_its_second"):
            Refund.objects.filter(pk=refund.pk).update(state="asked")

    def test_a_no_gives_the_room_back_and_says_why(self):
        payment, refund = asked()
        with pytest.raises(NoReason):
            services.reject_refund(refund, by=officer("Mai"), why=" ")
        services.reject_refund(refund, by=officer("Mai"), why="hàng vẫn tốt")
        payment.refresh_from_db()
        assert (payment.refund_asked_vnd, posted()) == (0, 0)
        assert refund.events.get().note == "hàng vẫn tốt"
        assert give(payment, 5_000_000, key="again").state == "approved" and list(audit.breaks()) == []

    def test_what_is_decided_is_decided(self):
        _payment, refund = asked()
        services.reject_refund(refund, by=officer("Mai"), why="không")
        for act in (services.approve_refund, lambda each, by: services.reject_refund(each, by=by, why="x")):
            with pytest.raises(IllegalMove):
                act(refund, by=officer("Hà"))

    def test_what_the_bank_took_back_is_not_given_back_as_well(self):
        payment, refund = asked()
        made.say("dispute_lost", payment)
        with pytest.raises(TakenBack):
            services.approve_refund(refund, by=officer("Mai"))
        services.reject_refund(refund, by=officer("Mai"), why="ngân hàng đã trả")
        assert list(audit.breaks()) == []

    def test_the_second_person_says_how_it_ended_where_the_gateway_is_silent(self):
        payment, refund = asked()
        tuan, mai = refund.asked_by, officer("Mai")
        refund = services.approve_refund(refund, by=mai)
        Refund.objects.update(state=State.SENT)
        with time_machine.travel(dates.now() + timedelta(hours=25)):
            with pytest.raises(FourEyes):
                services.gateway_gave_not(refund, by=tuan, note="xem rồi")
            services.gateway_gave_not(refund, by=mai, note="xem rồi")
        with pytest.raises(FourEyes):
            services.refund_by_hand_done(refund, by=tuan, note="FT1")
        with pytest.raises(NoBankReference):
            services.refund_by_hand_done(refund, by=mai, note=" ")
        payment.refresh_from_db()
        assert (Refund.objects.get().state, payment.refunded_vnd) == ("failed", 0)
        services.refund_by_hand_done(refund, by=mai, note="FT1")
        assert Refund.objects.get().state == "done" and list(audit.breaks()) == []

    def test_what_one_person_decides_one_person_ends(self):
        payment, tuan = made.settled(), officer("Tuấn")
        refund = give(payment, 1_000, tuan)
        Refund.objects.update(state=State.BY_HAND)
        services.refund_by_hand_done(refund, by=tuan, note="FT1")
        assert Refund.objects.get().state == "done"


# Together


def decide(refund: Refund, people: list) -> list:
    def act(number: int) -> object:
        if number % 2:
            return services.approve_refund(refund, by=people[number]).state
        return services.reject_refund(refund, by=people[number], why="không").state

    return at_once(act)


@pytest.mark.race
def test_eight_people_who_decide_at_once_decide_once(committed_db):
    payment, refund = asked()
    people = [officer(str(number)) for number in range(THREADS)]
    found = decide(refund, people)
    (said,) = [each for each in found if isinstance(each, str)]
    refund.refresh_from_db()
    payment.refresh_from_db()
    assert refund.state == said and RefundEvent.objects.count() == 1
    assert sum(isinstance(each, IllegalMove) for each in found) == THREADS - 1
    assert (posted(), payment.refund_asked_vnd) == ((1, 3_000_000) if said == "approved" else (0, 0))
    assert list(audit.breaks()) == []


def blind(refund: Refund) -> tuple[Payment, Refund]:
    """Both as they are now, without their locks; everybody has read before anybody writes."""
    found = Refund.objects.select_related("payment").get(pk=refund.pk)
    blind.gate.wait()
    return found.payment, found


@pytest.mark.race
def test_control_without_the_lock_only_compare_and_set_keeps_the_second_out(committed_db, monkeypatch):
    _payment, refund = asked()
    people = [officer(str(number)) for number in range(THREADS)]
    blind.gate = threading.Barrier(THREADS, timeout=10)
    monkeypatch.setattr(approvals, "_locked", blind)
    found = decide(refund, people)
    assert sum(isinstance(each, MovedMeanwhile) for each in found) == THREADS - 1


@pytest.mark.race
def test_control_without_both_the_room_would_be_given_back_more_than_once(committed_db, monkeypatch):
    payment, refund = asked()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE intake_payment DROP CONSTRAINT payment_refunded_at_most_asked")
    people = [officer(str(number)) for number in range(2)]
    blind.gate = threading.Barrier(2, timeout=10)
    monkeypatch.setattr(approvals, "_locked", blind)
    monkeypatch.setattr(approvals.moves, "move_refund", lambda *_words, **_fields: None)

    def act(number: int) -> None:
        with transaction.atomic():
            services.reject_refund(refund, by=people[number], why="không")

    at_once(act, times=2)
    payment.refresh_from_db()
    assert payment.refund_asked_vnd == -3_000_000
