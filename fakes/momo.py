"""MoMo's side of the wire: create, query, refund, refund/query, IPN, with signature checks of its own."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from urllib.parse import urlencode

from fakes.server import Asked
from fakes.wallet import Wallet
from payments.adapters.contract import Call

PARTNER, ACCESS, SECRET = "MOMO", "F8BBA842ECF85", "K951B6PE1waDMi640xX08PD3vg6EkVlz"
SIGNED = {
    "create": "accessKey amount extraData ipnUrl orderId orderInfo partnerCode redirectUrl requestId requestType",
    "query": "accessKey orderId partnerCode requestId",
    "refund": "accessKey amount description orderId partnerCode requestId transId",
    "refund/query": "accessKey orderId partnerCode requestId",
    "ipn": (
        "accessKey amount extraData message orderId orderInfo orderType partnerCode payType requestId "
        "responseTime resultCode transId"
    ),
}


def signature(kind: str, said: dict, secret: str = SECRET) -> str:
    known = said | {"accessKey": ACCESS}
    raw = "&".join(f"{name}={known[name]}" for name in SIGNED[kind].split())
    return hmac.new(secret.encode(), raw.encode(), hashlib.sha256).hexdigest()


@dataclass
class MoMoFake(Wallet):
    name = "Ví MoMo"
    kept = (*Wallet.kept, "known")

    #: in production not every shop may see the QR code's text
    shows_qr: bool = True
    refund_code: int = 0
    #: request id → (request, answer): the same request gets the same answer
    known: dict[str, tuple[dict, dict]] = field(default_factory=dict)

    def route(self, path: str, asked: Asked) -> tuple[int, bytes, str]:
        kind = path.removeprefix("/v2/gateway/api/")
        said = json.loads(asked.body)
        if not hmac.compare_digest(signature(kind, said), said["signature"]):
            return self._say(said, 20, status=400)
        if kind in ("create", "refund") and said["requestId"] in self.known:
            request, answered = self.known[said["requestId"]]
            return (
                self._say(said, 40)
                if request != said
                else (200, json.dumps(answered).encode(), "application/json")
            )
        work = {"create": self._create, "query": self._query, "refund": self._refund}.get(
            kind, self._refund_query
        )
        return work(said)

    def _create(self, said: dict) -> tuple[int, bytes, str]:
        if said["orderId"] in self.orders:
            return self._say(said, 41)
        if not 1_000 <= said["amount"] <= 50_000_000:
            return self._say(said, 22)
        self.orders[said["orderId"]] = {
            "amount_vnd": said["amount"],
            "words": said["orderInfo"],
            "back": said["redirectUrl"],
            "notify": said["ipnUrl"],
            "request": said["requestId"],
            "code": 1000,
            "number": 0,
        }
        page = self.page_url(said["orderId"])
        more = {"payUrl": page}
        if self.shows_qr:
            more |= {"qrCodeUrl": f"momo://app?action=payWithApp&orderId={said['orderId']}", "deeplink": page}
        return self._say(said, 0, **more)

    def pay(self, ref: str, code: int = 0) -> None:
        self.orders[ref] |= {"code": code, "number": 4_014_083_433 + list(self.orders).index(ref)}

    def cancel(self, ref: str, code: int = 1006) -> None:
        self.pay(ref, code)

    def fields(self, ref: str, **changes: object) -> dict:
        order = self.orders[ref]
        said = {
            "partnerCode": PARTNER,
            "orderId": ref,
            "requestId": order["request"],
            "amount": changes.pop("amount_vnd", order["amount_vnd"]),
            "orderInfo": order["words"],
            "orderType": "momo_wallet",
            "transId": order["number"],
            "resultCode": order["code"],
            "message": "Thành công." if order["code"] == 0 else "Giao dịch bị từ chối bởi người dùng.",
            "payType": "qr",
            "responseTime": int(self.now().timestamp() * 1000),
            "extraData": "",
        }
        return said | changes

    def word(self, ref: str, *, secret: str = SECRET, **changes: object) -> Call:
        said = self.fields(ref, **changes)
        said["signature"] = signature("ipn", said, secret)
        body = json.dumps(said, ensure_ascii=False).encode()
        return Call(body=body, headers={"content-type": "application/json"})

    def back_url(self, ref: str) -> str:
        return f"{self.orders[ref]['back']}?{urlencode(self.fields(ref))}"

    def given_back_vnd(self, ref: str) -> int:
        number = self.orders[ref]["number"]
        return sum(row["amount"] for row in self.refunds.values() if row["of"] == number and row["code"] == 0)

    def _query(self, said: dict) -> tuple[int, bytes, str]:
        order = self.orders.get(said["orderId"])
        if order is None:
            return self._say(said, 42)
        return self._say(
            said, order["code"], amount=order["amount_vnd"], transId=order["number"], refundTrans=[]
        )

    def _refund(self, said: dict) -> tuple[int, bytes, str]:
        paid = [
            each for each in self.orders.values() if each["number"] == said["transId"] and each["code"] == 0
        ]
        given = sum(row["amount"] for row in self.refunds.values() if row["of"] == said["transId"])
        if said["orderId"] in self.refunds:
            return self._say(said, 41)
        if not paid or given + said["amount"] > paid[0]["amount_vnd"]:
            return self._say(said, 1081, amount=said["amount"])
        number = 4_100_000_000 + len(self.refunds)
        row = {"of": said["transId"], "amount": said["amount"], "code": self.refund_code, "number": number}
        self.refunds[said["orderId"]] = row
        return self._say(said, self.refund_code, amount=said["amount"], transId=number)

    def _refund_query(self, said: dict) -> tuple[int, bytes, str]:
        row = self.refunds.get(said["orderId"])
        if row is None:
            return self._say(said, 42)
        about = {
            "orderId": said["orderId"],
            "amount": row["amount"],
            "resultCode": row["code"],
            "transId": row["number"],
        }
        return self._say(said, 0, amount=row["amount"], transId=row["number"], refundTrans=[about])

    def _say(self, asked: dict, code: int, status: int = 200, **more: object) -> tuple[int, bytes, str]:
        said = {name: asked[name] for name in ("partnerCode", "orderId", "requestId") if name in asked}
        said |= {
            "resultCode": code,
            "message": "…",
            "responseTime": int(self.now().timestamp() * 1000),
            **more,
        }
        if code == 0 or "amount" in more:
            self.known[asked["requestId"]] = (asked, said)
        return status, json.dumps(said).encode(), "application/json"
