"""The directory of storefronts with goods: by commune, and by the words of name, place and products."""

from django.db.models import Count, Q, QuerySet

from common.vietnamese import sort_key
from shop.search import known, text
from shop.search.counts import kept
from shop.search.models import SearchSeller
from shop.search.values import Households, named
from shop.search.wish import Wish

PAGE = 24
#: products named beside a storefront
_NAMED = 5
#: more storefronts of a search than this are not counted
MOST_COUNTED = 10_000


def households(wish: Wish) -> Households:
    """One page of storefronts that fit the wish's words and communes, by commune. Three queries at most."""
    names = known.now()
    rows = _matching(wish)
    narrowed = bool(wish.q or wish.communes)
    total = rows[: MOST_COUNTED + 1].count() if narrowed else _all()
    over = narrowed and total > MOST_COUNTED
    if wish.place is not None:
        commune, storefront = wish.place
        code = f"{commune:05}"
        rows = rows.filter(Q(commune_code__gt=code) | Q(commune_code=code, storefront__gt=storefront))
        rows = rows.filter(commune_code__gte=code)
    page = list(rows.order_by("commune_code", "storefront")[: PAGE + 1])
    last = page[PAGE - 1] if len(page) > PAGE else None
    after = f"{int(last.commune_code)}.{last.pk}" if last else ""
    shown = [_shown(row, names) for row in page[:PAGE]]
    return Households(rows=shown, total=MOST_COUNTED if over else total, over=over, next_after=after)


def communes() -> list[dict]:
    """Communes that have goods, by name: commune_code, commune_name, households. At most a minute old."""
    names = known.now()
    found = [
        {"commune_code": code, "commune_name": names.communes[code].name, "households": number}
        for code, number in _by_commune().items()
        if code in names.communes
    ]
    return sorted(found, key=lambda row: sort_key(row["commune_name"].split(" ", 1)[-1]))


def named_so(typed: str, limit: int) -> list[SearchSeller]:
    """Storefronts whose name or place has these words, the last perhaps half typed; the largest first.

    Of more than two hundred any two hundred: the index knows no order.
    """
    words = [text.fold(word) for word in text.words(typed)]
    if not words or len("".join(words)) < text.HALF_TYPED:
        return []
    *whole, last = words
    terms = [text.term(word) for word in whole]
    # One letter of a word that is still to come narrows nothing.
    if len(last) > 1 or not whole:
        terms.append(text.term(last, begins=True))
    found = "SELECT * FROM search_called(%s::tsquery, 200) ORDER BY to_buy DESC, storefront_id LIMIT %s"
    return list(SearchSeller.objects.raw(found, [" & ".join(terms), limit]))


def _matching(wish: Wish) -> QuerySet[SearchSeller]:
    rows = SearchSeller.objects.all()
    if wish.communes:
        rows = rows.filter(commune_code__in=wish.communes)
    words = text.wanted(wish.q)
    if not words:
        return rows.none() if wish.q else rows
    *whole, last = map(text.fold, words)
    terms = [*map(text.term, whole), text.term(last, begins=len(last) >= text.HALF_TYPED)]
    return rows.extra(where=["names @@ %s::tsquery"], params=[" & ".join(terms)])


def _shown(row: SearchSeller, names: known.Known) -> dict:
    commune = names.communes.get(row.commune_code)
    products = [names.products[each] for each in row.products[:_NAMED] if each in names.products]
    return {
        "commune_code": row.commune_code,
        "commune_name": commune.name if commune else "",
        "storefront": row.pk,
        "storefront_slug": row.slug,
        "storefront_name": row.name,
        "listings": row.listings,
        "to_buy": row.to_buy,
        "drawing": row.drawing,
        "products": [named(product.names) for product in products],
    }


def _all() -> int:
    return sum(_by_commune().values())


def _by_commune() -> dict[str, int]:
    """Commune code → storefronts; at most `COUNTS_S` seconds old."""
    rows = SearchSeller.objects.order_by().values_list("commune_code").annotate(Count("pk"))
    return kept("sellers", Wish(), lambda: dict(rows))
