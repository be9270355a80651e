"""Four eyes: much money goes back by two people, one of whom asked for it; till then nothing is posted or sent."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from common import dates
from payments.books.models import Entry
from payments.intake import audit, queries, services
from payments.intake.errors import (
    AskedOrSent,
    FourEyes,
    IllegalMove,
    MovedMeanwhile,
    NoBankReference,
    NoReason,
    OverRefund,
    SaidNotGiven,
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


def give(payment: Payment, amount_vnd: int, by=None, key: str = "desk-1", together=()) -> Refund:
    return services.give_back(payment, amount_vnd=amount_vnd, reason="dập", key=key, by=by, together=together)


def asked(amount_vnd: int = 3_000_000) -> tuple[Payment, Refund]:
    """A refund that Tuấn asked for and one person may not decide."""
    payment = made.settled(amount_vnd=5_000_000)
    return payment, give(payment, amount_vnd, officer("Tuấn"))


def on_its_way() -> Refund:
    """The same, approved by Mai and with its gateway."""
    _payment, refund = asked()
    refund = services.approve_refund(refund, by=officer("Mai"))
    Refund.objects.update(state=State.SENT)
    return Refund.objects.get()


def said_to_have_failed() -> tuple[Refund, User]:
    """The same, and Hà said a day later that the gateway gave nothing."""
    refund, ha = on_its_way(), officer("Hà")
    with time_machine.travel(dates.now() + timedelta(hours=25)):
        services.gateway_gave_not(refund, by=ha, note="xem rồi")
    return Refund.objects.get(), ha


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

    def test_nor_does_it_help_that_the_payments_of_one_purchase_are_several_or_the_people(self):
        parcels = [made.settled(amount_vnd=1_000_000) for _parcel in range(3)]
        ids = [each.pk for each in parcels]
        states = [give(each, 900_000, officer("Tuấn"), together=ids).state for each in parcels]
        assert states == ["approved", "approved", "asked"]

    def test_all_that_one_person_gives_back_within_a_day_adds_up(self, settings):
        settings.REFUNDS_A_DAY_BY_ONE_VND = 2_500_000
        tuan, mai = officer("Tuấn"), officer("Mai")
        for _time in range(2):
            assert give(made.settled(amount_vnd=5_000_000), 1_000_000, tuan).state == "approved"
        assert give(made.settled(amount_vnd=5_000_000), 500_001, tuan).state == "asked"
        assert give(made.settled(amount_vnd=5_000_000), 500_000, tuan).state == "approved"
        assert give(made.settled(amount_vnd=5_000_000), 2_000_000, mai).state == "approved"
        with time_machine.travel(dates.now() + timedelta(hours=23)):
            assert give(made.settled(amount_vnd=5_000_000), 500_001, tuan).state == "asked"
        with time_machine.travel(dates.now() + timedelta(hours=25)):
            assert give(made.settled(amount_vnd=5_000_000), 2_000_000, tuan).state == "approved"

    def test_what_a_second_person_saw_to_is_not_counted(self, settings):
        settings.REFUNDS_A_DAY_BY_ONE_VND = 2_500_000
        tuan = officer("Tuấn")
        services.approve_refund(give(made.settled(amount_vnd=5_000_000), 3_000_000, tuan), by=officer("Mai"))
        give(made.settled(amount_vnd=5_000_000), 1_000_000)
        assert give(made.settled(amount_vnd=5_000_000), 2_000_000, tuan).state == "approved"

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

    def test_who_asked_for_it_or_sent_it_does_not_say_that_the_gateway_gave_nothing(self):
        refund = on_its_way()
        with time_machine.travel(dates.now() + timedelta(hours=25)):
            for who in (refund.asked_by, refund.approved_by):
                with pytest.raises(AskedOrSent):
                    services.gateway_gave_not(refund, by=who, note="xem rồi")
            services.gateway_gave_not(refund, by=officer("Hà"), note="xem rồi")
        assert Refund.objects.get().state == "failed"

    def test_who_said_so_does_not_give_it_another_way_and_who_asked_neither(self):
        refund, ha = said_to_have_failed()
        for who in (refund.asked_by, ha):
            with pytest.raises(SaidNotGiven):
                services.refund_by_hand_done(refund, by=who, note="FT1")
        with pytest.raises(NoBankReference):
            services.refund_by_hand_done(refund, by=refund.approved_by, note=" ")
        assert (Refund.objects.get().state, Payment.objects.get().refunded_vnd) == ("failed", 0)
        services.refund_by_hand_done(refund, by=refund.approved_by, note="FT1")
        assert Refund.objects.get().state == "done" and list(audit.breaks()) == []

    def test_nor_does_he_send_it_again_and_who_did_does_not_say_that_it_failed_once_more(self):
        refund, ha = said_to_have_failed()
        for who in (refund.asked_by, ha):
            with pytest.raises(SaidNotGiven):
                services.send_again(refund, by=who)
        services.send_again(refund, by=(mai := refund.approved_by))
        with time_machine.travel(dates.now() + timedelta(days=3)):
            with pytest.raises(AskedOrSent):
                services.gateway_gave_not(refund, by=mai, note="xem rồi")
            services.gateway_gave_not(refund, by=ha, note="xem rồi")
        assert Refund.objects.get().state == "failed"

    def test_what_the_gateway_itself_refused_its_second_person_gives_by_hand_or_again(self):
        refund = on_its_way()
        for number in range(2):
            made.say("refund_failed", refund.payment, about=refund.reference, event_id=f"no-{number}")
            refund.refresh_from_db()
            with pytest.raises(SaidNotGiven):
                services.send_again(refund, by=refund.asked_by)
            if not number:
                services.send_again(refund, by=refund.approved_by)
        services.refund_by_hand_done(refund, by=refund.approved_by, note="FT1")
        assert Refund.objects.get().state == "done"

    def test_so_it_is_with_much_that_no_person_asked_for(self):
        """A household cancels a large part: what goes back was asked for by nobody, and could be given twice as well."""
        refund = give(made.settled(amount_vnd=3_000_000), LIMIT_VND + 1, None)
        Refund.objects.update(state=State.SENT)
        with time_machine.travel(dates.now() + timedelta(hours=25)):
            services.gateway_gave_not(refund, by=(ha := officer("Hà")), note="xem rồi")
            refund.refresh_from_db()
            with pytest.raises(SaidNotGiven):
                services.refund_by_hand_done(refund, by=ha, note="FT1")
            services.refund_by_hand_done(refund, by=officer("Mai"), note="FT1")
        assert Refund.objects.get().state == "done"

    def test_what_one_person_decides_one_person_ends(self):
        payment, tuan = made.settled(), officer("Tuấn")
        refund = give(payment, 1_000, tuan)
        Refund.objects.update(state=State.BY_HAND)
        services.refund_by_hand_done(refund, by=tuan, note="FT1")
        assert Refund.objects.get().state == "done"

    def test_and_says_how_it_ended_and_sends_it_again(self):
        payment, tuan = made.settled(), officer("Tuấn")
        refund = give(payment, 1_000, tuan)
        Refund.objects.update(state=State.SENT)
        with time_machine.travel(dates.now() + timedelta(hours=25)):
            services.gateway_gave_not(refund, by=tuan, note="xem rồi")
            refund.refresh_from_db()
            services.send_again(refund, by=tuan)
        assert Refund.objects.get().state == "sent"


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
    monkeypatch.setattr(approvals, "lock_refund", blind)
    found = decide(refund, people)
    assert sum(isinstance(each, MovedMeanwhile) for each in found) == THREADS - 1


@pytest.mark.race
def test_control_without_both_the_room_would_be_given_back_more_than_once(committed_db, monkeypatch):
    payment, refund = asked()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE intake_payment DROP CONSTRAINT payment_refunded_at_most_asked")
    people = [officer(str(number)) for number in range(2)]
    blind.gate = threading.Barrier(2, timeout=10)
    monkeypatch.setattr(approvals, "lock_refund", blind)
    monkeypatch.setattr(approvals.moves, "move_refund", lambda *_words, **_fields: None)

    def act(number: int) -> None:
        with transaction.atomic():
            services.reject_refund(refund, by=people[number], why="không")

    at_once(act, times=2)
    payment.refresh_from_db()
    assert payment.refund_asked_vnd == -3_000_000


def small_ones_at_once(people: list[User], payments: list[Payment], together: list[int]) -> list[str]:
    """Everybody enters a small refund at the same moment; how each ended."""
    return sorted(
        each.state
        for each in at_once(
            lambda number: give(payments[number], 900_000, people[number], str(number), together)
        )
    )


def all_reckon_before_anybody_writes(monkeypatch) -> None:
    gate, true_sum = threading.Barrier(THREADS, timeout=10), approvals._sum_vnd

    def sum_vnd(refunds) -> int:
        found = true_sum(refunds)
        gate.wait()
        return found

    monkeypatch.setattr(approvals, "_sum_vnd", sum_vnd)


@pytest.mark.race
@pytest.mark.parametrize("guarded", [True, False])
def test_one_person_at_eight_payments_at_once_stays_below_the_days_limit(committed_db, monkeypatch, guarded):
    """The control: without the person's lock all eight pass."""
    payments = [made.settled(amount_vnd=1_000_000) for _number in range(THREADS)]
    if not guarded:
        monkeypatch.setattr(approvals, "alone", lambda _name: None)
        all_reckon_before_anybody_writes(monkeypatch)
    found = small_ones_at_once([officer("Tuấn")] * THREADS, payments, [])
    assert found.count("approved") == (5 if guarded else THREADS) and len(found) == THREADS


@pytest.mark.race
@pytest.mark.parametrize("guarded", [True, False])
def test_eight_people_at_eight_parcels_of_one_purchase_stay_below_its_limit(
    committed_db, monkeypatch, guarded
):
    """The control: without the locks of all its payments all eight pass."""
    payments = [made.settled(amount_vnd=1_000_000) for _number in range(THREADS)]
    if not guarded:
        monkeypatch.setattr(approvals, "ordered", lambda rows: list(rows))
        all_reckon_before_anybody_writes(monkeypatch)
    people = [officer(str(number)) for number in range(THREADS)]
    found = small_ones_at_once(people, payments, [each.pk for each in payments])
    assert found.count("approved") == (2 if guarded else THREADS) and len(found) == THREADS
