"""The map of the site: split by spans of ids, written while it is sent, every page in every language."""

from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db import connection
from django.http import StreamingHttpResponse
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from common import dates
from farmers.models import Household
from shop.market.seo import maps
from shop.search import services
from shop.search.models import SearchRow
from tests.builders.cms import a_home
from tests.builders.shelf import a_product, a_storefront, on_shelf

pytestmark = pytest.mark.django_db
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"


def parts(client) -> list[str]:
    answer = client.get("/sitemap.xml")
    assert answer["Content-Type"] == "application/xml" and "public" in answer["Cache-Control"]
    index = ElementTree.fromstring(answer.content)
    assert index.tag == f"{SPACE}sitemapindex"
    return [_path(each.text) for each in index.iter(f"{SPACE}loc")]


def urls(client, part: str) -> dict[str, ElementTree.Element]:
    """Path → entry of one part."""
    answer = client.get(part)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml")
    assert isinstance(answer, StreamingHttpResponse) and "public" in answer["Cache-Control"]
    found = ElementTree.fromstring(answer.getvalue())
    assert found.tag == f"{SPACE}urlset"
    return {_path(each.findtext(f"{SPACE}loc")): each for each in found}


def everything(client) -> dict[str, ElementTree.Element]:
    return {path: entry for part in parts(client) for path, entry in urls(client, part).items()}


def _path(url: str) -> str:
    assert url.startswith(settings.PUBLIC_URL + "/"), url
    return url.removeprefix(settings.PUBLIC_URL)


def path_of(listing) -> str:
    return f"/gian-hang/{listing.storefront.slug}/{listing.slug}/"


def test_every_kind_of_page_is_named_in_every_language_with_its_alternates(client):
    listing = on_shelf()
    home = a_home()
    a_home("en", original=home)
    found = everything(client)
    paths = ["/san-pham/", "/gian-hang/", "/nhom/trai-cay/", "/san-pham/na-chi-lang/", path_of(listing)]
    for path in [*paths, f"/gian-hang/{listing.storefront.slug}/"]:
        for prefix in ("", "/en", "/zh-hans"):
            links = {
                each.get("hreflang"): _path(each.get("href")) for each in found[prefix + path].iter(LINK)
            }
            assert links == {"vi": path, "en": f"/en{path}", "zh-Hans": f"/zh-hans{path}", "x-default": path}
    links = {each.get("hreflang"): _path(each.get("href")) for each in found["/en/"].iter(LINK)}
    assert links == {"vi": "/", "en": "/en/", "x-default": "/"} and "/zh-hans/" not in found


def test_pages_that_the_map_names_are_there(client):
    on_shelf()
    a_home()
    assert {path for path in everything(client) if client.get(path).status_code != 200} == set()


def test_the_last_change_is_that_of_the_row(client):
    listing = on_shelf()
    entry = everything(client)[path_of(listing)]
    at = SearchRow.objects.get().refreshed_at
    assert dates.datetime.fromisoformat(entry.findtext(f"{SPACE}lastmod")) == at.replace(microsecond=0)
    assert everything(client)["/san-pham/"].find(f"{SPACE}lastmod") is None


def test_what_may_not_be_seen_is_not_named(client):
    listing = on_shelf()
    on_shelf("Quýt", product=a_product("Quýt"), storefront=a_storefront("Hộ Hai"))
    listing.storefront.household.state = Household.State.SUSPENDED
    listing.storefront.household.save(update_fields=["state"])
    services.rebuild()
    home = a_home()
    Page.objects.filter(pk=home.pk).update(live=False)
    found = everything(client)
    assert path_of(listing) not in found and f"/gian-hang/{listing.storefront.slug}/" not in found
    assert "/" not in found
    assert sum(path.startswith("/gian-hang/ho-hai") for path in found) == 2


@pytest.fixture
def many(monkeypatch):
    """Seven listings at spans of three ids, read two at a time, with a gap wider than two spans."""
    monkeypatch.setattr(maps, "SPAN", 3)
    monkeypatch.setattr(maps, "CHUNK", 2)
    product, listings = a_product(), []
    for number in range(7):
        shop = a_storefront(f"Hộ {number}")
        listings.append(on_shelf(f"Na {number}", product=product, storefront=shop, found=False))
        if number == 3:
            with connection.cursor() as cursor:
                cursor.execute("SELECT setval('catalogue_listing_id_seq', %s)", [listings[-1].pk + 10])
    services.rebuild()
    return listings


def test_parts_hold_no_more_than_their_span_and_none_is_empty_or_missing(client, many):
    mine = [part for part in parts(client) if "sitemap-listings-" in part]
    assert len(mine) == len({listing.pk // 3 for listing in many}) > 2
    named = [path for part in mine for path in urls(client, part)]
    assert len(named) == len(set(named)) == 3 * len(many)
    assert max(len(urls(client, part)) for part in mine) <= 3 * 3
    assert {path_of(listing) for listing in many} <= set(named)


def test_the_index_looks_once_for_each_part_and_counts_nothing(client, many):
    with CaptureQueriesContext(connection) as asked:
        found = parts(client)
    assert len(asked) <= len(found) + len(maps.SECTIONS)
    assert not any("count(" in each["sql"].lower() or "offset" in each["sql"].lower() for each in asked)


def test_a_part_is_written_while_it_is_sent_and_rows_are_read_by_their_id(many, monkeypatch):
    monkeypatch.setattr(maps, "SPAN", 10_000)
    with CaptureQueriesContext(connection) as asked:
        first = maps.sitemap_part(None, f"listings-{many[0].pk // 10_000}")
        pieces = iter(first.streaming_content)
        assert next(pieces).startswith(b"<?xml") and len(asked) == 1, "there is something to send"
        assert next(pieces).count(b"<url>") == 2 * 3 and len(asked) == 1
        rest = list(pieces)
    assert sum(piece.count(b"<url>") for piece in rest) == 5 * 3
    assert len(asked) == 5
    for each in asked:
        assert "OFFSET" not in each["sql"] and "LIMIT 2" in each["sql"] and "ORDER BY" in each["sql"]


@pytest.mark.parametrize(
    "part", ["khong-co", "listings", "listings-", "listings-x", "listings-01", "listings--1", "listings-9999999999", "pages-0"]
)  # fmt: skip
def test_what_is_no_part_is_not_there(client, part):
    assert client.get(f"/sitemap-{part}.xml").status_code == 404


def test_a_full_part_keeps_the_limits_of_the_protocol():
    """The longest slugs behind the longest prefix, with today's PUBLIC_URL."""
    path = f"/gian-hang/{'a' * 90}/{'b' * 90}/"
    entry = maps._row(path, dates.now())
    assert entry.count("<url>") == 3
    assert maps.SPAN * 3 <= maps.MOST_ADDRESSES == 50_000
    assert maps.SPAN * len(entry.encode()) + 1_000 <= maps.MOST_BYTES == 50 * 2**20


def test_the_map_is_in_no_language_of_its_own(client):
    on_shelf()
    assert client.get("/en/sitemap.xml").content == client.get("/sitemap.xml").content
    part = client.get("/en/sitemap-pages.xml").getvalue()
    assert part == client.get("/sitemap-pages.xml").getvalue()


@pytest.mark.parametrize("name", ["listings-999999999", "listings-1", "products-999999999"])
def test_a_part_that_holds_nothing_is_none(client, name):
    on_shelf()
    assert client.get(f"/sitemap-{name}.xml").status_code == 404
