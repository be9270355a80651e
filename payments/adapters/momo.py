"""MoMo v2/v3: a QR code or MoMo's page; MoMo calls us by POST, is asked, and gives back under a new id."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from payments.adapters.answers import digits, number, reading, sending, stamp, text, whole
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
    ShowQr,
    Traits,
    Unreachable,
    setting,
)
from payments.adapters.wire import Http, hmac_hex, keeps_secrets, same

LEAST_VND, MOST_VND = 1_000, 50_000_000
REQUEST_TYPE = "captureWallet"
CREATE = (
    "accessKey", "amount", "extraData", "ipnUrl", "orderId", "orderInfo", "partnerCode", "redirectUrl",
    "requestId", "requestType",
)  # fmt: skip
IPN = (
    "accessKey", "amount", "extraData", "message", "orderId", "orderInfo", "orderType", "partnerCode", "payType",
    "requestId", "responseTime", "resultCode", "transId",
)  # fmt: skip
QUERY = ("accessKey", "orderId", "partnerCode", "requestId")
REFUND = ("accessKey", "amount", "description", "orderId", "partnerCode", "requestId", "transId")

#: final: this payment will never be paid
FAILED = frozenset({98, 99, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1017, 1026, 2019, 4001, 4002, 4100})
EXPIRED = 1005
#: these speak of the call, not of the payment
OF_THE_CALL = frozenset({*range(10, 14), *range(20, 23), *range(40, 44), 45, 47})
NOT_FOUND = 42
#: failed while processing, refused, not refundable
NOT_GIVEN_BACK = frozenset({*FAILED, 1080, 1081, 1088})
#: the money is reserved; with autoCapture, our only way, MoMo's answer to a question may be taken as paid
AUTHORISED = 9000
PENDING = frozenset({1000, 7000, 7002, AUTHORISED})
PROVEN = Reply(status=204)


class MoMo:
    """create, IPN, query, whole and partial refund, refund/query."""

    code = "momo"
    label = _("Ví MoMo")
    traits = Traits(
        hint=_("Quét mã bằng ứng dụng MoMo, hoặc mở MoMo trên điện thoại này."),
        icon="wallet",
        min_vnd=LEAST_VND,
        max_vnd=MOST_VND,
        methods=frozenset({"POST"}),
        redact=frozenset(
            {
                "accessKey",
                "partnerUserId",
                "partnerClientId",
                "callbackToken",
                "userInfo",
                "phoneNumber",
                "email",
                "paymentOption",
            }
        ),
    )
    answers = {
        Outcome.RECORDED: PROVEN,
        Outcome.REPEATED: PROVEN,
        Outcome.UNKNOWN: PROVEN,
        Outcome.MISMATCH: PROVEN,
        Outcome.FORGED: Reply(status=400, body="bad signature"),
        Outcome.BROKEN: Reply(status=503, body="try again"),
    }

    @dataclass(frozen=True)
    class Config:
        partner_code: str = setting(_("Mã đối tác (Partner Code)"), _("trong M4B của MoMo, mục tích hợp"))
        access_key: str = setting(_("Khóa truy cập (Access Key)"), _("trong M4B của MoMo, mục tích hợp"))
        secret_key: str = setting(_("Khóa bí mật (Secret Key)"), _("trong M4B của MoMo, mục tích hợp"))
        endpoint: str = setting(
            _("Địa chỉ API"), _("https://payment.momo.vn, khi thử https://test-payment.momo.vn")
        )

    def __init__(self, config: Config, http: Http, clock: Clock) -> None:
        self.config = config
        self.http = http
        self.clock = clock

    def problems(self) -> list[str]:
        found = []
        if not re.fullmatch(r"[A-Za-z0-9_-]+", self.config.partner_code):
            found.append(_("PAYMENTS_MOMO_PARTNER_CODE phải là mã đối tác MoMo cấp, không có dấu cách."))
        if len(self.config.access_key) < 8:
            found.append(_("PAYMENTS_MOMO_ACCESS_KEY ngắn quá: hãy chép trọn khóa MoMo cấp."))
        if len(self.config.secret_key) < 16:
            found.append(_("PAYMENTS_MOMO_SECRET_KEY ngắn quá: hãy chép trọn khóa bí mật MoMo cấp."))
        if not keeps_secrets(self.config.endpoint):
            found.append(_("PAYMENTS_MOMO_ENDPOINT phải bắt đầu bằng https://."))
        return [str(each) for each in found]

    # --- paying

    def start(self, charge: Charge, hop: Hop) -> ShowQr | Redirect:
        """Open the order; the same request id gets the same answer. A QR code where MoMo gives one."""
        if not LEAST_VND <= charge.amount_vnd <= MOST_VND:
            raise Refused("amount", str(_("Số tiền này không trả bằng MoMo được.")))
        said = self._post("create", self._order(charge, hop), CREATE)
        code = _code(said)
        if code in FAILED:
            raise Refused(str(code), str(_("MoMo không nhận lần trả tiền này. Bạn thử cách khác nhé.")))
        if code != 0:
            raise Unreachable(f"resultCode {code}")
        with reading():
            if said.get("qrCodeUrl"):
                return ShowQr(
                    payload=text(said["qrCodeUrl"]), deeplink=said.get("deeplink") or said["payUrl"]
                )
            return Redirect(url=text(said["payUrl"]))

    def _order(self, charge: Charge, hop: Hop) -> dict[str, Any]:
        order: dict[str, Any] = {
            "requestId": charge.id,
            "orderId": charge.id,
            "amount": charge.amount_vnd,
            "orderInfo": charge.words[:255],
            "redirectUrl": hop.return_url,
            "ipnUrl": hop.notify_url,
            "requestType": REQUEST_TYPE,
            "extraData": "",
            "lang": "vi" if hop.language == "vi" else "en",
            "autoCapture": True,
        }
        if charge.expires_at is not None:
            minutes = int((charge.expires_at - charge.created_at).total_seconds() // 60)
            order["orderExpireTime"] = max(1, minutes)
        return order

    def ask(self, about: Charge | Return) -> Fact:
        """How the order, or its refund, stands."""
        if isinstance(about, Return):
            return self._ask_refund(about)
        said = self._ask("query", about.id)
        code = _code(said)
        if code == NOT_FOUND:
            return Fact(kind="pending", about=about.id, event_id=f"ask:{about.id}:42", code="unknown")
        if code in OF_THE_CALL:
            raise Unreachable(f"resultCode {code}")
        with reading():
            self._must_be_ours(said, about.id)
            event_id = f"ask:{about.id}:{code}"
            amount_vnd = number(said["amount"])
            return _paid(code, said, about.id, event_id, amount_vnd, paid=frozenset({0, AUTHORISED}))

    # --- giving back

    def refund(self, back: Return) -> Fact:
        """Whole or part, under an id of its own."""
        if back.amount_vnd < LEAST_VND:
            raise Refused("amount", str(_("MoMo chỉ hoàn từ 1.000 ₫ trở lên.")))
        wanted = {
            "requestId": sending(back),
            "orderId": sending(back),
            "amount": back.amount_vnd,
            "transId": self._transaction(back.of),
            "lang": "vi",
            "description": back.reason[:200],
        }
        said = self._post("refund", wanted, REFUND)
        with reading():
            return self._given_back(said, back)

    def _transaction(self, charge: Charge) -> int:
        """MoMo's number of a paid order, asked for where we do not have it."""
        ref = charge.gateway_ref or self.ask(charge).gateway_ref
        if not ref.isdecimal():
            raise Refused("no_transaction")
        return int(ref)

    def _ask_refund(self, back: Return) -> Fact:
        said = self._ask("refund/query", sending(back))
        if _code(said) == NOT_FOUND:
            raise Refused("not_found")
        with reading():
            rows = said.get("refundTrans") or []
            mine = [row for row in rows if row["orderId"] == sending(back)]
            return self._given_back({**said, **mine[0]} if mine else said, back)

    def _given_back(self, said: dict[str, Any], back: Return) -> Fact:
        code = _code(said)
        if code not in {0, *PENDING, *NOT_GIVEN_BACK}:
            raise Unreachable(f"resultCode {code}")
        self._must_be_ours(said, sending(back))
        kind = "refunded" if code == 0 else "pending" if code in PENDING else "refund_failed"
        return Fact(
            kind=kind,
            about=back.id,
            event_id=f"refund:{sending(back)}:{code}",
            amount_vnd=number(said["amount"]) if kind == "refunded" else back.amount_vnd,
            gateway_ref=str(number(said["transId"])) if kind == "refunded" else "",
            code=str(code),
            raw=str(said.get("message", "")),
        )

    # --- the wire

    def _ask(self, path: str, order_id: str) -> dict[str, Any]:
        request_id = f"{order_id}q{stamp(int(self.clock().timestamp()))}"
        return self._post(path, {"requestId": request_id, "orderId": order_id, "lang": "vi"}, QUERY)

    def _post(self, path: str, fields: dict[str, Any], order: tuple[str, ...]) -> dict[str, Any]:
        """One signed call; MoMo says what it thinks of it in `resultCode`, whatever the HTTP status."""
        body = {"partnerCode": self.config.partner_code, **fields}
        body["signature"] = self._sign(body, order)
        url = f"{self.config.endpoint.rstrip('/')}/v2/gateway/api/{path}"
        headers = {"Content-Type": "application/json; charset=UTF-8"}
        answer = self.http.post(url, json.dumps(body).encode(), headers)
        if answer.status >= 500 or 300 <= answer.status < 400:
            raise Unreachable(f"HTTP {answer.status}")
        return answer.json()

    def _sign(self, fields: Mapping[str, Any], order: tuple[str, ...]) -> str:
        known = {**fields, "accessKey": self.config.access_key}
        raw = "&".join(f"{name}={_as_text(known.get(name))}" for name in order)
        return hmac_hex(self.config.secret_key, raw.encode("utf-8", "surrogatepass"))

    def _must_be_ours(self, said: Mapping[str, Any], order_id: str) -> None:
        if (said["partnerCode"], said["orderId"]) != (self.config.partner_code, order_id):
            raise Unreachable("The answer speaks of something else.")

    # --- listening

    def read(self, call: Call) -> list[Fact]:
        """The IPN's fact. ValueError or TypeError: rightly signed, but not readable."""
        said = _object(call.body)
        proof = said.get("signature")
        if not isinstance(proof, str) or not same(self._sign(said, IPN), proof):
            raise Forged(self.code)
        if said.get("partnerCode") != self.config.partner_code:
            raise Forged("another shop")
        return [_paid(digits(said["resultCode"]), said, text(said["orderId"]), proof, digits(said["amount"]))]


def _object(body: bytes) -> dict[str, Any]:
    """The body's fields, numbers as the text they were sent (and signed) as; Forged when it has none."""
    try:
        said = json.loads(body, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise Forged("no JSON") from error
    if not isinstance(said, dict):
        raise Forged("no object")
    return said


def _as_text(value: object) -> str:
    """A field as it is signed."""
    return "" if value is None else str(value)


def _code(said: Mapping[str, Any]) -> int:
    with reading():
        return whole(said["resultCode"])


def _paid(
    code: int,
    said: Mapping[str, Any],
    about: str,
    event_id: str,
    amount_vnd: int,
    paid: frozenset[int] = frozenset({0}),
) -> Fact:
    """Failed only for final codes; whatever is not known is asked."""
    kind = "settled" if code in paid else "failed" if code in FAILED else "pending"
    return Fact(
        kind=kind,
        about=about,
        event_id=event_id,
        amount_vnd=amount_vnd,
        gateway_ref=str(number(said["transId"])) if kind == "settled" else "",
        code="expired" if code == EXPIRED else str(code),
        raw=str(said.get("message", "")),
    )
