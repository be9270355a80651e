"""VNPay 2.1.0: the buyer pays on VNPay's page; VNPay calls us by GET, is asked (querydr) and gives back.

A charge is `vnp_TxnRef` = its id, together with the moment it was created. VNPay knows a refund by no
number of ours: its answers are told apart by kind, sum and VNPay's own number.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from django.utils.translation import gettext_lazy as _

from common.dates import local
from payments.adapters.answers import digits, reading, sending, stamp
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
    Traits,
    Undecided,
    Unreachable,
    setting,
)
from payments.adapters.wire import Http, hmac_hex, keeps_secrets, same

VERSION = "2.1.0"
LEAST_VND, MOST_VND = 5_000, 999_999_999
HOLD = timedelta(minutes=15)
UNSIGNED = frozenset({"vnp_SecureHash", "vnp_SecureHashType"})
NOT_PLAIN = re.compile(r"[^A-Za-z0-9 ._-]+")

QUERY = ("RequestId", "Version", "Command", "TmnCode", "TxnRef", "TransactionDate", "CreateDate", "IpAddr", "OrderInfo")  # fmt: skip
REFUND = (
    "RequestId", "Version", "Command", "TmnCode", "TransactionType", "TxnRef", "Amount", "TransactionNo",
    "TransactionDate", "CreateBy", "CreateDate", "IpAddr", "OrderInfo",
)  # fmt: skip
REFUND_ANSWER = (
    "ResponseId", "Command", "ResponseCode", "Message", "TmnCode", "TxnRef", "Amount", "BankCode", "PayDate",
    "TransactionNo", "TransactionType", "TransactionStatus", "OrderInfo",
)  # fmt: skip
QUERY_ANSWER = (*REFUND_ANSWER, "PromotionCode", "PromotionAmount")

PAYMENT, BACK = "01", frozenset({"02", "03"})
#: vnp_TransactionStatus of a payment; what is not here is for a person
STATUS = {
    "00": "settled",
    "10": "settled",
    "20": "settled",
    "01": "pending",
    "04": "pending",
    "05": "pending",
    "06": "pending",
    "07": "held",
    "02": "failed",
    "08": "failed",
    "11": "failed",
}
REFUND_STATUS = {"00": "refunded", "02": "refund_failed", "09": "refund_failed"}
EXPIRED_RESPONSE, EXPIRED_STATUS = "11", "08"
#: answers about a refund that are final; all others leave it unknown
REFUSED = frozenset({"16", "91", "93", "95"})
#: a refund handed over longer ago is being sent again: see `payments.intake.services.refunds.FIRST_ASK`
FIRST_SENDING = timedelta(seconds=90)


def _say(code: str, message: str) -> Reply:
    return Reply(status=200, body=json.dumps({"RspCode": code, "Message": message}), type="application/json")


class VNPay:
    """Redirect without a call, IPN, querydr, whole and partial refund."""

    code = "vnpay"
    label = _("VNPay")
    traits = Traits(
        hint=_("Thẻ ATM, thẻ quốc tế hoặc VNPAY-QR – trả trên trang của VNPay."),
        icon="bank",
        min_vnd=LEAST_VND,
        max_vnd=MOST_VND,
        hold=HOLD,
        calls_to_start=False,
        methods=frozenset({"GET"}),
        redact=frozenset(
            {
                "vnp_CardNumber",
                "vnp_CardHolder",
                "vnp_card_number",
                "vnp_token",
                "vnp_Bill_Mobile",
                "vnp_Bill_Email",
                "vnp_Bill_FirstName",
                "vnp_Bill_LastName",
                "vnp_Inv_Phone",
                "vnp_Inv_Email",
            }
        ),
    )
    answers = {
        Outcome.RECORDED: _say("00", "Confirm Success"),
        Outcome.REPEATED: _say("02", "Order already confirmed"),
        Outcome.UNKNOWN: _say("01", "Order not found"),
        Outcome.MISMATCH: _say("04", "Invalid amount"),
        Outcome.FORGED: _say("97", "Invalid signature"),
        Outcome.BROKEN: _say("99", "Unknown error"),
    }

    @dataclass(frozen=True)
    class Config:
        tmn_code: str = setting(_("Mã website (vnp_TmnCode)"), _("VNPay cấp, 8 ký tự"))
        hash_secret: str = setting(
            _("Chuỗi bí mật tạo chữ ký (vnp_HashSecret)"), _("VNPay cấp cùng mã website")
        )
        pay_url: str = setting(_("Địa chỉ trang thanh toán"), _("kết thúc bằng /vpcpay.html"))
        api_url: str = setting(_("Địa chỉ truy vấn và hoàn tiền"), _("kết thúc bằng /transaction"))
        #: the address that our own calls come from, as VNPay knows it
        server_ip: str = setting(
            _("Địa chỉ IP của máy chủ này"), _("địa chỉ đã báo với VNPay"), default="127.0.0.1"
        )

    def __init__(self, config: Config, http: Http, clock: Clock) -> None:
        self.config = config
        self.http = http
        self.clock = clock

    def problems(self) -> list[str]:
        found = []
        if not re.fullmatch(r"[A-Za-z0-9]{8}", self.config.tmn_code):
            found.append(_("PAYMENTS_VNPAY_TMN_CODE phải là mã 8 chữ và số mà VNPay cấp."))
        if len(self.config.hash_secret) < 16:
            found.append(_("PAYMENTS_VNPAY_HASH_SECRET ngắn quá: hãy chép trọn chuỗi bí mật VNPay cấp."))
        for name, url in (("PAY_URL", self.config.pay_url), ("API_URL", self.config.api_url)):
            if not keeps_secrets(url):
                found.append(_("PAYMENTS_VNPAY_%(name)s phải bắt đầu bằng https://.") % {"name": name})
        return [str(each) for each in found]

    # --- paying

    def start(self, charge: Charge, hop: Hop) -> Redirect:
        """The signed address of VNPay's page; VNPay learns of the charge when the buyer comes."""
        if not LEAST_VND <= charge.amount_vnd <= MOST_VND:
            raise Refused("amount", str(_("Số tiền này không trả qua VNPay được.")))
        fields = {
            "vnp_Version": VERSION,
            "vnp_Command": "pay",
            "vnp_TmnCode": self.config.tmn_code,
            "vnp_Locale": "vn" if hop.language == "vi" else "en",
            "vnp_CurrCode": "VND",
            "vnp_TxnRef": charge.id,
            "vnp_OrderInfo": plain(f"Thanh toan {charge.words}"),
            "vnp_OrderType": "other",
            "vnp_Amount": str(charge.amount_vnd * 100),
            "vnp_ReturnUrl": hop.return_url,
            "vnp_IpAddr": hop.ip if 7 <= len(hop.ip) <= 45 else self.config.server_ip,
            "vnp_CreateDate": moment(charge.created_at),
            "vnp_ExpireDate": moment(charge.expires_at or charge.created_at + HOLD),
        }
        query = joined(fields)
        return Redirect(url=f"{self.config.pay_url}?{query}&vnp_SecureHash={self._hash(query)}")

    def ask(self, about: Charge | Return) -> Fact:
        """querydr: how the payment, or its refund, stands."""
        if isinstance(about, Return):
            return self._ask_refund(about)
        said = self._query(about, about.id)
        if said["vnp_ResponseCode"] == "91":
            # VNPay learns of a charge from the buyer's browser: nobody came, nobody can have paid.
            return Fact(kind="pending", about=about.id, event_id=f"ask:{about.id}:91", code="unknown")
        _must_be_answered(said)
        with reading():
            return _queried(said, about.id)

    # --- giving back

    def refund(self, back: Return) -> Fact:
        """Whole (02) or part (03). Accepted is not done: `ask` until it settles."""
        fields = {
            "RequestId": sending(back),
            "Version": VERSION,
            "Command": "refund",
            "TmnCode": self.config.tmn_code,
            "TransactionType": "02" if back.amount_vnd == back.of.amount_vnd else "03",
            "TxnRef": back.of.id,
            "Amount": str(back.amount_vnd * 100),
            "TransactionNo": back.of.gateway_ref,
            "TransactionDate": moment(back.of.created_at),
            "CreateBy": "cho",
            "CreateDate": moment(self.clock()),
            "IpAddr": self.config.server_ip,
            "OrderInfo": plain(f"Hoan tien {back.of.words}"),
        }
        said = self._post(fields, REFUND)
        if said.get("vnp_ResponseCode") == "94":
            return self._already_asked(back)
        self._must_be_proven(said, REFUND_ANSWER, back.of)
        if said["vnp_ResponseCode"] in REFUSED:
            raise (Undecided if self._is_repeated(back) else Refused)(said["vnp_ResponseCode"])
        _must_be_answered(said)
        with reading():
            return _refund_fact(said, back)

    def _is_repeated(self, back: Return) -> bool:
        """Then an answer was lost, and "wrong amount" may mean that all is given back already."""
        return back.sent_at is not None and self.clock() - back.sent_at > FIRST_SENDING

    def _already_asked(self, back: Return) -> Fact:
        """94: this refund is on its way already. That decides nothing, the question after it does."""
        try:
            return self._ask_refund(back)
        except Refused as error:
            raise Undecided("94") from error

    def _ask_refund(self, back: Return) -> Fact:
        said = self._query(back.of, back.id)
        _must_be_answered(said)
        if said.get("vnp_TransactionType") in BACK and _is_this(said, back):
            with reading():
                return _refund_fact(said, back)
        if self._may_be_sent_again(back):
            raise Refused("not_found")
        return Fact(kind="pending", about=back.id, event_id=f"refund:{back.id}:unknown", code="unknown")

    def _may_be_sent_again(self, back: Return) -> bool:
        """VNPay remembers the number of a request for a day: within it nothing is given twice."""
        sent_today = back.sent_at is None or local(back.sent_at).date() == local(self.clock()).date()
        return sent_today and not back.gateway_ref

    def _query(self, charge: Charge, about: str) -> dict[str, str]:
        fields = {
            "RequestId": f"q{about}{stamp(int(self.clock().timestamp()))}"[:32],
            "Version": VERSION,
            "Command": "querydr",
            "TmnCode": self.config.tmn_code,
            "TxnRef": charge.id,
            "TransactionDate": moment(charge.created_at),
            "CreateDate": moment(self.clock()),
            "IpAddr": self.config.server_ip,
            "OrderInfo": plain(f"Truy van {charge.words}"),
        }
        said = self._post(fields, QUERY)
        self._must_be_proven(said, QUERY_ANSWER, charge)
        return said

    # --- the wire

    def _post(self, fields: dict[str, str], order: tuple[str, ...]) -> dict[str, str]:
        body = {f"vnp_{name}": value for name, value in fields.items()}
        body["vnp_SecureHash"] = self._hash("|".join(fields[name] for name in order))
        headers = {"Content-Type": "application/json"}
        answer = self.http.post(self.config.api_url, json.dumps(body).encode(), headers)
        if answer.status != 200:
            raise Unreachable(f"HTTP {answer.status}")
        return {name: _as_text(value) for name, value in answer.json().items()}

    def _must_be_proven(self, said: dict[str, str], order: tuple[str, ...], charge: Charge) -> None:
        """Unreachable unless the answer is signed and speaks of this charge."""
        raw = "|".join(said.get(f"vnp_{name}", "") for name in order)
        if not same(self._hash(raw), said.get("vnp_SecureHash", "").lower()):
            raise Unreachable("The answer is not signed.")
        ours = (self.config.tmn_code, charge.id)
        if (said.get("vnp_TmnCode"), said.get("vnp_TxnRef")) != ours or "vnp_ResponseCode" not in said:
            raise Unreachable("The answer speaks of something else.")

    def _hash(self, raw: str) -> str:
        return hmac_hex(self.config.hash_secret, raw.encode("utf-8", "surrogatepass"), "sha512")

    # --- listening

    def read(self, call: Call) -> list[Fact]:
        """The IPN's fact; its proof stands in its query. ValueError or KeyError: signed, but not readable."""
        pairs = parse_qsl(call.query, keep_blank_values=True)
        said = dict(pairs)
        proof = said.get("vnp_SecureHash", "").lower()
        if sum(name.startswith("vnp_") for name, _value in pairs) != len(
            {name for name in said if name.startswith("vnp_")}
        ):
            raise Forged("a field twice")
        if not any(same(self._hash(joined(said, quote)), proof) for quote in (quote_plus, quote_as_browsers)):
            raise Forged(self.code)
        if said.get("vnp_TmnCode") != self.config.tmn_code:
            raise Forged("another shop")
        return [_notified(said, proof)]


