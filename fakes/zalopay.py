"""ZaloPay's side of the wire: create, query, refund, query_refund, callback, with checks of its own."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import timedelta, timezone
from urllib.parse import parse_qsl, urlencode

from fakes.server import Asked
from fakes.wallet import Wallet
from payments.adapters.contract import Call

APP_ID = "2553"
KEY1, KEY2 = "PcY4iZIKFCIdgZvA6ueMcMHHUbRLYjPL", "kLtgPl8HHhfvMuDHPwKfgfsY4Ydm9eIz"
SIGNED = {
    "/create": "app_id app_trans_id app_user amount app_time embed_data item",
    "/query": "app_id app_trans_id key1",
    "/refund": "app_id zp_trans_id amount description timestamp",
    "/query_refund": "app_id m_refund_id timestamp",
}


def mac(raw: str, key: str = KEY1) -> str:
    return hmac.new(key.encode(), raw.encode(), hashlib.sha256).hexdigest()


@dataclass
class ZaloPayFake(Wallet):
    name = "ZaloPay"

    shows_qr: bool = True
    refund_code: int = 1
    refund_sub: int = 1

    def route(self, path: str, asked: Asked) -> tuple[int, bytes, str]:
        said = dict(parse_qsl(asked.body.decode(), keep_blank_values=True))
        raw = "|".join((said | {"key1": KEY1})[name] for name in SIGNED[path].split())
        if not hmac.compare_digest(mac(raw), said["mac"]):
            return self._say(2, -402)
        work = {"/create": self._create, "/query": self._query, "/refund": self._refund}.get(
            path, self._refund_query
        )
        return work(said)

    def _today(self) -> str:
        return self.now().astimezone(timezone(timedelta(hours=7))).strftime("%y%m%d")

    def _create(self, said: dict[str, str]) -> tuple[int, bytes, str]:
        ref = said["app_trans_id"]
        if ref in self.orders:
            return self._say(2, -68)
        off_s = abs(self.now().timestamp() - int(said["app_time"]) / 1000)
        if not ref.startswith(f"{self._today()}_") or len(ref) > 40 or off_s > 900:
            return self._say(2, -92)
        json.loads(said["item"])
        self.orders[ref] = {
            "amount_vnd": int(said["amount"]),
            "words": said["description"],
            "back": json.loads(said["embed_data"])["redirecturl"],
            "notify": said["callback_url"],
            "said": said,
            "code": (3, -49),
            "number": 0,
        }
        page = self.page_url(ref)
        more = {"order_url": page, "zp_trans_token": "t"}
        return self._say(1, 1, **more, **({"qr_code": f"00020101021226{ref}6304"} if self.shows_qr else {}))

    def pay(self, ref: str) -> None:
        number = int(f"{self._today()}{list(self.orders).index(ref) + 1:09d}")
        self.orders[ref] |= {"code": (1, 1), "number": number}

    def cancel(self, ref: str, sub: int = -54) -> None:
        self.orders[ref]["code"] = (2, sub)

    def tell(self, ref: str, told: str = "once") -> None:
        """ZaloPay calls for success only."""
        if self.orders[ref]["code"][0] == 1:
            super().tell(ref, told)

    def word(self, ref: str, *, secret: str = KEY2, **changes: object) -> Call:
        order = self.orders[ref]
        data = {
            "app_id": int(APP_ID),
            "app_trans_id": ref,
            "app_time": int(order["said"]["app_time"]),
            "app_user": order["said"]["app_user"],
            "amount": changes.pop("amount_vnd", order["amount_vnd"]),
            "embed_data": order["said"]["embed_data"],
            "item": order["said"]["item"],
            "zp_trans_id": order["number"],
            "server_time": int(self.now().timestamp() * 1000),
            "channel": 38,
            "merchant_user_id": "7ZMSl3nEg5sOUJzO",
            "user_fee_amount": 0,
            "discount_amount": 0,
        } | changes
        return said_by_zalopay(json.dumps(data, separators=(",", ":")), secret)

    def back_url(self, ref: str) -> str:
        order = self.orders[ref]
        fields = {
            "appid": APP_ID,
            "apptransid": ref,
            "pmcid": "38",
            "bankcode": "",
            "amount": order["amount_vnd"],
        }
        fields |= {"discountamount": 0, "status": 1 if order["code"][0] == 1 else -49}
        checksum = mac("|".join(str(value) for value in fields.values()), KEY2)
        return f"{order['back']}?{urlencode(fields | {'checksum': checksum})}"

    def given_back_vnd(self, ref: str) -> int:
        number = str(self.orders[ref]["number"])
        return sum(row["amount"] for row in self.refunds.values() if row["of"] == number and row["code"] == 1)

    def _query(self, said: dict[str, str]) -> tuple[int, bytes, str]:
        order = self.orders.get(said["app_trans_id"])
        if order is None:
            return self._say(2, -101)
        code, sub = order["code"]
        return self._say(
            code, sub, amount=order["amount_vnd"], zp_trans_id=order["number"], is_processing=code == 3
        )

    def _refund(self, said: dict[str, str]) -> tuple[int, bytes, str]:
        name, amount = said["m_refund_id"], int(said["amount"])
        if name in self.refunds:
            return self._say(2, -23)
        if not name.startswith(f"{self._today()}_{APP_ID}_") or len(name) > 45:
            return self._say(2, -2)
        paid = [each for each in self.orders.values() if str(each["number"]) == said["zp_trans_id"]]
        given = sum(row["amount"] for row in self.refunds.values() if row["of"] == said["zp_trans_id"])
        if not paid or given + amount > paid[0]["amount_vnd"]:
            return self._say(2, -14)
        number = 2_608_150_000_000_00 + len(self.refunds)
        row = {
            "of": said["zp_trans_id"],
            "amount": amount,
            "code": self.refund_code,
            "sub": self.refund_sub,
            "number": number,
        }
        self.refunds[name] = row
        return self._say(self.refund_code, self.refund_sub, refund_id=number)

    def _refund_query(self, said: dict[str, str]) -> tuple[int, bytes, str]:
        row = self.refunds.get(said["m_refund_id"])
        if row is None:
            return self._say(2, -101)
        return self._say(row["code"], row["sub"], refund_id=row["number"])

    def _say(self, code: int, sub: int, **more: object) -> tuple[int, bytes, str]:
        said = {
            "return_code": code,
            "return_message": "…",
            "sub_return_code": sub,
            "sub_return_message": "…",
            **more,
        }
        return 200, json.dumps(said).encode(), "application/json"


def said_by_zalopay(data: str, key: str = KEY2) -> Call:
    body = json.dumps({"data": data, "mac": mac(data, key), "type": 1}, ensure_ascii=False).encode()
    return Call(body=body, headers={"content-type": "application/json"})
