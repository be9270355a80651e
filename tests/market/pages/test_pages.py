"""Pages anybody can see: they answer, say the same to everybody, and cost the same for one listing and for many."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import dates
from farmers.models import Household
from shop.catalogue.models import Listing, Product
from shop.search import services
from tests.builders.shelf import a_paper, a_product, a_storefront, on_shelf

pytestmark = pytest.mark.django_db
MOST_QUERIES = 8


def addresses(listing: Listing) -> list[str]:
    shop, lot = listing.storefront, listing.lots.first()
    return [
        reverse("market:catalogue"),
        reverse("market:catalogue") + "?q=na&xa=06463&mua=1",
        reverse("market:category", args=["trai-cay"]),
        reverse("market:product", args=[listing.product.slug]),
        reverse("market:product", args=[listing.product.slug]) + "?tinh=01",
        reverse("market:storefronts"),
        reverse("market:storefronts") + "?q=na&xa=06463",
        reverse("market:storefront", args=[shop.slug]),
        reverse("market:listing", args=[shop.slug, listing.slug]),
        reverse("market:listing", args=[shop.slug, listing.slug]) + "?tinh=01",
        reverse("market:trace", args=[lot.trace_code]),
    ]


def cost(client: Client, address: str) -> int:
    """Queries of a second visit: what a process knows by heart it has learnt at the first."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200, address
    return len(asked)


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_pages_cost_the_same_for_one_listing_and_for_many(client):
    product, shop = a_product(), a_storefront()
    listing = on_shelf("Na 0", product=product, storefront=shop, found=False)
    # One more, so that the listing has something beside it: for nothing nothing is asked.
    on_shelf("Na kề", product=product, storefront=shop, grade=3, found=False)
    a_paper(shop, product)
    services.rebuild()
    alone = [cost(client, address) for address in addresses(listing)]
    for number in range(1, 51):
        other = shop if number < 3 else a_storefront(f"Hộ {number}")
        on_shelf(
            f"Na {number}",
            product=product,
            storefront=other,
            grade=number if number < 3 else None,
            found=False,
        )
    services.rebuild()
    many = [cost(client, address) for address in addresses(listing)]
    assert all(now <= then for now, then in zip(many, alone, strict=True)), (alone, many)
    assert max(alone) <= MOST_QUERIES


def test_pages_may_be_kept_by_a_cache(client):
    for address in addresses(on_shelf()):
        response = client.get(address, HTTP_COOKIE=f"sessionid={'a' * 32}; csrftoken={'b' * 32}; gio=3")
        assert response["Cache-Control"] == "public, max-age=60", address
        assert "Cookie" not in response.get("Vary", ""), address
        assert not response.cookies, address
        assert "csrfmiddlewaretoken" not in response.content.decode(), address


def test_pages_only_answer_to_reading(client):
    for address in addresses(on_shelf()):
        assert client.post(address).status_code == 405
        assert client.head(address).status_code == 200


@pytest.mark.parametrize("prefix, language", [("", "vi"), ("/en", "en"), ("/zh-hans", "zh-hans")])
def test_pages_speak_three_languages_and_know_each_other(client, prefix, language):
    page = client.get(f"{prefix}/san-pham/").content.decode()
    assert f'<html lang="{language}">' in page
    for code in ("vi", "en", "zh-hans", "x-default"):
        assert f'hreflang="{code}"' in page


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "a" * 10_000, "q=" + "%F0%9F%8D%8E" * 500, "q=%00", "q='%22%3B--", "q=na%20%26%20!chi%20|%20(", "q=:*",
        "q=<script>alert(1)</script>", "q=%E0%A4%A", "q=%FF%FE", "xa=" + "&xa=".join(["06463"] * 500), "gia=-",
        "gia=99999999999-1", "sau=x", "sau=9223372036854775808.1", "sap-xep=[]", "huyen=../../etc", "mua=%00",
        "q=\\", "q=a:A%20%3C-%3E%20b", "chung-nhan[$ne]=1",
        "q=%E0%B8%97%E0%B8%B8%E0%B9%80%E0%B8%A3%E0%B8%B5", "q=%D8%AA%D9%81%D8%A7%D8%AD%E2%80%AE", "q=%E5%85%AB%E8%A7%92",
        "q=" + "na%20" * 3_000, "q=" + "%CC%81" * 500, "q=%EF%BC%8A%E2%80%8B", "q=NaN&sau=-1.-1", "san-pham=%00",
        "san-pham='%20OR%201=1", "tinh=%00&q=%F0%9F%91%A9%E2%80%8D%F0%9F%8C%BE",
    ],
)  # fmt: skip
def test_hostile_searches_are_answered(client, query):
    on_shelf()
    for path in ("/san-pham/", "/gian-hang/", "/nhom/trai-cay/", "/goi-y/", "/san-pham/na-chi-lang/"):
        response = client.get(f"{path}?{query}")
        assert response.status_code in (200, 400), path
        assert path == "/goi-y/" or "<h1" in response.content.decode(), path
        assert b"<script>alert" not in response.content


