"""What many pages show alike, kept a minute in this process as the pages themselves may be kept."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.conf import settings
from django.core.cache import caches
from django.utils.translation import get_language

from shop.catalogue.models import Product
from shop.delivery.models import Method
from shop.delivery.promise import Table
from shop.search import find
from shop.search.values import Card, Offers

KEPT_S = 60
#: cards that a page offers instead of what it does not have
INSTEAD = 4

Made = TypeVar("Made")


def kept(key: str, make: Callable[[], Made], seconds: int = KEPT_S) -> Made:
    """What `make` made at most so many seconds ago. Nothing of a person may be made here."""
    store, name = caches["memory"], f"market.{key}"
    found = store.get(name) if seconds else None
    if found is None:
        found = make()
        store.set(name, found, seconds)
    return found


def offers(product_slug: str) -> Offers:
    """The first offers of a product, as old as counts may be."""
    return kept(f"offers:{product_slug}", lambda: find.offers(product_slug), settings.COUNTS_S)


def roads(province_code: str) -> Table:
    """The roads to a province of the list, named in the active language; checkout asks for them anew."""
    return kept(f"roads:{get_language() or 'vi'}:{province_code}", lambda: _table(province_code))


def on_sale_now(category: str = "") -> tuple[Card, ...]:
    """A few cards in season that can be bought: of this category, or of any."""
    rule = find.Rule(category=category, in_season=True, limit=INSTEAD)
    return kept(f"now:{category}", lambda: find.cards(rule))


def product(product_id: int) -> Product:
    """A product of the shared catalogue with its category, in every language. Raises Product.DoesNotExist."""
    return kept(
        f"product:{product_id}", lambda: Product.objects.select_related("category").get(pk=product_id)
    )


def methods(codes: Iterable[str]) -> list[Method]:
    """The ways to deliver with these codes, in the order of the table."""
    every = kept("methods", lambda: list(Method.objects.order_by("position")))
    return [method for method in every if method.code in codes]


def _table(province_code: str) -> Table:
    table = Table()
    table.roads_to(province_code)
    return table
