"""One function decides what a fact changes: once, whole, and only if the money fits."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from payments import signals
from payments.adapters.contract import Outcome
from payments.intake import audit, moves, services
from payments.intake.models import Inbox, Payment, PaymentEvent
from tests.builders import payments as made

pytestmark = pytest.mark.django_db
State = Payment.State


@pytest.fixture
def heard():
    """What was announced: (signal's name, late)."""
    said, listeners = [], []
    for name in (
        "payment_settled",
        "payment_failed",
        "payment_expired",
        "payment_cancelled",
        "payment_disputed",
    ):
        signal = getattr(signals, name)

        def listen(sender, payment, name=name, late=None, **_kwargs):
            said.append((name, late))

        signal.connect(listen, weak=False)
        listeners.append((signal, listen))
    yield said
    for signal, listen in listeners:
        signal.disconnect(listen)


def test_money_settles_a_payment_once(heard):
    payment = made.pending()
    assert made.say("settled", payment) is Outcome.RECORDED
    assert made.say("settled", payment) is Outcome.REPEATED
    payment.refresh_from_db()
    assert (payment.state, payment.settled_vnd) == (State.SETTLED, 185_000)
    assert heard == [("payment_settled", False)]


@pytest.mark.parametrize("end", ["failed", "expired", "cancelled"])
def test_late_money_is_money(heard, end):
    payment = made.pending()
    if end == "cancelled":
        services.cancel(payment)
    else:
        made.say("failed", payment, code="expired" if end == "expired" else "")
    assert Payment.objects.get(pk=payment.pk).state == end
    assert made.say("settled", payment) is Outcome.RECORDED
    assert heard == [(f"payment_{end}", None), ("payment_settled", True)]
    assert PaymentEvent.objects.filter(payment=payment, late=True).count() == 1


def test_a_straggler_changes_nothing(heard):
    payment = made.settled()
    assert made.say("failed", payment) is Outcome.REPEATED
    assert made.say("pending", payment) is Outcome.REPEATED
    assert Payment.objects.get(pk=payment.pk).state == State.SETTLED
    assert heard == [("payment_settled", False)]


@pytest.mark.parametrize("wrong", [{"amount_vnd": 184_999}, {"amount_vnd": 185_001}, {"currency": "USD"}])
def test_another_sum_is_kept_for_a_person(wrong):
    payment = made.pending()
    assert made.say("settled", payment, **wrong) is Outcome.MISMATCH
    assert Payment.objects.get(pk=payment.pk).state == State.PENDING
    assert Inbox.objects.get().why == "mismatch"


def test_money_for_nobody_is_kept_for_a_person():
    payment = made.pending()
    assert made.say("settled", payment, about="nobody") is Outcome.UNKNOWN
    assert Inbox.objects.get().why == "unknown"


def test_one_gateway_cannot_settle_the_payment_of_another():
    payment = made.pending()
    fact = made.fact("settled", payment)
    assert services.apply(fact, adapter="stripe") is Outcome.UNKNOWN
    assert Payment.objects.get(pk=payment.pk).state == State.PENDING


def test_a_dispute_is_won_or_lost(heard):
    payment = made.settled()
    made.say("disputed", payment)
    assert made.say("settled", payment) is Outcome.REPEATED
    made.say("dispute_won", payment)
    assert Payment.objects.get(pk=payment.pk).state == State.SETTLED
    made.say("dispute_lost", payment)
    assert Payment.objects.get(pk=payment.pk).state == State.CHARGED_BACK
    assert made.say("dispute_won", payment) is Outcome.REPEATED


def test_a_dispute_finds_its_payment_by_the_gateways_name():
    payment = made.settled()
    Payment.objects.filter(pk=payment.pk).update(gateway_ref="pi_1")
    made.say("disputed", payment, about="", gateway_ref="pi_1")
    assert Payment.objects.get(pk=payment.pk).state == State.DISPUTED


def test_a_receiver_that_fails_undoes_all():
    payment = made.pending()

    def broken(sender, **_kwargs):
        raise RuntimeError("The order cannot be confirmed.")

    signals.payment_settled.connect(broken)
    with pytest.raises(RuntimeError):
        made.say("settled", payment)
    payment.refresh_from_db()
    assert (payment.state, payment.settled_vnd, payment.events.count()) == (State.PENDING, 0, 1)


@pytest.mark.parametrize(
    "broken",
    [
        {"settled_vnd": 100_000},
        {"refund_asked_vnd": 185_001},
        {"refunded_vnd": 1},
        {"state": "pending"},
        {"settled_at": None},
        {"asked_vnd": 0},
    ],
)
def test_the_database_itself_refuses_impossible_money(broken):
    payment = made.settled()
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(**broken)


KINDS = [
    "settled",
    "failed",
    "pending",
    "held",
    "disputed",
    "dispute_won",
    "dispute_lost",
    "cancel",
    "refund",
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=some.lists(some.sampled_from(KINDS), max_size=10))
def test_whatever_is_said_in_whatever_order_the_books_agree(db, said):
    payment = made.pending()
    for at, kind in enumerate(said):
        payment.refresh_from_db()
        if kind == "cancel" and not payment.settled_vnd:
            services.cancel(payment)
        elif kind == "refund" and payment.refundable_vnd >= 50_000:
            services.give_back(payment, amount_vnd=50_000, reason="", key=str(at))
        elif kind in moves.PAYMENT_KINDS:
            made.say(kind, payment, event_id=str(at))
    payment.refresh_from_db()
    assert (payment.settled_vnd == 185_000) == ("settled" in said)
    assert list(audit.breaks()) == []
