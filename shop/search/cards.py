"""Cards from rows: what the row holds and what everybody knows of its product and its commune."""

from collections.abc import Sequence
from typing import Any

from common import prepared
from shop.search.known import Known
from shop.search.values import Card

_NAMES = (
    "listing_id",
    "slug",
    "title",
    "grade",
    "storefront_slug",
    "storefront_name",
    "commune_code",
    "pack_label",
    "net_qty",
    "price_vnd",
    "per_large_vnd",
    "standing",
    "available_qty",
    "harvested_on",
    "marks",
    "photo",
    "version",
)
# Django's connections hand jsonb out as text, json as what it says.
#: selected by hand: the ORM would take longer for it than PostgreSQL
COLUMNS = ", ".join(["product_id", *("photo::json" if name == "photo" else name for name in _NAMES)])


def cards_of_ids(ids: Sequence[int], known: Known) -> tuple[Card, ...]:
    """The cards of these listings in this order; those without a row are left out. One query, none for nothing."""
    if not ids:
        return ()
    asked = f"SELECT {COLUMNS} FROM search_searchrow WHERE listing_id = ANY(%s)"
    found = {card.listing_id: card for card in cards_of(asked, [list(ids)], known)}
    return tuple(found[each] for each in ids if each in found)


def cards_of(text: str, values: Sequence[Any], known: Known) -> tuple[Card, ...]:
    """The cards of a statement that selects COLUMNS, in its order. One query."""
    return tuple(card(row, known) for row in prepared.rows(text, values) if row[0] in known.products)


def card(row: tuple, known: Known) -> Card:
    """The card of one row of COLUMNS; its product must be known."""
    product = known.products[row[0]]
    said = dict(zip(_NAMES, row[1:], strict=True))
    commune = known.communes.get(said["commune_code"])
    return Card(
        **said,
        product_slug=product.slug,
        product_names=product.names,
        category_slug=product.category_slug,
        commune_name=commune.name if commune else "",
        unit=product.unit,
        reach=product.reach,
        shelf_life_days=product.shelf_life_days,
        months=sorted(product.months),
        drawing=product.drawing,
    )
