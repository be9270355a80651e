"""What machines read is valid, escaped, and below PUBLIC_URL."""

import json
import re
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.urls import reverse

from tests.builders.shelf import a_product, on_shelf

pytestmark = pytest.mark.django_db
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)
LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def data(client, address: str) -> dict[str, dict]:
    page = client.get(address).content.decode()
    found = [json.loads(text) for text in DATA.findall(page)]
    assert all(each["@context"] == "https://schema.org" for each in found)
    return {each["@type"]: each for each in found}


def address_of(listing) -> str:
    return reverse("market:listing", args=[listing.storefront.slug, listing.slug])


def test_a_listing_is_a_product_with_offers(client):
    listing = on_shelf(price_vnd=150_000)
    found = data(client, address_of(listing))
    offer = found["Product"]["offers"][0]
    assert (offer["price"], offer["priceCurrency"]) == (150_000, "VND")
    assert offer["availability"] == "https://schema.org/InStock"
    assert offer["seller"]["@type"] == "Organization"
    names = [step["name"] for step in found["BreadcrumbList"]["itemListElement"]]
    assert names[1:] == ["Trái cây", "Na Chi Lăng", "Na Chi Lăng loại 1"]


def test_a_shared_product_has_a_range_of_prices(client):
    product = a_product()
    on_shelf("Na A", product=product, price_vnd=150_000)
    on_shelf("Na B", product=product, price_vnd=90_000)
    offers = data(client, "/san-pham/na-chi-lang/")["Product"]["offers"]
    assert (offers["lowPrice"], offers["highPrice"], offers["offerCount"]) == (90_000, 150_000, 2)


def test_a_storefront_is_an_organization(client):
    shop = on_shelf().storefront
    found = data(client, reverse("market:storefront", args=[shop.slug]))
    assert found["Organization"]["address"]["addressLocality"] == "Xã Chi Lăng"


def test_words_of_a_household_cannot_leave_the_data(client):
    listing = on_shelf("Na ngon", text="</script><script>alert(1)</script><!--")
    page = client.get(address_of(listing)).content.decode()
    assert "<script>alert" not in page
    assert data(client, address_of(listing))["Product"]["description"].startswith("</script>")


def test_canonical_leaves_the_filters_out(client):
    on_shelf()
    page = client.get("/san-pham/?q=na").content.decode()
    assert f'<link rel="canonical" href="{settings.PUBLIC_URL}/san-pham/">' in page
    assert 'content="noindex,follow"' in page
    assert "noindex" not in client.get("/san-pham/").content.decode()


def test_the_map_names_pages_of_every_kind(client):
    listing = on_shelf()
    index = ElementTree.fromstring(client.get("/sitemap.xml", HTTP_HOST="evil.example").content)
    parts = [each.text for each in index.iter(LOC)]
    assert all(part.startswith(settings.PUBLIC_URL) for part in parts)
    found = set()
    for part in parts:
        page = ElementTree.fromstring(client.get(part.removeprefix(settings.PUBLIC_URL)).content)
        found |= {each.text for each in page.iter(LOC)}
    wanted = ["/san-pham/", "/en/san-pham/na-chi-lang/", "/nhom/trai-cay/", address_of(listing)]
    assert {settings.PUBLIC_URL + path for path in wanted} <= found


def test_robots_keep_out_of_what_is_private(client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /gio-hang/" in lines
    assert "Disallow: /en/thanh-toan/" in lines
    assert f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml" in lines


def test_shared_links_carry_a_picture(client):
    page = client.get(address_of(on_shelf())).content.decode()
    assert re.search(r'<meta property="og:image" content="https?://[^"]+">', page)
