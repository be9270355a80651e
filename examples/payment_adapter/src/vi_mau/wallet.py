"""Ví Mẫu: the buyer is led to the wallet's page, the wallet calls when it is paid."""

import json
from dataclasses import dataclass
from urllib.parse import urlencode

from payments.adapters.contract import (
    Call,
    Charge,
    Clock,
    Fact,
    Forged,
    Hop,
    Outcome,
    Redirect,
    Reply,
    Traits,
    setting,
)
from payments.adapters.wire import Http, hmac_hex, same

HEADER = "x-vimau-signature"
KINDS = {"paid": "settled", "refused": "failed"}


def _say(ok: bool, status: int) -> Reply:
    return Reply(status=status, body=json.dumps({"ok": ok}), type="application/json")


class ViMau:
    """Starts and listens. It cannot be asked and gives nothing back: refunds go by hand."""

    code = "vimau"
    label = "Ví Mẫu"
    traits = Traits(
        hint="Trả bằng ví trên điện thoại.",
        min_vnd=2_000,
        max_vnd=20_000_000,
        calls_to_start=False,
        methods=frozenset({"POST"}),
    )
    answers = {
        Outcome.RECORDED: _say(True, 200),
        Outcome.REPEATED: _say(True, 200),
        Outcome.UNKNOWN: _say(True, 200),
        Outcome.MISMATCH: _say(True, 200),
        Outcome.FORGED: _say(False, 400),
        Outcome.BROKEN: _say(False, 503),
    }

    @dataclass(frozen=True)
    class Config:
        shop: str = setting("Mã cửa hàng", "ví cấp khi đăng ký")
        key: str = setting("Khóa của ví", "trong mục tích hợp của ví")
        page: str = setting("Địa chỉ trang trả tiền")

    def __init__(self, config: Config, http: Http, clock: Clock) -> None:
        self.config = config

    def problems(self) -> list[str]:
        wrong = []
        if len(self.config.key) < 16:
            wrong.append("PAYMENTS_VIMAU_KEY ngắn quá: hãy chép trọn khóa của ví.")
        if not self.config.page.startswith("https://"):
            wrong.append("PAYMENTS_VIMAU_PAGE phải bắt đầu bằng https://.")
        return wrong

    def start(self, charge: Charge, hop: Hop) -> Redirect:
        """The signed address of the wallet's page; no call goes out."""
        query = urlencode(
            {
                "shop": self.config.shop,
                "id": charge.id,
                "amount": charge.amount_vnd,
                "words": charge.words,
                "back": hop.return_url,
                "notify": hop.notify_url,
            }
        )
        return Redirect(url=f"{self.config.page}?{query}&sign={hmac_hex(self.config.key, query.encode())}")

    def read(self, call: Call) -> list[Fact]:
        """The wallet's word, believed only if it is signed; a signed one that says nonsense raises."""
        if not same(hmac_hex(self.config.key, call.body), call.headers.get(HEADER, "")):
            raise Forged(self.code)
        said = json.loads(call.body)
        if said["shop"] != self.config.shop:
            raise Forged("another shop")
        return [
            Fact(
                kind=KINDS[said["state"]],
                about=said["id"],
                event_id=f"{said['number']}:{said['state']}",
                amount_vnd=said["amount"],
                gateway_ref=str(said["number"]),
                code=said["state"],
            )
        ]
