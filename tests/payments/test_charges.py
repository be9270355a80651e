"""A payment is opened, begun, asked about and ended, whatever the gateway does meanwhile."""

import time
from datetime import timedelta

import pytest
import time_machine

from common import dates
from payments.adapters.contract import Hop, Outcome, Redirect, Tell, Unreachable
from payments.adapters.wire import within
from payments.intake import services
from payments.intake.errors import NotByHand, NotOffered, NotOpen
from payments.intake.models import Payment, PaymentEvent
from payments.intake.services import charges
from tests import jobs
from tests.builders import payments as made
from tests.builders.payments import HOP

pytestmark = pytest.mark.django_db
State = Payment.State


@pytest.fixture
def clock():
    with time_machine.travel("2026-08-15T09:30:00+07:00", tick=False) as clock:
        yield clock


def state(payment):
    return Payment.objects.get(pk=payment.pk).state


def test_references_cannot_be_guessed():
    payment = made.opened()
    assert len(payment.reference) == 26 and payment.reference.isalnum() and payment.reference.islower()


def test_only_what_is_offered_can_be_opened():
    for adapter, amount_vnd in (("stripe", 185_000), ("nobody", 185_000), ("cod", 5_000_001)):
        with pytest.raises(NotOffered):
            made.opened(adapter=adapter, amount_vnd=amount_vnd)


def test_beginning_twice_gives_the_same_step():
    payment = made.opened()
    first, second = services.begin(payment, HOP), services.begin(payment, HOP)
    assert isinstance(first, Redirect) and first == second
    assert first.url.startswith(f"http://127.0.0.1:1/demo/ngan-hang/{payment.reference}/?")
    assert state(payment) == State.PENDING


def test_a_silent_gateway_is_tried_by_a_job_with_the_same_id(account, clock):
    payment = made.opened(adapter="stripe")
    account.broken = (500, b"{}")
    assert services.begin(payment, HOP) is None
    assert services.begin(payment, HOP) is None
    assert jobs.waiting("payments.start_again") == 1
    account.broken = None
    clock.shift(timedelta(seconds=6))
    jobs.run_due()
    assert isinstance(services.begin(payment, HOP), Redirect)
    assert len(account.sessions) == 1


def test_a_gateway_that_trickles_keeps_nobody_waiting():
    def slow():
        time.sleep(1)

    before = time.monotonic()
    with pytest.raises(Unreachable):
        within(0.05, slow)
    assert time.monotonic() - before < 0.5


def test_a_refusal_fails_the_payment_and_says_why(account, monkeypatch):
    monkeypatch.setenv("PAYMENTS_STRIPE_SECRET_KEY", "sk_wrong")
    payment = made.opened(adapter="stripe")
    assert isinstance(services.begin(payment, HOP), Tell)
    assert state(payment) == State.FAILED
    with pytest.raises(NotOpen):
        services.begin(payment, HOP)


def test_late_notifications_are_asked_for_with_growing_pauses(account, clock):
    payment = made.pending(adapter="stripe", hold_min=600)
    pauses = []
    for _time in range(5):
        payment.refresh_from_db()
        pauses.append((payment.next_ask_at - dates.now()).total_seconds() / 60)
        clock.move_to(payment.next_ask_at)
        assert (charges.ask_due(), charges.ask_due()) == (1, 0)
        jobs.run_due()
    assert pauses == [3, 3, 6, 12, 24]


def test_money_whose_notification_was_lost_is_found_by_asking(account, clock):
    payment = made.pending(adapter="stripe")
    account.pay(payment.gateway_ref)
    clock.shift(timedelta(minutes=3))
    charges.ask_due()
    jobs.run_due()
    payment.refresh_from_db()
    assert (payment.state, payment.gateway_ref) == (State.SETTLED, "pi_test_1")


def test_a_buyer_who_comes_back_asks_at_most_every_ten_seconds(account, clock):
    payment = made.pending(adapter="stripe")
    assert [services.ask_again(payment), services.ask_again(payment)] == [True, False]
    clock.shift(timedelta(seconds=10))
    assert services.ask_again(payment) is True


def test_the_end_of_the_hold_closes_the_session(account, clock):
    payment = made.pending(adapter="stripe")
    services.expire(payment)
    assert state(payment) == State.PENDING
    clock.shift(timedelta(minutes=30))
    services.expire(payment)
    assert account.sessions["cs_test_1"]["status"] == "expired"
    assert state(payment) == State.EXPIRED


