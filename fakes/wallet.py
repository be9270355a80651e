"""What the pretended gateways share: trouble on command, a page to pay on, words over real HTTP."""

import html
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import requests

from fakes.server import Asked, serving
from payments.adapters.contract import Call

PAGE = "text/html; charset=utf-8"
#: how often the gateway calls after a payment: not at all, once, twice
TOLD = {"never": 0, "once": 1, "twice": 2}
STRANGER = "somebody else's secret"


@dataclass
class Wallet:
    """A pretended gateway. `broken` answers every call with that status and body; `slow_s` waits first.

    `told` says how a payment on its page is told: never, once, twice, forged, wrong_sum. `heard` keeps the
    answers to its words.
    """

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    url: str = ""
    broken: tuple[int, bytes] | None = None
    slow_s: float = 0
    #: takes the call and does its work, but the answer gets lost
    loses_answers: bool = False
    told: str = "once"
    orders: dict[str, dict] = field(default_factory=dict)
    refunds: dict[str, dict] = field(default_factory=dict)
    heard: list[tuple[int, str]] = field(default_factory=list)

    def answer(self, asked: Asked) -> tuple[int, bytes, str]:
        if self.slow_s:
            time.sleep(self.slow_s)
        if self.broken:
            return *self.broken, "application/json"
        path = urlsplit(asked.path).path
        if path == "/favicon.ico":
            return 204, b"", PAGE
        if path == "/pay":
            return self._act(dict(parse_qsl(asked.body.decode())))
        said = self.route(path, asked)
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

    # --- the page

    def page(self, ref: str) -> tuple[int, bytes, str]:
        """Where the buyer pays."""
        order = self.orders[ref]
        words = html.escape(f"{order['words']}: {order['amount_vnd']}")
        text = (
            f'<!doctype html><title>Cổng thử</title><h1>{words}</h1><form method="post" action="/pay">'
            f'<input type="hidden" name="ref" value="{html.escape(ref)}">'
            '<button name="act" value="pay">Trả</button> <button name="act" value="cancel">Hủy</button></form>'
        )
        return 200, text.encode(), PAGE

    def _act(self, form: dict[str, str]) -> tuple[int, bytes, str]:
        ref = form["ref"]
        self.pay(ref) if form["act"] == "pay" else self.cancel(ref)
        self.tell(ref)
        back = html.escape(self.back_url(ref))
        return 200, f'<!doctype html><meta http-equiv="refresh" content="0;url={back}">'.encode(), PAGE

    # --- the words

    def tell(self, ref: str) -> None:
        """Call the market as `told` says."""
        call = self.word(ref, **({"amount_vnd": 1_000} if self.told == "wrong_sum" else {}))
        if self.told == "forged":
            call = self.word(ref, secret=STRANGER)
        for _time in range(TOLD.get(self.told, 1)):
            self.send(self.orders[ref]["notify"], call)

    def send(self, address: str, call: Call) -> None:
        url = f"{address}?{call.query}" if call.query else address
        got = requests.request(call.method, url, data=call.body, headers=dict(call.headers), timeout=10)
        self.heard.append((got.status_code, got.text))


@contextmanager
def at_home(wallet: Wallet) -> Iterator[Wallet]:
    """The pretended gateway, listening on a port of this machine."""
    with serving(wallet.answer) as fake:
        wallet.url = fake.url
        yield wallet
