"""What a page costs that does only the inevitable: one query, one template. The site's pages are measured against these."""

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

CARD = """
    SELECT slug, title, grade, storefront_slug, storefront_name, commune_name, pack_label, price_vnd,
           per_large_vnd, unit, standing, available_qty, harvested_on, shelf_life_days, reach, marks, photo, drawing
    FROM search_searchrow
"""
LISTING = CARD + " ORDER BY weight DESC, listing_id DESC LIMIT 24"
OFFERS = CARD + " WHERE product_id = product.id ORDER BY standing DESC, per_large_vnd, listing_id LIMIT 24"
# put together from this file's own text, nothing of a request's
PRODUCT = f"""
    SELECT product.name_vi AS name, product.description_vi AS description, product.synonyms, coalesce(nullif(product.illustration, ''), category.illustration) AS drawing, product.season_months,
           product.season_note, product.storage, product.shelf_life_days, product.max_transit_days,
           category.name_vi AS category, category.slug AS category_slug,
           (SELECT json_agg(card) FROM ({OFFERS}) AS card) AS offers
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
