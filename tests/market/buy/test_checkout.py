"""The checkout's one page: keeps what was typed, places once, asks cash buyers for a code."""

import re

import pytest
from django.test import Client

from accounts.notices.models import Notice
from shop.cart.models import CartLine
from shop.catalogue.models import Pack
from shop.orders.models import Order
from shop.stock import audit
from shop.stock.models import Lot
from tests.builders.catalogue import a_listing
from tests.builders.delivery import roads

pytestmark = pytest.mark.django_db
PAGE, OWN = "/thanh-toan/", {"HTTP_ORIGIN": "http://testserver"}


@pytest.fixture(autouse=True)
def _clean():
    roads()
    yield
    assert list(audit.breaks()) == []


@pytest.fixture
def two(client):
    made = [a_listing(price_vnd=350_000, qty=20_000), a_listing(price_vnd=115_000, qty=20_000)]
    for listing in made:
        client.post("/gio-hang/them/", {"pack": listing.packs.first().pk, "count": 1}, **OWN)
    return made


def typed(two, **changes) -> dict:
    facts = {
        "name": "Trần Thị Lan",
        "phone": "0912 345 678",
        "email": "",
        "street": "Số 12, ngõ 45",
        "note": "",
    }
    facts |= {
        "province_code": "01",
        "commune_code": "00167",
        "way": "sandbox",
        "key": "a" * 32,
        "seen": "585000",
    }
    facts |= {f"method-{listing.storefront_id}": "post" for listing in two}
    return {**facts, **changes}


def text(response) -> str:
    return response.content.decode().replace("\u00a0", " ")


def test_an_order_of_two_households_leads_to_its_payment(client, two):
    answer = client.post(PAGE, typed(two))
    order = Order.objects.get()
    assert (order.total_vnd, order.phone, order.suborders.count()) == (585_000, "+84912345678", 2)
    reference = order.uses.get().payment.reference
    assert (answer.status_code, answer["Location"]) == (303, f"/thanh-toan/{reference}/")
    assert CartLine.objects.count() == 0


def test_the_same_form_twice_is_one_order(client, two):
    first, second = client.post(PAGE, typed(two)), client.post(PAGE, typed(two))
    assert first["Location"] == second["Location"] and Order.objects.count() == 1


def test_a_strangers_key_never_leads_to_anothers_order(client, two):
    client.post(PAGE, typed(two))
    assert Client().post(PAGE, typed(two)).status_code != 303


def test_updating_changes_nothing_and_calls_nothing_wrong(client, two):
    answer = client.post(PAGE, typed(two, step="update", name="", way=""))
    assert (answer.status_code, Order.objects.count()) == (200, 0)
    assert "585.000 ₫" in text(answer) and "Còn vài chỗ" not in text(answer)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""}, {"name": " \x00 "}, {"phone": "12"}, {"phone": "<b>"}, {"street": ""}, {"email": "lan@"},
        {"province_code": "99"}, {"commune_code": "06463"}, {"commune_code": ""}, {"name": "x" * 5_000},
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, two, changes):
    answer = client.post(PAGE, typed(two, note="gọi trước", **changes))
    assert (answer.status_code, Order.objects.count()) == (422, 0)
    assert 'value="gọi trước"' in text(answer) and CartLine.objects.count() == 2


@pytest.mark.parametrize(
    "changes", [{"seen": ""}, {"seen": "x"}, {"seen": "-1"}, {"way": ""}, {"way": "gold"}]
)
def test_a_form_bent_by_hand_places_nothing(client, two, changes):
    assert client.post(PAGE, typed(two, **changes)).status_code == 409
    assert Order.objects.count() == 0


def test_a_form_without_a_key_is_only_shown_again(client, two):
    assert client.post(PAGE, typed(two, key="")).status_code == 200 and Order.objects.count() == 0


def test_a_price_that_rose_is_shown_with_the_new_total(client, two):
    Pack.objects.filter(listing=two[0]).update(price_vnd=400_000)
    answer = client.post(PAGE, typed(two))
    assert (answer.status_code, "635.000 ₫" in text(answer), Order.objects.count()) == (409, True, 0)


