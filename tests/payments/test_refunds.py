"""Money goes back once per act, never more than came, and never gets stuck unseen."""

from datetime import timedelta

import pytest
import time_machine

from common import dates
from payments import signals
from payments.adapters.contract import Outcome
from payments.intake import audit, queries, services
from payments.intake.errors import IllegalMove, OverRefund
from payments.intake.models import Inbox, Refund
from payments.intake.services import refunds
from tests import jobs
from tests.builders import payments as made

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(account):
    payment = made.pending(adapter="stripe")
    account.pay(payment.gateway_ref)
    services.ask_now(payment)
    payment.refresh_from_db()
    return payment


@pytest.fixture
def tuan(django_user_model):
    return django_user_model.objects.create(email="tuan@example.invalid", is_staff=True)


def give(payment, amount_vnd=85_000, key="part-1"):
    return services.give_back(payment, amount_vnd=amount_vnd, reason="declined", key=key)


def test_parts_never_exceed_the_whole(paid):
    give(paid, 100_000, "a")
    give(paid, 85_000, "b")
    with pytest.raises(OverRefund):
        give(paid, 1, "c")
    jobs.run_due()
    paid.refresh_from_db()
    assert (paid.refund_asked_vnd, paid.refunded_vnd) == (185_000, 185_000)
    assert list(audit.breaks()) == []


def test_the_same_act_asks_once(paid, account):
    assert give(paid) == give(paid)
    jobs.run_due()
    assert [row["amount"] for row in account.refunds.values()] == [85_000]


@pytest.mark.parametrize("amount_vnd", [0, -1, 185_001])
def test_nothing_less_or_more_than_there_is(paid, amount_vnd):
    with pytest.raises(OverRefund):
        give(paid, amount_vnd)


def test_an_unpaid_payment_gives_nothing_back():
    with pytest.raises(OverRefund):
        give(made.pending())


def test_a_silent_gateway_is_asked_and_never_paid_twice(paid, account):
    refund = give(paid)
    account.broken = (500, b"{}")
    jobs.run_due()
    assert Refund.objects.get().state == "sent"
    account.broken = None
    services.follow(refund)
    assert Refund.objects.get().state == "done"
    assert len(account.refunds) == 1


def test_an_answer_that_got_lost_is_found_by_asking(paid, account):
    refund = give(paid)
    jobs.run_due()
    Refund.objects.update(state="sent", done_at=None)
    type(paid).objects.update(refunded_vnd=0)
    services.follow(refund)
    assert (Refund.objects.get().state, len(account.refunds)) == ("done", 1)


def test_pending_refunds_are_followed_with_growing_pauses(paid, account):
    account.refund_status = "pending"
    give(paid)
    jobs.run_due()
    Refund.objects.update(next_ask_at=dates.now() - timedelta(seconds=1))
    assert (refunds.follow_due(), refunds.follow_due()) == (1, 0)
    account.refunds["re_1"]["status"] = "succeeded"
    jobs.run_due()
    assert Refund.objects.get().state == "done"


def test_a_refused_refund_waits_for_a_person(paid, account, tuan):
    failed = []
    signals.refund_failed.connect(
        lambda sender, refund, **_kwargs: failed.append(refund), weak=False, dispatch_uid="t"
    )
    account.intents.clear()
    refund = give(paid)
    jobs.run_due()
    signals.refund_failed.disconnect(dispatch_uid="t")
    assert failed == [refund] and list(queries.refunds_for_a_person()) == [refund]
    assert services.refund_by_hand_done(refund, by=tuan, note="chuyển khoản") is Outcome.RECORDED
    assert services.refund_by_hand_done(refund, by=tuan, note="FT1") is Outcome.REPEATED
    refund.refresh_from_db()
    assert (refund.state, refund.payment.refunded_vnd) == ("done", 85_000)
    assert [event.by for event in refund.events.all()] == [None, None, tuan, tuan]


def test_a_person_may_send_it_again(paid, account, tuan):
    intents = dict(account.intents)
    account.intents.clear()
    refund = give(paid)
    jobs.run_due()
    account.intents.update(intents)
    refund.refresh_from_db()
    with time_machine.travel(dates.now() + timedelta(minutes=1)):
        services.send_again(refund, by=tuan)
        jobs.run_due()
    assert Refund.objects.get().state == "done"


def test_cash_goes_back_by_hand(tuan):
    payment = made.opened(adapter="cod")
    services.settle_by_hand(payment, by=tuan, note="household")
    refund = give(payment)
    jobs.run_due()
    refund.refresh_from_db()
    assert refund.state == "by_hand"
    services.refund_by_hand_done(refund, by=tuan, note="FT1")
    payment.refresh_from_db()
    assert payment.refunded_vnd == 85_000


def test_what_is_on_its_way_is_not_done_by_hand(paid, tuan):
    refund = give(paid)
    with pytest.raises(IllegalMove):
        services.refund_by_hand_done(refund, by=tuan, note="FT1")


def test_a_refund_that_comes_back_after_it_was_done_is_kept_for_a_person(paid):
    refund = give(paid)
    jobs.run_due()
    fact = made.fact("refund_failed", paid, about=refund.reference)
    assert services.apply(fact, adapter="stripe") is Outcome.MISMATCH
    assert Inbox.objects.get().about == refund.reference
