"""Stripe: cards and card wallets on Stripe's own page (Checkout Session). VND has no decimals there.

Ships switched off: without `PAYMENTS_STRIPE_SECRET_KEY` and `…_WEBHOOK_SECRET` it does not exist.

What we read of Stripe's events (`READERS`; the others are heard and change nothing):

- `checkout.session.*` and `payment_intent.*`: the payment. One card that failed inside a session leaves it pending.
- `refund.created|updated|failed`: each refund by itself, with our id and how it stands. Not `charge.refunded`, which
  tells only of the charge and leaves its refunds out. A refund that somebody made on Stripe's own pages carries
  no id of ours: it is unknown, and a person sees it.
- `charge.dispute.created|closed`: how a dispute begins and how it ends. An inquiry (`warning_…`) is a question of the
  bank before it takes money: it shows like a dispute, since somebody has to answer it, books nothing, and is over
  with `warning_closed`. When the bank goes on to take the money it is the same dispute, which then ends won or lost.
  Not `charge.dispute.updated|funds_withdrawn|funds_reinstated`: what a dispute moves is booked at its end, once, and
  one of them that comes late would open a dispute again that is over.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import stripe
from django.utils.translation import gettext_lazy as _

from payments.adapters.answers import reading, sending, text, whole
from payments.adapters.contract import (
    Call,
    Charge,
    Clock,
    Fact,
    Forged,
    Hop,
    Outcome,
    Redirect,
    Refused,
    Reply,
    Return,
    Traits,
    Unreachable,
    setting,
)
from payments.adapters.wire import Http, fresh, keeps_secrets

T = TypeVar("T")
MOST_VND = 99_999_999
#: A session's own end lies at least 30 minutes after it is opened, says Stripe; one that is opened again with the same
#: key has the same end; and a start that got no answer is repeated until the hold is over. So its end is 30 minutes
#: after that of the hold, and one more for clocks that differ. It is only a net: we close the session when the
#: hold is over, as long as the goods are held, and what is paid after that is late money.
SESSION_MARGIN = timedelta(minutes=31)
LOCALES = {"vi": "vi", "en": "en", "zh-hans": "zh"}
REFUND_KINDS = {
    "succeeded": "refunded",
    "pending": "pending",
    "requires_action": "pending",
    "failed": "refund_failed",
    "canceled": "refund_failed",
}
DISPUTE_KINDS = {
    "warning_needs_response": "disputed",
    "warning_under_review": "disputed",
    "needs_response": "disputed",
    "under_review": "disputed",
    "warning_closed": "dispute_won",
    "won": "dispute_won",
    "lost": "dispute_lost",
}
PROVEN = Reply(status=200, body="ok")


class Stripe:
    """Hosted Checkout Session: start, webhook, ask, close, whole and partial refund."""

    code = "stripe"
    label = _("Thẻ quốc tế (Stripe)")
    traits = Traits(
        hint=_("Visa, Mastercard, Apple Pay, Google Pay – trả trên trang của Stripe."),
        icon="card",
        min_vnd=15_000,
        max_vnd=MOST_VND,
        # what Stripe's own page is open for at least
        hold=timedelta(minutes=30),
        methods=frozenset({"POST"}),
        redact=frozenset(
            {
                "client_secret",
                "email",
                "phone",
                "name",
                "customer_email",
                "customer_details",
                "billing_details",
                "shipping",
                "card",
                "receipt_email",
            }
        ),
    )
    answers = {
        Outcome.RECORDED: PROVEN,
        Outcome.REPEATED: PROVEN,
        Outcome.UNKNOWN: PROVEN,
        Outcome.MISMATCH: PROVEN,
        Outcome.FORGED: Reply(status=400, body="bad signature"),
        Outcome.BROKEN: Reply(status=503, body="try again"),
    }

    @dataclass(frozen=True)
    class Config:
        secret_key: str = setting(_("Khóa bí mật (Secret key)"), _("bắt đầu bằng sk_"))
        webhook_secret: str = setting(_("Khóa ký tin báo (Signing secret)"), _("bắt đầu bằng whsec_"))
        endpoint: str = setting(_("Địa chỉ API"), default="https://api.stripe.com")
        api_version: str = setting(_("Phiên bản API"), default="2026-10-28.endive")

    def __init__(self, config: Config, http: Http, clock: Clock) -> None:
        self.config = config
        self.clock = clock
        self.client = stripe.StripeClient(
            config.secret_key,
            stripe_version=config.api_version,
            base_addresses={"api": config.endpoint.rstrip("/")},
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=http.timeout_s),
        )

    def problems(self) -> list[str]:
        found = []
        if not self.config.secret_key.startswith(("sk_", "rk_")):
            found.append(_("PAYMENTS_STRIPE_SECRET_KEY phải bắt đầu bằng sk_ hoặc rk_."))
        if not self.config.webhook_secret.startswith("whsec_"):
            found.append(_("PAYMENTS_STRIPE_WEBHOOK_SECRET phải bắt đầu bằng whsec_."))
        if not keeps_secrets(self.config.endpoint):
            found.append(_("PAYMENTS_STRIPE_ENDPOINT phải bắt đầu bằng https://."))
        return [str(each) for each in found]

    # --- paying

    def start(self, charge: Charge, hop: Hop) -> Redirect:
        """A Checkout Session; its idempotency key is the charge's id."""
        if not 0 < charge.amount_vnd <= MOST_VND:
            raise Refused("amount", str(_("Số tiền này không trả bằng thẻ được.")))
        session = self._call(
            lambda: self.client.v1.checkout.sessions.create(
                params=_session(charge, hop), options={"idempotency_key": charge.id}
            )
        )
        with reading():
            return Redirect(url=text(session["url"]), gateway_ref=text(session["id"]))

    def ask(self, about: Charge | Return) -> Fact:
        """How the session, or the refund, stands."""
        if isinstance(about, Return):
            return self._ask_refund(about)
        if not about.gateway_ref:
            # The start got no answer: nobody was sent to a page, nobody can have paid.
            return Fact(kind="pending", about=about.id, event_id=f"ask:{about.id}:unknown", code="unknown")
        if about.gateway_ref.startswith("pi_"):
            intent = self._call(lambda: self.client.v1.payment_intents.retrieve(about.gateway_ref))
            with reading():
                return _of_intent(intent, about.id, f"ask:{about.id}:{intent['status']}")
        session = self._call(lambda: self.client.v1.checkout.sessions.retrieve(about.gateway_ref))
        return _read_session(session, about.id)

    def close(self, charge: Charge) -> Fact:
        """End the session; when somebody has just paid it, that is what comes back."""
        if not charge.gateway_ref.startswith("cs_"):
            return self.ask(charge)
        try:
            session = self._call(lambda: self.client.v1.checkout.sessions.expire(charge.gateway_ref))
        except Refused:
            return self.ask(charge)
        return _read_session(session, charge.id)

    # --- giving back

    def refund(self, back: Return) -> Fact:
        """A refund of the payment intent, unless Stripe has one of this return that did not fail.

        Its idempotency key is the number of this sending: Stripe repeats the old answer to an old key, also when that
        refund has failed since, and forgets the key after a day. The id in the metadata it keeps for ever.
        """
        intent = self._intent(back.of)
        made = self._given(back, intent) or self._call(
            lambda: self.client.v1.refunds.create(
                params={
                    "payment_intent": intent,
                    "amount": back.amount_vnd,
                    "reason": "requested_by_customer",
                    "metadata": {"refund": back.id, "sending": sending(back), "payment": back.of.id},
                },
                options={"idempotency_key": sending(back)},
            )
        )
        with reading():
            return _of_refund(made, back.id, f"refund:{sending(back)}:{made['status']}")

    def _ask_refund(self, back: Return) -> Fact:
        found = self._given(back, self._intent(back.of), failed_too=True)
        if found is None:
            raise Refused("not_found")
        with reading():
            return _of_refund(found, back.id, f"ask:{sending(back)}:{found['status']}")

    def _given(self, back: Return, intent: str, *, failed_too: bool = False) -> dict[str, Any] | None:
        """What Stripe knows of this return: the one that did not fail, or how this sending of it failed."""
        rows = self._call(
            lambda: self.client.v1.refunds.list(params={"payment_intent": intent, "limit": 100})
        )
        with reading():
            mine = [row for row in rows["data"] if row["metadata"].get("refund") == back.id]
            alive = [row for row in mine if REFUND_KINDS.get(row["status"]) != "refund_failed"]
            if failed_too and not alive:
                alive = [row for row in mine if row["metadata"].get("sending") == sending(back)]
        return alive[0] if alive else None

    def _intent(self, charge: Charge) -> str:
        if charge.gateway_ref.startswith("pi_"):
            return charge.gateway_ref
        if not charge.gateway_ref:
            raise Refused("no_session")
        session = self._call(lambda: self.client.v1.checkout.sessions.retrieve(charge.gateway_ref))
        with reading():
            return text(session["payment_intent"])

    def _call(self, call: Callable[[], Any]) -> dict[str, Any]:
        """One call out. What Stripe says about the request is Refused; everything else leaves it unknown."""
        try:
            return call().to_dict()
        except (stripe.IdempotencyError, stripe.RateLimitError, stripe.APIConnectionError) as error:
            raise Unreachable(type(error).__name__) from error
        except (
            stripe.InvalidRequestError,
            stripe.CardError,
            stripe.AuthenticationError,
            stripe.PermissionError,
        ) as error:
            if error.http_status is None or error.http_status >= 500 or error.http_status in (408, 409, 425):
                raise Unreachable(type(error).__name__) from error
            words = str(_("Stripe không nhận lần trả tiền này. Bạn thử cách khác nhé."))
            raise Refused(error.code or type(error).__name__, words) from error
        except (stripe.StripeError, ValueError, AttributeError, TypeError) as error:
            raise Unreachable(type(error).__name__) from error

    # --- listening

    def read(self, call: Call) -> list[Fact]:
        """The event proven by its signature and stamp; facts about charges and returns, else []."""
        header = call.headers.get("stripe-signature", "")
        if not header.isascii():
            raise Forged(self.code)
        try:
            event = stripe.Webhook.construct_event(call.body, header, self.config.webhook_secret, tolerance=0)
        except (stripe.SignatureVerificationError, UnicodeError) as error:
            raise Forged(self.code) from error
        except ValueError:
            # The signature was good (it is looked at first): this is Stripe's words, but no JSON.
            _stamp(header, self.clock)
            raise
        _stamp(header, self.clock)
        return _facts(event.to_dict())