def test_one_households_empty_lot_leaves_the_other_to_be_bought(client, two):
    Lot.objects.filter(listing=two[0]).update(is_open=False)
    answer = client.post(PAGE, typed(two, seen="175000"))
    assert (answer.status_code, Order.objects.get().total_vnd) == (303, 175_000)
    assert CartLine.objects.get().pack.listing == two[0]


def test_cash_asks_for_a_code_once_for_phone_and_browser(client, two):
    asked = client.post(PAGE, typed(two, way="cod"))
    assert (asked.status_code, Order.objects.count()) == (422, 0)
    code = re.search(r"\d{6}", Notice.objects.filter(kind="code").first().subject).group()
    wrong = client.post(PAGE, typed(two, way="cod", code=f"{(int(code) + 1) % 10**6:06}"))
    assert "lần thử" in text(wrong) and Order.objects.count() == 0
    assert (
        client.post(PAGE, typed(two, way="cod", code=code))["Location"]
        == f"/don-hang/{Order.objects.get().number}/"
    )


def test_asking_again_without_a_code_sends_no_second_one(client, two):
    for _ in range(3):
        client.post(PAGE, typed(two, way="cod"))
    assert Notice.objects.filter(kind="code").count() == 1


def test_the_token_is_demanded(two):
    assert Client(enforce_csrf_checks=True).post(PAGE, typed(two), **OWN).status_code == 403


def test_a_page_of_the_checkout_is_never_kept(client, two):
    assert "no-store" in client.get(PAGE)["Cache-Control"]


def test_a_payments_page_leads_on_and_tells_how_long(client, two):
    page = client.get(client.post(PAGE, typed(two))["Location"])
    assert page.status_code == 200 and 'http-equiv="refresh"' in text(page) and "Hàng được giữ" in text(page)


@pytest.mark.parametrize("address", ["khong-co", "x" * 26])
def test_an_unknown_payment_is_not_found(client, address):
    assert [client.get(f"/thanh-toan/{address}{tail}").status_code for tail in ("/", "/ve/")] == [404, 404]


def test_the_province_looked_at_in_the_cart_need_not_be_chosen_again(client, two):
    cart = text(client.get("/gio-hang/?tinh=01"))
    assert 'formaction="/thanh-toan/"' in cart and '<option value="01" lang="vi" selected>' in cart
    page = text(client.get(PAGE + "?tinh=01"))
    assert (
        '<option value="01" lang="vi" selected>' in page and "Bưu điện" in page and "Phường Cầu Giấy" in page
    )
    assert "selected>Hà Nội" not in text(client.get(PAGE)) + text(client.get(PAGE + "?tinh=20"))


@pytest.mark.parametrize("code", ["99", "x", "<script>", "0" * 500])
def test_a_province_that_is_none_is_not_taken(client, two, code):
    assert "<script>" not in text(client.get(PAGE, {"tinh": code}))


def test_what_one_browser_typed_is_in_nobody_elses_form(client, two):
    """The fields of a guest's first look are kept for all: what is typed later must not be among them."""
    client.get(PAGE)
    client.post(PAGE, typed(two, name="Bí Mật", phone="12"))
    other = Client()
    other.post("/gio-hang/them/", {"pack": two[0].packs.first().pk, "count": 1}, **OWN)
    assert "Bí Mật" in text(client.post(PAGE, typed(two, name="Bí Mật", phone="12")))
    assert "Bí Mật" not in text(other.get(PAGE))


def test_an_update_answers_with_what_changed_only(client, two):
    answer = client.post(PAGE, typed(two, step="update", name="Bí Mật"), HTTP_HX_REQUEST="true")
    page = text(answer)
    assert answer.status_code == 200 and all(f'id="{each}"' in page for each in ("giao", "cach-tra", "tong"))
    assert "Bí Mật" not in page and "<html" not in page and 'name="seen" value="585000"' in page
