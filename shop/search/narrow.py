"""What a wish's filters ask of a row or a cell, one condition per facet."""

from common import dates
from shop.search.known import Known
from shop.search.sql import Sql, both, one_of
from shop.search.wish import PRICES, Wish

FACETS = ("nhom", "san-pham", "mua", "xa", "huyen", "chung-nhan", "gia")


def conditions(wish: Wish, known: Known) -> dict[str, Sql]:
    """Facet → condition, for the facets that are set."""
    found: dict[str, Sql] = {}
    if wish.category:
        found["nhom"] = one_of("product_id", known.in_category(wish.category))
    if wish.product:
        product = known.by_slug.get(wish.product)
        found["san-pham"] = one_of("product_id", [product.id] if product else [])
    if wish.in_season:
        found["mua"] = one_of("product_id", known.in_season(dates.today().month))
    if wish.communes:
        found["xa"] = one_of("commune_code", wish.communes)
    if wish.district:
        found["huyen"] = one_of("commune_code", known.in_district(wish.district))
    if wish.marks:
        found["chung-nhan"] = Sql("marks && %s::varchar[]", (list(wish.marks),))
    if wish.price:
        found["gia"] = Sql("band = %s", (PRICES.index(wish.price),))
    return found


def narrowed(wish: Wish, known: Known) -> Sql:
    return both(conditions(wish, known).values())
