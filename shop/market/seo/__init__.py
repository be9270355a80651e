"""What machines read: structured data (schema.org), which address counts, the map of the site, and robots' rules."""

from shop.market.seo.addresses import absolute, alternates, bare, in_language, indexed, translations
from shop.market.seo.data import (
    breadcrumbs,
    compared,
    drawing,
    home,
    item_list,
    listing_url,
    market,
    offered,
    organization,
    page_list,
    storefront_list,
    website,
)
from shop.market.seo.maps import sitemap_index, sitemap_part
from shop.market.seo.robots import robots

__all__ = [
    "absolute",
    "alternates",
    "bare",
    "breadcrumbs",
    "compared",
    "drawing",
    "home",
    "in_language",
    "indexed",
    "item_list",
    "listing_url",
    "market",
    "offered",
    "organization",
    "page_list",
    "robots",
    "sitemap_index",
    "sitemap_part",
    "storefront_list",
    "translations",
    "website",
]
