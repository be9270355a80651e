"""The sandbox: a pretend bank for demo and tests. It is reached, and it calls, over real HTTP.

Going to the bank is a signed address (no call); asking, closing and giving back are signed calls to the
bank's small API; the bank's notifications are signed the same way. It exists only where pretending is
allowed.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from django.utils.translation import gettext_lazy as _

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
from payments.adapters.wire import Http, fresh, hmac_hex, same

HEADER = "X-Sandbox-Signature"
SIGNATURE = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")
KINDS = {
    "paid": "settled",
    "refused": "failed",
    "expired": "failed",
    "open": "pending",
    "refunded": "refunded",
    "refund_failed": "refund_failed",
    "disputed": "disputed",
}
KNOWN = Reply(status=200, body='{"ok": true}', type="application/json")


def sign(secret: str, body: bytes, now: datetime) -> str:
    """The header that proves a body: stamp and HMAC over `<stamp>.<body>`."""
    stamp = int(now.timestamp())
    return f"t={stamp},v1={hmac_hex(secret, b'%d.%s' % (stamp, body))}"


def check(secret: str, body: bytes, header: str, now: datetime) -> None:
    """Forged unless the header proves the body and its stamp is at most five minutes off."""
    found = SIGNATURE.fullmatch(header)
    if found is None or found[1] != str(int(found[1])):
        raise Forged("header")
    if not same(hmac_hex(secret, f"{found[1]}.".encode() + body), found[2]):
        raise Forged("signature")
    fresh(int(found[1]), now)


def sign_query(secret: str, fields: dict[str, str]) -> str:
    """The query of the bank's page, the last field its proof."""
    query = urlencode(sorted(fields.items()))
    return f"{query}&sign={hmac_hex(secret, query.encode())}"


def check_query(secret: str, query: str) -> None:
    """Forged unless the query is as it was signed."""
    said, _mark, proof = query.rpartition("&sign=")
    if not same(hmac_hex(secret, said.encode()), proof):
        raise Forged("query")


class Sandbox:
    """Starts, listens, is asked, closes and refunds, like a gateway of the better kind."""

    code = "sandbox"
    label = _("Ngân hàng thử")
    traits = Traits(
        hint=_("Chỉ để xem thử: không có đồng tiền thật nào."),
        icon="bank",
        min_vnd=1_000,
        pretend=True,
        calls_to_start=False,
        methods=frozenset({"POST"}),
        redact=frozenset({"card"}),
    )
    answers = {
        Outcome.RECORDED: KNOWN,
        Outcome.REPEATED: KNOWN,
        Outcome.UNKNOWN: Reply(status=200, body='{"ok": false, "why": "unknown"}', type="application/json"),
        Outcome.MISMATCH: Reply(status=200, body='{"ok": false, "why": "mismatch"}', type="application/json"),
        Outcome.FORGED: Reply(status=400, body='{"ok": false, "why": "forged"}', type="application/json"),
        Outcome.BROKEN: Reply(status=503, body='{"ok": false, "why": "later"}', type="application/json"),
    }

    @dataclass(frozen=True)
    class Config:
        secret: str = setting(_("Khóa ký của ngân hàng thử"))
        #: where the pretend bank lives; empty: in the site's own demo door
        endpoint: str = setting(_("Địa chỉ ngân hàng thử"), _("để trống: nằm ngay trong chợ"), default="")

    def __init__(self, config: Config, http: Http, clock: Clock) -> None:
        self.config = config
        self.http = http
        self.clock = clock

    def problems(self) -> list[str]:
        if self.config.endpoint and not self.config.endpoint.startswith(("http://", "https://")):
            return [str(_("PAYMENTS_SANDBOX_ENDPOINT phải bắt đầu bằng https://."))]
        return []

    def start(self, charge: Charge, hop: Hop) -> Redirect:
        """The signed address of the bank's page; the bank learns of the charge when the buyer comes."""
        query = sign_query(
            self.config.secret,
            {
                "amount": str(charge.amount_vnd),
                "words": charge.words,
                "until": str(int(charge.expires_at.timestamp())) if charge.expires_at else "",
                "back": hop.return_url,
                "notify": hop.notify_url,
                "language": hop.language,
                "id": charge.id,
            },
        )
        page = f"{self._bank(hop.notify_url)}{charge.id}/"
        return Redirect(url=f"{page}?{query}", gateway_ref=page)

    def ask(self, about: Charge | Return) -> Fact:
        if isinstance(about, Return):
            return self._said({"op": "ask_refund", "id": about.id, "of": about.of.id}, about.of, about.id)
        return self._said({"op": "ask", "id": about.id}, about, about.id)

    def close(self, charge: Charge) -> Fact:
        return self._said({"op": "close", "id": charge.id}, charge, charge.id)

    def refund(self, back: Return) -> Fact:
        return self._said(
            {"op": "refund", "id": back.id, "of": back.of.id, "amount_vnd": back.amount_vnd}, back.of, back.id
        )

    def read(self, call: Call) -> list[Fact]:
        check(self.config.secret, call.body, call.headers.get(HEADER.lower(), ""), self.clock())
        said = json.loads(call.body)
        return [_fact(said, said["about"], said["event_id"])]

    def _bank(self, notify_url: str) -> str:
        home = "{0.scheme}://{0.netloc}/demo/ngan-hang".format(urlsplit(notify_url))
        return (self.config.endpoint or home).rstrip("/") + "/"

    def _said(self, question: dict[str, Any], charge: Charge, about: str) -> Fact:
        if not charge.gateway_ref:
            # Nobody was sent to the bank: nobody can have paid.
            return Fact(kind="pending", about=about, event_id=f"ask:{about}:unknown", code="unknown")
        body = json.dumps(question).encode()
        headers = {"Content-Type": "application/json", HEADER: sign(self.config.secret, body, self.clock())}
        answer = self.http.post(urljoin(charge.gateway_ref, "../api/"), body, headers)
        if answer.status == 404:
            raise Refused("not_found")
        if answer.status == 422:
            raise Refused("refused", str(_("Ngân hàng thử không nhận yêu cầu này.")))
        if answer.status != 200:
            raise Unreachable(f"HTTP {answer.status}")
        said = answer.json()
        try:
            return _fact(said, about, f"{question['op']}:{about}:{said['status']}")
        except (KeyError, TypeError, ValueError) as error:
            raise Unreachable("The answer cannot be read.") from error


def _fact(said: dict[str, Any], about: str, event_id: str) -> Fact:
    """What the bank says as a fact; KeyError, TypeError or ValueError when it is not in its known shape."""
    return Fact(
        kind=KINDS[said["status"]],
        about=about,
        event_id=event_id,
        amount_vnd=said["amount_vnd"],
        currency=said["currency"],
        code=said["status"],
    )
