"""payOS tells of transfers that it knows beforehand, by calls signed over the sorted fields of `data`.

A payment request is made for each charge. Its number, `orderCode`, carries the transfer code in its lowest bits,
since the note of an account that is not linked holds nine characters only. A request is never ended: money that
comes late is money, and of an ended one nobody would tell.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from common import province
from payments.adapters.answers import reading
from payments.adapters.banks import NAMES
from payments.adapters.contract import (
    Call,
    Charge,
    Clock,
    Credit,
    Forged,
    Hop,
    Outcome,
    Refused,
    Reply,
    ShowQr,
    Traits,
    Transfer,
    Undecided,
    Unreachable,
    setting,
)
from payments.adapters.references import BITS, number_of, spelled
from payments.adapters.wire import Answer, Http, hmac_hex, keeps_secrets, same

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
HEARD = Reply(status=200, body='{"success": true}', type="application/json")
NOTHING = (None, "null", "undefined")
#: what payOS posts, rightly signed, to try an address that is being registered: it is no money
SAMPLE = {"orderCode": 123, "amount": 3000, "description": "VQRIO123", "reference": "TF230204212323"}
#: a number that is taken already
TAKEN = "231"
#: so many numbers a charge has: the answer to the first may have been lost, and is not given again
TRIES = 4
NOTE_SIGNS = 9


class PayOS:
    """Listens, and must know beforehand."""

    code = "payos"
    label = "payOS"
    traits = Traits(
        icon="bank",
        is_feed=True,
        methods=frozenset({"POST"}),
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
        client_id: str = setting(_("Mã kênh (Client ID)"), _("trong kênh thanh toán ở my.payos.vn"))
        api_key: str = setting(_("Khóa API (API Key)"), _("trong kênh thanh toán ở my.payos.vn"))
        checksum_key: str = setting(
            _("Khóa kiểm tra (Checksum Key)"), _("trong kênh thanh toán ở my.payos.vn")
        )
        endpoint: str = setting(_("Địa chỉ API"), default="https://api-merchant.payos.vn")

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
        return [_credit(data, data.get("orderCode"))]

    # --- what is to come

    def expect(self, charge: Charge, hop: Hop) -> ShowQr:
        """Make the payment request; where its answer was lost, another one under the charge's next number."""
        for number in _numbers(charge):
            said = self._said(
                self.http.post(self._url(), self._request(charge, hop, number), self._headers())
            )
            if said.get("code") != TAKEN:
                return self._shown(said, charge, number)
        raise Undecided("All numbers of this charge are taken.")

    def look(self, charge: Charge) -> list[Credit]:
        """What came for the charge, under whichever of its numbers."""
        first, *others = _numbers(charge)
        said = self._asked(first)
        if said.get("code") != "00":
            raise Refused(str(said.get("code", "")))
        found = self._credits(said, first)
        for number in others:
            said = self._asked(number)
            if said.get("code") != "00":
                break
            found += self._credits(said, number)
        return found

    def _asked(self, number: int) -> dict[str, Any]:
        return self._said(self.http.get(f"{self._url()}/{number}", self._headers()))

    def _credits(self, said: dict[str, Any], number: int) -> list[Credit]:
        with reading():
            return [_credit(each, number) for each in self._signed(said)["transactions"] or []]

    def _url(self) -> str:
        return f"{self.config.endpoint.rstrip('/')}/v2/payment-requests"

    def _headers(self) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "x-client-id": self.config.client_id,
            "x-api-key": self.config.api_key,
        }

    def _request(self, charge: Charge, hop: Hop, number: int) -> bytes:
        asked = {
            "orderCode": number,
            "amount": charge.amount_vnd,
            "description": charge.gateway_ref[:NOTE_SIGNS],
            "cancelUrl": hop.return_url,
            "returnUrl": hop.return_url,
        }
        return json.dumps({**asked, "signature": sign(self.config.checksum_key, asked)}).encode()

    def _said(self, answer: Answer) -> dict[str, Any]:
        if answer.status >= 500 or answer.status == 429:
            raise Unreachable(f"HTTP {answer.status}")
        return answer.json()

    def _shown(self, said: dict[str, Any], charge: Charge, number: int) -> ShowQr:
        if said.get("code") != "00":
            raise Refused(str(said.get("code", "")), str(_("payOS không nhận lần chuyển khoản này.")))
        data = self._signed(said)
        with reading():
            if (data["orderCode"], data["amount"]) != (number, charge.amount_vnd):
                raise Undecided("It speaks of another request.")
            transfer = Transfer(
                bank=NAMES.get(data["bin"], data["bin"]),
                account=data["accountNumber"],
                account_name=data["accountName"],
                note=data["description"],
            )
            return ShowQr(payload=data["qrCode"], gateway_ref=charge.gateway_ref, transfer=transfer)

    def _signed(self, said: dict[str, Any]) -> dict[str, Any]:
        """The data of an answer whose signature is right."""
        data = said.get("data")
        with reading():
            if not same(sign(self.config.checksum_key, data), str(said.get("signature", ""))):
                raise Undecided("An answer without its signature.")
        return data

    def register(self, address: str) -> None:
        """Have payOS post to this address from now on; it tries it with a sample at once.

        Raises Refused when payOS does not take the address, Unreachable when it does not answer.
        """
        body = json.dumps({"webhookUrl": address}).encode()
        url = f"{self.config.endpoint.rstrip('/')}/confirm-webhook"
        answer = self.http.post(url, body, self._headers())
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


def _numbers(charge: Charge) -> list[int]:
    """The numbers of a charge, below 2⁵³: the transfer code, which try it is, and what keeps others apart."""
    code = number_of(charge.gateway_ref, province.order_prefix())
    apart = 1 + int.from_bytes(sha256(f"payos:{charge.id}".encode()).digest()[:4]) % 0xFFFF
    return [((apart * TRIES + time) << BITS) + code for time in range(TRIES)]


def _credit(said: Mapping[str, Any], number: Any) -> Credit:
    """A movement in payOS's words. A number too small to be one of ours says nothing."""
    ours = isinstance(number, int) and number >> BITS
    at = datetime.fromisoformat(said["transactionDateTime"])
    return Credit(
        event_id=f"{said['accountNumber']}:{said['reference']}",
        account=said["accountNumber"],
        amount_vnd=said["amount"],
        note=said["description"] or "",
        bank_ref=said["reference"],
        at=at if at.tzinfo else at.replace(tzinfo=VIETNAM),
        reference=spelled(number, province.order_prefix()) if ours else "",
    )


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
