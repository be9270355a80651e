"""The services that read the bank account, from their side: what they post, rightly signed or not.

`Bank` plays the buyer's bank and the feed together: it mangles the note as banks do and posts over HTTP to
the market's own address, twice, late or wrongly signed if it is told to.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import parse_qsl, urlsplit

import requests

from common import dates
from payments.adapters import emv
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


class SePayAccount:
    """SePay's API as far as we call it: the list of movements, in whichever order, no more than fit an answer.

    `broken` answers nothing of sense, `busy` so many times that there were too many calls.
    """

    TOKEN = "SEPAYTOKEN0123456789"

    def __init__(self) -> None:
        self.rows: list[dict] = []
        self.broken = False
        self.busy = 0
        self.newest_first = True
        self.most = 5_000

    def happens(self, amount_vnd: int, note: str, reference: str, *, at: datetime, out: bool = False) -> Call:
        """A movement; the call about it comes back, to be posted or lost."""
        number = next(_numbers)
        amount = f"{amount_vnd}.00"
        self.rows.append(
            {
                "id": str(number),
                "bank_brand_name": "Vietcombank",
                "account_number": ACCOUNT,
                "transaction_date": dates.local(at).strftime("%Y-%m-%d %H:%M:%S"),
                "amount_in": "0.00" if out else amount,
                "amount_out": amount if out else "0.00",
                "accumulated": "1200541768.00",
                "transaction_content": note,
                "reference_number": reference,
                "code": None,
                "sub_account": None,
                "bank_account_id": "19",
            }
        )
        said = {"id": number, "content": note, "transferAmount": amount_vnd, "referenceCode": reference}
        return sepay_call(SEPAY_SECRET, at, **said, transferType="out" if out else "in")

    def answer(self, asked: Asked) -> tuple[int, bytes, str]:
        if self.broken:
            return 502, b"<html>", "text/html"
        if asked.headers.get("authorization") != f"Bearer {self.TOKEN}":
            return 401, b'{"status": 401, "error": "Unauthorized"}', "application/json"
        if self.busy:
            self.busy -= 1
            return 429, b'{"status": 429, "error": "Too many requests"}', "application/json"
        parts = urlsplit(asked.path)
        if parts.path != "/transactions/list":
            return 404, b"{}", "application/json"
        return 200, self._listed(dict(parse_qsl(parts.query))), "application/json"

    def _listed(self, said: dict[str, str]) -> bytes:
        found = [
            row
            for row in self.rows
            if int(row["id"]) >= int(said.get("since_id", 0))
            and said.get("transaction_date_min", "") <= row["transaction_date"]
            and row["transaction_date"] <= said.get("transaction_date_max", "9")
        ]
        found.sort(key=lambda row: int(row["id"]), reverse=self.newest_first)
        rows = found[: min(int(said["limit"]), self.most)]
        return json.dumps({"status": 200, "error": None, "transactions": rows}).encode()


class PayOSAccount:
    """payOS's API as far as we call it: the address it posts to, and payment requests with what was paid for them.

    `broken` answers nothing of sense; `loses` so many requests are made whose answers never arrive; `changes` are
    made to the data of an answer after it was signed for, `key` signs.
    """

    #: an account of its own, as banks lend them
    LENT = "V3CAS0123456789"

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.requests: dict[int, dict] = {}
        self.broken = False
        self.loses = 0
        self.changes: dict = {}
        self.key = CHECKSUM_KEY

    def answer(self, asked: Asked) -> tuple[int, bytes, str]:
        if self.broken:
            return 502, b"<html>", "text/html"
        if (asked.headers.get("x-client-id"), asked.headers.get("x-api-key")) != ("c", "k"):
            return 401, b'{"code": "401", "desc": "unauthorized"}', "application/json"
        if asked.path == "/v2/payment-requests":
            return self._make(json.loads(asked.body))
        if asked.path.startswith("/v2/payment-requests/"):
            return self._tell(int(asked.path.rpartition("/")[2]))
        address = json.loads(asked.body)["webhookUrl"]
        if asked.path != "/confirm-webhook" or not address.startswith("https://"):
            return 400, b'{"code": "20", "desc": "Webhook url invalid"}', "application/json"
        self.addresses.append(address)
        return 200, b'{"code": "00", "desc": "success"}', "application/json"

    def _make(self, said: dict) -> tuple[int, bytes, str]:
        signed = {
            name: said[name] for name in ("amount", "cancelUrl", "description", "orderCode", "returnUrl")
        }
        if said["signature"] != sign(CHECKSUM_KEY, signed) or said["orderCode"] >= 2**53:
            return self._say("201", "Mã kiểm tra(signature) không hợp lệ")
        if len(said["description"]) > 9:
            return self._say("20", "Mô tả tối đa 9 kí tự")
        if said["orderCode"] in self.requests:
            return self._say("231", "Đơn thanh toán đã tồn tại")
        self.requests[said["orderCode"]] = {**signed, "transactions": []}
        if self.loses:
            self.loses -= 1
            return 504, b"", "text/plain"
        note = f"CS{said['description']}"
        code = emv.Order(bank_bin="970418", account=self.LENT, amount_vnd=said["amount"], purpose=note)
        return self._say(
            "00",
            "success",
            bin=code.bank_bin,
            accountNumber=self.LENT,
            accountName="SO CONG THUONG",
            amount=said["amount"],
            description=note,
            orderCode=said["orderCode"],
            currency="VND",
            paymentLinkId=f"link{said['orderCode']}",
            status="PENDING",
            checkoutUrl=f"https://pay.payos.vn/web/link{said['orderCode']}",
            qrCode=emv.build(code),
        )

    def _tell(self, number: int) -> tuple[int, bytes, str]:
        known = self.requests.get(number)
        if known is None:
            return self._say("101", "Mã thanh toán không tồn tại")
        paid = sum(each["amount"] for each in known["transactions"])
        status = "PAID" if paid >= known["amount"] else "UNDERPAID" if paid else "PENDING"
        return self._say(
            "00",
            "success",
            id=f"link{number}",
            orderCode=number,
            amount=known["amount"],
            amountPaid=paid,
            amountRemaining=known["amount"] - paid,
            status=status,
            transactions=known["transactions"],
            cancellationReason=None,
        )

    def _say(self, code: str, desc: str, **data: object) -> tuple[int, bytes, str]:
        said = {"code": code, "desc": desc, "data": data or None}
        if data:
            said["signature"] = sign(self.key, data)
            said["data"] = {**data, **self.changes}
        return 200, json.dumps(said, ensure_ascii=False).encode(), "application/json"

    def pay(self, amount_vnd: int, reference: str, number: int | None = None) -> Call:
        """Somebody scans the newest request's code (or that of `number`); what payOS posts about it comes back."""
        number = number or list(self.requests)[-1]
        movement = {
            "amount": amount_vnd,
            "description": f"CS{self.requests[number]['description']}",
            "accountNumber": self.LENT,
            "reference": reference,
            "transactionDateTime": "2026-08-15T09:34:12+07:00",
        }
        self.requests[number]["transactions"].append(movement)
        told = {"orderCode": number, "accountNumber": self.LENT}
        return payos_call(amount_vnd, movement["description"], reference, **told)


@contextmanager
def payos_at_home() -> Iterator[tuple[PayOSAccount, Fake]]:
    """The pretended payOS, listening on a port of this machine."""
    account = PayOSAccount()
    with serving(account.answer) as fake:
        yield account, fake


@contextmanager
def sepay_at_home() -> Iterator[tuple[SePayAccount, Fake]]:
    """The pretended SePay, listening on a port of this machine."""
    account = SePayAccount()
    with serving(account.answer) as fake:
        yield account, fake
