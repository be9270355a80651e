"""One page of rows in order, by the cheapest way there is: measured in docs/decisions.

- Nothing asked: walk the index of all rows.
- A product of which at least a quarter fits: walk the index of its rows.
- The rest: walk the index of each cell that fits, where every row does.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from shop.search import understand
from shop.search.build import AVAILABLE
from shop.search.counts import Counted
from shop.search.sql import ALL, NONE, Sql, both, one_of
from shop.search.sql import rows as run
from shop.search.understand import NAMED, NAMED_SOLD_OUT, RANKS, Meaning, pairs_sql
from shop.search.wish import BEST, CHEAPEST, DEAREST, NEWEST, Wish, bounds_of
from shop.search.wording import Common, Wording

#: a product's index is walked when at least one in so many of its rows fits, else its cells
_OFTEN = 4
#: rows of one order that are looked at for a common word before its own index is asked
_LOOK_AT = 5_000
#: more than any weight: a better rank comes before any weight
_RANK = 10**12
#: sort → (column, its number, largest first)
ORDERS = {
    BEST: ("weight", "weight", True),
    NEWEST: ("published_at", "(extract(epoch FROM published_at) * 1000000)::bigint", True),
    CHEAPEST: ("per_large_vnd", "per_large_vnd::bigint", False),
    DEAREST: ("per_large_vnd", "per_large_vnd::bigint", True),
}


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Place:
    """Where a row stands: the number it is ordered by, and its listing."""

    value: int
    listing_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Rows of one rank in one order: which, between which weights, and what their rank adds to the number."""

    which: Sql
    #: ids of the products it can find; None when of all
    products: frozenset[int] | None = None
    at_least: int | None = None
    below: int | None = None
    base: int = 0

    def bounds(self) -> Sql:
        pieces = [Sql("weight >= %s", (self.at_least,))] if self.at_least is not None else []
        pieces += [Sql("weight < %s", (self.below,))] if self.below is not None else []
        return both(pieces)


def page(
    wish: Wish, meaning: Meaning, wording: Wording, narrowed: Sql, counted: Counted, size: int
) -> list[Place]:
    """At most `size` places in the wish's order, from its place on."""
    found: list[Place] = []
    for stretch in _stretches(wish, meaning, wording):
        best = _base(understand.NAMED_AND_WRITTEN) if stretch is None else stretch.base
        if wish.sort == BEST and sum(place.value >= best + _RANK for place in found) >= size:
            break
        if stretch is None:
            found += _worded(wish, wording, narrowed, size)
        else:
            found += _covered(stretch, wish, narrowed, counted, size)
    found.sort(reverse=ORDERS[wish.sort][2])
    return found[:size]


def _stretches(wish: Wish, meaning: Meaning, wording: Wording) -> Iterable[Stretch | None]:
    """What to walk, the best rank first; None stands for the rows that only text finds."""
    if not meaning.words:
        yield Stretch(which=ALL)
        return
    if wish.sort != BEST:
        yield Stretch(which=meaning.covered())
        if wording.finds:
            yield None
        return
    for rank in range(RANKS):
        if rank == understand.NAMED_AND_WRITTEN and wording.finds:
            yield None
        if rank in meaning.ranks:
            yield Stretch(
                which=pairs_sql(meaning.ranks[rank]),
                products=frozenset(each for products, _communes in meaning.ranks[rank] for each in products),
                at_least=AVAILABLE if rank in NAMED else None,
                below=AVAILABLE if rank in NAMED_SOLD_OUT else None,
                base=_base(rank),
            )


def _base(rank: int) -> int:
    return (RANKS - rank) * _RANK


