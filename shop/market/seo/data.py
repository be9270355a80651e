"""Structured data (schema.org) as Google reads it: shops, goods with their offers, lists and the way to a page."""

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from common import province
from common.templatetags.vn import drawing_url
from farmers.models import Storefront
from shop.catalogue.models import Listing, Pack, Product
from shop.market.seo.addresses import absolute
from shop.search.models import SearchRow
from shop.search.values import Card, Offers

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


def script(data: dict[str, Any]) -> SafeString:
    """Structured data as the text of a `<script type="application/ld+json">`: data, not a script."""
    said = {name: value for name, value in data.items() if value not in ("", None, [])}
    text = json.dumps({"@context": SCHEMA, **said}, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(_ESCAPES))  # noqa: S308 - escaped above


def breadcrumbs(crumbs: Iterable[tuple[str, str]]) -> SafeString:
    """[(name, address or '' for this page)] as a BreadcrumbList below the home page."""
    steps = [(province.about()["site_name"], home()), *crumbs]
    items = []
    for position, (name, url) in enumerate(steps, start=1):
        item = {"@type": "ListItem", "position": position, "name": name}
        items.append(item | ({"item": absolute(url)} if url else {}))
    return script({"@type": "BreadcrumbList", "itemListElement": items})


def item_list(cards: Iterable[Card]) -> SafeString | str:
    """The cards of a page in their order; '' when there are none."""
    return page_list(listing_url(card.storefront_slug, card.slug) for card in cards)


def storefront_list(rows: Iterable[dict[str, Any]]) -> SafeString | str:
    """The households of the directory, rows with `storefront_slug`, in their order; '' when there are none."""
    return page_list(reverse("market:storefront", args=[row["storefront_slug"]]) for row in rows)


def page_list(addresses: Iterable[str]) -> SafeString | str:
    """Pages in their order as an ItemList; '' when there are none: an empty list is not valid."""
    items = [
        {"@type": "ListItem", "position": position, "url": absolute(address)}
        for position, address in enumerate(addresses, start=1)
    ]
    return script({"@type": "ItemList", "itemListElement": items}) if items else ""


def listing_url(storefront_slug: str, slug: str) -> str:
    """The address of a listing's page, in the active language."""
    return _listing_pattern(get_language()).format(storefront_slug, slug)


@lru_cache(maxsize=16)
def _listing_pattern(_language: str | None) -> str:
    """The address of any listing: a page has two dozen, and Django writes each anew."""
    return reverse("market:listing", args=["0any0", "1any1"]).replace("0any0", "{}").replace("1any1", "{}")


def offered(listing: Listing, packs: Iterable[tuple[Pack, int]], pictures: list[str]) -> SafeString | str:
    """One listing as a Product with an Offer per (pack, standing), prices in đồng; '' when it has no pack.

    Ratings are said when there are real ones; there are none yet.
    """
    storefront = listing.storefront
    url = absolute(listing_url(storefront.slug, listing.slug))
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
        for pack, standing in packs
    ]
    if not offers:
        return ""
    data = {"@type": "Product", "name": listing.title, "url": url, "category": listing.product.category.name}
    data |= {"image": pictures, "description": listing.text or listing.product.description, "offers": offers}
    return script(data)


def compared(product: Product, offers: Offers) -> SafeString | str:
    """The shared product with the range of its prices in đồng; '' when nobody sells it: Google wants an offer."""
    if not offers.to_buy:
        return ""
    url = absolute(reverse("market:product", args=[product.slug]))
    data = {"@type": "Product", "name": product.name, "url": url, "description": product.description}
    data |= {"image": [drawing(product.drawing)], "category": product.category.name}
    data["offers"] = {
        "@type": "AggregateOffer",
        "lowPrice": offers.lowest_vnd,
        "highPrice": offers.highest_vnd,
        "priceCurrency": "VND",
        "offerCount": offers.to_buy,
        "availability": f"{SCHEMA}/{STOCK[offers.standing]}",
        "url": url,
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


def market(about: dict[str, str]) -> SafeString:
    """The market itself; `about` holds name, tagline, phone, email and the addresses of its pages elsewhere."""
    reached = {"telephone": about["phone"].replace(" ", ""), "email": about["email"]}
    reached = {name: value for name, value in reached.items() if value}
    data = {
        "@type": "Organization",
        "@id": absolute("/#cho"),
        "name": about["name"] or province.about()["site_name"],
        "description": about["tagline"],
        "url": absolute("/"),
        "logo": absolute(static("img/touch-icon.png")),
        "sameAs": [about[name] for name in ("facebook", "zalo", "youtube") if about[name]],
    }
    if reached:
        data["contactPoint"] = {"@type": "ContactPoint", "contactType": "customer service", **reached}
    return script(data)


def website(name: str) -> SafeString:
    """The site in the active language, and where its search box leads."""
    found = absolute(reverse("market:catalogue")) + "?q={search_term_string}"
    return script(
        {
            "@type": "WebSite",
            "name": name or province.about()["site_name"],
            "url": absolute(home()),
            "publisher": {"@id": absolute("/#cho")},
            "potentialAction": {
                "@type": "SearchAction",
                "target": {"@type": "EntryPoint", "urlTemplate": found},
                "query-input": "required name=search_term_string",
            },
        }
    )


def home() -> str:
    """The first page in the active language."""
    return reverse("wagtail_serve", args=[""])


def drawing(name: str) -> str:
    return absolute(drawing_url(name))
