"""The read side: what matches a wish, page by page, and the cards for grids that a rule or a hand chose."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Min, QuerySet

from common import dates, prepared
from shop.search import counts, known, narrow, sql, walk
from shop.search.build import AVAILABLE
from shop.search.cards import COLUMNS, card, cards_of, cards_of_ids
from shop.search.models import SearchRow
from shop.search.sellers import communes, households
from shop.search.sql import Sql
from shop.search.understand import understand
from shop.search.values import Card, Found, Offers
from shop.search.wish import Wish
from shop.search.wording import wording

__all__ = ["Rule", "cards", "communes", "find", "goods", "households", "offers"]
PAGE = 24
#: more households than this are not counted
MOST_HOUSEHOLDS = 1_000
#: so many offers that can be bought are sorted by price; more are walked in that order
_SORT = 2_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """Which listings a grid shows: those that fit each part that is set, what can be bought first."""

    product: str = ""
    category: str = ""
    commune: str = ""
    storefront: str = ""
    in_season: bool = False
    #: sold-out listings are left out of grids unless asked for
    sold_out: bool = False
    not_listing: int | None = None
    limit: int = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sought:
    """One page as it was found: which listings, of how many, and where to go on."""

    ids: tuple[int, ...]
    counted: counts.Counted
    next_after: str
    read_as: str


def find(wish: Wish) -> Found:
    """One page of at most 24 cards with total and facets: at most six queries, three for a plain filter.

    Which listings stand on it and how many there are may be `COUNTS_S` seconds old; what the cards say is not.
    """
    names = known.now()
    sought = counts.kept("page", wish, lambda: _sought(wish, names))
    return Found(
        rows=cards_of_ids(sought.ids, names),
        total=sought.counted.total,
        over=sought.counted.over,
        facets=sought.counted.choices,
        next_after=sought.next_after,
        read_as=sought.read_as,
    )


def _sought(wish: Wish, names: known.Known) -> _Sought:
    meaning = understand(wish.q, names)
    worded = wording(meaning)
    narrowed = narrow.narrowed(wish, names)
    covered = meaning.covered() if meaning.words else (sql.ALL if not wish.q else sql.NONE)
    counted = counts.count(wish, covered, worded, names)
    found: list[walk.Place] = []
    if meaning.words or not wish.q:
        found = walk.page(wish, meaning, worded, narrowed, counted, PAGE + 1)
    more = len(found) > PAGE
    found = found[:PAGE]
    return _Sought(
        ids=tuple(place.listing_id for place in found),
        counted=counted,
        next_after=f"{found[-1].value}.{found[-1].listing_id}" if more else "",
        read_as=meaning.read_as,
    )


def cards(chosen: Rule | Iterable[int]) -> tuple[Card, ...]:
    """The cards of a rule, or of listing ids in the order given; what is not on sale any more is left out."""
    names = known.now()
    if not isinstance(chosen, Rule):
        return cards_of_ids(list(chosen), names)
    products = _products(chosen, names)
    pieces = [Sql("weight >= %s", (AVAILABLE,))] if not chosen.sold_out else []
    pieces += [Sql("commune_code = %s", (chosen.commune,))] if chosen.commune else []
    pieces += [Sql("listing_id <> %s", (chosen.not_listing,))] if chosen.not_listing else []
    if chosen.storefront:
        pieces.append(
            Sql("storefront_id = (SELECT id FROM farmers_storefront WHERE slug = %s)", (chosen.storefront,))
        )
        pieces += [sql.one_of("product_id", products)] if products is not None else []
        products = None
    return _first(products, sql.both(pieces), chosen.limit, names)


def _first(products: Sequence[int] | None, which: Sql, limit: int, names: known.Known) -> tuple[Card, ...]:
    """The heaviest rows; of some products, those of each one's own index, merged. One query."""
    best = f"ORDER BY weight DESC, listing_id DESC LIMIT {int(limit)}"
    if products is None:
        rows = f"SELECT {COLUMNS} FROM search_searchrow WHERE {which.text} {best}"
        return cards_of(rows, which.values, names)
    each = f"(SELECT * FROM search_searchrow WHERE {which.text} AND product_id = wanted.id {best})"
    merged = f"SELECT {COLUMNS} FROM unnest(%s::bigint[]) AS wanted(id), LATERAL {each} AS first {best}"
    return cards_of(merged, [list(products), *which.values], names)


def goods(
    storefront_id: int, place: tuple[int, int] | None, limit: int = PAGE
) -> tuple[tuple[Card, ...], str]:
    """One page of what a household sells, what can be bought first, and what `sau` must say to go on. One query."""
    names = known.now()
    beyond = " AND (weight, listing_id) < (%s, %s)" if place else ""
    found = prepared.rows(
        f"SELECT {COLUMNS}, weight FROM search_searchrow WHERE storefront_id = %s{beyond} "
        f"ORDER BY weight DESC, listing_id DESC LIMIT {int(limit) + 1}",
        [storefront_id, *(place or ())],
    )
    page = tuple(card(row[:-1], names) for row in found[:limit] if row[0] in names.products)
    if len(found) <= limit:
        return page, ""
    _product, listing_id, *_facts, weight = found[limit - 1]
    return page, f"{weight}.{listing_id}"


def _products(chosen: Rule, names: known.Known) -> Sequence[int] | None:
    """Ids of the products that the rule allows; None when it allows all."""
    if not (chosen.product or chosen.category or chosen.in_season):
        return None
    month = dates.today().month
    return [
        product.id
        for product in names.products.values()
        if (not chosen.product or product.slug == chosen.product)
        and (not chosen.category or product.category_slug == chosen.category)
        and (not chosen.in_season or month in product.months)
    ]


def offers(product_slug: str, limit: int = PAGE) -> Offers:
    """The first offers of a product: what can be bought before what cannot, then the cheaper. At most five queries."""
    names = known.now()
    product = names.by_slug.get(product_slug)
    if product is None:
        return Offers(cards=(), total=0, households=0)
    rows = SearchRow.objects.filter(product=product.id).order_by()
    to_buy = rows.filter(weight__gte=AVAILABLE)
    figures = _figures(to_buy)
    first = _cheapest(to_buy, figures["to_buy"], limit)
    if len(first) < limit:
        sold_out = rows.filter(weight__lt=AVAILABLE).order_by("-weight", "-listing")
        first += sold_out.values_list("listing", flat=True)[: limit - len(first)]
    sellers = (to_buy if figures["to_buy"] else rows).values("storefront").distinct()
    households = sellers[: MOST_HOUSEHOLDS + 1].count()
    return Offers(
        cards=cards_of_ids(first, names),
        total=counts.of_product(product.id),
        households=min(households, MOST_HOUSEHOLDS),
        over=households > MOST_HOUSEHOLDS,
        **figures,
    )


def _figures(to_buy: QuerySet[SearchRow]) -> dict[str, int]:
    """What `Offers` says of all rows that can be bought. One query."""
    found = to_buy.aggregate(
        to_buy=Count("pk"),
        lowest_vnd=Min("price_vnd"),
        highest_vnd=Max("price_vnd"),
        standing=Max("standing"),
    )
    return {name: number or 0 for name, number in found.items()}


def _cheapest(to_buy: QuerySet[SearchRow], number: int, limit: int) -> list[int]:
    """Listings with the lowest price for a kilo, litre or piece. One query."""
    if number > _SORT:
        return list(to_buy.order_by("per_large_vnd", "listing").values_list("listing", flat=True)[:limit])
    return [listing for _price, listing in sorted(to_buy.values_list("per_large_vnd", "listing"))[:limit]]