def test_who_paid_in_the_last_second_has_paid(account, clock):
    payment = made.pending(adapter="stripe")
    account.pay(payment.gateway_ref)
    clock.shift(timedelta(minutes=30))
    services.expire(payment)
    assert state(payment) == State.SETTLED


def test_a_gateway_out_of_reach_at_the_end_is_tried_for_an_hour(account, clock):
    payment = made.pending(adapter="stripe")
    account.broken = (500, b"{}")
    clock.shift(timedelta(minutes=89))
    services.expire(payment)
    assert state(payment) == State.PENDING
    clock.shift(timedelta(minutes=1))
    services.expire(payment)
    assert state(payment) == State.EXPIRED


def test_money_on_its_way_gets_five_minutes(clock):
    payment = made.opened()
    clock.shift(timedelta(minutes=30))
    services.expire(payment)
    assert (state(payment), list(charges.due_to_expire())) == (State.PENDING, [])
    clock.shift(timedelta(minutes=5))
    assert list(charges.due_to_expire()) == [payment]
    services.expire(payment)
    assert state(payment) == State.EXPIRED


def test_holds_of_a_dead_gateway_keep_nobody_elses_from_ending(account, clock, monkeypatch):
    monkeypatch.setattr(charges, "AT_ONCE", 3)
    dead = [made.pending(adapter="stripe") for _number in range(3)]
    account.broken = (500, b"{}")
    clock.shift(timedelta(minutes=1))
    alive = made.opened()
    clock.shift(timedelta(minutes=36))
    begun = []
    for _minute in range(10):
        begun.append(charges.expire_due())
        jobs.run_due()
        clock.shift(timedelta(minutes=1))
    assert state(alive) == State.EXPIRED
    assert begun[:2] == [3, 1] and sum(begun) < 3 * 5, "a gateway that is silent is tried ever later"
    assert {state(each) for each in dead} == {State.PENDING}
    clock.move_to(dead[0].expires_at + timedelta(minutes=60))
    charges.expire_due()
    jobs.run_due()
    assert {state(each) for each in dead} == {State.EXPIRED}


def test_an_end_becomes_one_job_however_often_it_is_looked_for(clock):
    payment = made.opened()
    clock.shift(timedelta(minutes=30))
    assert (charges.expire_due(), charges.expire_due(), jobs.waiting("payments.expire")) == (1, 0, 1)
    jobs.run_due()
    clock.shift(timedelta(minutes=4))
    assert charges.expire_due() == 0
    clock.shift(timedelta(minutes=1))
    assert charges.expire_due() == 1
    jobs.run_due()
    assert (state(payment), charges.expire_due()) == (State.EXPIRED, 0)


def test_cancelling_closes_the_session_and_leaves_money_alone(account):
    payment = made.pending(adapter="stripe")
    services.cancel(payment)
    jobs.run_due()
    assert (state(payment), account.sessions["cs_test_1"]["status"]) == (State.CANCELLED, "expired")
    services.cancel(payment)
    with pytest.raises(NotOpen):
        services.cancel(made.settled())


def test_who_was_faster_than_the_cancelling_is_late_money(account):
    payment = made.pending(adapter="stripe")
    account.pay(payment.gateway_ref)
    services.cancel(payment)
    jobs.run_due()
    assert state(payment) == State.SETTLED
    assert PaymentEvent.objects.filter(payment=payment, late=True).exists()


def test_cash_waits_for_the_hand_that_took_it(django_user_model):
    sau = django_user_model.objects.create(email="sau@example.invalid")
    payment = made.opened(adapter="cod")
    assert (payment.state, payment.expires_at) == (State.PENDING, None)
    assert isinstance(services.begin(payment, HOP), Tell)
    assert services.settle_by_hand(payment, by=sau, note="household") is Outcome.RECORDED
    assert services.settle_by_hand(payment, by=sau, note="carrier") is Outcome.REPEATED
    event = PaymentEvent.objects.get(payment=payment, to=State.SETTLED)
    assert (event.by, event.note, event.amount_vnd) == (sau, "household", 185_000)


def test_a_gateways_payment_is_not_settled_by_hand():
    with pytest.raises(NotByHand):
        services.settle_by_hand(made.pending(), by=None)


def test_an_adapter_taken_away_leaves_the_payment_open(account, monkeypatch):
    payment = made.opened(adapter="stripe")
    monkeypatch.delenv("PAYMENTS_STRIPE_SECRET_KEY")
    assert services.begin(payment, Hop(return_url="http://x/", notify_url="http://x/")) is None
    assert state(payment) == State.CREATED
