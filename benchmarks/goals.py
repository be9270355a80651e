"""What is measured and what it should be: the table "Speed and scale", one line for each figure it names.

Names are stable: who compares two runs compares by name. A figure without a limit is for readers.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from benchmarks.report import Row

MOST, LEAST = "most", "least"


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure of the table, and the part of the bench that measures it."""

    part: str
    name: str
    unit: str
    kind: str = ""
    limit: float | None = None

    def row(self, value: float | None, *, sound: bool = True) -> Row:
        """The figure as a row; `sound` is False when answers were wrong while it was measured."""
        ok = value is not None and sound
        if ok and self.limit is not None:
            ok = value >= self.limit if self.kind == LEAST else value <= self.limit
        return Row(self.name, _short(value), self.unit, self.limit, ok)


GOALS = (
    Goal("servers", "granian: hello", "req/s"),
    Goal("servers", "granian: catalogue", "req/s"),
    Goal("servers", "gunicorn sync: hello", "req/s"),
    Goal("servers", "gunicorn sync: catalogue", "req/s"),
    Goal("servers", "gunicorn gthread: hello", "req/s"),
    Goal("servers", "gunicorn gthread: catalogue", "req/s"),
    Goal("pages", "bare hello", "req/s"),
    Goal("pages", "bare listing", "req/s"),
    Goal("pages", "bare product", "req/s"),
    Goal("pages", "catalogue: of the bare listing", "ratio", LEAST, 0.5),
    Goal("pages", "catalogue: p95 at one client, slowest of 30", "ms", MOST, 40),
    Goal("queries", "catalogue: queries", "queries", MOST, 8),
    Goal("pages", "catalogue: 8 connections", "req/s"),
    Goal("pages", "catalogue: p50 at one client", "ms"),
    Goal("pages", "catalogue: p95 of pages seen for the first time", "ms"),
    Goal("search", "search: 8 connections", "req/s", LEAST, 100),
    Goal("search", "search: p95 at one client", "ms", MOST, 60),
    Goal("search", "search: slowest of 200 words", "ms", MOST, 150),
    Goal("search", "search: slowest hostile query", "ms", MOST, 150),
    Goal("search", "search: p50 at one client", "ms"),
    Goal("search", "search: p95 of rare words", "ms"),
    Goal("search", "search: p95 of words nobody sells", "ms"),
    Goal("queries", "search: queries", "queries", MOST, 8),
    Goal("suggestions", "suggestions: p95 at one client", "ms", MOST, 15),
    Goal("suggestions", "suggestions: 8 connections", "req/s"),
    Goal("pages", "product: of the bare product", "ratio", LEAST, 0.4),
    Goal("queries", "product: queries", "queries", MOST, 8),
    Goal("pages", "product: 8 connections", "req/s"),
    Goal("pages", "product: p95 at one client", "ms"),
    Goal("pages", "listing: of the bare product", "ratio", LEAST, 0.4),
    Goal("queries", "listing: queries", "queries", MOST, 8),
    Goal("pages", "listing: 8 connections", "req/s"),
    Goal("pages", "listing: p95 at one client", "ms"),
    Goal("pages", "storefront: of the bare product", "ratio", LEAST, 0.4),
    Goal("queries", "storefront: queries", "queries", MOST, 8),
    Goal("pages", "storefront: 8 connections", "req/s"),
    Goal("pages", "storefront: p95 at one client", "ms"),
    Goal("pages", "home: 8 connections", "req/s", LEAST, 150),
    Goal("queries", "home: queries", "queries", MOST, 12),
    Goal("pages", "home: p95 at one client", "ms"),
    Goal("pages", "page out of cache: of the hello view", "ratio", LEAST, 0.5),
    Goal("pages", "page out of cache: 8 connections", "req/s"),
    Goal("cart", "cart add: p95 at one client", "ms", MOST, 25),
    Goal("queries", "cart add: queries", "queries", MOST, 10),
    Goal("cart", "cart add: 8 connections", "req/s"),
    Goal("orders", "pgbench order, spread lots", "orders/s"),
    Goal("orders", "pgbench order, one hot lot", "orders/s"),
    Goal("orders", "order: of pgbench's rate", "ratio", LEAST, 0.1),
    Goal("queries", "order: queries", "queries", MOST, 25),
    Goal("orders", "order: spread lots", "orders/s"),
    Goal("orders", "order: p95 of 8 clients", "ms"),
    Goal("orders", "order, one hot lot: of the spread rate", "ratio", LEAST, 0.6),
    Goal("orders", "order, one hot lot", "orders/s"),
    Goal("orders", "order, last 100 packs: oversold", "packs", MOST, 0),
    Goal("orders", "order: broken counters (audit_stock)", "lots", MOST, 0),
    Goal("purchase", "guest purchase", "per s", LEAST, 40),
    Goal("purchase", "guest purchase: requests", "requests", MOST, 6),
    Goal("purchase", "guest purchase: p95 at one client", "ms"),
    Goal("memory", "memory of one web worker", "MiB", MOST, 250),
    Goal("memory", "memory: last half's growth", "%", MOST, 5),
    Goal("memory", "memory: requests of each worker before", "requests"),
    Goal("growth", "growth: catalogue p95, of that at 5,000", "ratio", MOST, 2),
    Goal("photo", "photo: 12 megapixels to three sizes", "ms of one core", MOST, 350),
    Goal("photo", "photo: 12 megapixels of HEIC to three sizes", "ms of one core", MOST, 1000),
    Goal("photo", "photo: 12 megapixels to all it is kept in", "ms of one core"),
    Goal("photo", "photo: 12 megapixels of HEIC to all it is kept in", "ms of one core"),
    Goal("demo", "make demo, fresh: first page", "s", MOST, 180),
    Goal("demo", "make demo, again: first page", "s", MOST, 15),
    Goal("tests", "test suite", "s", MOST, 600),
)
PARTS = tuple(dict.fromkeys(goal.part for goal in GOALS))


class Figures:
    """What has been measured so far, of these goals."""

    def __init__(self, goals: tuple[Goal, ...] = GOALS) -> None:
        self.goals = {goal.name: goal for goal in goals}
        self._rows: dict[str, Row] = {}
        self.wrong: list[str] = []

    def put(self, name: str, value: float | None, *, wrong: Iterable[str] = ()) -> None:
        """Keep a figure of the table; `wrong` names answers that were not right: then it is not ok."""
        wrong = list(wrong)
        self.wrong += [f"{name}: {times} × {each}" for each, times in Counter(wrong).most_common(3)]
        self._rows[name] = self.goals[name].row(value, sound=not wrong)

    def value(self, name: str) -> float | None:
        row = self._rows.get(name)
        return row.value if row else None

    def keep(self, rows: Iterable[Row]) -> None:
        """Rows that another process judged."""
        self._rows |= {row.name: row for row in rows}

    def known(self) -> list[Row]:
        """The rows of what has been measured."""
        return list(self._rows.values())

    def rows(self, parts: Iterable[str]) -> list[Row]:
        """A row for every figure of these parts, those that could not run among them."""
        wanted = set(parts)
        mine = [goal for goal in self.goals.values() if goal.part in wanted]
        return [self._rows.get(goal.name) or goal.row(None) for goal in mine]

    def take(self, rows: Mapping[str, float | None]) -> None:
        """Figures that another process measured: name → value."""
        for name, value in rows.items():
            self.put(name, value)


def _short(value: float | None) -> float | None:
    """As many digits as mean something."""
    if value is None:
        return None
    return round(value, 3 if abs(value) < 1 else 2 if abs(value) < 100 else 1)
