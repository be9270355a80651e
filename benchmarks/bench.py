"""What all parts of the bench share: the data, the running site, and how long to measure."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median

from benchmarks.data import Data, inside
from benchmarks.goals import Figures
from benchmarks.load import Ask, Load, Walk, drive, steady
from benchmarks.site import BARE, SITE, Web, get, serve

#: how a card begins, and how many a page has
CARD, CARDS = b'<article class="card', 24
EACH_ANEW = {"PAGE_CACHE_S": "0"}
#: nor are numbers and places of a search remembered: what a page takes that nobody has asked for lately
NOTHING_KEPT = {**EACH_ANEW, "COUNTS_S": "0"}


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to measure: seconds of one load, loads of each kind in turn, requests at one client, guests."""

    seconds: float
    rounds: int
    single: int
    #: at one client on each address of the catalogue
    each: int
    orders: int
    #: mixed requests of each worker, and the longest that half of them may take
    mixed: int
    mixed_s: float | None
    #: turns of each picture
    photos: int


FULL = Pace(seconds=4, rounds=3, single=300, each=40, orders=3_000, mixed=10_000, mixed_s=None, photos=5)
QUICK = Pace(seconds=1.2, rounds=2, single=120, each=20, orders=600, mixed=2_000, mixed_s=8, photos=1)


@dataclass
class Bench:
    data: Data
    settings: dict[str, str]
    pace: Pace
    figures: Figures
    targets: dict = field(default_factory=dict)
    #: what one part has prepared and another uses too
    kept: dict = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._running = ExitStack()
        self.settings = {**self.settings, "DATABASE_URL": self.data.url}
        self.targets = inside(self.data, self.settings, "targets")

    def catalogue(self) -> list[Ask]:
        """Its thirty addresses, each with the number of cards that its first page must have."""
        pairs = zip(self.targets["catalogue"], self.targets["catalogue_cards"], strict=True)
        return [Ask(get(path), CARD, cards) for path, cards in pairs]

    @cached_property
    def site(self) -> Web:
        """The site as in production but for one thing: it keeps no whole pages, each is made anew."""
        return self._running.enter_context(serve(SITE, {**self.settings, **EACH_ANEW}))

    @cached_property
    def forgetful(self) -> Web:
        """The site that remembers nothing of what was asked before: for the times of single requests."""
        return self._running.enter_context(serve(SITE, {**self.settings, **NOTHING_KEPT}))

    @cached_property
    def shop(self) -> Web:
        """The site just as in production."""
        return self._running.enter_context(serve(SITE, self.settings))

    @cached_property
    def bare(self) -> Web:
        """The bare views."""
        return self._running.enter_context(serve(BARE, self.settings))

    def close(self) -> None:
        """Stop what was started."""
        self._running.close()


def warm(web: Web, asks: list[Ask]) -> None:
    """Let both workers see such pages before anything is measured."""
    drive(web.port, steady(asks), requests=min(120, max(40, 4 * len(asks))))


def rate(web: Web, walks: Iterable[Walk], pace: Pace) -> Load:
    return drive(web.port, walks, seconds=pace.seconds)


def alone(web: Web, walks: Iterable[Walk], requests: int) -> Load:
    """One client, one request after the other."""
    return drive(web.port, walks, connections=1, requests=requests)


def in_turns(kinds: dict[str, tuple[Web, list[Ask]]], pace: Pace) -> dict[str, list[Load]]:
    """Loads of 8 connections, the kinds in turn and the turns repeated, so that noise meets all alike."""
    for web, asks in kinds.values():
        warm(web, asks)
    loads: dict[str, list[Load]] = {name: [] for name in kinds}
    for _round in range(pace.rounds):
        for name, (web, asks) in kinds.items():
            loads[name].append(rate(web, steady(asks), pace))
    return loads


def per_second(loads: list[Load]) -> float:
    return median(load.per_second for load in loads)


def ratio(ours: list[Load], theirs: list[Load]) -> float | None:
    """The median of the rounds' ratios; None when the peer answered nothing."""
    pairs = [(a.per_second, b.per_second) for a, b in zip(ours, theirs, strict=True)]
    return median(a / b for a, b in pairs) if all(b for _a, b in pairs) else None


def wrong(loads: Iterable[Load]) -> list[str]:
    return [each for load in loads for each in load.wrong]