def moment(when: datetime) -> str:
    """`yyyyMMddHHmmss` in Vietnam."""
    return local(when).strftime("%Y%m%d%H%M%S")


def plain(words: str) -> str:
    """Letters without marks, digits, space and `.-_`: what every form encoder writes the same."""
    bare = unicodedata.normalize("NFD", words.replace("đ", "d").replace("Đ", "D"))
    bare = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return " ".join(NOT_PLAIN.sub(" ", bare).split())[:255]


def quote_as_browsers(value: str) -> str:
    """Form encoding as browsers, Node and Java write it: `*` stays, `~` does not."""
    return quote_plus(value, safe="*").replace("~", "%7E")


def joined(fields: Mapping[str, str], quote: Any = quote_plus) -> str:
    """What is signed: the `vnp_` fields that say something, by name, form-encoded."""
    signed = {
        name: value
        for name, value in fields.items()
        if name.startswith("vnp_") and name not in UNSIGNED and value
    }
    return "&".join(f"{quote(name)}={quote(signed[name])}" for name in sorted(signed))


def _as_text(value: object) -> str:
    """A field of an answer as it was hashed."""
    return "" if value is None else str(value)


def _must_be_answered(said: Mapping[str, str]) -> None:
    if said["vnp_ResponseCode"] != "00":
        raise Unreachable(f"vnp_ResponseCode {said['vnp_ResponseCode']}")


