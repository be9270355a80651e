"""Payments as they are after each step, and what the pretend bank says about them."""

import json
from datetime import timedelta

from common import dates
from payments.adapters import registry
from payments.adapters.contract import Call, Fact, Hop
from payments.adapters.sandbox import HEADER, sign
from payments.intake import services
from payments.intake.models import Payment

HOP = Hop(return_url="http://127.0.0.1:1/ve/", notify_url="http://127.0.0.1:1/webhooks/sandbox/")


def opened(amount_vnd: int = 185_000, adapter: str = "sandbox", hold_min: int = 30) -> Payment:
    """A payment nobody has begun."""
    return services.open_(
        amount_vnd=amount_vnd,
        adapter=adapter,
        words="XL-7K3M-9QAB",
        language="vi",
        expires_at=dates.now() + timedelta(minutes=hold_min),
    )


def pending(**facts) -> Payment:
    """A payment whose buyer was sent to the gateway."""
    payment = opened(**facts)
    services.begin(payment, HOP)
    payment.refresh_from_db()
    return payment


def settled(**facts) -> Payment:
    """A payment whose money is there."""
    payment = pending(**facts)
    say("settled", payment)
    payment.refresh_from_db()
    return payment


def fact(kind: str, payment: Payment, **changes) -> Fact:
    facts = {
        "kind": kind,
        "about": payment.reference,
        "event_id": f"{kind}-1",
        "amount_vnd": payment.asked_vnd,
    }
    return Fact(**{**facts, **changes})


def say(kind: str, payment: Payment, **changes):
    """Let the fact be applied; the Outcome comes back."""
    return services.apply(fact(kind, payment, **changes), adapter=payment.adapter)


def notification(payment: Payment, status: str = "paid", event_id: str = "bank-1", **changes) -> Call:
    """The pretend bank's signed word about a payment."""
    said = {
        "status": status,
        "about": payment.reference,
        "event_id": event_id,
        "amount_vnd": payment.asked_vnd,
        "currency": "VND",
    }
    return signed(json.dumps({**said, **changes}).encode())


def signed(body: bytes) -> Call:
    secret = registry.get("sandbox").config.secret
    return Call(body=body, headers={HEADER.lower(): sign(secret, body, dates.now())})


def hear(call: Call):
    """The same through the inbox; the Outcome comes back."""
    return services.take(registry.listener("sandbox"), call)
