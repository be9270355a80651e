"""What each kind of page says about itself is what Google's documents demand; the reader notices what is not."""

import copy
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from wagtail.models import Site

from cms.models import SiteSettings
from common import dates
from shop.catalogue.models import Listing, Pack
from shop.stock import services as stock
from tests.builders.cms import a_home
from tests.builders.shelf import a_product, a_storefront, on_shelf
from tests.market.seo.schema import problems, read

pytestmark = pytest.mark.django_db
SCHEMA = "https://schema.org"


def said(client, path: str) -> dict[str, dict]:
    return read(client.get(path).content.decode())


def at(listing) -> str:
    return reverse("market:listing", args=[listing.storefront.slug, listing.slug])


def test_every_kind_of_page_says_what_it_is(client):
    listing = on_shelf()
    a_home()
    wanted = {
        "/": {"Organization", "WebSite"},
        "/san-pham/": {"BreadcrumbList", "ItemList"},
        "/san-pham/?q=na": {"BreadcrumbList", "ItemList"},
        "/nhom/trai-cay/": {"BreadcrumbList", "ItemList"},
        "/san-pham/na-chi-lang/": {"BreadcrumbList", "Product"},
        "/gian-hang/": {"BreadcrumbList", "ItemList"},
        f"/gian-hang/{listing.storefront.slug}/": {"BreadcrumbList", "Organization"},
        at(listing): {"BreadcrumbList", "Product"},
        f"/truy-xuat/{listing.lots.get().trace_code}/": {"BreadcrumbList"},
    }
    for path, kinds in wanted.items():
        for prefix in ("", "/en", "/zh-hans"):
            if path != "/" or not prefix:
                assert set(said(client, prefix + path)) == kinds, prefix + path


def test_a_listing_is_a_product_with_an_offer_for_each_pack(client):
    listing = on_shelf(price_vnd=150_000)
    found = said(client, at(listing))
    offer = found["Product"]["offers"][0]
    assert (offer["price"], offer["priceCurrency"]) == (150_000, "VND")
    assert offer["availability"] == f"{SCHEMA}/InStock"
    assert offer["seller"]["name"] == listing.storefront.name
    names = [step["name"] for step in found["BreadcrumbList"]["itemListElement"]]
    assert names[1:] == ["Trái cây", "Na Chi Lăng", "Na Chi Lăng loại 1"]


def test_what_is_sold_out_says_so(client):
    found = said(client, at(on_shelf(left_qty=0)))
    assert {each["availability"] for each in found["Product"]["offers"]} == {f"{SCHEMA}/OutOfStock"}


def test_a_shared_product_has_the_range_of_its_prices(client):
    product = a_product()
    on_shelf("Na A", product=product, price_vnd=150_000)
    on_shelf("Na B", product=product, storefront=a_storefront("Hộ Hai"), price_vnd=90_000)
    offers = said(client, "/san-pham/na-chi-lang/")["Product"]["offers"]
    assert (offers["lowPrice"], offers["highPrice"], offers["offerCount"]) == (90_000, 150_000, 2)


def test_a_product_nobody_sells_is_no_product_for_google_and_an_empty_list_no_list(client):
    a_product()
    assert set(said(client, "/san-pham/na-chi-lang/")) == {"BreadcrumbList"}
    assert set(said(client, "/san-pham/")) == {"BreadcrumbList"}


def test_there_are_no_ratings_as_long_as_there_are_no_reviews(client):
    listing = on_shelf()
    for path in (at(listing), "/san-pham/na-chi-lang/"):
        assert "aggregateRating" not in client.get(path).content.decode()


def test_the_home_names_the_market_and_its_search(client):
    a_home()
    contacts = {"name": "Chợ Xứ Lạng", "phone": "0900 000 200", "facebook": "https://facebook.com/choxulang"}
    SiteSettings.objects.create(site=Site.objects.get(), **contacts)
    found = said(client, "/")
    assert found["Organization"]["contactPoint"]["telephone"] == "0900000200"
    assert found["Organization"]["sameAs"] == ["https://facebook.com/choxulang"]
    target = found["WebSite"]["potentialAction"]["target"]["urlTemplate"]
    assert target == f"{settings.PUBLIC_URL}/san-pham/?q={{search_term_string}}"


