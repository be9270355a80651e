"""The services that read the bank account, from their side: what they post, rightly signed or not.

`Bank` plays the buyer's bank and the feed together: it mangles the note as banks do and posts over HTTP to
the market's own address, twice, late or wrongly signed if it is told to.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count

import requests

from common import dates
from payments.adapters.contract import Call
from payments.adapters.feeds.payos import sign
from payments.adapters.wire import hmac_hex
from tests.gateways.server import Asked, Fake, serving

SEPAY_SECRET = "whsec_a7c3b4e5f6a7b8c9d0e1f2a3b4c5d6e7"
CHECKSUM_KEY = "1a54716c8f0efb2744fb28b6e38b25da7f67a925d98bc1c18bd8faaecadd7675"
ACCOUNT = "0123456789"
_numbers = count(1)


def sepay_call(secret: str, now: datetime, **changes) -> Call:
    """SePay's call about one movement, signed at `now`."""
    said = {
        "id": 92_704,
        "gateway": "Vietcombank",
        "transactionDate": dates.local(now).strftime("%Y-%m-%d %H:%M:%S"),
        "accountNumber": ACCOUNT,
        "code": None,
        "content": "chuyen tien",
        "transferType": "in",
        "transferAmount": 185_000,
        "accumulated": 19_077_000,
        "subAccount": None,
        "referenceCode": "FT26227000123",
        "description": "",
    }
    body = json.dumps({**said, **changes}, ensure_ascii=False).encode()
    stamp = str(int(now.timestamp()))
    proof = "sha256=" + hmac_hex(secret, stamp.encode() + b"." + body)
    return Call(body=body, headers={"x-sepay-signature": proof, "x-sepay-timestamp": stamp})


def payos_call(
    amount_vnd: int = 185_000,
    note: str = "",
    reference: str = "FT26227000123",
    key: str = CHECKSUM_KEY,
    **changes,
) -> Call:
    """payOS's call about one payment, signed with `key`."""
    data = {
        "orderCode": 260_815_001,
        "amount": amount_vnd,
        "description": note,
        "accountNumber": ACCOUNT,
        "reference": reference,
        "transactionDateTime": "2026-08-15 09:34:12",
        "currency": "VND",
        "paymentLinkId": "124c33293c43417ab7879e14c8d9eb18",
        "code": "00",
        "desc": "success",
        "counterAccountName": None,
        **changes,
    }
    said = {"code": "00", "desc": "success", "success": True, "data": data, "signature": sign(key, data)}
    return Call(body=json.dumps(said, ensure_ascii=False).encode())


class Bank:
    """Transfers and what is told of them. `site` is the market's address."""

    def __init__(self, site: str) -> None:
        self.site = site

    def transfer(
        self,
        amount_vnd: int,
        note: str,
        *,
        feed: str = "sepay",
        reference: str = "",
        forged: bool = False,
        late_by: timedelta = timedelta(),
        times: int = 1,
        cut: int | None = None,
        glued: bool = False,
    ) -> list[requests.Response]:
        """Pay and have the feed tell of it; the market's answers come back, one for each telling."""
        kept = note.upper()[:cut]
        if glued:
            kept = f"MBVCB{next(_numbers)}{kept.replace(' ', '')}CHUYENTIEN"
        number = reference or f"FT26227{next(_numbers):06d}"
        call = self._call(feed, amount_vnd, kept, number, forged, late_by)
        return [self._post(feed, call) for _time in range(times)]

    def _call(
        self, feed: str, amount_vnd: int, note: str, number: str, forged: bool, late_by: timedelta
    ) -> Call:
        if feed == "payos":
            return payos_call(amount_vnd, note, number, key="another" if forged else CHECKSUM_KEY)
        secret = "another" if forged else SEPAY_SECRET
        said = {"id": next(_numbers), "content": note, "transferAmount": amount_vnd, "referenceCode": number}
        return sepay_call(secret, dates.now() - late_by, **said)

    def _post(self, feed: str, call: Call) -> requests.Response:
        headers = {"Content-Type": "application/json", **call.headers}
        return requests.post(f"{self.site}/webhooks/{feed}/", call.body, headers=headers, timeout=10)


class PayOSAccount:
    """payOS's API as far as we call it: the address it posts to."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.broken = False

    def answer(self, asked: Asked) -> tuple[int, bytes, str]:
        if self.broken:
            return 502, b"<html>", "text/html"
        if (asked.headers.get("x-client-id"), asked.headers.get("x-api-key")) != ("c", "k"):
            return 401, b'{"code": "401", "desc": "unauthorized"}', "application/json"
        address = json.loads(asked.body)["webhookUrl"]
        if asked.path != "/confirm-webhook" or not address.startswith("https://"):
            return 400, b'{"code": "20", "desc": "Webhook url invalid"}', "application/json"
        self.addresses.append(address)
        return 200, b'{"code": "00", "desc": "success"}', "application/json"


@contextmanager
def payos_at_home() -> Iterator[tuple[PayOSAccount, Fake]]:
    """The pretended payOS, listening on a port of this machine."""
    account = PayOSAccount()
    with serving(account.answer) as fake:
        yield account, fake