def _stamp(header: str, clock: Clock) -> None:
    """The signed stamp, old or from the future: Stripe's own check only looks at old ones."""
    stamps = [part[2:] for part in header.split(",") if part.startswith("t=")]
    try:
        stamp = int(stamps[0])
    except (IndexError, ValueError) as error:
        raise Forged("stamp") from error
    fresh(stamp, clock())


def _session(charge: Charge, hop: Hop) -> dict[str, Any]:
    params: dict[str, Any] = {
        "mode": "payment",
        "client_reference_id": charge.id,
        "metadata": {"payment": charge.id},
        "payment_intent_data": {"metadata": {"payment": charge.id}},
        "success_url": hop.return_url,
        "cancel_url": hop.return_url,
        "locale": LOCALES.get(hop.language, "auto"),
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "vnd",
                    "unit_amount": charge.amount_vnd,
                    "product_data": {"name": charge.words},
                },
            }
        ],
    }
    if charge.expires_at is not None:
        params["expires_at"] = int((charge.expires_at + SESSION_MARGIN).timestamp())
    return params


def _read_session(session: dict[str, Any], about: str) -> Fact:
    with reading():
        return _of_session(session, about, f"ask:{about}:{session['status']}:{session['payment_status']}")


def _of_session(session: dict[str, Any], about: str, event_id: str) -> Fact:
    status, paid = text(session["status"]), session["payment_status"] == "paid"
    known = {"about": about, "event_id": event_id, "code": status}
    if paid:
        return Fact(
            kind="settled",
            amount_vnd=whole(session["amount_total"]),
            currency=text(session["currency"]).upper(),
            gateway_ref=text(session["payment_intent"]),
            **known,
        )
    return Fact(kind="failed" if status == "expired" else "pending", **known)