def availability(client, listing) -> list[str]:
    """What each pack of a listing's page is said to be."""
    return [
        each["availability"].removeprefix(f"{SCHEMA}/")
        for each in said(client, at(listing))["Product"]["offers"]
    ]


def test_a_pack_that_is_larger_than_what_is_left_is_sold_out(client):
    listing = on_shelf(left_qty=3_000)
    facts = {"net_qty": 5_000, "gross_g": 5_400, "price_vnd": 300_000}
    Pack.objects.create(listing=listing, label="Thùng", position=1, **facts)
    assert availability(client, listing) == ["InStock", "OutOfStock"]
    stock.open_lot(listing, harvested_on=dates.today() + timedelta(days=5), qty=9_000, by=None)
    assert availability(client, listing) == ["InStock", "PreOrder"]


def test_a_paused_listing_is_sold_out(client):
    listing = on_shelf()
    assert availability(client, listing) == ["InStock"]
    Listing.objects.update(state=Listing.State.PAUSED)
    assert availability(client, listing) == ["OutOfStock"]


def test_a_product_counts_all_that_can_be_bought_and_nothing_else(client):
    """Also beyond the offers that its page shows."""
    product = a_product()
    for number in range(26):
        # the more expensive a kilo, the smaller the pack and its price
        facts = {"price_vnd": 100_000 - number * 1_000, "net_qty": 2_000 - number * 50}
        on_shelf(f"Na {number}", product=product, storefront=a_storefront(f"Hộ {number}"), **facts)
    on_shelf("Na hết", product=product, price_vnd=1_000, left_qty=0)
    found = said(client, "/san-pham/na-chi-lang/")["Product"]["offers"]
    assert (found["offerCount"], found["lowPrice"], found["highPrice"]) == (26, 75_000, 100_000)
    assert "<title>Na Chi Lăng: 26 hộ bán" in client.get("/san-pham/na-chi-lang/").content.decode()


def test_words_of_a_household_cannot_leave_the_data(client):
    listing = on_shelf("Na ngon", text="</script><script>alert(1)</script><!--")
    assert "<script>alert" not in client.get(at(listing)).content.decode()
    assert said(client, at(listing))["Product"]["description"].startswith("</script>")


GOOD = {
    "@context": SCHEMA,
    "@type": "Product",
    "name": "Na",
    "image": ["https://cho.vn/na.jpg"],
    "offers": [
        {
            "@type": "Offer",
            "price": 150_000,
            "priceCurrency": "VND",
            "availability": f"{SCHEMA}/InStock",
            "url": "https://cho.vn/na/",
        }
    ],
}


@pytest.mark.parametrize(
    "path, value",
    [
        (["name"], ""), (["image"], ["/na.jpg"]), (["image"], []), (["offers"], []), (["@type"], "Thing"),
        (["@context"], "http://schema.org/"), (["aggregateRating"], {"ratingValue": 5}), (["offers", 0, "price"], "150.000 ₫"),
        (["offers", 0, "price"], "150000"), (["offers", 0, "price"], 0), (["offers", 0, "priceCurrency"], "đ"),
        (["offers", 0, "availability"], "InStock"), (["offers", 0, "url"], "/na/"), (["offers", 0, "@type"], "Demand"),
    ],
)  # fmt: skip
def test_the_reader_notices_what_google_would_refuse(path, value):
    assert problems(GOOD, top=True) == []
    bad = copy.deepcopy(GOOD)
    place = bad
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert problems(bad, top=True) != []


@pytest.mark.parametrize(
    "items",
    [
        [], [{"@type": "ListItem", "position": 1, "name": "Chợ", "item": "https://cho.vn/"}],
        [{"@type": "ListItem", "position": 1, "name": "Chợ"}, {"@type": "ListItem", "position": 2, "name": "Na"}],
        [{"@type": "ListItem", "position": 1, "name": "Chợ", "item": "https://cho.vn/"}, {"@type": "ListItem", "position": 3, "name": "Na"}],
    ],
)  # fmt: skip
def test_the_reader_notices_a_broken_way(items):
    assert problems({"@context": SCHEMA, "@type": "BreadcrumbList", "itemListElement": items}, top=True) != []
