"""The map of the site for search engines: an index, and parts that are written while they are sent.

A part holds the rows whose ids lie in one span, so nothing is counted and no row is skipped over: the limits of the
protocol (50,000 addresses, 50 MB) hold by the width of the span. Rows are read by their id, some at a time.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from uuid import UUID
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import translation
from wagtail.models import Page

from farmers.queries import storefronts
from shop.catalogue.models import Category, Product
from shop.market.seo.addresses import X_DEFAULT, absolute, alternates, translations
from shop.search.models import SearchRow

MAX_AGE_S = 3600
MOST_ADDRESSES, MOST_BYTES = 50_000, 50 * 1024 * 1024
#: the longest path: two slugs of 90 letters behind the longest prefix
_LONGEST = len("/zh-hans/gian-hang/") + 2 * 91
#: an entry names its address and the four alternates, in so much XML
_WIDEST = 5 * (len(settings.PUBLIC_URL) + _LONGEST) + 330
#: ids in one part: each row is an address in every language
SPAN = min(MOST_ADDRESSES, MOST_BYTES // _WIDEST) // len(settings.LANGUAGES)
#: rows read at a time
CHUNK = 1_000
NUMBER = re.compile(r"0|[1-9]\d{0,8}", re.ASCII)

URLSET = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)
INDEX = '<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A kind of pages: its rows, the values read of each, and (path, last change) made of these values."""

    rows: Callable[[], QuerySet]
    values: tuple[str, ...]
    entry: Callable[..., tuple[str, datetime | None]]


SECTIONS = {
    "categories": Section(
        rows=Category.objects.all,
        values=("slug",),
        entry=lambda slug: (reverse("market:category", args=[slug]), None),
    ),
    "products": Section(
        rows=Product.objects.all,
        values=("slug",),
        entry=lambda slug: (reverse("market:product", args=[slug]), None),
    ),
    "storefronts": Section(
        rows=lambda: storefronts().select_related(None),
        values=("slug",),
        entry=lambda slug: (reverse("market:storefront", args=[slug]), None),
    ),
    "listings": Section(
        rows=SearchRow.objects.all,
        values=("storefront_slug", "slug", "refreshed_at"),
        entry=lambda storefront, slug, at: (reverse("market:listing", args=[storefront, slug]), at),
    ),
}
#: pages of the province and the two lists: few, in one part
FEW = "pages"


def sitemap_index(_request: HttpRequest) -> HttpResponse:
    """The list of the map's parts, below PUBLIC_URL."""
    with translation.override(settings.LANGUAGE_CODE):
        parts = [FEW, *(f"{name}-{number}" for name in SECTIONS for number in numbers(name))]
        found = [absolute(reverse("market:sitemap-section", args=[part])) for part in parts]
    body = "".join(f"<sitemap><loc>{escape(each)}</loc></sitemap>\n" for each in found)
    return _kept(HttpResponse(f"{INDEX}{body}</sitemapindex>\n", content_type="application/xml"))


def sitemap_part(_request: HttpRequest, section: str) -> HttpResponseBase:
    """One part, `pages` or `listings-7`, written while it is sent; 404 for what is no part."""
    name, _dash, number = section.rpartition("-")
    if section == FEW:
        pieces = _few()
    elif name in SECTIONS and NUMBER.fullmatch(number):
        pieces = _begun(_rows(SECTIONS[name], int(number)))
    else:
        raise Http404
    return _kept(StreamingHttpResponse(_urlset(pieces), content_type="application/xml"))


def numbers(name: str) -> Iterator[int]:
    """The spans of a section that hold a row: one look into the index for each."""
    rows = SECTIONS[name].rows().order_by("pk").values_list("pk", flat=True)
    first = rows.first()
    while first is not None:
        number = first // SPAN
        yield number
        first = rows.filter(pk__gte=(number + 1) * SPAN).first()


def _begun(pieces: Iterator[str]) -> Iterator[str]:
    """The same pieces, the first of them made already; 404 when there is none."""
    first = next(pieces, None)
    if first is None:
        raise Http404
    return chain([first], pieces)


def _rows(section: Section, number: int) -> Iterator[str]:
    """The span's rows as XML, a chunk at a time."""
    after, end = number * SPAN - 1, (number + 1) * SPAN
    rows = section.rows().order_by("pk").values_list("pk", *section.values)
    while found := list(rows.filter(pk__gt=after, pk__lt=end)[:CHUNK]):
        # The language is ours only while a chunk is made: between two of them the thread may do other things.
        with translation.override(settings.LANGUAGE_CODE):
            written = "".join(_row(*section.entry(*values)) for _pk, *values in found)
        yield written
        after = found[-1][0]


def _row(path: str, at: datetime | None) -> str:
    """One page in every language."""
    others = alternates(path)
    links = _links(others)
    return "".join(_url(address, links, at) for code, address in others if code != X_DEFAULT)


def _few() -> Iterator[str]:
    """The lists of goods and households, then the province's own pages, each with its live translations."""
    with translation.override(settings.LANGUAGE_CODE):
        lists = "".join(_row(reverse(name), None) for name in ("market:catalogue", "market:storefronts"))
    yield lists
    pages: dict[UUID, list[Page]] = {}
    for page in Page.objects.live().public().filter(depth__gt=1).select_related("locale").order_by("pk"):
        pages.setdefault(page.translation_key, []).append(page)
    for group in pages.values():
        found = {page.locale.language_code: url for page in group if (url := page.get_url())}
        links = _links(translations(found))
        for page in group:
            if path := found.get(page.locale.language_code):
                yield _url(path, links, page.last_published_at)


def _url(path: str, links: str, at: datetime | None) -> str:
    lastmod = f"<lastmod>{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</lastmod>" if at else ""
    return f"<url><loc>{escape(absolute(path))}</loc>{lastmod}{links}</url>\n"


def _links(others: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{escape(absolute(path))}"/>'
        for code, path in others
    )


def _urlset(pieces: Iterable[str]) -> Iterator[str]:
    yield URLSET
    yield from pieces
    yield "</urlset>\n"


def _kept(response: HttpResponseBase) -> HttpResponseBase:
    response["Cache-Control"] = f"public, max-age={MAX_AGE_S}"
    return response
