"""How many listings there are, and how many each choice of a filter would leave: added up from cells, never walked.

A choice is counted with all filters but its own. Cells are counted by product, commune, mark and price in one pass;
each filter that is set needs one pass more, without itself.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import caches

from common import dates
from shop.search import narrow, sql
from shop.search.known import Known
from shop.search.sql import NONE, Sql, both
from shop.search.values import Choice
from shop.search.wish import BEST, IN_SEASON, PRICES, Wish
from shop.search.wording import Wording

#: beyond this listings found by common words are not counted
BOUND = 10_000
#: per cent of the table's pages that are looked at before common words are counted
_SAMPLE = 0.5
#: so much more than the bound must the sample promise: rows written together stand on the same pages
_FAR_MORE = 3
#: facet → the column of a cell that its choices are read from
_COLUMNS = {
    "nhom": "product_id",
    "san-pham": "product_id",
    "mua": "product_id",
    "xa": "commune_code",
    "huyen": "commune_code",
    "chung-nhan": "marks",
    "gia": "band",
}
_GROUPED = ("product_id", "commune_code", "band", "marks")
_NOW = """
SELECT id, product_id, commune_code, marks, band, listings + coalesce(change, 0) AS listings
FROM search_searchcell
LEFT JOIN (SELECT cell_id, sum(change) AS change FROM search_searchchange GROUP BY cell_id) AS waiting ON cell_id = id
"""

Numbers = dict[str, int]
Kept = TypeVar("Kept")


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """What a wish would find, wherever in the list one stands."""

    total: int
    over: bool = False
    #: facet → its choices, the commonest first, prices in their order; without numbers when nobody counted all
    choices: dict[str, tuple[Choice, ...]] = field(default_factory=dict)
    #: product id → listings that fit the whole wish; all listings of the product
    fitting: dict[int, int] = field(default_factory=dict)
    standing: dict[int, int] = field(default_factory=dict)


def count(wish: Wish, covered: Sql, wording: Wording, known: Known) -> Counted:
    """Count a wish; at most `COUNTS_S` seconds old. One query, two when common words stand in it."""
    return kept("count", wish.but(sort=BEST), lambda: _count(wish, covered, wording, known))


def kept(kind: str, wish: Wish, make: Callable[[], Kept]) -> Kept:
    """What was made for such a wish at most `COUNTS_S` seconds ago, else what `make` makes. Nobody may change it."""
    if not settings.COUNTS_S:
        return make()
    said = f"{dates.today()}/{wish.category}/{wish.query()}"
    key = f"search.{kind}:{hashlib.blake2b(said.encode(), digest_size=16).hexdigest()}"
    found = caches["memory"].get(key)
    if found is None:
        found = make()
        caches["memory"].set(key, found, settings.COUNTS_S)
    return found


def _count(wish: Wish, covered: Sql, wording: Wording, known: Known) -> Counted:
    asked = narrow.conditions(wish, known)
    groups = _groups(asked, covered, wording)
    total = sum(groups["fitting"].values())
    over = False
    if wording.many:
        more = _up_to(both([wording.many.which, *asked.values()]), BOUND + 1)
        over = total + more > BOUND
        total = BOUND if over else total + more
    facets = {name: _named(name, groups.get(name) or groups[_COLUMNS[name]], known) for name in _COLUMNS}
    return Counted(
        total=total,
        over=over,
        choices=_choices(facets, wish, known, counted=not over),
        fitting={int(key): number for key, number in groups["fitting"].items()},
        standing={int(key): number for key, number in groups["standing"].items()},
    )


def _groups(asked: dict[str, Sql], covered: Sql, wording: Wording) -> dict[str, Numbers]:
    """Column, or a facet that is set → value → listings; 'fitting' and 'standing' by product. One pass over the cells."""
    source, values = _source(covered, wording)
    flags = [Sql(f"{piece.text} AS f{place}", piece.values) for place, piece in enumerate(asked.values())]
    columns = ", ".join([*_GROUPED, "listings", "standing", *(flag.text for flag in flags)])
    sums = [
        f"sum(listings) FILTER (WHERE {_without(place, len(flags))})" for place in (None, *range(len(flags)))
    ]
    text = (
        f"WITH now AS ({_NOW}), c AS (SELECT {columns} FROM ({source}) AS source) "
        f"SELECT {', '.join(_GROUPED)}, sum(standing), {', '.join(sums)} FROM c "
        f"GROUP BY GROUPING SETS ({', '.join(f'({column})' for column in _GROUPED)})"
    )
    found: dict[str, Numbers] = defaultdict(dict)
    for row in sql.rows(text, [*(value for flag in flags for value in flag.values), *values]):
        column, value = next(each for each in zip(_GROUPED, row, strict=False) if each[1] is not None)
        standing, fitting, *without = row[len(_GROUPED) :]
        _add(found[column], column, value, fitting)
        if column == "product_id":
            _add(found["standing"], column, value, standing)
        for name, number in zip(asked, without, strict=True):
            if _COLUMNS[name] == column:
                _add(found[name], column, value, number)
    found["fitting"] = found["product_id"]
    return found


def _add(numbers: Numbers, column: str, value: Any, number: int | None) -> None:
    if number:
        for each in value if column == "marks" else (str(value),):
            numbers[each] = numbers.get(each, 0) + int(number)


def _source(covered: Sql, wording: Wording) -> tuple[str, list]:
    """Cells with the listings of theirs that the words find: all of a covered cell, the hits of another."""
    columns = ", ".join(_GROUPED)
    found = "listings" if not covered else f"CASE WHEN {covered.text} THEN listings ELSE 0 END"
    cells = f"SELECT {columns}, {found} AS listings, listings AS standing FROM now"
    if wording.few is NONE:
        return cells, list(covered.values)
    hits = f"SELECT cell_id, count(*) AS hits FROM search_searchrow WHERE {wording.few.text} GROUP BY cell_id"
    return (
        f"{cells} UNION ALL SELECT {columns}, hits, 0 FROM ({hits}) AS hit JOIN now ON now.id = cell_id",
        [*covered.values, *wording.few.values],
    )


def _without(place: int | None, flags: int) -> str:
    return " AND ".join(f"f{each}" for each in range(flags) if each != place) or "true"


def _up_to(condition: Sql, most: int) -> int:
    """Listings that fit, counted to `most`; where a sample says that there are far more, `most` at once."""
    fitting = f"FROM search_searchrow WHERE {condition.text}"
    sampled = fitting.replace("search_searchrow", f"search_searchrow TABLESAMPLE SYSTEM ({_SAMPLE})", 1)
    counted = (
        f"SELECT CASE WHEN (SELECT count(*) {sampled}) * 100 > {_FAR_MORE * most * _SAMPLE} THEN {most} "
        f"ELSE (SELECT count(*) FROM (SELECT 1 {fitting} LIMIT {most}) AS fitting) END"
    )
    return sql.rows(counted, [*condition.values, *condition.values])[0][0]


def _named(facet: str, groups: Numbers, known: Known) -> Numbers:
    """What the columns hold as the values that an address says."""
    found: Numbers = defaultdict(int)
    for key, number in groups.items():
        for value in _values(facet, key, known):
            found[value] += number
    return dict(found)


def _values(facet: str, key: str, known: Known) -> Iterable[str]:
    if facet in ("nhom", "san-pham", "mua"):
        product = known.products.get(int(key))
        if product is None:
            return ()
        if facet == "mua":
            return (IN_SEASON,) if dates.today().month in product.months else ()
        return (product.category_slug if facet == "nhom" else product.slug,)
    if facet == "huyen":
        commune = known.communes.get(key)
        return commune.districts if commune else ()
    return (PRICES[int(key)],) if facet == "gia" else (key,)


def _choices(
    facets: dict[str, Numbers], wish: Wish, known: Known, *, counted: bool
) -> dict[str, tuple[Choice, ...]]:
    chosen = {
        "nhom": {wish.category},
        "san-pham": {wish.product},
        "mua": {IN_SEASON} if wish.in_season else set(),
        "xa": set(wish.communes),
        "huyen": {wish.district},
        "chung-nhan": set(wish.marks),
        "gia": {wish.price},
    }
    return {
        name: tuple(
            Choice(
                value=value,
                count=number if counted else None,
                chosen=value in chosen[name],
                label=_label(name, value, known),
            )
            for value, number in _in_order(name, numbers)
        )
        for name, numbers in facets.items()
    }


def _in_order(name: str, numbers: Numbers) -> list[tuple[str, int]]:
    if name == "gia":
        return sorted(numbers.items(), key=lambda each: PRICES.index(each[0]))
    return sorted(numbers.items(), key=lambda each: (-each[1], each[0]))


def _label(name: str, value: str, known: Known) -> str:
    commune = known.communes.get(value) if name == "xa" else None
    return commune.name if commune else ""


def of_product(product_id: int) -> int:
    """All listings of a product. One query."""
    counted = (
        "SELECT coalesce(sum(listings), 0) + coalesce((SELECT sum(change) FROM search_searchchange JOIN "
        "search_searchcell changed ON changed.id = cell_id WHERE changed.product_id = %s), 0) "
        "FROM search_searchcell WHERE product_id = %s"
    )
    return int(sql.rows(counted, [product_id, product_id])[0][0])
