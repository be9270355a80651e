"""Cards from rows: what the row holds and what everybody knows of its product and its commune."""

from collections.abc import Sequence

from shop.search.known import Known
from shop.search.models import SearchRow
from shop.search.values import Card

_COLUMNS = [
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
]


def cards_of_ids(ids: Sequence[int], known: Known) -> tuple[Card, ...]:
    """The cards of these listings in this order; those without a row are left out. One query, none for nothing."""
    if not ids:
        return ()
    rows = SearchRow.objects.filter(listing__in=ids, product__in=known.products).values(
        "product_id", *_COLUMNS
    )
    found = {row["listing_id"]: _card(row, known) for row in rows}
    return tuple(found[each] for each in ids if each in found)


def _card(row: dict, known: Known) -> Card:
    product = known.products[row.pop("product_id")]
    commune = known.communes.get(row["commune_code"])
    return Card(
        **row,
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
