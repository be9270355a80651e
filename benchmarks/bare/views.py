"""What a page costs that does only the inevitable: one query, one template. The site's pages are measured against these."""

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

LISTING = """
    SELECT card.slug, card.title, card.storefront_slug, card.storefront_name, card.pack_label, card.price_vnd,
           card.per_large_vnd, card.standing, card.available_qty, card.harvested_on, card.marks, card.photo::json,
           commune.name AS commune_name, kind.unit, kind.reach,
           coalesce(nullif(kind.illustration, ''), family.illustration) AS drawing
    FROM (SELECT * FROM search_searchrow ORDER BY weight DESC, listing_id DESC LIMIT 24) AS card
    JOIN catalogue_product AS kind ON kind.id = card.product_id
    JOIN catalogue_category AS family ON family.id = kind.category_id
    JOIN farmers_commune AS commune ON commune.code = card.commune_code
"""
PRODUCT = """
    SELECT listing.title, listing.text, listing.grade, kind.slug AS product_slug, kind.name_vi AS product_name, kind.unit,
           kind.description_vi AS description, kind.season_months::json, kind.storage, kind.shelf_life_days,
           kind.max_transit_days, family.slug AS category_slug, family.name_vi AS category_name,
           shop.slug AS storefront_slug, shop.name AS storefront_name, commune.name AS commune_name,
           card.photo::json, coalesce(nullif(kind.illustration, ''), family.illustration) AS drawing,
           (SELECT json_agg(pack ORDER BY pack.position, pack.id) FROM catalogue_pack AS pack
            WHERE pack.listing_id = listing.id AND pack.is_active) AS packs,
           (SELECT json_agg(lot ORDER BY lot.best_before, lot.id) FROM stock_lot AS lot
            WHERE lot.listing_id = listing.id AND lot.is_open) AS lots,
           (SELECT json_agg(paper) FROM farmers_certificate AS paper
            WHERE paper.household_id = shop.household_id AND paper.product_code = kind.slug
              AND paper.state = 'verified') AS papers
    FROM catalogue_listing AS listing
    JOIN search_searchrow AS card ON card.listing_id = listing.id
    JOIN catalogue_product AS kind ON kind.id = listing.product_id
    JOIN catalogue_category AS family ON family.id = kind.category_id
    JOIN farmers_storefront AS shop ON shop.id = listing.storefront_id
    JOIN farmers_household AS household ON household.id = shop.household_id
    JOIN farmers_commune AS commune ON commune.code = household.commune_id
    WHERE shop.slug = %s AND listing.slug = %s
"""


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


def listing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("listing.html", {"cards": _rows(LISTING)}))


def product(request: HttpRequest, storefront: str, slug: str) -> HttpResponse:
    """What one household sells under one name: packs, lots, papers."""
    found = _rows(PRODUCT, storefront, slug)
    if not found:
        raise Http404
    return HttpResponse(render_to_string("product.html", {"item": found[0]}))


def _rows(query: str, *values: object) -> list[dict]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
