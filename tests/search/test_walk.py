"""Common words: whatever the order and however little is looked at, each page goes on where the last one ended."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from common import dates
from shop.catalogue.models import Listing, Product
from shop.search import find, walk, wording, wordlist
from shop.search.models import SearchRow
from shop.search.services import refresh
from shop.search.wish import BEST, CHEAPEST, DEAREST, NEWEST, SORTS, Wish
from tests.builders.shelf import a_product, a_storefront, on_shelf

pytestmark = pytest.mark.django_db
PAGE, FEW, LOOK_AT = 3, 2, 8
#: sort → what must not rise (or fall) from one listing to the next
IN_ORDER = {
    BEST: ("weight", True),
    NEWEST: ("published_at", True),
    CHEAPEST: ("per_large_vnd", False),
    DEAREST: ("per_large_vnd", True),
}


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    """A handful of listings stands for half a million."""
    monkeypatch.setattr(find, "PAGE", PAGE)
    monkeypatch.setattr(wording, "FEW", FEW)
    monkeypatch.setattr(walk, "_LOOK_AT", LOOK_AT)


def pages(wish: Wish) -> tuple[list[int], int]:
    """Listing ids over all pages, and the total that the first one says."""
    seen, found = [], find.find(wish)
    total = found.total
    while True:
        seen += [card.listing_id for card in found.rows]
        if not found.next_after:
            return seen, total
        found = find.find(replace(wish, after=found.next_after))


def shelf(products: list[Product], number: int) -> list[int]:
    """So many listings of the products in turns, every third without the words, many of one price and moment."""
    now = dates.now()
    made = [
        on_shelf(
            f"{'Túi vườn đồi' if place % 3 else 'Rổ tre'} {place}",
            product=products[place % len(products)],
            storefront=a_storefront(f"Hộ {place}"),
            price_vnd=50_000 + 1_000 * (place // 6),
            published_at=now - timedelta(hours=place // 6),
            left_qty=20_000 if place % 2 else 0,
        ).pk
        for place in range(number)
    ]
    wordlist.count()
    return made


def wanted(sort: str, word: str) -> list[int]:
    """What a plain ORDER BY says."""
    column, down = IN_ORDER[sort]
    sign = "-" if down else ""
    rows = SearchRow.objects.filter(title__contains=word).order_by(f"{sign}{column}", f"{sign}listing")
    return list(rows.values_list("pk", flat=True))


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("q", ["vườn", "na vườn"], ids=["of all", "of a product"])
def test_a_common_word_is_paged_in_order(sort, q):
    shelf([a_product("Na")], 31)
    seen, total = pages(Wish(q=q, sort=sort))
    assert seen == wanted(sort, "vườn")
    assert total == len(seen) == 20


@pytest.mark.parametrize("sort", SORTS)
def test_a_common_word_of_several_products_is_paged_in_order(sort):
    shelf([a_product(name) for name in ("Na dai", "Na bở", "Na rừng")], 40)
    seen, total = pages(Wish(q="na vườn", sort=sort))
    assert seen == wanted(sort, "vườn")
    assert total == len(seen) == 26


@pytest.mark.parametrize("sort", SORTS)
def test_filters_do_not_change_the_order(sort):
    shelf([a_product(name) for name in ("Na dai", "Na bở", "Na rừng")], 40)
    seen, total = pages(Wish(q="vườn", sort=sort, product="na-bo"))
    all_of_them = wanted(sort, "vườn")
    assert seen == [each for each in all_of_them if SearchRow.objects.get(pk=each).product.slug == "na-bo"]
    assert total == len(seen) > PAGE


def test_a_better_price_never_comes_on_a_later_page():
    """The control of the orders above: prices do differ, and stand in runs longer than a page."""
    shelf([a_product("Na")], 31)
    prices = [SearchRow.objects.get(pk=each).per_large_vnd for each in wanted(CHEAPEST, "vườn")]
    assert len(set(prices)) > PAGE and any(one == two for one, two in pairwise(prices))


@pytest.mark.parametrize("sort", SORTS)
def test_where_looking_ends_among_rows_of_one_price_none_is_lost(sort):
    """The first product's rows of the price are not all looked at when those of the second fill the page."""
    now, products = dates.now(), [a_product("Na dai"), a_product("Na bở")]
    blocks = products if IN_ORDER[sort][1] is False else products[::-1]
    for place in range(20):
        at_the_edge = place in (0, 1) if IN_ORDER[sort][1] is False else place in (18, 19)
        on_shelf(
            f"{'Rổ tre' if at_the_edge else 'Túi vườn đồi'} {place}",
            product=blocks[place // 10],
            storefront=a_storefront(f"Hộ {place}"),
            published_at=now,
        )
    wordlist.count()
    seen, total = pages(Wish(q="na vườn", sort=sort))
    assert seen == wanted(sort, "vườn")
    assert total == len(seen) == 18


@pytest.mark.parametrize("sort", SORTS)
def test_half_a_word_in_names_and_story_finds_a_listing_once(sort):
    """Half a word stands for each of its endings: one may be in the names and another in the story."""
    shelf([a_product("Na")], 12)
    both = SearchRow.objects.filter(title__contains="vườn").first().listing
    Listing.objects.filter(pk=both.pk).update(text="Vuông vức.")
    refresh(both.pk)
    told = on_shelf("Rổ mây", text="Vuông vức.", storefront=a_storefront("Hộ Mây")).pk
    wordlist.count()
    seen, total = pages(Wish(q="vuo", sort=sort))
    assert sorted(seen) == sorted([*wanted(sort, "vườn"), told])
    assert total == len(seen) == 9