def _of_intent(intent: dict[str, Any], about: str, event_id: str) -> Fact:
    status = text(intent["status"])
    if status != "succeeded":
        # One attempt that failed inside a session is no failed payment: the buyer may try another card.
        return Fact(kind="pending", about=about, event_id=event_id, code=status)
    return Fact(
        kind="settled",
        about=about,
        event_id=event_id,
        amount_vnd=whole(intent["amount_received"]),
        currency=text(intent["currency"]).upper(),
        gateway_ref=text(intent["id"]),
        code=status,
    )


def _of_refund(refund: dict[str, Any], about: str, event_id: str) -> Fact:
    status = text(refund["status"])
    return Fact(
        kind=REFUND_KINDS.get(status, "pending"),
        about=about,
        event_id=event_id,
        amount_vnd=whole(refund["amount"]),
        currency=text(refund["currency"]).upper(),
        gateway_ref=text(refund["id"]),
        code=status,
        sending=_sending(refund),
    )


def _sending(refund: dict[str, Any]) -> str:
    """Which sending of ours made it; "" of one that we did not make so."""
    said = (refund.get("metadata") or {}).get("sending")
    return said if isinstance(said, str) else ""


def _facts(event: dict[str, Any]) -> list[Fact]:
    """The event's facts; a KeyError, TypeError or ValueError means that Stripe's words are none that we know."""
    kind, event_id = text(event["type"]), text(event["id"])
    reader = READERS.get(kind)
    if reader is None:
        return []
    return [reader(event["data"]["object"], event_id, kind)]


