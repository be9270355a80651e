"""What no browser of ours sends: never a crash, never a change."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from shop.orders import links
from shop.orders.models import Order
from tests import cast
from tests.builders.catalogue import a_listing
from tests.builders.delivery import roads
from tests.builders.orders import an_order

pytestmark = pytest.mark.django_db
OWN = {"HTTP_ORIGIN": "http://testserver"}


@pytest.fixture
def listing():
    roads()
    return a_listing(price_vnd=350_000, qty=20_000)


@pytest.mark.parametrize(
    "goal", ["abc", "market:order", "//evil.example", "https://evil.example", "\\evil", "\x00", "/\x00"]
)
def test_a_strange_way_back_leads_into_the_cart(client, listing, goal):
    answer = client.post("/gio-hang/them/", {"pack": listing.packs.first().pk, "next": goal}, **OWN)
    assert (answer.status_code, answer["Location"]) == (303, "/gio-hang/")


@pytest.mark.parametrize(
    "extra", [{"key": "a\x00b"}, {"method-" + "9" * 5000: "post"}, {"way": "\x00"}, {"seen": "9" * 5000}]
)
def test_a_strange_checkout_is_no_order(client, listing, extra):
    client.post("/gio-hang/them/", {"pack": listing.packs.first().pk}, **OWN)
    said = urlencode({"key": "a", "way": "sandbox", **extra})
    answer = client.post("/thanh-toan/", said, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (200, 409, 422)
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "path", ["/don-hang/%00/", "/don-hang/x%00/?k=y", "/truy-xuat/%00/", "/ban-hang/don-hang/%00/1/"]
)
def test_a_zero_byte_in_an_address_is_not_found(client, path):
    client.force_login(cast.lan())
    assert client.get(path).status_code in (302, 404)


def test_a_zero_byte_in_a_reason_cancels_all_the_same(client):
    order = an_order(a_listing(qty=20_000), adapter="cod")
    Order.objects.filter(pk=order.pk).update(user=cast.lan())
    client.force_login(cast.lan())
    assert client.post(f"/don-hang/{order.number}/huy/", {"part": "1", "why": "m\x00ưa"}).status_code == 302


def test_signing_out_closes_the_orders_of_this_browser():
    client = Client()
    order = an_order(a_listing(qty=20_000))
    Order.objects.filter(pk=order.pk).update(user=cast.lan())
    client.force_login(cast.lan())
    client.get(f"/thanh-toan/{order.uses.get().payment.reference}/ve/")
    client.get(f"/don-hang/{order.number}/?k={links.sign(order)}")
    client.post("/dang-xuat/")
    assert client.get(f"/don-hang/{order.number}/").status_code == 404
