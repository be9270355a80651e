"""What the pretended gateways share: trouble on command, a page to pay on, words over real HTTP."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

from fakes import pages
from fakes.server import Asked, serving
from payments.adapters.contract import Call

#: how often the gateway calls after a payment: not at all, twice; else once
TOLD = {"never": 0, "twice": 2}
STRANGER = "somebody else's secret"


@dataclass
class Wallet:
    """A pretended gateway. `broken` answers every call with that status and body; `slow_s` waits first.

    `told` says how a payment on its page is told, where the press itself does not: never, once, twice, late,
    forged, wrong_sum. `heard` keeps the answers to its words.
    """

    name: ClassVar[str] = ""
    #: fields that a restart must not forget, since refunds come later
    kept: ClassVar[tuple[str, ...]] = ("orders", "refunds")

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    url: str = ""
    broken: tuple[int, bytes] | None = None
    slow_s: float = 0
    #: takes the call and does its work, but the answer gets lost
    loses_answers: bool = False
    told: str = "once"
    #: who pays late pays so much later
    late_s: float = 30
    orders: dict[str, dict] = field(default_factory=dict)
    refunds: dict[str, dict] = field(default_factory=dict)
    heard: list[tuple[int, str]] = field(default_factory=list)
    #: called when something has happened that must outlive the process
    remember: Callable[[], None] = lambda: None

    def answer(self, asked: Asked) -> tuple[int, bytes, str]:
        if self.slow_s:
            time.sleep(self.slow_s)
        if self.broken:
            return *self.broken, "application/json"
        path = urlsplit(asked.path).path
        if path == "/favicon.ico":
            return 204, b"", pages.HTML
        if path == "/style.css":
            return 200, pages.STYLE, "text/css"
        if path == "/pay":
            return self._act(dict(parse_qsl(asked.body.decode())))
        if path == "/page":
            return self.page(dict(parse_qsl(urlsplit(asked.path).query)).get("t", ""))
        said = self.route(path, asked)
        self.remember()
        return (500, b"", "text/plain") if self.loses_answers and self.does(asked) else said

    def does(self, asked: Asked) -> bool:
        """Whether the call did something there, so that its answer may get lost."""
        return True

    def route(self, path: str, asked: Asked) -> tuple[int, bytes, str]:
        raise NotImplementedError

    def word(self, ref: str, **changes: object) -> Call:
        """The signed notification of an order."""
        raise NotImplementedError

    def pay(self, ref: str) -> None:
        raise NotImplementedError

    def cancel(self, ref: str) -> None:
        raise NotImplementedError

    def back_url(self, ref: str) -> str:
        raise NotImplementedError

    def given_back_vnd(self, ref: str) -> int:
        """So much of an order the market has had given back."""
        raise NotImplementedError

    # --- the page

    def page(self, ref: str, *, leads_on: bool = False) -> tuple[int, bytes, str]:
        """Where the buyer pays, and afterwards sees what was done."""
        order = self.orders.get(ref)
        if order is None:
            return pages.sorry(self.name, "Cổng thử không biết lần trả tiền này.", 404)
        given_back_vnd = self.given_back_vnd(ref)
        return pages.payment(
            self.name, ref, order, self.back_url(ref), given_back_vnd=given_back_vnd, leads_on=leads_on
        )

    def page_url(self, ref: str) -> str:
        """The page's address."""
        return f"{self.url}/page?{urlencode({'t': ref})}"

    def _act(self, form: dict[str, str]) -> tuple[int, bytes, str]:
        ref = form.get("ref", "")
        order = self.orders.get(ref)
        if order is not None and not order.get("pressed"):
            self.press(ref, form.get("act", "pay"), form.get("trick") or self.told)
        # Who plays a trick wants to see what the market said.
        return self.page(ref, leads_on="trick" not in form)

    def press(self, ref: str, act: str, told: str) -> None:
        """One of the page's buttons: `act` is pay or cancel, `told` how the market hears of it."""
        if act == "pay" and told == "forged":
            self._forge(ref)
        elif act == "pay" and told == "late":
            self._later(ref)
        else:
            self._end(ref, act, told)

    def _end(self, ref: str, act: str, told: str) -> None:
        order = self.orders[ref]
        if act == "pay":
            if told == "wrong_sum":
                order["asked_vnd"] = order["amount_vnd"]
                order["amount_vnd"] //= 2
            self.pay(ref)
        else:
            self.cancel(ref)
        order["pressed"] = "paid" if act == "pay" else "refused"
        # Before the market is told: whoever dies here may not forget what the market will know.
        self.remember()
        self.tell(ref, told)
        self.remember()

    def _later(self, ref: str) -> None:
        self.orders[ref]["pressed"] = "late"
        self.remember()
        timer = threading.Timer(self.late_s, self._end, [ref, "pay", "once"])
        timer.daemon = True
        timer.start()

    # --- the words

    def tell(self, ref: str, told: str = "once") -> None:
        """Call the market as often as `told` says."""
        call = self.word(ref)
        for _time in range(TOLD.get(told, 1)):
            self._call(ref, call, "Tin báo ký đúng")

    def _forge(self, ref: str) -> None:
        """Somebody who does not know the key says that it was paid; the order stays open."""
        self.orders[ref]["pressed"] = ""
        before = dict(self.orders[ref])
        self.pay(ref)
        call = self.word(ref, secret=STRANGER)
        self.orders[ref] = before
        self._call(ref, call, "Tin báo giả")
        self.remember()

    def _call(self, ref: str, call: Call, what: str) -> None:
        order = self.orders[ref]
        url = f"{order['notify']}?{call.query}" if call.query else order["notify"]
        try:
            got = requests.request(call.method, url, data=call.body, headers=dict(call.headers), timeout=10)
            answer = got.status_code, got.text
        except requests.RequestException:
            answer = 0, ""
        self.heard.append(answer)
        order.setdefault("told", []).append([what, *answer])


@contextmanager
def at_home(wallet: Wallet) -> Iterator[Wallet]:
    """The pretended gateway, listening on a port of this machine."""
    with serving(wallet.answer) as fake:
        wallet.url = fake.url
        yield wallet
