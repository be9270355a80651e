"""ZaloPay v2: a QR code or ZaloPay's page; ZaloPay calls us for success only, is asked, and gives back.

Its numbers carry a day of Vietnam: a charge is `yymmdd_<id>` of the day it was created, a refund
`yymmdd_<app>_<id>` of the day it was handed over.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from common.dates import local
from payments.adapters.answers import reading, sending, text, whole
from payments.adapters.contract import (
    Call,
    Charge,
    Clock,
    Fact,
    Forged,
    Hop,
    Lost,
    Outcome,
    Redirect,
    Refused,
    Reply,
    Return,
    ShowQr,
    Traits,
    Undecided,
    Unreachable,
    setting,
)
from payments.adapters.wire import Http, hmac_hex, keeps_secrets, same

APP_USER = "cho"
LEAST_VND = 1_000
SHORTEST_S, LONGEST_S = 300, 2_592_000
HOLD_S = 900
DONE, FAILED, PROCESSING = 1, 2, 3
EXPIRED, UNKNOWN, DUPLICATE, DUPLICATE_REFUND = -54, -101, -68, -23
#: a failed call, not a failed payment
OF_THE_CALL = frozenset({-401, -402, -429, -500, -999})


def _say(code: int, message: str) -> Reply:
    said = json.dumps({"return_code": code, "return_message": message})
    return Reply(status=200, body=said, type="application/json")


class ZaloPay:
    """create, callback, query, whole and partial refund, query_refund."""

    code = "zalopay"
    label = _("ZaloPay")
    traits = Traits(
        hint=_("Quét mã bằng Zalo, ZaloPay hoặc ứng dụng ngân hàng."),
        icon="wallet",
        min_vnd=LEAST_VND,
        methods=frozenset({"POST"}),
        redact=frozenset({"app_user", "merchant_user_id", "phone", "email", "address"}),
    )
    answers = {
        Outcome.RECORDED: _say(1, "success"),
        Outcome.REPEATED: _say(1, "success"),
        Outcome.UNKNOWN: _say(0, "order not found"),
        Outcome.MISMATCH: _say(1, "success"),
        Outcome.FORGED: _say(-1, "mac not equal"),
        Outcome.BROKEN: _say(0, "try again"),
    }

    @dataclass(frozen=True)
    class Config:
        app_id: str = setting(_("Mã ứng dụng (App ID)"), _("ZaloPay cấp, chỉ gồm chữ số"))
        key1: str = setting(_("Khóa 1 (Key1)"), _("ký những gì chợ gửi đi"))
        key2: str = setting(_("Khóa 2 (Key2)"), _("kiểm những gì ZaloPay báo về"))
        endpoint: str = setting(
            _("Địa chỉ API"), _("https://openapi.zalopay.vn/v2, khi thử https://sb-openapi.zalopay.vn/v2")
        )

    def __init__(self, config: Config, http: Http, clock: Clock) -> None:
        self.config = config
        self.http = http
        self.clock = clock

    def problems(self) -> list[str]:
        found = []
        if not (
            self.config.app_id.isascii() and self.config.app_id.isdigit() and len(self.config.app_id) < 8
        ):
            found.append(_("PAYMENTS_ZALOPAY_APP_ID phải là một số, nhiều nhất 7 chữ số."))
        for name, key in (("KEY1", self.config.key1), ("KEY2", self.config.key2)):
            if len(key) < 16:
                found.append(
                    _("PAYMENTS_ZALOPAY_%(name)s ngắn quá: hãy chép trọn khóa ZaloPay cấp.") % {"name": name}
                )
        if not keeps_secrets(self.config.endpoint):
            found.append(_("PAYMENTS_ZALOPAY_ENDPOINT phải bắt đầu bằng https://."))
        return [str(each) for each in found]

    # --- paying

    def start(self, charge: Charge, hop: Hop) -> ShowQr | Redirect:
        """Open the order. A second opening is Lost: ZaloPay does not say the address again."""
        if not LEAST_VND <= charge.amount_vnd <= type(self).traits.max_vnd:
            raise Refused("amount", str(_("Số tiền này không trả bằng ZaloPay được.")))
        order = self._order(charge, hop)
        raw = [order[name] for name in ("app_id", "app_trans_id", "app_user", "amount", "app_time", "embed_data", "item")]  # fmt: skip
        said = self._post("create", {**order, "mac": self._mac(*raw)})
        code, sub = _codes(said)
        if (code, sub) == (FAILED, DUPLICATE):
            raise Lost("duplicate")
        if code == FAILED:
            raise Refused(str(sub), str(_("ZaloPay không nhận lần trả tiền này. Bạn thử cách khác nhé.")))
        if code != DONE:
            raise Unreachable(f"return_code {code} {sub}")
        with reading():
            if said.get("qr_code"):
                return ShowQr(payload=text(said["qr_code"]), deeplink=text(said["order_url"]))
            return Redirect(url=text(said["order_url"]))

    def _order(self, charge: Charge, hop: Hop) -> dict[str, str]:
        lasts_s = (
            int((charge.expires_at - charge.created_at).total_seconds()) if charge.expires_at else HOLD_S
        )
        return {
            "app_id": self.config.app_id,
            "app_user": APP_USER,
            "app_trans_id": _order_id(charge),
            "app_time": str(int(charge.created_at.timestamp() * 1000)),
            "expire_duration_seconds": str(min(max(lasts_s, SHORTEST_S), LONGEST_S)),
            "amount": str(charge.amount_vnd),
            "item": "[]",
            "embed_data": json.dumps({"redirecturl": hop.return_url}),
            "description": charge.words[:256],
            "bank_code": "",
            "callback_url": hop.notify_url,
        }

    def ask(self, about: Charge | Return) -> Fact:
        """How the order, or its refund, stands."""
        if isinstance(about, Return):
            return self._ask_refund(about)
        order_id = _order_id(about)
        mac = self._mac(self.config.app_id, order_id, self.config.key1)
        said = self._post("query", {"app_id": self.config.app_id, "app_trans_id": order_id, "mac": mac})
        code, sub = _codes(said)
        with reading():
            return _queried(code, sub, said, about.id)

    # --- giving back

    def refund(self, back: Return) -> Fact:
        """Whole or part; a repeated number moves no money twice."""
        stamp_ms = str(int(self.clock().timestamp() * 1000))
        description = f"Hoan tien {back.of.words}"[:100]
        mac = self._mac(self.config.app_id, back.of.gateway_ref, str(back.amount_vnd), description, stamp_ms)
        wanted = {
            "app_id": self.config.app_id,
            "m_refund_id": self._refund_id(back),
            "zp_trans_id": back.of.gateway_ref,
            "amount": str(back.amount_vnd),
            "timestamp": stamp_ms,
            "description": description,
            "mac": mac,
        }
        said = self._post("refund", wanted)
        code, sub = _codes(said)
        if (code, sub) == (FAILED, DUPLICATE_REFUND):
            return self._already_asked(back)
        if code == FAILED:
            raise Refused(str(sub))
        with reading():
            return _given_back(code, sub, said, back)

    def _already_asked(self, back: Return) -> Fact:
        try:
            return self._ask_refund(back)
        except Refused as error:
            raise Undecided("duplicate") from error

    def _ask_refund(self, back: Return) -> Fact:
        stamp_ms = str(int(self.clock().timestamp() * 1000))
        refund_id = self._refund_id(back)
        wanted = {"app_id": self.config.app_id, "m_refund_id": refund_id, "timestamp": stamp_ms}
        said = self._post(
            "query_refund", {**wanted, "mac": self._mac(self.config.app_id, refund_id, stamp_ms)}
        )
        code, sub = _codes(said)
        if (code, sub) == (FAILED, UNKNOWN):
            raise Refused("not_found")
        with reading():
            return _given_back(code, sub, said, back)

    def _refund_id(self, back: Return) -> str:
        return f"{local(back.sent_at or self.clock()):%y%m%d}_{self.config.app_id}_{sending(back)}"

    # --- the wire

    def _mac(self, *values: str) -> str:
        return hmac_hex(self.config.key1, "|".join(values).encode())

    def _post(self, path: str, form: Mapping[str, str]) -> dict[str, Any]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        url = f"{self.config.endpoint.rstrip('/')}/{path}"
        answer = self.http.post(url, urlencode(form).encode(), headers)
        if answer.status != 200:
            raise Unreachable(f"HTTP {answer.status}")
        return answer.json()

    # --- listening

    def read(self, call: Call) -> list[Fact]:
        """The callback's fact. It comes for success only; anything but Forged means signed, not readable."""
        data, proof = _envelope(call.body)
        if not same(hmac_hex(self.config.key2, data.encode("utf-8", "surrogatepass")), proof):
            raise Forged(self.code)
        said = json.loads(data)
        if str(said["app_id"]) != self.config.app_id:
            raise Forged("another shop")
        about = text(said["app_trans_id"]).partition("_")[2]
        return [
            Fact(
                kind="settled",
                about=text(about),
                event_id=proof,
                amount_vnd=whole(said["amount"]),
                gateway_ref=str(whole(said["zp_trans_id"])),
                code="1",
            )
        ]


