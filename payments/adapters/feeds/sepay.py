"""SePay reads the bank account and posts every movement.

Proof, strongest first: an HMAC over stamp and raw body, demanded as soon as its secret is configured, else
the API key in the header `Authorization`.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from payments.adapters.contract import Call, Clock, Credit, Forged, Outcome, Reply, Traits
from payments.adapters.wire import Http, fresh, hmac_hex, same

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
HEARD = Reply(status=200, body='{"success": true}', type="application/json")


class SePay:
    """Listens only."""

    code = "sepay"
    label = "SePay"
    traits = Traits(icon="bank", is_feed=True, redact=frozenset({"accumulated"}))
    answers = {
        Outcome.RECORDED: HEARD,
        Outcome.REPEATED: HEARD,
        Outcome.UNKNOWN: HEARD,
        Outcome.MISMATCH: HEARD,
        Outcome.FORGED: Reply(status=401, body='{"success": false}', type="application/json"),
        Outcome.BROKEN: Reply(status=503, body='{"success": false}', type="application/json"),
    }

    @dataclass(frozen=True)
    class Config:
        webhook_secret: str = ""
        api_key: str = ""

    def __init__(self, config: Config, http: Http, clock: Clock) -> None:
        self.config = config
        self.clock = clock

    def problems(self) -> list[str]:
        if self.config.webhook_secret or self.config.api_key:
            return []
        return [str(_("Thiếu PAYMENTS_SEPAY_WEBHOOK_SECRET hoặc PAYMENTS_SEPAY_API_KEY."))]

    def read(self, call: Call) -> list[Credit]:
        """The credit of a movement that came in; nothing for one that went out."""
        self._prove(call)
        said = json.loads(call.body)
        if said["transferType"] == "out":
            return []
        if said["transferType"] != "in" or isinstance(said["id"], bool) or not isinstance(said["id"], int):
            raise ValueError("Neither in nor out, or without a number.")
        return [
            Credit(
                event_id=str(said["id"]),
                account=said["accountNumber"],
                amount_vnd=said["transferAmount"],
                note=said["content"] or "",
                bank_ref=said["referenceCode"] or f"sepay:{said['id']}",
                at=datetime.strptime(said["transactionDate"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=VIETNAM),
            )
        ]

    def _prove(self, call: Call) -> None:
        if not self.config.webhook_secret:
            if not same(f"Apikey {self.config.api_key}", call.headers.get("authorization", "")):
                raise Forged("key")
            return
        stamp = call.headers.get("x-sepay-timestamp", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12 and stamp == str(int(stamp))):
            raise Forged("stamp")
        proof = "sha256=" + hmac_hex(self.config.webhook_secret, stamp.encode() + b"." + call.body)
        if not same(proof, call.headers.get("x-sepay-signature", "")):
            raise Forged("signature")
        fresh(int(stamp), self.clock())