def test_an_empty_search_shows_a_way_out(client):
    on_shelf("Na Chi Lăng loại 1")
    words = text(client.get("/san-pham/?q=khong-co-gi-nhu-the"))
    assert "Chưa có tin bán nào như vậy" in words
    assert "Xem mọi hàng đang bán" in words
    assert "Na Chi Lăng" in words


def test_chips_take_one_filter_off(client):
    on_shelf()
    page = client.get("/san-pham/?q=na&xa=06463").content.decode()
    assert 'href="/san-pham/?xa=06463"' in page
    assert 'href="/san-pham/?q=na"' in page


def test_a_product_out_of_season_stays_and_offers_what_is_there(client):
    month = dates.today().month % 12 + 1
    a_product("Đào Mẫu Sơn", season_months=[month])
    on_shelf("Na Chi Lăng loại 1")
    words = text(client.get("/san-pham/dao-mau-son/"))
    assert f"có hàng từ tháng {month}" in words
    assert "Na Chi Lăng loại 1" in words


def test_a_product_compares_its_households(client):
    product = a_product()
    for name, price in (("Hộ Một", 150_000), ("Hộ Hai", 120_000)):
        on_shelf(f"Na {name}", product=product, storefront=a_storefront(name), price_vnd=price)
    page = text(client.get("/san-pham/na-chi-lang/"))
    assert "2 hộ bán" in page
    assert page.index("Na Hộ Hai") < page.index("Na Hộ Một")
    assert "từ 60.000\xa0₫/kg".replace("\xa0", " ") in page.replace("\xa0", " ")


def test_a_listing_has_a_form_for_the_cart_without_a_token(client):
    listing = on_shelf()
    page = client.get(
        reverse("market:listing", args=[listing.storefront.slug, listing.slug])
    ).content.decode()
    assert f'action="{reverse("market:cart-add")}"' in page
    assert f'name="pack" value="{listing.packs.get().pk}"' in page
    assert 'name="count"' in page


def test_a_pre_order_says_its_day(client):
    day = dates.today() + timedelta(days=12)
    listing = on_shelf(harvested_on=day)
    words = text(client.get(reverse("market:listing", args=[listing.storefront.slug, listing.slug])))
    assert f"Đặt trước: hái ngày {day.day}/{day.month}/{day.year}" in words


def test_a_sold_out_listing_leads_to_others(client):
    listing = on_shelf(left_qty=0)
    words = text(client.get(reverse("market:listing", args=[listing.storefront.slug, listing.slug])))
    assert "Lô này đã hết" in words
    assert "Thêm vào giỏ" not in words


@pytest.mark.parametrize("state", ["draft", "pending", "returned", "archived"])
def test_what_is_not_published_cannot_be_seen(client, state):
    listing = on_shelf()
    Listing.objects.filter(pk=listing.pk).update(state=state)
    address = reverse("market:listing", args=[listing.storefront.slug, listing.slug])
    assert client.get(address).status_code == 404


def test_a_suspended_household_cannot_be_seen_but_its_boxes_can(client):
    listing = on_shelf()
    Household.objects.update(state=Household.State.SUSPENDED)
    shop, lot = listing.storefront, listing.lots.get()
    assert client.get(reverse("market:storefront", args=[shop.slug])).status_code == 404
    assert client.get(reverse("market:listing", args=[shop.slug, listing.slug])).status_code == 404
    words = text(client.get(reverse("market:trace", args=[lot.trace_code])))
    assert "Hộ này hiện không bán trên chợ" in words


def test_a_code_nobody_gave_out_is_said_to_be_unknown(client):
    response = client.get("/truy-xuat/ZZZZZZZZ/")
    assert response.status_code == 404
    assert "Không có lô hàng này" in text(response)


def test_the_code_is_a_picture_for_print(client):
    lot = on_shelf().lots.get()
    response = client.get(reverse("market:trace-qr", args=[lot.trace_code]))
    assert response["Content-Type"] == "image/svg+xml"
    assert response.content.startswith(b"<svg")


def test_a_page_that_is_not_there_shows_ways_on(client):
    response = client.get("/san-pham/khong-co/")
    assert response.status_code == 404
    assert "Không thấy trang này" in text(response)


def test_products_without_a_listing_have_a_page(client):
    a_product("Mắc coọc", season_months=[])
    assert Product.objects.count() == 1
    assert client.get("/san-pham/mac-cooc/").status_code == 200