def _vnd(said: Mapping[str, str]) -> int:
    amount = digits(said["vnp_Amount"])
    if amount % 100:
        raise ValueError("VNPay counts in hundredths; đồng has none.")
    return amount // 100


def _ref(said: Mapping[str, str]) -> str:
    """VNPay's own number; 0 stands for none."""
    ref = said.get("vnp_TransactionNo", "")
    return "" if ref == "0" else ref


def _notified(said: Mapping[str, str], proof: str) -> Fact:
    response, status = said["vnp_ResponseCode"], said["vnp_TransactionStatus"]
    if not response or not status or not said["vnp_TxnRef"]:
        raise ValueError("An empty field.")
    return Fact(
        kind=_kind(response, status),
        about=said["vnp_TxnRef"],
        # Not TransactionNo: it is 0 for every cancelled payment.
        event_id=proof,
        amount_vnd=_vnd(said),
        gateway_ref=_ref(said),
        code="expired" if response == EXPIRED_RESPONSE else response,
        raw=f"{response}/{status}",
    )


def _kind(response: str, status: str) -> str:
    """Paid only when both say so; what they disagree on is asked."""
    if response == "07" or status == "07":
        return "held"
    if response == "00":
        return "settled" if status == "00" else "failed" if STATUS.get(status) == "failed" else "pending"
    return "pending" if STATUS.get(status) in {"settled", "pending"} else "failed"


