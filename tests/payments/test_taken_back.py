"""A refund and a chargeback that cross: the buyer gets the money once, and the books end as if once had been asked."""

import pytest

from payments.adapters.contract import Outcome, Refused
from payments.books.models import Entry
from payments.intake import audit, queries, services
from payments.intake.errors import IllegalMove, NoReason, NotTakenBack, TakenBack
from payments.intake.models import Inbox, Payment, Refund
from payments.intake.services import refunds
from tests import jobs
from tests.books.books import sheet
from tests.builders import payments as made
from tests.builders.payouts import officer

pytestmark = pytest.mark.django_db
WHOLE_VND = 185_000


def under_way(amount_vnd: int = WHOLE_VND, **facts) -> Refund:
    """A refund that its gateway has and says nothing of."""
    payment = made.settled(**facts)
    refund = services.give_back(payment, amount_vnd=amount_vnd, reason="cancelled", key="part-1")
    Refund.objects.filter(pk=refund.pk).update(state="sent", next_ask_at=None)
    return Refund.objects.get(pk=refund.pk)


def refused(refund: Refund) -> Refund:
    """The gateway will not give it back."""
    made.say("refund_failed", refund.payment, about=refund.reference, event_id="no")
    return Refund.objects.get(pk=refund.pk)


def crossed(amount_vnd: int = WHOLE_VND, **facts) -> Refund:
    """The bank takes all of it, then the gateway refuses the refund."""
    refund = under_way(amount_vnd, **facts)
    assert made.say("dispute_lost", refund.payment) is Outcome.RECORDED
    return refused(refund)


def payment_of(refund: Refund) -> Payment:
    return Payment.objects.get(pk=refund.payment_id)


@pytest.mark.parametrize("act", ["to hand", "again", "by hand"])
def test_what_the_bank_took_back_is_not_given_a_second_time(act):
    refund, tuan = crossed(), officer("Tuấn")
    with pytest.raises(TakenBack):
        {
            "to hand": lambda: services.to_hand(refund, by=tuan),
            "again": lambda: services.send_again(refund, by=tuan),
            "by hand": lambda: services.refund_by_hand_done(refund, by=tuan, note="FT1"),
        }[act]()
    refund.refresh_from_db()
    assert (refund.state, payment_of(refund).refunded_vnd) == ("failed", 0)
    assert refund.events.filter(by=tuan).count() == 0 and jobs.waiting("payments.send_refund") == 1


@pytest.mark.parametrize("amount_vnd", [WHOLE_VND, 85_000])
@pytest.mark.parametrize("state", ["failed", "by_hand"])
def test_a_person_closes_it_and_the_books_end_as_if_only_the_bank_had_acted(amount_vnd, state):
    refund, tuan = under_way(amount_vnd), officer("Tuấn")
    refund = refused(refund)
    if state == "by_hand":
        services.to_hand(refund, by=tuan)
    made.say("dispute_lost", refund.payment)
    refund.refresh_from_db()
    assert sheet()["loss_fund"] == amount_vnd
    services.bank_gave_back(refund, by=tuan, note="dispute dp_1")
    refund.refresh_from_db()
    event = refund.events.last()
    assert (refund.state, event.by, event.note) == ("by_bank", tuan, "dispute dp_1")
    assert (payment_of(refund).refund_asked_vnd, payment_of(refund).refunded_vnd) == (0, 0)
    assert sheet() == {} and list(audit.breaks()) == [] and not queries.refunds_for_a_person().exists()


def test_it_is_closed_once():
    refund, tuan = crossed(), officer("Tuấn")
    services.bank_gave_back(refund, by=tuan, note="dp_1")
    for act in (services.bank_gave_back, services.refund_by_hand_done):
        with pytest.raises(IllegalMove):
            act(refund, by=tuan, note="dp_1")
    assert Entry.objects.filter(kind="refund_by_bank").count() == 1 and list(audit.breaks()) == []


def test_what_the_bank_did_not_take_is_not_closed_so():
    refund, tuan = refused(under_way()), officer("Tuấn")
    with pytest.raises(NotTakenBack):
        services.bank_gave_back(refund, by=tuan, note="x")
    made.say("disputed", refund.payment)
    with pytest.raises(NotTakenBack):
        services.bank_gave_back(refund, by=tuan, note="x")
    made.say("dispute_lost", refund.payment)
    with pytest.raises(NoReason):
        services.bank_gave_back(refund, by=tuan, note=" ")
    assert Refund.objects.get().state == "failed"


def test_a_large_one_that_two_people_decided_can_be_closed_so():
    payment = made.settled(amount_vnd=5_000_000)
    refund = services.give_back(payment, amount_vnd=5_000_000, reason="x", key="desk", by=officer("Tuấn"))
    services.approve_refund(refund, by=officer("Mai"))
    Refund.objects.update(state="sent")
    made.say("dispute_lost", payment)
    refund = refused(refund)
    services.bank_gave_back(refund, by=officer("Hà"), note="dp_1")
    assert sheet() == {} and list(audit.breaks()) == []


def test_who_transferred_before_the_bank_did_says_so_and_the_books_have_it_twice():
    refund, tuan = crossed(), officer("Tuấn")
    assert services.refund_by_hand_done(refund, by=tuan, note="FT1", twice=True) is Outcome.RECORDED
    assert services.refund_by_hand_done(refund, by=tuan, note="FT1") is Outcome.REPEATED
    assert sheet() == {"bank": -WHOLE_VND, "loss_fund": WHOLE_VND} and list(audit.breaks()) == []


def test_what_was_not_sent_yet_is_sent_no_more():
    payment = made.settled()
    services.give_back(payment, amount_vnd=WHOLE_VND, reason="x", key="part-1")
    made.say("dispute_lost", payment)
    jobs.run_due()
    refund = Refund.objects.get()
    assert (refund.state, refund.events.last().because) == ("by_hand", "taken back")
    assert list(queries.refunds_for_a_person()) == [refund] and refund.is_taken_back


@pytest.mark.parametrize("taken_back", [True, False])
def test_what_the_gateway_never_heard_of_is_sent_again_only_if_the_bank_did_not_act(monkeypatch, taken_back):
    refund, sent = under_way(), []
    if taken_back:
        made.say("dispute_lost", refund.payment)

    class Deaf:
        def ask(self, about):
            raise Refused("no such refund")

        def refund(self, back):
            sent.append(back.id)
            return made.fact("refunded", refund.payment, about=back.id)

    monkeypatch.setattr(refunds, "_adapter", lambda _refund: Deaf())
    monkeypatch.setattr(refunds.breaker, "watched", lambda _adapter, act: act())
    refund.refresh_from_db()
    Refund.objects.update(next_ask_at=None)
    services.follow(refund)
    refund.refresh_from_db()
    assert (refund.state, sent) == (("failed", []) if taken_back else ("done", [refund.reference]))


def test_a_gateway_that_gave_it_all_the_same_is_heard():
    refund = crossed()
    services.bank_gave_back(refund, by=officer("Tuấn"), note="dp_1")
    said = made.say("refunded", refund.payment, about=refund.reference, event_id="late")
    assert said is Outcome.MISMATCH and Inbox.objects.get().about == refund.reference


def test_a_refund_that_comes_before_the_dispute_is_decided_counts_as_ever():
    refund = under_way(85_000)
    made.say("disputed", refund.payment)
    tuan, refund = officer("Tuấn"), refused(refund)
    services.refund_by_hand_done(refund, by=tuan, note="FT1")
    assert Refund.objects.get().state == "done" and list(audit.breaks()) == []