def _charge_id(thing: dict[str, Any]) -> str:
    """Our id in the metadata; one that is not ours is nobody's, and a person looks at it."""
    return text(
        (thing.get("metadata") or {}).get("payment") or thing.get("client_reference_id") or thing["id"]
    )


def _session_event(session: dict[str, Any], event_id: str, kind: str) -> Fact:
    if kind == "checkout.session.async_payment_failed":
        return Fact(kind="failed", about=_charge_id(session), event_id=event_id, code="async_payment_failed")
    return _of_session(session, _charge_id(session), event_id)


def _intent_event(intent: dict[str, Any], event_id: str, kind: str) -> Fact:
    return _of_intent(intent, _charge_id(intent), event_id)


def _refund_event(refund: dict[str, Any], event_id: str, kind: str) -> Fact:
    about = (refund.get("metadata") or {}).get("refund") or refund["id"]
    return _of_refund(refund, text(about), event_id)


def _dispute_event(dispute: dict[str, Any], event_id: str, kind: str) -> Fact:
    """How a dispute begins or ends. ValueError for what only a person can judge."""
    status = text(dispute["status"])
    says = DISPUTE_KINDS.get(status)
    if says is None or (kind == "charge.dispute.closed" and says == "disputed"):
        # `prevented`, too: whether its money went back depends on what the account agreed with the card networks.
        raise ValueError(f"{kind} with a status that decides nothing: {status}")
    if says == "dispute_lost" and dispute.get("balance_transactions") == []:
        raise ValueError("A dispute was lost and no money was taken for it.")
    return Fact(
        kind=says,
        about="",
        event_id=event_id,
        amount_vnd=whole(dispute["amount"]),
        currency=text(dispute["currency"]).upper(),
        gateway_ref=text(dispute["payment_intent"]),
        code=": ".join(filter(None, (status, dispute.get("reason")))),
    )


READERS: dict[str, Callable[[dict[str, Any], str, str], Fact]] = {
    "checkout.session.completed": _session_event,
    "checkout.session.async_payment_succeeded": _session_event,
    "checkout.session.async_payment_failed": _session_event,
    "checkout.session.expired": _session_event,
    "payment_intent.succeeded": _intent_event,
    "payment_intent.payment_failed": _intent_event,
    "refund.created": _refund_event,
    "refund.updated": _refund_event,
    "refund.failed": _refund_event,
    "charge.dispute.created": _dispute_event,
    "charge.dispute.closed": _dispute_event,
}
