"""Stripe's side of the wire: sessions, intents, refunds, idempotency keys, the hosted page, signed events.

Checks what it is sent with code of its own. Its own ids (`cs_…`, `pi_…`, `re_…`) are the keys of `sessions`, `intents`
and `refunds`; `orders`, which the page and the words go by, has our references.
"""

import hashlib
import hmac
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from fakes import pages
from fakes.server import Asked, Fake, serving
from fakes.stripe_form import ends_at, error, wrong
from fakes.wallet import STRANGER, TOLD, Wallet
from payments.adapters.contract import Call

SECRET = "whsec_testsecret"  # noqa: S105 - known to everybody
KEY = "sk_test_51XuLang"
VERSION = re.compile(r"20\d\d-\d\d-\d\d(\.[a-z]+)?")
#: the bank has taken the money back, for the time being or for ever
TAKEN = ("needs_response", "under_review", "lost")
GONE = ("failed", "canceled")


@dataclass
class StripeFake(Wallet):
    """`told` knows two words more: `reversed` (the events of a payment the other way round) and `stale`."""

    name = "Stripe"
    kept = (*Wallet.kept, "sessions", "intents", "disputes")

    #: where events go: agreed with Stripe, no parameter of the payment
    notify: str = ""
    sessions: dict[str, dict] = field(default_factory=dict)
    intents: dict[str, dict] = field(default_factory=dict)
    #: intent → status of the dispute about it
    disputes: dict[str, str] = field(default_factory=dict)
    #: idempotency key → (what was asked, what was answered); None while it is being done
    keys: dict[str, tuple[tuple, tuple[int, dict]] | None] = field(default_factory=dict)
    refund_status: str = "succeeded"
    #: how long the work behind an idempotency key takes
    works_s: float = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    # --- what happens at Stripe without us

    def pay(self, ref: str) -> dict:
        """The card is charged; `ref` is our reference or the session's id. The session comes back."""
        session = self._session(ref)
        intent = self._intent(session, status="succeeded", amount_received=session["amount_total"])
        session |= {"status": "complete", "payment_status": "paid", "payment_intent": intent["id"]}
        return session

    def decline(self, ref: str) -> None:
        """One card is refused: the session stays open for another."""
        session = self._session(ref)
        error = {"type": "card_error", "code": "card_declined"}
        self._intent(session, status="requires_payment_method", amount_received=0, last_payment_error=error)

    def cancel(self, ref: str) -> None:
        """The buyer leaves the page: nothing happens at Stripe, and nobody is told."""

    def _intent(self, session: dict, **facts: object) -> dict:
        intent_id = session["id"].replace("cs_", "pi_")
        self.intents[intent_id] = {
            "id": intent_id,
            "object": "payment_intent",
            "currency": session["currency"],
            "amount": session["amount_total"],
            "latest_charge": session["id"].replace("cs_", "ch_"),
            "metadata": self.orders[session["client_reference_id"]]["intent_metadata"],
            **facts,
        }
        return self.intents[intent_id]

    def _session(self, ref: str) -> dict:
        session = self.sessions[ref if ref in self.sessions else self.orders[ref]["session"]]
        session["amount_total"] = self.orders[session["client_reference_id"]]["amount_vnd"]
        if session["status"] == "open" and session["expires_at"] <= self.now().timestamp():
            session["status"] = "expired"
        return session

    # --- the API

    def route(self, path: str, asked: Asked) -> tuple[int, bytes, str]:
        self.url = self.url or f"http://{asked.headers['host']}"
        status, said = self._heard(path, asked)
        return status, json.dumps(said).encode(), "application/json"

    def does(self, asked: Asked) -> bool:
        return asked.method == "POST"

    def _heard(self, path: str, asked: Asked) -> tuple[int, dict]:
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return 401, error("Invalid API Key provided")
        if not VERSION.fullmatch(asked.headers.get("stripe-version", "")):
            return 400, error("Invalid Stripe API version")
        if asked.method != "POST":
            return self._look(path, dict(parse_qsl(urlsplit(asked.path).query)))
        form = dict(parse_qsl(asked.body.decode(), keep_blank_values=True))
        return self._once(path, form, asked.headers.get("idempotency-key", ""))

    def _once(self, path: str, form: dict, key: str) -> tuple[int, dict]:
        """The same key gives the same answer; with other words it is an error; while the work is done, a conflict."""
        if not 0 < len(key) <= 255:
            return self._work(path, form)
        with self.lock:
            if key in self.keys and self.keys[key] is None:
                return 409, error(
                    "There is currently another in-progress request", code="idempotency_key_in_use"
                )
            if key in self.keys:
                seen, answered = self.keys[key]
                if seen != (path, form):
                    return 400, error("Keys for idempotent requests …", kind="idempotency_error")
                return answered
            if refused := wrong(path, form, self.now()):
                return 400, refused
            self.keys[key] = None
        time.sleep(self.works_s)
        answered = self._work(path, form)
        self.keys[key] = ((path, form), json.loads(json.dumps(answered)))
        return answered

    def _work(self, path: str, form: dict) -> tuple[int, dict]:
        if refused := wrong(path, form, self.now()):
            return 400, refused
        if found := re.fullmatch(r"/v1/checkout/sessions/(cs_\w+)/expire", path):
            return self._expire(found[1])
        work = {"/v1/checkout/sessions": self._create_session, "/v1/refunds": self._create_refund}.get(path)
        return work(form) if work else (404, error("Unrecognized request URL"))

    def _look(self, path: str, query: dict) -> tuple[int, dict]:
        if path == "/v1/refunds":
            mine = [row for row in self.refunds.values() if row["payment_intent"] == query["payment_intent"]]
            newest = list(reversed(mine))[: int(query.get("limit", 10))]
            more = len(mine) > len(newest)
            return 200, {"object": "list", "data": newest, "has_more": more, "url": path}
        kind, _slash, thing_id = path.removeprefix("/v1/").rpartition("/")
        if kind == "checkout/sessions" and thing_id in self.sessions:
            return 200, self._session(thing_id)
        table = {"payment_intents": self.intents, "refunds": self.refunds}.get(kind, {})
        if thing_id in table:
            return 200, table[thing_id]
        return 404, error("No such resource", code="resource_missing")

    def _create_session(self, form: dict) -> tuple[int, dict]:
        session_id = f"cs_test_{len(self.sessions) + 1}"
        ref = form["client_reference_id"]
        session = {
            "id": session_id,
            "object": "checkout.session",
            "status": "open",
            "payment_status": "unpaid",
            "amount_total": int(form["line_items[0][price_data][unit_amount]"]),
            "currency": form["line_items[0][price_data][currency]"],
            "client_reference_id": ref,
            "created": int(self.now().timestamp()),
            "metadata": _metadata(form, "metadata"),
            "payment_intent": None,
            "expires_at": ends_at(form, self.now()),
            "url": self.page_url(ref),
            "success_url": form["success_url"],
            "cancel_url": form.get("cancel_url"),
            "mode": form["mode"],
            "locale": form.get("locale"),
        }
        self.sessions[session_id] = session
        self.orders[ref] = {
            "session": session_id,
            "amount_vnd": session["amount_total"],
            "words": form["line_items[0][price_data][product_data][name]"],
            "intent_metadata": _metadata(form, "payment_intent_data[metadata]"),
            "notify": self.notify,
        }
        return 200, session

    def _expire(self, session_id: str) -> tuple[int, dict]:
        if session_id not in self.sessions:
            return 404, error("No such session", code="resource_missing")
        session = self._session(session_id)
        if session["status"] != "open":
            return 400, error("Only open Checkout Sessions can be expired.")
        session |= {"status": "expired", "url": None}
        return 200, session

    def _create_refund(self, form: dict) -> tuple[int, dict]:
        intent = self.intents.get(form["payment_intent"])
        if intent is None:
            return 404, error("No such payment_intent", code="resource_missing")
        if self.disputes.get(intent["id"]) in TAKEN:
            return 400, error("The charge has been charged back", code="charge_disputed")
        mine = [row for row in self.refunds.values() if row["payment_intent"] == intent["id"]]
        left = intent["amount_received"] - sum(row["amount"] for row in mine if row["status"] not in GONE)
        amount = int(form.get("amount", left))
        if not 0 < amount <= left:
            return 400, error("greater than unrefunded amount", code="amount_too_large")
        refund = {
            "id": f"re_{len(self.refunds) + 1}",
            "object": "refund",
            "amount": amount,
            "charge": intent["latest_charge"],
            "currency": "vnd",
            "status": self.refund_status,
            "payment_intent": intent["id"],
            "metadata": _metadata(form, "metadata"),
        }
        self.refunds[refund["id"]] = refund
        return 200, refund

    # --- the page

    def page(self, ref: str, *, leads_on: bool = False) -> tuple[int, bytes, str]:
        """Where the buyer pays or leaves, and what came of it; nothing once the session is over."""
        order = self.orders.get(ref)
        if order is None or (self._session(ref)["status"] != "open" and "pressed" not in order):
            return pages.sorry(self.name, "Trang này đã hết hạn.", 410)
        return super().page(ref, leads_on=leads_on)

    def press(self, ref: str, act: str, told: str) -> None:
        """Who leaves may come back to the page; what is over cannot be paid."""
        if act == "pay" and self._session(ref)["status"] == "open":
            super().press(ref, act, told)

    def back_url(self, ref: str) -> str:
        session = self._session(ref)
        if session["payment_status"] != "paid":
            return session["cancel_url"]
        return session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])

    def given_back_vnd(self, ref: str) -> int:
        intent = self._session(ref)["payment_intent"]
        rows = (row for row in self.refunds.values() if row["payment_intent"] == intent)
        return sum(row["amount"] for row in rows if row["status"] not in GONE)

    # --- the words

    def tell(self, ref: str, told: str = "once") -> None:
        """Every event of what happened last, as it is told to."""
        kinds = self.kinds(ref)
        if told == "reversed":
            kinds.reverse()
        stamp = int(self.now().timestamp()) - 400 if told == "stale" else None
        for kind in kinds:
            call = self.word(ref, kind=kind, stamp=stamp)
            for _time in range(TOLD.get(told, 1)):
                self._call(ref, call, f"Tin báo ký đúng: {kind}")

    def _forge(self, ref: str) -> None:
        self.orders[ref]["pressed"] = ""
        session = self._session(ref)
        before = dict(session)
        self.pay(ref)
        calls = [self.word(ref, kind=kind, secret=STRANGER) for kind in self.kinds(ref)]
        del self.intents[session["payment_intent"]]
        session |= before
        for call in calls:
            self._call(ref, call, "Tin báo giả")
        self.remember()

    def kinds(self, ref: str) -> list[str]:
        """What Stripe tells of a session as it stands, in the order it usually comes."""
        session = self._session(ref)
        if session["payment_status"] == "paid":
            return ["payment_intent.succeeded", "checkout.session.completed"]
        if session["status"] == "expired":
            return ["checkout.session.expired"]
        tried = session["id"].replace("cs_", "pi_") in self.intents
        return ["payment_intent.payment_failed"] if tried else []

    def word(
        self, ref: str, *, kind: str = "", secret: str = SECRET, stamp: int | None = None, **changes: object
    ) -> Call:
        """A signed event: of the session, of its intent if `kind` says so. `amount_vnd` says another sum."""
        session = self._session(ref)
        kind = kind or next(iter(reversed(self.kinds(ref))), "checkout.session.completed")
        is_session = kind.startswith("checkout.")
        thing = session if is_session else self.intents[session["id"].replace("cs_", "pi_")]
        about = {"metadata": thing["metadata"] | {"payment": ref}}
        if is_session:
            about["client_reference_id"] = ref
        if "amount_vnd" in changes:
            sum_vnd = changes.pop("amount_vnd")
            names = ("amount_total",) if is_session else ("amount", "amount_received")
            about |= dict.fromkeys(names, sum_vnd)
        return self._signed(kind, thing | about | changes, secret, stamp)

    def refund_word(self, refund_id: str, kind: str = "refund.updated", **changes: object) -> Call:
        """The event of a refund as it stands."""
        return self._signed(kind, self.refunds[refund_id] | changes)

    def dispute_word(
        self, ref: str, status: str, kind: str = "charge.dispute.created", **changes: object
    ) -> Call:
        """The bank of whoever paid asks, takes or has decided; while it only asks, nothing is taken."""
        session = self._session(ref)
        self.disputes[session["payment_intent"]] = status
        taken = [{"object": "balance_transaction", "amount": -session["amount_total"]}]
        dispute = {
            "id": session["id"].replace("cs_", "du_"),
            "object": "dispute",
            "status": status,
            "reason": "unrecognized",
            "charge": session["id"].replace("cs_", "ch_"),
            "payment_intent": session["payment_intent"],
            "amount": session["amount_total"],
            "currency": session["currency"],
            "balance_transactions": [] if status.startswith("warning_") else taken,
        }
        return self._signed(kind, dispute | changes)

    def _signed(self, kind: str, thing: dict, secret: str = SECRET, stamp: int | None = None) -> Call:
        name = hashlib.sha256(json.dumps([kind, thing], sort_keys=True).encode()).hexdigest()[:24]
        body = event(kind, thing, f"evt_{name}")
        proof = signature(body, int(self.now().timestamp()) if stamp is None else stamp, secret)
        return Call(body=body, headers={"stripe-signature": proof, "content-type": "application/json"})


def _metadata(form: dict, name: str) -> dict[str, str]:
    start = f"{name}["
    return {key.removeprefix(start)[:-1]: value for key, value in form.items() if key.startswith(start)}


@contextmanager
def stripe_at_home() -> Iterator[tuple[StripeFake, Fake]]:
    """The pretended Stripe, listening on a port of this machine."""
    account = StripeFake()
    with serving(account.answer) as fake:
        account.url = fake.url
        yield account, fake


def event(kind: str, thing: dict, event_id: str = "evt_1XuLang") -> bytes:
    """The body of a notification."""
    said = {"id": event_id, "object": "event", "type": kind, "livemode": False, "data": {"object": thing}}
    return json.dumps(said, ensure_ascii=False).encode()


def signature(body: bytes, stamp: int, secret: str = SECRET) -> str:
    """The header that Stripe would send with it."""
    proof = hmac.new(secret.encode(), b"%d.%s" % (stamp, body), hashlib.sha256).hexdigest()
    return f"t={stamp},v1={proof}"
