"""A bank takes back another sum than was asked: what it took stands in the books, what it left can go back."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError

from common import dates
from payments.adapters.contract import Outcome
from payments.books import accounts, balances
from payments.intake import audit, services
from payments.intake.errors import NotTakenBack, OverRefund, SaidNotGiven, TakenBack
from payments.intake.models import Payment, Refund
from tests.books.books import sheet
from tests.builders import payments as made
from tests.builders.payouts import officer
from tests.payments.test_taken_back import payment_of, refused, under_way

pytestmark = pytest.mark.django_db


def lost(payment: Payment, amount_vnd: int, **more) -> Outcome:
    return made.say("dispute_lost", payment, amount_vnd=amount_vnd, event_id=f"lost-{amount_vnd}", **more)


def refunded(amount_vnd: int) -> Refund:
    """So much of a payment went back through its gateway."""
    refund = under_way(amount_vnd)
    made.say("refunded", refund.payment, about=refund.reference, amount_vnd=amount_vnd, event_id="back")
    return Refund.objects.get(pk=refund.pk)


def test_after_a_part_went_back_the_bank_takes_the_rest():
    refund = refunded(85_000)
    made.say("disputed", refund.payment, amount_vnd=100_000)
    assert lost(refund.payment, 100_000) is Outcome.RECORDED
    payment = payment_of(refund)
    assert (payment.state, payment.taken_back_vnd, payment.left_vnd) == ("charged_back", 100_000, 0)
    assert sheet() == {} and list(audit.breaks()) == []
    with pytest.raises(OverRefund):
        services.give_back(payment, amount_vnd=1, reason="x", key="more")


@pytest.mark.parametrize("amount_vnd", [0, -1, 185_001])
def test_no_more_than_came_is_believed(amount_vnd):
    payment = made.settled()
    assert lost(payment, amount_vnd) is Outcome.MISMATCH
    payment.refresh_from_db()
    assert (payment.state, payment.taken_back_vnd) == ("settled", 0)


def test_nor_another_currency():
    payment = made.settled()
    assert lost(payment, 100, currency="USD") is Outcome.MISMATCH


def test_told_again_it_is_known_and_another_sum_is_a_persons():
    payment = made.settled()
    assert lost(payment, 100_000) is Outcome.RECORDED
    assert lost(payment, 100_000) is Outcome.REPEATED
    assert lost(payment, 85_000) is Outcome.MISMATCH
    assert Payment.objects.get().taken_back_vnd == 100_000 and list(audit.breaks()) == []


def test_what_the_bank_left_waits_in_the_loss_fund_and_can_go_back():
    payment = made.settled()
    lost(payment, 100_000)
    assert sheet() == {"gateway sandbox": 85_000, "loss_fund": -85_000}
    with pytest.raises(OverRefund):
        services.give_back(payment, amount_vnd=85_001, reason="x", key="a")
    refund = services.give_back(payment, amount_vnd=85_000, reason="x", key="a")
    assert not refund.is_taken_back and balances.balance(accounts.escrow(payment.pk)) == 0
    Refund.objects.update(state="sent")
    made.say("refunded", payment, about=refund.reference, amount_vnd=85_000)
    assert sheet() == {} and list(audit.breaks()) == []


def test_a_refund_that_still_fits_may_go_on():
    refund = under_way(85_000)
    lost(refund.payment, 100_000)
    refund, tuan = refused(refund), officer("Tuấn")
    services.send_again(refund, by=tuan)
    assert Refund.objects.get().state == "sent"
    refund = refused(refund)
    services.refund_by_hand_done(refund, by=tuan, note="FT1")
    assert Refund.objects.get().state == "done" and list(audit.breaks()) == []


def two_that_wait(state: str) -> list[Refund]:
    """Of two refunds of 50,000 the bank left room for one."""
    one = under_way(50_000)
    services.give_back(one.payment, amount_vnd=50_000, reason="x", key="part-2")
    Refund.objects.update(state=state, next_ask_at=None)
    lost(one.payment, 100_000)
    return list(Refund.objects.order_by("pk").select_related("payment"))


@pytest.mark.parametrize("closed", [0, 1])
def test_of_two_that_wait_neither_goes_before_the_bank_has_given_one(closed):
    refunds, tuan = two_that_wait("by_hand"), officer("Tuấn")
    assert [each.is_taken_back for each in refunds] == [True, True]
    for each in refunds:
        with pytest.raises(TakenBack):
            services.refund_by_hand_done(each, by=tuan, note="FT1")
    services.bank_gave_back(refunds[closed], by=tuan, note="dp_1")
    services.refund_by_hand_done(refunds[1 - closed], by=tuan, note="FT2")
    assert payment_of(refunds[0]).left_vnd == 35_000 and list(audit.breaks()) == []


def test_nor_are_both_sent_again():
    refunds, tuan = two_that_wait("failed"), officer("Tuấn")
    for each in refunds:
        with pytest.raises(TakenBack):
            services.send_again(each, by=tuan)


def test_nor_both_sent_that_were_not_yet():
    refunds = two_that_wait("approved")
    for each in refunds:
        services.send(each)
    assert [each.events.last().because for each in refunds] == ["taken back"] * 2
    assert list(audit.breaks()) == []


def test_one_of_two_was_transferred_before_anybody_knew_and_the_other_waits_for_the_bank():
    (one, two), tuan = two_that_wait("by_hand"), officer("Tuấn")
    services.refund_by_hand_done(one, by=tuan, note="FT1", twice=True)
    with pytest.raises(TakenBack):
        services.refund_by_hand_done(two, by=tuan, note="FT2")
    services.bank_gave_back(two, by=tuan, note="dp_1")
    assert payment_of(two).left_vnd == 35_000 and list(audit.breaks()) == []


def test_what_the_bank_brought_only_in_part_leaves_a_refund_of_the_rest():
    refund = under_way(150_000)
    lost(refund.payment, 100_000)
    refund, tuan = refused(refund), officer("Tuấn")
    with pytest.raises(TakenBack):
        services.refund_by_hand_done(refund, by=tuan, note="FT1")
    services.bank_gave_back(refund, by=tuan, note="dp_1")
    rest = Refund.objects.get(state="by_hand")
    assert (rest.amount_vnd, payment_of(refund).refund_asked_vnd, rest.is_taken_back) == (
        50_000,
        50_000,
        False,
    )
    assert list(audit.breaks()) == []
    with pytest.raises(NotTakenBack):
        services.bank_gave_back(rest, by=tuan, note="dp_1")
    services.refund_by_hand_done(rest, by=tuan, note="FT1")
    assert sheet() == {"bank": -50_000, "gateway sandbox": 85_000, "loss_fund": -35_000}
    assert list(audit.breaks()) == []


def test_a_large_one_in_part_keeps_who_decided_it():
    payment = made.settled(amount_vnd=5_000_000)
    refund = services.give_back(payment, amount_vnd=5_000_000, reason="x", key="desk", by=officer("Tuấn"))
    refund = services.approve_refund(refund, by=officer("Mai"))
    Refund.objects.update(state="sent")
    lost(payment, 1_000_000)
    services.bank_gave_back(refused(refund), by=officer("Hà"), note="dp_1")
    rest = Refund.objects.get(state="by_hand")
    assert (rest.by_two, rest.asked_by, rest.approved_by) == (True, refund.asked_by, refund.approved_by)


def test_the_rest_of_a_large_one_is_given_by_other_hands():
    """Who said that the gateway gave nothing of the whole, and who said how much the bank brought, stay away."""
    payment, tuan, ha, nam = (
        made.settled(amount_vnd=5_000_000),
        officer("Tuấn"),
        officer("Hà"),
        officer("Nam"),
    )
    refund = services.give_back(payment, amount_vnd=5_000_000, reason="x", key="desk", by=tuan)
    mai = services.approve_refund(refund, by=officer("Mai")).approved_by
    Refund.objects.update(state="sent")
    with time_machine.travel(dates.now() + timedelta(hours=25)):
        services.gateway_gave_not(refund, by=ha, note="xem rồi")
    lost(payment, 1_000_000)
    services.bank_gave_back(refund, by=nam, note="dp_1")
    rest = Refund.objects.get(state="by_hand")
    for each in (tuan, ha, nam):
        with pytest.raises(SaidNotGiven):
            services.refund_by_hand_done(rest, by=each, note="FT1")
    services.refund_by_hand_done(rest, by=mai, note="FT1")
    assert Refund.objects.get(pk=rest.pk).state == "done" and list(audit.breaks()) == []


@pytest.mark.parametrize("wrong", [{"taken_back_vnd": 0}, {"taken_back_vnd": 185_001}, {"state": "settled"}])
def test_the_database_holds_what_was_taken_back_to_its_state(wrong):
    lost(payment := made.settled(), 100_000)
    with pytest.raises(IntegrityError, match="payment_charged_back_says_how_much"):
        Payment.objects.filter(pk=payment.pk).update(**wrong)
