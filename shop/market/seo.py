"""What machines read: structured data (schema.org), the map of the site, and the rules for robots."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import SitemapIndexItem
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page

from common import province
from farmers.models import Household, Storefront
from shop.catalogue.models import Category, Listing, Product
from shop.search.models import SearchRow
from shop.search.values import Card

SCHEMA = "https://schema.org"
#: closes no script element and starts no comment inside one, whatever a household wrote
_ESCAPES = str.maketrans(
    {"<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)
STOCK = {
    SearchRow.Standing.IN_STOCK: "InStock",
    SearchRow.Standing.PRE_ORDER: "PreOrder",
    SearchRow.Standing.SOLD_OUT: "OutOfStock",
}
CLOSED_TO_ROBOTS = (
    "gio-hang",
    "thanh-toan",
    "don-hang",
    "tai-khoan",
    "ban-hang",
    "quan-tri",
    "demo",
    "dang-nhap",
)


def script(data: dict[str, Any]) -> SafeString:
    """Structured data as the text of a `<script type="application/ld+json">`: data, not a script."""
    text = json.dumps({"@context": SCHEMA, **data}, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(_ESCAPES))  # noqa: S308 - escaped above


def absolute(path: str) -> str:
    return path if "://" in path else settings.PUBLIC_URL + path


def breadcrumbs(crumbs: Iterable[tuple[str, str]]) -> SafeString:
    """[(name, address or '' for this page)] as a BreadcrumbList below the home page."""
    steps = [(province.about()["site_name"], "/"), *crumbs]
    items = []
    for position, (name, url) in enumerate(steps, start=1):
        item = {"@type": "ListItem", "position": position, "name": name}
        items.append(item | ({"item": absolute(url)} if url else {}))
    return script({"@type": "BreadcrumbList", "itemListElement": items})


def item_list(cards: Iterable[Card]) -> SafeString:
    """The cards of a page in their order."""
    items = [
        {"@type": "ListItem", "position": position, "url": absolute(listing_url(card))}
        for position, card in enumerate(cards, start=1)
    ]
    return script({"@type": "ItemList", "itemListElement": items})


def listing_url(card: Card) -> str:
    return reverse("market:listing", args=[card.storefront_slug, card.slug])


def offered(listing: Listing, packs: Iterable[Any], standing: int, pictures: list[str]) -> SafeString:
    """One listing as a Product with an Offer per pack. Prices in đồng."""
    storefront = listing.storefront
    url = absolute(reverse("market:listing", args=[storefront.slug, listing.slug]))
    seller = organization_data(storefront)
    offers = [
        {
            "@type": "Offer",
            "name": pack.label,
            "price": pack.price_vnd,
            "priceCurrency": "VND",
            "availability": f"{SCHEMA}/{STOCK[standing]}",
            "url": url,
            "seller": seller,
        }
        for pack in packs
    ]
    data = {"@type": "Product", "name": listing.title, "url": url, "category": listing.product.category.name}
    data |= {"image": pictures, "description": listing.text or listing.product.description, "offers": offers}
    return script(data)


def compared(product: Product, cards: list[Card]) -> SafeString:
    """The shared product; with listings also the range of their prices."""
    url = absolute(reverse("market:product", args=[product.slug]))
    data = {"@type": "Product", "name": product.name, "url": url, "description": product.description}
    data |= {"image": [drawing(product.drawing)], "category": product.category.name}
    if cards:
        prices = [card.price_vnd for card in cards]
        best = max(card.standing for card in cards)
        data["offers"] = {
            "@type": "AggregateOffer",
            "lowPrice": min(prices),
            "highPrice": max(prices),
            "priceCurrency": "VND",
            "offerCount": len(cards),
            "availability": f"{SCHEMA}/{STOCK[best]}",
        }
    return script(data)


def organization(storefront: Storefront) -> SafeString:
    return script(organization_data(storefront))


def organization_data(storefront: Storefront) -> dict[str, Any]:
    """A household as a seller: its public face and commune, nothing private."""
    commune = storefront.household.commune
    return {
        "@type": "Organization",
        "name": storefront.name,
        "url": absolute(reverse("market:storefront", args=[storefront.slug])),
        "address": {
            "@type": "PostalAddress",
            "addressLocality": commune.name,
            "addressRegion": province.about()["name"]["vi"],
            "addressCountry": "VN",
        },
    }


def drawing(name: str) -> str:
    return absolute(static(f"img/illustrations/{name}.svg"))


class Here(Sitemap):
    """Addresses below PUBLIC_URL, never the host a request came in with, each in every language."""

    i18n = True
    alternates = True
    x_default = True
    limit = 5000
    protocol = urlsplit(settings.PUBLIC_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.PUBLIC_URL).netloc


class Doors(Here):
    def items(self) -> list[str]:
        return ["market:catalogue", "market:storefronts"]

    def location(self, item: str) -> str:
        return reverse(item)


class Categories(Here):
    def items(self):
        return Category.objects.order_by("position", "pk")

    def location(self, item: Category) -> str:
        return reverse("market:category", args=[item.slug])


class Products(Here):
    def items(self):
        return Product.objects.order_by("pk")

    def location(self, item: Product) -> str:
        return reverse("market:product", args=[item.slug])


class Storefronts(Here):
    def items(self):
        return Storefront.objects.filter(household__state=Household.State.VERIFIED).order_by("pk")

    def location(self, item: Storefront) -> str:
        return reverse("market:storefront", args=[item.slug])


class Listings(Here):
    def items(self):
        return SearchRow.objects.only("listing", "slug", "storefront_slug", "refreshed_at").order_by("pk")

    def location(self, item: SearchRow) -> str:
        return reverse("market:listing", args=[item.storefront_slug, item.slug])

    def lastmod(self, item: SearchRow):
        return item.refreshed_at


class Pages(Here):
    """The province's own pages; each language is a page of its own there."""

    i18n = False
    alternates = False

    def items(self):
        return Page.objects.live().public().filter(depth__gt=1).order_by("pk")

    def location(self, item: Page) -> str:
        return item.get_url() or "/"

    def lastmod(self, item: Page):
        return item.last_published_at


SITEMAPS = {
    "pages": Pages,
    "doors": Doors,
    "categories": Categories,
    "products": Products,
    "storefronts": Storefronts,
    "listings": Listings,
}


def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The list of the map's parts, below PUBLIC_URL."""
    found = []
    for section, kind in SITEMAPS.items():
        first = absolute(reverse("market:sitemap-section", args=[section]))
        pages = range(1, kind().paginator.num_pages + 1)
        found += [SitemapIndexItem(first if page == 1 else f"{first}?p={page}") for page in pages]
    return render(request, "sitemap_index.xml", {"sitemaps": found}, content_type="application/xml")


def robots(_request: HttpRequest) -> HttpResponse:
    """What is private or endless is closed; the map is named."""
    closed = [
        f"Disallow: {prefix}/{path}/" for path in CLOSED_TO_ROBOTS for prefix in ("", "/en", "/zh-hans")
    ]
    lines = [
        "User-agent: *",
        *closed,
        "Disallow: /*?q=",
        "",
        f"Sitemap: {absolute(reverse('market:sitemap'))}",
        "",
    ]
    response = HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response
