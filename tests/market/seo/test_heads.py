"""Heads of public pages: which address counts, where the other languages are, what is followed but not listed."""

import re

import pytest
from django.conf import settings
from django.core.cache import caches
from django.urls import reverse

from tests.builders.cms import a_home
from tests.builders.shelf import on_shelf

pytestmark = pytest.mark.django_db
CANONICAL = re.compile(r'<link rel="canonical" href="([^"]*)">')
ALTERNATE = re.compile(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]*)">')


def head(client, path: str) -> tuple[list[str], dict[str, str], bool]:
    """(canonical paths, hreflang → path, whether robots are told not to list it), without PUBLIC_URL."""
    page = client.get(path).content.decode().partition("</head>")[0]
    found = {code: _path(url) for code, url in ALTERNATE.findall(page)}
    return [_path(url) for url in CANONICAL.findall(page)], found, 'content="noindex,follow"' in page


def _path(url: str) -> str:
    assert url.startswith(settings.PUBLIC_URL + "/"), url
    return url.removeprefix(settings.PUBLIC_URL)


def everywhere(path: str) -> dict[str, str]:
    return {"vi": path, "en": f"/en{path}", "zh-Hans": f"/zh-hans{path}", "x-default": path}


def at(listing) -> str:
    return reverse("market:listing", args=[listing.storefront.slug, listing.slug])


def test_plain_pages_count_themselves_in_every_language(client):
    listing = on_shelf()
    paths = ["/san-pham/", "/nhom/trai-cay/", "/san-pham/na-chi-lang/", "/gian-hang/", at(listing)]
    paths.append(f"/gian-hang/{listing.storefront.slug}/")
    for path in paths:
        for address in everywhere(path).values():
            assert head(client, address) == ([address], everywhere(path), False)


@pytest.mark.parametrize(
    "query", ["xa=06463", "xa=06463&mua=1", "mua=1", "gia=-50000", "chung-nhan=vietgap", "sap-xep=moi"]
)
@pytest.mark.parametrize("plain", ["/san-pham/", "/en/nhom/trai-cay/"])
def test_a_narrowed_list_points_to_the_whole_one(client, plain, query):
    on_shelf()
    assert head(client, f"{plain}?{query}") == ([plain], {}, False)


def test_the_households_of_a_commune_have_words_of_their_own_and_count_themselves(client):
    on_shelf()
    address = "/gian-hang/?xa=06463"
    assert head(client, "/gian-hang/?x=y&xa=06463") == ([address], everywhere(address), False)
    assert head(client, "/gian-hang/?xa=06463&mua=1") == (["/gian-hang/"], {}, False)
    assert head(client, "/gian-hang/?xa=99999") == (["/gian-hang/"], {}, False)


@pytest.mark.parametrize("query", ["q=na", "sau=1.1", "q=na&xa=06463", "xa=06463&sau=1.1"])
@pytest.mark.parametrize("plain", ["/san-pham/", "/nhom/trai-cay/", "/gian-hang/"])
def test_searches_and_later_pages_are_followed_and_not_listed(client, plain, query):
    on_shelf()
    assert head(client, f"{plain}?{query}") == ([], {}, True)


def test_the_lot_on_a_box_is_for_who_holds_it(client):
    code = on_shelf().lots.get().trace_code
    assert head(client, f"/truy-xuat/{code}/") == ([], {}, True)


@pytest.mark.parametrize("junk", ["fbclid=1", "x=%22%3E%3Cscript%3E", "tinh=01", "xa=x", "sap-xep=khac"])
def test_what_stands_behind_an_address_does_not_count(client, junk):
    path = at(on_shelf())
    for plain in ("/san-pham/", path):
        assert head(client, f"{plain}?{junk}") == ([plain], everywhere(plain), False)


def test_pages_of_the_province_name_only_the_languages_they_have(client):
    home = a_home()
    assert head(client, "/") == (["/"], {"vi": "/", "x-default": "/"}, False)
    a_home("en", original=home)
    both = {"vi": "/", "en": "/en/", "x-default": "/"}
    caches["memory"].clear()
    assert head(client, "/en/") == (["/en/"], both, False)


def test_the_host_of_a_request_stands_nowhere(client):
    on_shelf()
    for path in ("/san-pham/", "/sitemap.xml", "/robots.txt"):
        assert b"evil.example" not in client.get(path, HTTP_HOST="evil.example").content


def test_shared_links_carry_a_picture_and_the_address_that_counts(client):
    page = client.get(at(on_shelf()) + "?tinh=01").content.decode()
    assert re.search(r'<meta property="og:image" content="https?://[^"]+">', page)
    assert re.search(rf'<meta property="og:url" content="{settings.PUBLIC_URL}/gian-hang/[^"?]+">', page)


def test_robots_keep_out_of_what_is_private_or_endless(client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    for line in (
        "Disallow: /gio-hang/",
        "Disallow: /en/thanh-toan/",
        "Disallow: /*?q=",
        "Disallow: /*sap-xep=",
    ):
        assert line in lines
    assert f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml" in lines