def _envelope(body: bytes) -> tuple[str, str]:
    """The signed text and its proof; Forged when there are none. What stands beside them is not signed."""
    try:
        said = json.loads(body)
        return text(said["data"]), text(said["mac"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Forged("no callback") from error


def _order_id(charge: Charge) -> str:
    return f"{local(charge.created_at):%y%m%d}_{charge.id}"


def _codes(said: Mapping[str, Any]) -> tuple[int, int]:
    """return_code and its sub code; Unreachable when they say that the call itself failed."""
    with reading():
        code, sub = whole(said["return_code"]), whole(said.get("sub_return_code", 0))
        if code not in (DONE, FAILED, PROCESSING) or sub in OF_THE_CALL:
            raise Unreachable(f"return_code {code} {sub}")
        return code, sub


def _queried(code: int, sub: int, said: Mapping[str, Any], about: str) -> Fact:
    """Only -54 is final: a balance that is too low may be filled before the end."""
    known = {
        "about": about,
        "event_id": f"ask:{about}:{code}:{sub}",
        "raw": str(said.get("return_message", "")),
    }
    if code == DONE:
        ref = str(whole(said["zp_trans_id"]))
        return Fact(kind="settled", amount_vnd=whole(said["amount"]), gateway_ref=ref, code="1", **known)
    if (code, sub) == (FAILED, EXPIRED):
        return Fact(kind="failed", code="expired", **known)
    return Fact(kind="pending", code="unknown" if sub == UNKNOWN else str(sub or code), **known)


def _given_back(code: int, sub: int, said: Mapping[str, Any], back: Return) -> Fact:
    kind = {DONE: "refunded", FAILED: "refund_failed", PROCESSING: "pending"}[code]
    ref = said.get("refund_id")
    return Fact(
        kind=kind,
        about=back.id,
        event_id=f"refund:{sending(back)}:{code}",
        # Neither answer names the sum; ZaloPay gives back what was asked for, or nothing.
        amount_vnd=back.amount_vnd,
        gateway_ref=str(whole(ref)) if ref else "",
        code=str(sub if code != DONE else code),
        raw=str(said.get("return_message", "")),
    )
