"""The cart's pages: guarded by where a form comes from, readable for everybody, memory only after a change."""

import json
from urllib.parse import unquote

import pytest
from django.test import Client

from shop.cart.models import CartLine
from tests import cast
from tests.accounts.steps import sign_in
from tests.builders.catalogue import a_listing
from tests.builders.delivery import roads

pytestmark = pytest.mark.django_db
ADD, CART, CHANGE = "/gio-hang/them/", "/gio-hang/", "/gio-hang/sua/"
OWN = {"HTTP_ORIGIN": "http://testserver"}


@pytest.fixture
def listing():
    roads()
    return a_listing(price_vnd=350_000, qty=20_000)


@pytest.fixture
def browser():
    """A client that is asked for Django's token as a browser is."""
    return Client(enforce_csrf_checks=True)


def put(client: Client, listing, count: object = 1, **headers):
    return client.post(ADD, {"pack": listing.packs.first().pk, "count": count}, **{**OWN, **headers})


def memo(client: Client) -> dict:
    return json.loads(unquote(client.cookies["cxl"].value))


def text(response) -> str:
    return response.content.decode().replace("\u00a0", " ")


def test_a_guest_puts_goods_into_the_cart_and_finds_them(browser, listing):
    response = put(browser, listing, 2)
    assert (response.status_code, response["Location"]) == (303, CART)
    assert "700.000 ₫" in text(browser.get(CART)) and memo(browser) == {"n": 1, "name": ""}


@pytest.mark.parametrize(
    "headers",
    [{"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}, {"HTTP_ORIGIN": "https://testserver"}],
)
def test_another_sites_form_is_refused(browser, listing, headers):
    assert put(browser, listing, **headers).status_code == 403
    assert CartLine.objects.count() == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"HTTP_SEC_FETCH_SITE": "same-origin"}, 303),
        ({"HTTP_SEC_FETCH_SITE": "same-site"}, 403),
        ({"HTTP_SEC_FETCH_SITE": "cross-site"}, 403),
        ({"HTTP_SEC_FETCH_SITE": "none"}, 403),
        ({"HTTP_REFERER": "http://testserver/gian-hang/a/b/"}, 303),
        ({"HTTP_REFERER": "http://testserver.evil.example/"}, 403),
        ({}, 200),
    ],
)
def test_without_origin_the_next_best_word_counts(browser, listing, headers, status):
    answer = browser.post(ADD, {"pack": listing.packs.first().pk, "count": 1}, **headers)
    assert (answer.status_code, CartLine.objects.count()) == (status, int(status == 303))


def test_a_browser_that_says_nothing_is_asked_with_a_token(browser, listing):
    page = browser.post(ADD, {"pack": listing.packs.first().pk, "count": 3})
    confirm = {"pack": listing.packs.first().pk, "count": 3}
    assert browser.post("/gio-hang/them/xac-nhan/", confirm).status_code == 403
    confirm["csrfmiddlewaretoken"] = page.context["csrf_token"]
    assert browser.post("/gio-hang/them/xac-nhan/", confirm).status_code == 303


def test_changing_a_line_needs_the_token(browser, listing):
    put(browser, listing)
    assert browser.post(CHANGE, {"line": CartLine.objects.get().pk, "count": 9}, **OWN).status_code == 403


def test_with_htmx_a_toast_answers(client, listing):
    answer = put(client, listing, HTTP_HX_REQUEST="true")
    assert (answer.status_code, "Đã thêm vào giỏ" in text(answer)) == (200, True)


@pytest.mark.parametrize("count", ["", "0", "-1", "100", "9" * 40, "1e9", "<script>", "٣", "1.5", "\x00"])
def test_hostile_counts_end_in_a_sentence_or_one(client, listing, count):
    assert put(client, listing, count).status_code in (303, 422)
    assert all(line.count == 1 for line in CartLine.objects.all())


@pytest.mark.parametrize("pack", ["", "0", "-1", "x", "9" * 30, "1 OR 1=1", "\x00"])
def test_hostile_packs_end_in_a_sentence(client, listing, pack):
    assert client.post(ADD, {"pack": pack, "count": 1}, **OWN).status_code == 422


def test_an_address_to_go_back_to_is_never_anothers(client, listing):
    facts = {"pack": listing.packs.first().pk, "count": 1, "next": "https://evil.example/"}
    assert client.post(ADD, facts, **OWN)["Location"] == CART


@pytest.mark.parametrize("address", [ADD, CHANGE, "/gio-hang/them/xac-nhan/"])
def test_a_reloaded_act_shows_the_cart(client, address):
    assert client.get(address)["Location"] == CART


def test_short_stock_offers_its_ways_out(client, listing):
    put(client, listing, 5)
    page = text(client.get(CART))
    assert "hộ chỉ còn 20 kg" in page and "Lấy 4" in page and "Chọn hộ khác" in page and "Bỏ ra" in page


def test_a_cart_follows_its_person_through_sign_in(client, listing):
    lan = cast.lan()
    put(client, listing, 2)
    sign_in(client, "0900 000 101")
    line = CartLine.objects.get()
    assert (line.cart.user, line.count, memo(client)) == (lan, 2, {"n": 1, "name": "Lan"})
    client.post("/dang-xuat/")
    assert client.cookies["cxl"].value == ""


def test_a_page_that_changes_nothing_leaves_the_memory_alone(client, listing):
    put(client, listing)
    client.cookies.pop("cxl")
    client.get(CART)
    assert "cxl" not in client.cookies


def test_a_forged_cart_cookie_is_an_empty_cart(client):
    client.cookies["gio"] = "somebody:else:forged"
    assert "Giỏ còn trống" in text(client.get(CART))


@pytest.mark.parametrize("number", [1, 8])
def test_a_cart_costs_the_same_for_one_household_and_for_many(client, number, django_assert_max_num_queries):
    roads()
    for _ in range(number):
        put(client, a_listing(qty=20_000))
    with django_assert_max_num_queries(9):
        client.get(CART + "?tinh=01")
