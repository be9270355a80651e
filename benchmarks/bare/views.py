"""What a page costs that does only the inevitable: one query, one template. The site's pages are measured against these."""

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

CARDS = """
    SELECT card.slug, card.title, card.grade, card.storefront_slug, card.storefront_name, card.pack_label,
           card.price_vnd, card.per_large_vnd, card.standing, card.available_qty, card.harvested_on, card.marks,
           card.photo::json, commune.name AS commune_name, kind.unit, kind.reach,
           coalesce(nullif(kind.illustration, ''), family.illustration) AS drawing
    FROM (SELECT * FROM search_searchrow {which} LIMIT 24) AS card
    JOIN catalogue_product AS kind ON kind.id = card.product_id
    JOIN catalogue_category AS family ON family.id = kind.category_id
    JOIN farmers_commune AS commune ON commune.code = card.commune_code
"""
LISTING = CARDS.format(which="ORDER BY weight DESC, listing_id DESC")
OFFERS = CARDS.format(
    which="WHERE product_id = product.id AND standing > 0 ORDER BY per_large_vnd, listing_id"
)
# put together from this file's own text, nothing of a request's
PRODUCT = f"""
    SELECT product.name_vi AS name, product.description_vi AS description, product.synonyms,
           product.season_months, product.season_note, product.storage, product.shelf_life_days,
           product.max_transit_days, coalesce(nullif(product.illustration, ''), category.illustration) AS drawing,
           category.name_vi AS category, category.slug AS category_slug,
           (SELECT json_agg(offer) FROM ({OFFERS}) AS offer) AS offers
    FROM catalogue_product AS product JOIN catalogue_category AS category ON category.id = product.category_id
    WHERE product.slug = %s
"""  # noqa: S608


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


def listing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("listing.html", {"cards": _rows(LISTING)}))


def product(request: HttpRequest, slug: str) -> HttpResponse:
    found = _rows(PRODUCT, slug)
    if not found:
        raise Http404
    return HttpResponse(render_to_string("product.html", {"product": found[0]}))


def _rows(query: str, *values: object) -> list[dict]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
