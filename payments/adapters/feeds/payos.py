"""payOS posts what was paid into an account that is linked with it, signed over the sorted fields of `data`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from payments.adapters.contract import (
    Call,
    Clock,
    Credit,
    Forged,
    Outcome,
    Refused,
    Reply,
    Traits,
    Unreachable,
)
from payments.adapters.wire import Http, hmac_hex, keeps_secrets, same

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
HEARD = Reply(status=200, body='{"success": true}', type="application/json")
NOTHING = (None, "null", "undefined")
#: what payOS posts, rightly signed, to try an address that is being registered: it is no money
SAMPLE = {"orderCode": 123, "amount": 3000, "description": "VQRIO123", "reference": "TF230204212323"}


class PayOS:
    """Listens only."""

    code = "payos"
    label = "payOS"
    traits = Traits(
        icon="bank",
        is_feed=True,
        redact=frozenset({"counterAccountName", "counterAccountNumber"}),
    )
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
        client_id: str
        api_key: str
        checksum_key: str
        endpoint: str = "https://api-merchant.payos.vn"

    def __init__(self, config: Config, http: Http, clock: Clock) -> None:
        self.config = config
        self.http = http

    def problems(self) -> list[str]:
        if not keeps_secrets(self.config.endpoint):
            return [str(_("PAYMENTS_PAYOS_ENDPOINT phải bắt đầu bằng https://."))]
        return []

    def read(self, call: Call) -> list[Credit]:
        """The credit of a payment that came in; nothing for the sample of a registration or a failure."""
        data = self._proven(call)
        if all(data.get(name) == value for name, value in SAMPLE.items()) or data["code"] != "00":
            return []
        if data.get("currency", "VND") != "VND":
            raise ValueError("A foreign currency on an account of đồng.")
        reference = data["reference"]
        return [
            Credit(
                event_id=f"{data['accountNumber']}:{reference}",
                account=data["accountNumber"],
                amount_vnd=data["amount"],
                note=data["description"] or "",
                bank_ref=reference,
                at=datetime.strptime(data["transactionDateTime"], "%Y-%m-%d %H:%M:%S").replace(
                    tzinfo=VIETNAM
                ),
            )
        ]

    def register(self, address: str) -> None:
        """Have payOS post to this address from now on; it tries it with a sample at once.

        Raises Refused when payOS does not take the address, Unreachable when it does not answer.
        """
        headers = {
            "Content-Type": "application/json",
            "x-client-id": self.config.client_id,
            "x-api-key": self.config.api_key,
        }
        body = json.dumps({"webhookUrl": address}).encode()
        answer = self.http.post(f"{self.config.endpoint.rstrip('/')}/confirm-webhook", body, headers)
        if answer.status >= 500:
            raise Unreachable(f"HTTP {answer.status}")
        said = answer.json()
        if answer.status >= 400 or said.get("code") != "00":
            raise Refused(str(said.get("code", answer.status)), str(said.get("desc", "")))

    def _proven(self, call: Call) -> dict[str, Any]:
        try:
            said = json.loads(call.body)
            data, proof = said["data"], said["signature"]
            expected = sign(self.config.checksum_key, data)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise Forged("shape") from error
        if not isinstance(proof, str) or not same(expected, proof.encode("utf-8", "replace").decode()):
            raise Forged("signature")
        return data


def sign(checksum_key: str, data: Mapping[str, Any]) -> str:
    """The signature of `data`: HMAC over `key=value` of all its fields by name, joined by `&`, not encoded."""
    raw = "&".join(f"{name}={_text(value)}" for name, value in sorted(data.items()))
    return hmac_hex(checksum_key, raw.encode())


def _text(value: Any) -> str:
    if value in NOTHING:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        rows = [dict(sorted(row.items())) if isinstance(row, dict) else row for row in value]
        return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return str(value)