def _covered(stretch: Stretch, wish: Wish, narrowed: Sql, counted: Counted, size: int) -> list[Place]:
    """Rows that product and commune decide, from the wish's place on."""
    order = Order(wish, stretch.base)
    which = both([stretch.which, narrowed])
    from_here = both([order.from_here(), stretch.bounds(), order.prices(wish)])
    if stretch.which is NONE or order.is_past:
        return []
    if not which:
        return order.run(
            f"SELECT listing_id, {{value}} FROM search_searchrow WHERE {from_here.text}",
            from_here.values,
            size,
        )
    often, seldom = _by_frequency(counted, stretch.products)
    found = order.run(*_by_product(often, which, from_here, order, size), size) if often else []
    if seldom:
        rest = both([one_of("product_id", seldom), which])
        found += order.run(*_by_cell(rest, from_here, order, size), size)
    return found


def _by_frequency(counted: Counted, products: frozenset[int] | None) -> tuple[list[int], list[int]]:
    """Products whose rows fit often, and those whose rows seldom do."""
    often, seldom = [], []
    for product, fitting in counted.fitting.items():
        if products is not None and product not in products:
            continue
        is_often = fitting * _OFTEN >= counted.standing.get(product, 0)
        (often if is_often else seldom).append(product)
    return often, seldom


def _by_product(
    products: list[int], which: Sql, from_here: Sql, order: "Order", size: int
) -> tuple[str, list]:
    """The first rows of each product's own index, merged."""
    text = (
        "SELECT listing_id, {value} FROM unnest(%s::bigint[]) AS wanted(id), LATERAL (SELECT * FROM "
        f"search_searchrow WHERE product_id = wanted.id AND {which.text} AND {from_here.text} "
        f"ORDER BY {order.by()} LIMIT {size}) AS first"
    )
    return text, [products, *which.values, *from_here.values]


def _by_cell(which: Sql, from_here: Sql, order: "Order", size: int) -> tuple[str, list]:
    """The first rows of each cell's own index, merged; only the index is read."""
    text = (
        f"SELECT listing_id, {{value}} FROM (SELECT id FROM search_searchcell WHERE {which.text}) AS wanted, "
        f"LATERAL (SELECT listing_id, {order.column} FROM search_searchrow WHERE cell_id = wanted.id "
        f"AND {from_here.text} ORDER BY {order.by()} LIMIT {size}) AS first"
    )
    return text, [*which.values, *from_here.values]


def _worded(wish: Wish, wording: Wording, narrowed: Sql, size: int) -> list[Place]:
    """Rows that only text finds, from the wish's place on."""
    found: list[Place] = []
    if wording.few is not NONE:
        found += _few(wish, wording, narrowed, size)
    if wording.many:
        order = Order(wish, _base(wording.many.rank) if wish.sort == BEST else 0)
        if not order.is_past:
            found += _many(order, wording.many, narrowed, size)
    return found


def _few(wish: Wish, wording: Wording, narrowed: Sql, size: int) -> list[Place]:
    """All hits, ranked, then cut: there are at most some thousand."""
    which = both([wording.few, narrowed])
    _column, number, down = ORDERS[wish.sort]
    if wish.sort == BEST:
        number, values = f"({RANKS} - {wording.rank.text}) * {_RANK} + weight", list(wording.rank.values)
    else:
        values = []
    text = (
        f"WITH fitting AS MATERIALIZED (SELECT listing_id, {number} AS value FROM search_searchrow WHERE {which.text}) "
        "SELECT listing_id, value FROM fitting"
    )
    values += which.values
    if wish.place is not None:
        text += f" WHERE (value, listing_id) {'<' if down else '>'} (%s, %s)"
        values += wish.place
    way = "DESC" if down else "ASC"
    text += f" ORDER BY value {way}, listing_id {way} LIMIT {size}"
    return [Place(value=value, listing_id=listing_id) for listing_id, value in run(text, values)]


