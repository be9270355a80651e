"""VNPay's side of the wire: the pay page, querydr, refund, IPN. Checks our signatures with code of its own."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import timedelta, timezone
from urllib.parse import parse_qsl, quote_plus, urlsplit

from fakes import pages
from fakes.server import Asked
from fakes.wallet import Wallet
from payments.adapters.contract import Call

TMN_CODE, SECRET = "XULANG01", "XULANGTESTSECRET0123456789ABCDEF"
ASKED = {
    "querydr": "RequestId|Version|Command|TmnCode|TxnRef|TransactionDate|CreateDate|IpAddr|OrderInfo",
    "refund": (
        "RequestId|Version|Command|TmnCode|TransactionType|TxnRef|Amount|TransactionNo|TransactionDate|"
        "CreateBy|CreateDate|IpAddr|OrderInfo"
    ),
}
ANSWERED = (
    "ResponseId|Command|ResponseCode|Message|TmnCode|TxnRef|Amount|BankCode|PayDate|TransactionNo|"
    "TransactionType|TransactionStatus|OrderInfo"
)
PROMOTION = "|PromotionCode|PromotionAmount"


def hashed(raw: str, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), raw.encode(), hashlib.sha512).hexdigest()


def form(fields: dict[str, str]) -> str:
    """Sorted, form-encoded, nothing empty."""
    return "&".join(f"{quote_plus(key)}={quote_plus(fields[key])}" for key in sorted(fields) if fields[key])


def signed_query(fields: dict[str, str], secret: str = SECRET) -> str:
    return f"{form(fields)}&vnp_SecureHash={hashed(form(fields), secret)}"


def bars(names: str, said: dict[str, str], secret: str = SECRET) -> str:
    return hashed("|".join(said.get(f"vnp_{name}", "") for name in names.split("|")), secret)


@dataclass
class VNPayFake(Wallet):
    name = "VNPay"

    #: where IPNs go: agreed with VNPay, no parameter of the payment
    notify: str = ""
    refund_status: str = "00"
    #: leave the signature out of API answers, or sign with another secret
    unsigned: bool = False
    answer_secret: str = SECRET

    def route(self, path: str, asked: Asked) -> tuple[int, bytes, str]:
        if path == "/pay.html":
            return self._come(dict(parse_qsl(urlsplit(asked.path).query)))
        return self._api(json.loads(asked.body))

    # --- the page

    def _come(self, said: dict[str, str]) -> tuple[int, bytes, str]:
        proof = said.pop("vnp_SecureHash", "")
        if not hmac.compare_digest(hashed(form(said)), proof) or said["vnp_TmnCode"] != TMN_CODE:
            return pages.sorry(self.name, "Địa chỉ này không do chợ ký (code=70).", 400)
        if self._stamp() > said["vnp_ExpireDate"]:
            return pages.sorry(self.name, "Lần trả tiền này đã hết hạn (code=15).", 400)
        ref = said["vnp_TxnRef"]
        self.orders.setdefault(
            ref,
            {
                "amount_vnd": int(said["vnp_Amount"]) // 100,
                "words": said["vnp_OrderInfo"],
                "back": said["vnp_ReturnUrl"],
                "created": said["vnp_CreateDate"],
                "notify": self.notify,
                "response": "",
                "status": "01",
                "number": "0",
            },
        )
        return self.page(ref)

    def come(self, url: str) -> str:
        """The buyer's browser opens the address: the order's number at VNPay."""
        said = dict(parse_qsl(urlsplit(url).query))
        status, body, _kind = self._come(said)
        assert status == 200, body
        return said["vnp_TxnRef"]

    def pay(self, ref: str, response: str = "00", status: str = "00") -> None:
        number = str(14_512_345 + list(self.orders).index(ref))
        self.orders[ref] |= {"response": response, "status": status, "number": number}

    def cancel(self, ref: str, response: str = "24") -> None:
        self.orders[ref] |= {"response": response, "status": "02", "number": "0"}

    def fields(self, ref: str, **changes: object) -> dict[str, str]:
        order = self.orders[ref]
        paid = order["number"] != "0"
        said = {
            "vnp_Amount": str(int(changes.pop("amount_vnd", order["amount_vnd"])) * 100),
            "vnp_BankCode": "NCB" if paid else "VNPAY",
            "vnp_BankTranNo": f"VNP{order['number']}" if paid else "",
            "vnp_CardType": "ATM",
            "vnp_OrderInfo": order["words"],
            "vnp_PayDate": self._stamp(),
            "vnp_ResponseCode": order["response"],
            "vnp_TmnCode": TMN_CODE,
            "vnp_TransactionNo": order["number"],
            "vnp_TransactionStatus": order["status"],
            "vnp_TxnRef": ref,
        }
        return {**said, **changes}

    def word(self, ref: str, *, secret: str = SECRET, **changes: object) -> Call:
        return Call(method="GET", query=signed_query(self.fields(ref, **changes), secret))

    def back_url(self, ref: str) -> str:
        return f"{self.orders[ref]['back']}?{signed_query(self.fields(ref))}"

    def given_back_vnd(self, ref: str) -> int:
        rows = [row for row in self.refunds.values() if row["ref"] == ref]
        return sum(row["amount"] for row in rows if row["said"]["vnp_TransactionStatus"] == "00") // 100

    # --- the API

    def _api(self, said: dict[str, str]) -> tuple[int, bytes, str]:
        if not hmac.compare_digest(bars(ASKED[said["vnp_Command"]], said), said["vnp_SecureHash"]):
            return self._plain("97", "Invalid signature")
        order = self.orders.get(said["vnp_TxnRef"])
        if order is None or order["created"] != said["vnp_TransactionDate"]:
            return self._say(said, "91", "Transaction not found", {})
        if said["vnp_Command"] == "querydr":
            return self._query(said, order)
        return self._refund(said, order)

    def _query(self, said: dict[str, str], order: dict) -> tuple[int, bytes, str]:
        given = [each for each in self.refunds.values() if each["ref"] == said["vnp_TxnRef"]]
        if given:
            return self._say(said, "00", "QueryDR Success", given[-1]["said"])
        about = self._about(order["amount_vnd"] * 100, order["number"], "01", order["status"])
        return self._say(said, "00", "QueryDR Success", about)

    def _refund(self, said: dict[str, str], order: dict) -> tuple[int, bytes, str]:
        if said["vnp_RequestId"] in self.refunds:
            return self._plain("94", "Duplicate request")
        if order["status"] != "00":
            return self._say(said, "95", "Not a successful transaction", {})
        amount = int(said["vnp_Amount"])
        given = sum(row["amount"] for row in self.refunds.values() if row["ref"] == said["vnp_TxnRef"])
        whole = amount == order["amount_vnd"] * 100
        if given + amount > order["amount_vnd"] * 100 or (said["vnp_TransactionType"] == "02") != whole:
            return self._say(said, "93", "Invalid amount", {})
        number = str(14_600_000 + len(self.refunds))
        about = self._about(amount, number, said["vnp_TransactionType"], self.refund_status)
        self.refunds[said["vnp_RequestId"]] = {"ref": said["vnp_TxnRef"], "amount": amount, "said": about}
        return self._say(said, "00", "Refund Success", about)

    def _about(self, amount: int, number: str, kind: str, status: str) -> dict[str, str]:
        return {
            "vnp_Amount": str(amount),
            "vnp_BankCode": "NCB",
            "vnp_PayDate": self._stamp(),
            "vnp_TransactionNo": number,
            "vnp_TransactionType": kind,
            "vnp_TransactionStatus": status,
        }

    def _say(self, asked: dict[str, str], code: str, message: str, about: dict) -> tuple[int, bytes, str]:
        said = {
            "vnp_ResponseId": f"r{len(self.refunds)}",
            "vnp_Command": asked["vnp_Command"],
            "vnp_ResponseCode": code,
            "vnp_Message": message,
            "vnp_TmnCode": TMN_CODE,
            "vnp_TxnRef": asked["vnp_TxnRef"],
            "vnp_OrderInfo": asked["vnp_OrderInfo"],
            **about,
        }
        names = ANSWERED + (PROMOTION if asked["vnp_Command"] == "querydr" else "")
        if not self.unsigned:
            said["vnp_SecureHash"] = bars(names, said, self.answer_secret)
        return 200, json.dumps(said).encode(), "application/json"

    def _plain(self, code: str, message: str) -> tuple[int, bytes, str]:
        """Errors about the request itself come without a signature."""
        said = {"vnp_ResponseCode": code, "vnp_Message": message}
        return 200, json.dumps(said).encode(), "application/json"

    def _stamp(self) -> str:
        return self.now().astimezone(timezone(timedelta(hours=7))).strftime("%Y%m%d%H%M%S")
