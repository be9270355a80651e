"""The read side: what matches a wish, page by page, and the cards for grids that a rule or a hand chose."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import BigIntegerField, Case, Count, F, Max, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Extract

from common import dates
from common.vietnamese import fold, sort_key
from shop.search import facets, text
from shop.search.models import SearchRow
from shop.search.values import Card, Found, Offers, named
from shop.search.wish import BEST, CHEAPEST, DEAREST, NEWEST, Wish

PAGE = 24
_FIELDS = tuple(field.name for field in fields(Card) if field.name != "version")
_WHOLE = BigIntegerField()
#: sort → largest first
_DOWN = {BEST: True, NEWEST: True, CHEAPEST: False, DEAREST: True}


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


def find(wish: Wish, *, counts: bool = True) -> Found:
    """One page of at most 24 cards; with `counts` also totals and facets. Two queries (one without counts)."""
    matching = matches(wish.q)
    rows = _ordered(facets.narrow(matching, wish), wish)
    page = list(rows.values("value", *_FIELDS)[: PAGE + 1])
    more = len(page) > PAGE
    page = page[:PAGE]
    after = f"{page[-1]['value']}.{page[-1]['listing_id']}" if more else ""
    total, counted = facets.count(matching, wish) if counts else (len(page), {})
    return Found(rows=_cards(page), total=total, facets=counted, next_after=after)


def cards(chosen: Rule | Iterable[int]) -> tuple[Card, ...]:
    """The cards of a rule, or of listing ids in the order given; what is not on sale any more is left out."""
    if not isinstance(chosen, Rule):
        ids = list(chosen)
        found = {
            card.listing_id: card
            for card in _cards(SearchRow.objects.filter(listing__in=ids).values(*_FIELDS))
        }
        return tuple(found[each] for each in ids if each in found)
    rows = SearchRow.objects.all()
    for name, value in (
        ("product_slug", chosen.product),
        ("category_slug", chosen.category),
        ("commune_code", chosen.commune),
        ("storefront_slug", chosen.storefront),
    ):
        rows = rows.filter(**{name: value}) if value else rows
    if chosen.in_season:
        rows = rows.filter(months__contains=[dates.today().month])
    if not chosen.sold_out:
        rows = rows.filter(standing__gt=SearchRow.Standing.SOLD_OUT)
    if chosen.not_listing:
        rows = rows.exclude(listing=chosen.not_listing)
    return _cards(rows.order_by("-weight", "-listing").values(*_FIELDS)[: chosen.limit])


def offers(product_slug: str, limit: int = PAGE) -> Offers:
    """The first offers of a product: what can be bought before what cannot, then the cheaper."""
    rows = SearchRow.objects.filter(product_slug=product_slug)
    first = rows.order_by("-standing", "per_large_vnd", "listing").values(*_FIELDS)[:limit]
    counted = rows.aggregate(total=Count("pk"), households=Count("storefront", distinct=True))
    return Offers(cards=_cards(first), **counted)


def matches(q: str) -> QuerySet[SearchRow]:
    """Rows whose words hold every word typed (the last may be half typed), with or without diacritics."""
    rows = SearchRow.objects.all()
    typed = text.words(q)
    if not typed:
        return rows if not q else rows.none()
    if text.is_chinese(q):
        for word in typed:
            rows = rows.filter(folded__contains=fold(word))
        return rows
    return rows.filter(vector=_query([fold(word) for word in typed]))


def _query(words: list[str], weight: str = "") -> SearchQuery:
    return SearchQuery(text.all_of(words, weight), search_type="raw", config="simple")


def _ordered(rows: QuerySet[SearchRow], wish: Wish) -> QuerySet[SearchRow]:
    """Rows in the wish's order from its place on, each with `value`, the whole number they are ordered by."""
    rows = rows.annotate(value=_value(wish))
    down = _DOWN[wish.sort]
    if wish.place is not None:
        value, listing_id = wish.place
        step = "lt" if down else "gt"
        rows = rows.filter(
            Q(**{f"value__{step}": value}) | Q(value=value, **{f"listing__{step}": listing_id})
        )
    return rows.order_by("-value", "-listing") if down else rows.order_by("value", "listing")


def _value(wish: Wish):
    if wish.sort == NEWEST:
        return Cast(Extract("published_at", "epoch") * 1_000_000, _WHOLE)
    if wish.sort in (CHEAPEST, DEAREST):
        return Cast(F("per_large_vnd"), _WHOLE)
    typed = text.words(wish.q)
    if not typed or text.is_chinese(wish.q):
        return F("weight")
    return _relevance(wish.q, typed)


def _relevance(q: str, typed: list[str]):
    """In the names first; there what is written just so; then what can be bought; then the words' rank."""
    folded = [fold(word) for word in typed]
    rank = SearchRank(F("vector"), _query(folded), normalization=Value(0))
    value = Cast(rank * 1_000_000, _WHOLE) + F("standing") * 2_000_000
    value += _bonus(400_000_000, vector=_query(folded, "A"))
    if text.has_diacritics(q):
        value += _bonus(100_000_000, exact=_query(typed))
    return Cast(value, _WHOLE)


def _bonus(points: int, **condition: object) -> Case:
    return Case(When(**condition, then=Value(points)), default=Value(0), output_field=_WHOLE)


def _cards(rows: Iterable[dict]) -> tuple[Card, ...]:
    return tuple(Card(**{name: row[name] for name in _FIELDS}) for row in rows)


def households(wish: Wish) -> tuple[list[dict], int, str]:
    """One page of storefronts with goods that fit the wish: rows by commune, how many in all, where to go on."""
    rows = facets.narrow(matches(wish.q), wish)
    by_place = rows.order_by().values(
        "commune_code", "commune_name", "storefront", "storefront_slug", "storefront_name"
    )
    grouped = by_place.annotate(
        listings=Count("pk"),
        to_buy=Count("pk", filter=Q(standing__gt=0)),
        drawing=Max("drawing"),
        names=ArrayAgg("product_names", distinct=True),
    )
    if wish.place is not None:
        commune, storefront = wish.place
        code = f"{commune:05}"
        grouped = grouped.filter(Q(commune_code__gt=code) | Q(commune_code=code, storefront__gt=storefront))
    page = list(grouped.order_by("commune_code", "storefront")[: PAGE + 1])
    last = page[PAGE - 1] if len(page) > PAGE else None
    after = f"{int(last['commune_code'])}.{last['storefront']}" if last else ""
    total = rows.order_by().aggregate(total=Count("storefront", distinct=True))["total"]
    return [row | {"products": [named(each) for each in row["names"]]} for row in page[:PAGE]], total, after


def communes() -> list[dict]:
    """Communes that have goods, by name: commune_code, commune_name, households."""
    rows = SearchRow.objects.order_by().values("commune_code", "commune_name")
    counted = rows.annotate(households=Count("storefront", distinct=True))
    return sorted(counted, key=lambda row: sort_key(row["commune_name"].split(" ", 1)[-1]))