def _many(order: "Order", common: Common, narrowed: Sql, size: int) -> list[Place]:
    """The first hits of common words: look at the best rows, and ask the words' index only when too few have them."""
    which, from_here = both([common.which, narrowed]), order.from_here()
    found = order.run(*_looked(order, common, which, from_here), size)
    if len(found) >= size:
        return found
    asked = (
        f"WITH fitting AS MATERIALIZED (SELECT listing_id, {order.column} FROM search_searchrow WHERE {which.text}) "
        f"SELECT listing_id, {{value}} FROM fitting WHERE {from_here.text}"
    )
    return order.run(asked, [*which.values, *from_here.values], size)


def _looked(order: "Order", common: Common, which: Sql, from_here: Sql) -> tuple[str, list]:
    """Hits among the best rows of each product, or of all. What lies beyond the last row seen of any is left out."""
    # Whole rows would not fit into memory and go to disk.
    seen = f"SELECT product_id, listing_id, {order.column}, {which.text} AS fits FROM search_searchrow"
    if common.products is None:
        best = f"{seen} WHERE {from_here.text} ORDER BY {order.by()} LIMIT {_LOOK_AT}"
        text = f"WITH best AS MATERIALIZED ({best}) SELECT listing_id, {{value}} FROM best WHERE fits"
        return text, [*which.values, *from_here.values]
    each = max(1, _LOOK_AT // len(common.products))
    best = (
        f"SELECT first.* FROM unnest(%s::bigint[]) AS wanted(id), LATERAL ({seen} WHERE "
        f"product_id = wanted.id AND {from_here.text} ORDER BY {order.by()} LIMIT {each}) AS first"
    )
    edge = (
        f"SELECT {order.column}, listing_id FROM (SELECT {order.column}, listing_id, row_number() OVER "
        f"(PARTITION BY product_id ORDER BY {order.by()}) AS place FROM best) AS counted "
        f"WHERE place = {each} ORDER BY {order.by()} LIMIT 1"
    )
    up_to = ">=" if order.down else "<="
    text = (
        f"WITH best AS MATERIALIZED ({best}) SELECT listing_id, {{value}} FROM best WHERE fits "
        f"AND (({order.column}, listing_id) {up_to} ({edge})) IS NOT FALSE"
    )
    return text, [sorted(common.products), *which.values, *from_here.values]


class Order:
    """One order of rows and the place to go on from."""

    def __init__(self, wish: Wish, base: int) -> None:
        self.column, self.number, self.down = ORDERS[wish.sort]
        self.base = base
        self.place = wish.place
        self._past = False
        if wish.sort == BEST and base and self.place is not None:
            value, listing_id = self.place
            self._past = value < base
            self.place = None if value >= base + _RANK else (value - base, listing_id)

    @property
    def is_past(self) -> bool:
        """All rows of this rank stand on earlier pages."""
        return self._past

    def from_here(self) -> Sql:
        """After the place, in whole columns so that an index answers it."""
        if self.place is None:
            return ALL
        value, listing_id = self.place
        at = "timestamptz 'epoch' + %s * interval '1 microsecond'" if self.column == "published_at" else "%s"
        sign = "<" if self.down else ">"
        return Sql(f"({self.column}, listing_id) {sign} ({at}, %s)", (value, listing_id))

    def prices(self, wish: Wish) -> Sql:
        """The bounds of a price filter where prices are the order: else the walk starts far outside them."""
        if self.column != "per_large_vnd" or not wish.price:
            return ALL
        return Sql("per_large_vnd >= %s AND per_large_vnd < %s", bounds_of(wish.price))

    def by(self) -> str:
        way = "DESC" if self.down else "ASC"
        return f"{self.column} {way}, listing_id {way}"

    def run(self, text: str, values: Iterable, size: int) -> list[Place]:
        # Named, so that ORDER BY means the column and its index, not what is made of it here.
        number = f"{self.number} AS value"
        statement = f"{text.format(value=number)} ORDER BY {self.by()} LIMIT {size}"
        return [
            Place(value=self.base + value, listing_id=listing_id)
            for listing_id, value in run(statement, values)
        ]
