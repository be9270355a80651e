"""Stripe as far as we use it: sessions, intents, refunds, idempotency keys, in Stripe's shapes."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

import stripe

from tests.gateways.server import Asked, Fake, serving

SECRET = "whsec_testsecret"
KEY = "sk_test_51XuLang"


class StripeFake:
    """State of the pretended account. `sessions`, `intents`, `refunds` by id; `broken` = status or None."""

    def __init__(self) -> None:
        self.sessions: dict[str, dict] = {}
        self.intents: dict[str, dict] = {}
        self.refunds: dict[str, dict] = {}
        self.keys: dict[str, tuple[dict, tuple[int, dict]]] = {}
        self.broken: tuple[int, bytes] | None = None
        self.refund_status = "succeeded"

    # --- what happens at Stripe without us

    def pay(self, session_id: str) -> dict:
        session = self.sessions[session_id]
        intent_id = session_id.replace("cs_", "pi_")
        self.intents[intent_id] = {
            "id": intent_id,
            "object": "payment_intent",
            "status": "succeeded",
            "currency": "vnd",
            "amount": session["amount_total"],
            "amount_received": session["amount_total"],
            "metadata": session["metadata"],
        }
        session |= {"status": "complete", "payment_status": "paid", "payment_intent": intent_id}
        return session

    # --- the API

    def answer(self, asked: Asked) -> tuple[int, bytes, str]:
        if self.broken:
            return *self.broken, "application/json"
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return self._reply(401, _error("invalid_request_error", "Invalid API Key provided"))
        form = dict(parse_qsl(asked.body.decode()))
        key = asked.headers.get("idempotency-key")
        if asked.method == "POST" and key in self.keys:
            seen, answered = self.keys[key]
            if seen != form:
                return self._reply(400, _error("idempotency_error", "Keys for idempotent requests …"))
            return self._reply(*answered)
        status, said = self._route(asked, form)
        if asked.method == "POST" and key:
            self.keys[key] = (form, (status, said))
        return self._reply(status, said)

    def _route(self, asked: Asked, form: dict) -> tuple[int, dict]:
        parts = urlsplit(asked.path)
        path = parts.path
        if asked.method == "POST" and path == "/v1/checkout/sessions":
            return self._create_session(form)
        if asked.method == "POST" and path == "/v1/refunds":
            return self._create_refund(form)
        if path == "/v1/refunds":
            wanted = dict(parse_qsl(parts.query)).get("payment_intent")
            rows = [row for row in reversed(self.refunds.values()) if row["payment_intent"] == wanted]
            return 200, {"object": "list", "data": rows, "has_more": False, "url": "/v1/refunds"}
        if found := re.fullmatch(r"/v1/checkout/sessions/(cs_\w+)/expire", path):
            return self._expire(found[1])
        for pattern, table in (
            (r"/v1/checkout/sessions/(\w+)", self.sessions),
            (r"/v1/payment_intents/(\w+)", self.intents),
            (r"/v1/refunds/(\w+)", self.refunds),
        ):
            if (found := re.fullmatch(pattern, path)) and found[1] in table:
                return 200, table[found[1]]
        return 404, _error("invalid_request_error", "No such resource", code="resource_missing")

    def _create_session(self, form: dict) -> tuple[int, dict]:
        amount = int(form["line_items[0][price_data][unit_amount]"])
        if amount > 99_999_999:
            return 400, _error("invalid_request_error", "too large", code="amount_too_large")
        session_id = f"cs_test_{len(self.sessions) + 1}"
        session = {
            "id": session_id,
            "object": "checkout.session",
            "status": "open",
            "payment_status": "unpaid",
            "amount_total": amount,
            "currency": form["line_items[0][price_data][currency]"],
            "client_reference_id": form["client_reference_id"],
            "metadata": {"payment": form["metadata[payment]"]},
            "payment_intent": None,
            "expires_at": int(form["expires_at"]) if "expires_at" in form else None,
            "url": f"https://checkout.stripe.example/c/pay/{session_id}",
            "success_url": form["success_url"],
            "mode": form["mode"],
            "locale": form["locale"],
        }
        self.sessions[session_id] = session
        return 200, session

    def _expire(self, session_id: str) -> tuple[int, dict]:
        session = self.sessions.get(session_id)
        if session is None:
            return 404, _error("invalid_request_error", "No such session", code="resource_missing")
        if session["status"] != "open":
            return 400, _error("invalid_request_error", "Only open Checkout Sessions can be expired.")
        session["status"] = "expired"
        return 200, session

    def _create_refund(self, form: dict) -> tuple[int, dict]:
        intent = self.intents.get(form["payment_intent"])
        if intent is None:
            return 404, _error("invalid_request_error", "No such payment_intent", code="resource_missing")
        mine = [row for row in self.refunds.values() if row["payment_intent"] == intent["id"]]
        given = sum(row["amount"] for row in mine if row["status"] not in ("failed", "canceled"))
        if given + int(form["amount"]) > intent["amount_received"]:
            return 400, _error(
                "invalid_request_error", "greater than unrefunded amount", code="amount_too_large"
            )
        refund = {
            "id": f"re_{len(self.refunds) + 1}",
            "object": "refund",
            "amount": int(form["amount"]),
            "currency": "vnd",
            "status": self.refund_status,
            "payment_intent": intent["id"],
            "metadata": {name: form[f"metadata[{name}]"] for name in ("refund", "sending", "payment")},
        }
        self.refunds[refund["id"]] = refund
        return 200, refund

    def _reply(self, status: int, said: dict) -> tuple[int, bytes, str]:
        return status, json.dumps(said).encode(), "application/json"


def _error(kind: str, message: str, code: str | None = None) -> dict:
    return {"error": {"type": kind, "message": message, "code": code}}


@contextmanager
def stripe_at_home() -> Iterator[tuple[StripeFake, Fake]]:
    """The pretended Stripe, listening on a port of this machine."""
    account = StripeFake()
    with serving(account.answer) as fake:
        yield account, fake


def event(kind: str, thing: dict, event_id: str = "evt_1XuLang") -> bytes:
    """The body of a notification."""
    return json.dumps(
        {"id": event_id, "object": "event", "type": kind, "data": {"object": thing}}, ensure_ascii=False
    ).encode()


def signature(body: bytes, stamp: int, secret: str = SECRET) -> str:
    """The header that Stripe would send with it."""
    return stripe.WebhookSignature.generate_signature_header(body.decode(), secret, stamp)
