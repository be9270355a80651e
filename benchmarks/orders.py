"""What changes something: packs into carts, orders placed for cash, whole purchases; and the same order in pgbench."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from html import unescape
from itertools import cycle, islice
from urllib.parse import parse_qsl, urlencode, urlsplit

from benchmarks import data, pgbench, site
from benchmarks.bench import Bench, alone, ratio, warm
from benchmarks.load import Answer, Ask, Load, Walk, Wrong, drive, percentile

ADD, CHECKOUT = "/gio-hang/them/", "/thanh-toan/"
LAST = 100
KEY = re.compile(rb'name="key" value="([^"]+)"')
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
SEEN = re.compile(rb'name="seen" value="(\d+)"')
#: a button in the cart that takes the chosen province along to the checkout
STRAIGHT = b'formaction="/thanh-toan/"'
PACK = re.compile(rb'name="pack" value="(\d+)"')


class Guests:
    """Visitors prepared in the database, each used once."""

    def __init__(self, run: Bench) -> None:
        made = data.inside(run.data, run.settings, "guests", str(run.pace.orders))
        self.spread, self.hot, self.last = (iter(made[kind]) for kind in ("spread", "hot", "last"))
        self.shoppers = iter(made["shoppers"])
        self.pages, self.packs = cycle(made["pages"]), cycle(made["packs"])
        self.where: dict[str, str] = made["where"]


def _guests(run: Bench) -> Guests:
    """Those of this run, made when they are needed first."""
    if "guests" not in run.kept:
        run.kept["guests"] = Guests(run)
    return run.kept["guests"]


def cart(run: Bench) -> None:
    """A new guest puts three packs into the cart, then another guest comes."""
    packs = _guests(run).packs
    drive(run.shop.port, _adding(packs), requests=60)
    one = alone(run.shop, _adding(packs), run.pace.single)
    run.figures.put("cart add: p95 at one client", one.ms(95), wrong=one.wrong)
    load = drive(run.shop.port, _adding(packs), seconds=run.pace.seconds)
    run.figures.put("cart add: 8 connections", load.per_second, wrong=load.wrong)


def place(run: Bench) -> None:
    """Orders of three households for cash by eight clients, the worker working beside; pgbench in turns with them."""
    guests = _guests(run)
    peer = pgbench.Peer(run.data.url, run.pace.seconds)
    loads: dict[str, list[Load]] = {kind: [] for kind in ("spread", "hot", "peer spread", "peer hot")}
    port = run.shop.port
    with site.worker(run.settings):
        warm(run.shop, [Ask(site.get(CHECKOUT))])
        for _round in range(run.pace.rounds):
            for kind, visitors in (("spread", guests.spread), ("hot", guests.hot)):
                some = islice(visitors, run.pace.orders // run.pace.rounds)
                loads[kind].append(drive(port, map(_order, some), seconds=run.pace.seconds))
            for kind in ("spread", "hot"):
                loads[f"peer {kind}"].append(peer.run(kind))
        statuses: Counter[int] = Counter()
        last = drive(port, (_last(guest, statuses) for guest in guests.last))
    _put_rates(run, loads)
    # each of the last packs went once: not fewer either
    odd = [] if statuses == {303: LAST, 409: LAST // 2} else [f"{dict(statuses)} instead of {LAST} orders"]
    run.figures.put("order, last 100 packs: oversold", max(0, statuses[303] - LAST), wrong=last.wrong + odd)
    run.figures.put("order: broken counters (audit_stock)", _broken(run))


def purchase(run: Bench) -> None:
    """Listing, cart, delivery, order and its page, by guests who are new to the site."""
    guests = _guests(run)
    counts: list[int] = []
    port = run.shop.port
    with site.worker(run.settings):
        for _warming in range(4):
            drive(port, [_purchase(next(guests.shoppers), guests, [])], connections=1)
        single = [
            drive(port, [_purchase(next(guests.shoppers), guests, counts)], connections=1)
            for _one in range(20)
        ]
        walks = (_purchase(guest, guests, counts) for guest in guests.shoppers)
        load = drive(port, walks, seconds=2 * run.pace.seconds)
    times = [sum(each.times) for each in single]
    wrong = [each for one in single for each in one.wrong]
    put = run.figures.put
    # requests counted, not walks that came to their end: the last ones are cut off in their middle
    put("guest purchase", load.per_second / counts[0] if counts else None, wrong=load.wrong)
    put("guest purchase: requests", max(counts, default=None), wrong=load.wrong)
    put("guest purchase: p95 at one client", percentile(times, 95), wrong=wrong)


def _put_rates(run: Bench, loads: dict[str, list[Load]]) -> None:
    put = run.figures.put
    bad = {kind: [each for load in some for each in load.wrong] for kind, some in loads.items()}
    put("pgbench order, spread lots", _middle(loads["peer spread"]))
    put("pgbench order, one hot lot", _middle(loads["peer hot"]))
    put("order: spread lots", _middle(loads["spread"]), wrong=bad["spread"])
    put("order, one hot lot", _middle(loads["hot"]), wrong=bad["hot"])
    put("order: of pgbench's rate", ratio(loads["spread"], loads["peer spread"]), wrong=bad["spread"])
    put("order, one hot lot: of the spread rate", ratio(loads["hot"], loads["spread"]), wrong=bad["hot"])
    times = [ms for load in loads["spread"] for ms in load.times]
    put("order: p95 of 8 clients", percentile(times, 95), wrong=bad["spread"])


def _middle(loads: list[Load]) -> float:
    rates = sorted(load.per_second for load in loads)
    return rates[len(rates) // 2]


def _adding(packs: Iterator[int]) -> Iterator[Walk]:
    while True:
        yield _three_packs(packs)


def _three_packs(packs: Iterator[int]) -> Walk:
    jar = Jar()
    for _pack in range(3):
        answer = yield site.post(ADD, f"pack={next(packs)}&count=1", cookies=jar.header())
        answer.expect(303)
        jar.keep(answer)


def _order(guest: dict) -> Walk:
    answer = yield site.post(CHECKOUT, guest["form"], cookies=guest["cookies"])
    answer.expect(303)


def _last(guest: dict, statuses: Counter[int]) -> Walk:
    """An order that may come too late: then the page says so."""
    answer = yield site.post(CHECKOUT, guest["form"], cookies=guest["cookies"])
    statuses[answer.status] += 1


def _purchase(guest: dict, guests: Guests, counts: list[int]) -> Walk:
    """What a browser asks for: every redirect is followed, forms say what the page before said."""
    visit, form = Visit(Jar(guest["cookies"])), dict(parse_qsl(guest["form"], keep_blank_values=True))
    page = yield from visit.see(next(guests.pages))
    cart = yield from visit.send(ADD, {"pack": _found(PACK, page), "count": "1"})
    asks_in_cart = STRAIGHT in cart.body
    # the province is chosen in the cart if its form leads on, else on the checkout's own page
    page = yield from visit.see(CHECKOUT + f"?tinh={form['province_code']}" if asks_in_cart else CHECKOUT)
    form |= {"key": _found(KEY, page), "csrfmiddlewaretoken": _found(TOKEN, page), "way": "cod"}
    if not asks_in_cart:
        page = yield from visit.send(CHECKOUT, {**form, "step": "update"}, "HX-Request: true")
    page = yield from visit.send(CHECKOUT, {**form, "seen": _found(SEEN, page)})
    page.expect(holds=b"<h1>")
    if not visit.at.startswith("/don-hang/"):
        raise Wrong(f"the order led to {visit.at}")
    counts.append(visit.requests)


class Jar:
    """A browser's cookies."""

    def __init__(self, cookies: str = "") -> None:
        self.held = dict(part.split("=", 1) for part in cookies.split("; ") if part)

    def keep(self, answer: Answer) -> None:
        for line in answer.head.split(b"\r\n"):
            name, _colon, value = line.partition(b":")
            if name.lower() == b"set-cookie":
                key, _equals, held = value.decode().strip().partition(";")[0].partition("=")
                self.held[key] = held

    def header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.held.items())


