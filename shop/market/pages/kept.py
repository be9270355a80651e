"""What many pages show alike, kept a minute in this process as the pages themselves may be kept."""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import caches

from shop.delivery.promise import Table
from shop.search import find
from shop.search.values import Card

KEPT_S = 60
#: cards that a page offers instead of what it does not have
INSTEAD = 4

Made = TypeVar("Made")


def kept(key: str, make: Callable[[], Made]) -> Made:
    """What `make` made at most a minute ago. Nothing of a person may be made here."""
    store, name = caches["memory"], f"market.{key}"
    found = store.get(name)
    if found is None:
        found = make()
        store.set(name, found, KEPT_S)
    return found


def roads(province_code: str) -> Table:
    """The roads to a province of the list; checkout asks for them anew."""
    return kept(f"roads:{province_code}", lambda: _table(province_code))


def on_sale_now(category: str = "") -> tuple[Card, ...]:
    """A few cards in season that can be bought: of this category, or of any."""
    rule = find.Rule(category=category, in_season=True, limit=INSTEAD)
    return kept(f"now:{category}", lambda: find.cards(rule))


def _table(province_code: str) -> Table:
    table = Table()
    table.roads_to(province_code)
    return table
