"""SePay reads the bank account and posts every movement.

Proof, strongest first: an HMAC over stamp and raw body, demanded as soon as its secret is configured, else
the API key in the header `Authorization`. What it could not post within half an hour it never posts again, so
with a token of its API it is asked too.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from payments.adapters.answers import number, reading
from payments.adapters.contract import (
    Call,
    Clock,
    Credit,
    Forged,
    Outcome,
    Pulled,
    Refused,
    Reply,
    Traits,
    Unreachable,
    setting,
)
from payments.adapters.wire import Http, fresh, hmac_hex, keeps_secrets, same

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
HEARD = Reply(status=200, body='{"success": true}', type="application/json")
WRITTEN = "%Y-%m-%d %H:%M:%S"
MOMENT = re.compile("[0-9]{4}(-[0-9]{2}){2} [0-9]{2}(:[0-9]{2}){2}")
AMOUNT = re.compile(r"([0-9]{1,15})(\.0+)?")
#: the most movements in one answer, which stays well below the `ANSWER_LIMIT` of the wire
PAGE = 500
#: how far back it is asked the first time
BEGINNING = timedelta(days=1)


class SePay:
    """Listens, and can be asked."""

    code = "sepay"
    label = "SePay"
    traits = Traits(icon="bank", is_feed=True, methods=frozenset({"POST"}), redact=frozenset({"accumulated"}))
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
        webhook_secret: str = setting(
            _("Khóa ký webhook"), _("nên dùng: có nó thì tin báo nào cũng phải có chữ ký"), default=""
        )
        api_key: str = setting(_("API Key của webhook"), _("chỉ cần khi không dùng khóa ký"), default="")
        api_token: str = setting(
            _("Mã truy cập API (API Token)"), _("để hỏi lại những tin báo bị lạc; không bắt buộc"), default=""
        )
        api_endpoint: str = setting(_("Địa chỉ API"), default="https://my.sepay.vn/userapi")

    def __init__(self, config: Config, http: Http, clock: Clock) -> None:
        self.config = config
        self.http = http
        self.clock = clock

    def problems(self) -> list[str]:
        found = []
        if not (self.config.webhook_secret or self.config.api_key):
            found.append(_("Thiếu PAYMENTS_SEPAY_WEBHOOK_SECRET hoặc PAYMENTS_SEPAY_API_KEY."))
        if self.config.api_token and not keeps_secrets(self.config.api_endpoint):
            found.append(_("PAYMENTS_SEPAY_API_ENDPOINT phải bắt đầu bằng https://."))
        return [str(each) for each in found]

    def read(self, call: Call) -> list[Credit]:
        """The credit of a movement that came in; nothing for one that went out."""
        self._prove(call)
        said = json.loads(call.body)
        if said["transferType"] == "out":
            return []
        if said["transferType"] != "in" or isinstance(said["id"], bool) or not isinstance(said["id"], int):
            raise ValueError("Neither in nor out, or without a number.")
        return [
            Credit(
                event_id=str(said["id"]),
                account=said["accountNumber"],
                amount_vnd=said["transferAmount"],
                note=said["content"] or "",
                bank_ref=said["referenceCode"] or f"sepay:{said['id']}",
                at=_moment(said["transactionDate"]),
            )
        ]

    # --- what was lost

    def pull(self, mark: str) -> Pulled | None:
        """One answer of movements from `mark` on: the number of the last one seen, or the middle of a long list.

        A full answer may lack older ones. Then the mark says `since|until|newest`: go on up to the oldest seen.
        """
        if not self.config.api_token:
            return None
        since, until, newest = [*mark.split("|"), "", ""][:3]
        since = since or self._beginning()
        rows = self._list(since, until)
        oldest = min(
            filter(MOMENT.fullmatch, (str(row.get("transaction_date")) for row in rows.values())), default=""
        )
        newest = str(max([*rows, int(newest or 0)])) if rows or newest else mark
        goes_on = len(rows) >= PAGE and oldest not in ("", until)
        said, unread = [], []
        for row in rows.values():
            try:
                said += _credits(row)
            except (KeyError, TypeError, ValueError, AttributeError):
                unread.append(json.dumps(row, ensure_ascii=False))
        mark = f"{since}|{oldest}|{newest}" if goes_on else newest
        return Pulled(said=said, mark=mark, unread=unread, goes_on=goes_on)

    def _beginning(self) -> str:
        return (self.clock() - BEGINNING).astimezone(VIETNAM).strftime(WRITTEN)

    def _list(self, since: str, until: str) -> dict[int, dict[str, Any]]:
        """Movements by their numbers: since a number or a moment, up to the moment `until` if there is one."""
        asked = {"since_id" if since.isdigit() else "transaction_date_min": since, "limit": str(PAGE)}
        query = urlencode(asked | ({"transaction_date_max": until} if until else {}))
        url = f"{self.config.api_endpoint.rstrip('/')}/transactions/list?{query}"
        answer = self.http.get(url, {"Authorization": f"Bearer {self.config.api_token}"})
        if answer.status >= 500 or answer.status == 429:
            raise Unreachable(f"HTTP {answer.status}")
        if answer.status >= 400:
            raise Refused(str(answer.status))
        with reading():
            return {number(row["id"]): row for row in answer.json()["transactions"]}

    def _prove(self, call: Call) -> None:
        if not self.config.webhook_secret:
            if not same(f"Apikey {self.config.api_key}", call.headers.get("authorization", "")):
                raise Forged("key")
            return
        stamp = call.headers.get("x-sepay-timestamp", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12 and stamp == str(int(stamp))):
            raise Forged("stamp")
        proof = "sha256=" + hmac_hex(self.config.webhook_secret, stamp.encode() + b"." + call.body)
        if not same(proof, call.headers.get("x-sepay-signature", "")):
            raise Forged("signature")
        fresh(int(stamp), self.clock())


def _moment(written: str) -> datetime:
    return datetime.strptime(written, WRITTEN).replace(tzinfo=VIETNAM)


def _credits(row: dict[str, Any]) -> list[Credit]:
    """A movement as the list tells of it: the same credit as when it is posted; nothing for one that went out."""
    amount = AMOUNT.fullmatch(row["amount_in"])
    if amount is None:
        raise ValueError("No whole amount.")
    if not int(amount[1]):
        return []
    return [
        Credit(
            event_id=str(number(row["id"])),
            account=row["account_number"],
            amount_vnd=int(amount[1]),
            note=row["transaction_content"] or "",
            bank_ref=row["reference_number"] or f"sepay:{number(row['id'])}",
            at=_moment(row["transaction_date"]),
        )
    ]