class Visit:
    """One browser: where it is, what it holds, and how often it has asked."""

    def __init__(self, jar: Jar) -> None:
        self.jar, self.requests, self.at = jar, 0, ""

    def see(self, path: str) -> Walk:
        """Go to a page; its answer comes back."""
        self.at = path
        answer = yield from self._ask(site.get(path, cookies=self.jar.header()))
        return answer

    def send(self, path: str, form: dict[str, str], *headers: str) -> Walk:
        """Send a form and follow where it leads."""
        raw = site.post(path, urlencode(form), cookies=self.jar.header(), headers=headers)
        answer = yield from self._ask(raw)
        return answer

    def _ask(self, raw: bytes) -> Walk:
        self.requests += 1
        answer = yield raw
        self.jar.keep(answer)
        if answer.status in (302, 303):
            parts = urlsplit(answer.header("location"))
            return (yield from self.see(parts.path + (f"?{parts.query}" if parts.query else "")))
        answer.expect()
        return answer


def _found(pattern: re.Pattern[bytes], page: Answer) -> str:
    match = pattern.search(page.body)
    if match is None:
        raise Wrong(f"no {pattern.pattern.decode()} in the page")
    return unescape(match[1].decode())


def _broken(run: Bench) -> int:
    """How many lots' counters are not the sums of their rows: what `audit_stock` complains about."""
    command = [sys.executable, "manage.py", "audit_stock"]
    done = subprocess.run(
        command, cwd=data.ROOT, env=run.settings, capture_output=True, text=True, check=False
    )
    return sum(line.startswith("lot ") for line in done.stderr.splitlines())