def _queried(said: Mapping[str, str], about: str) -> Fact:
    status = said["vnp_TransactionStatus"]
    # Who asks about a payment and hears of a refund has missed something: a person looks.
    kind = STATUS.get(status, "held") if said["vnp_TransactionType"] == PAYMENT else "held"
    return Fact(
        kind=kind,
        about=about,
        event_id=f"ask:{about}:{said['vnp_TransactionType']}:{status}",
        amount_vnd=_vnd(said),
        gateway_ref=_ref(said),
        code="expired" if status == EXPIRED_STATUS else status,
        raw=said.get("vnp_Message", ""),
    )


def _is_this(said: Mapping[str, str], back: Return) -> bool:
    ref = _ref(said)
    if back.gateway_ref:
        return ref == back.gateway_ref
    # Of two with the same sum and no number, VNPay's answer does not say which it is.
    if back.has_twin:
        return False
    return said.get("vnp_Amount") == str(back.amount_vnd * 100) and ref not in back.others


def _refund_fact(said: Mapping[str, str], back: Return) -> Fact:
    status = said["vnp_TransactionStatus"]
    return Fact(
        kind=REFUND_STATUS.get(status, "pending"),
        about=back.id,
        event_id=f"refund:{back.id}:{status}",
        amount_vnd=_vnd(said),
        gateway_ref=_ref(said),
        code=status,
        raw=said.get("vnp_Message", ""),
    )
