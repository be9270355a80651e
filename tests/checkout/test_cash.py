"""A household says whether its buyers may pay in cash; an order of several is paid so only if all of them agree."""

import pytest

from farmers.models import Storefront
from payments.intake import services
from payments.intake.services import Wish
from shop.checkout import quote
from shop.checkout.errors import WayNotOffered
from shop.checkout.ways import way_of, ways_of, why_no_cash
from shop.delivery.models import Rate
from tests import cast
from tests.builders.cart import lines
from tests.builders.catalogue import a_listing
from tests.builders.checkout import a_quote, placed
from tests.builders.delivery import roads

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _roads():
    roads()


@pytest.fixture
def two():
    return [
        a_listing(storefront=home.storefront, price_vnd=200_000, qty=20_000)
        for home in (cast.her_household(), cast.strangers_household())
    ]


def refuse(listing) -> None:
    Storefront.objects.filter(pk=listing.storefront_id).update(takes_cash=False)


def codes(found) -> list[str]:
    return [each.code for each in ways_of(found)]


def test_everybody_takes_cash_until_they_say_otherwise(two):
    found = a_quote(lines((two[0], 1), (two[1], 1)))
    assert "cod" in codes(found) and why_no_cash(found) == ""


def test_one_that_takes_none_makes_the_whole_order_paid_before(two):
    refuse(two[1])
    found = a_quote(lines((two[0], 1), (two[1], 1)))
    assert "cod" not in codes(found) and way_of(found, "cod") is None
    name = two[1].storefront.name
    assert why_no_cash(found) == f"Đơn này phải trả trước: {name} không nhận tiền mặt khi giao."
    with pytest.raises(WayNotOffered):
        placed(found, adapter="cod")
    assert placed(found, adapter="sandbox").adapter == "sandbox"


def test_the_others_of_it_still_do(two):
    refuse(two[1])
    assert placed(a_quote(lines((two[0], 1))), adapter="cod").is_cod


def test_before_a_place_is_known_the_household_already_counts(two):
    refuse(two[0])
    assert "cod" not in codes(quote.make(lines((two[0], 1)), None))


def test_a_way_of_delivery_that_takes_none_says_so(two):
    Rate.objects.update(takes_cash=False)
    assert "cách giao đã chọn" in why_no_cash(a_quote(lines((two[0], 1))))


def test_where_nobody_may_pay_in_cash_nothing_is_explained(two):
    refuse(two[0])
    services.choose("cod", Wish(on=False), by=cast.tuan())
    assert why_no_cash(a_quote(lines((two[0], 1)))) == ""


def test_the_checkout_says_why_cash_is_missing(client, two):
    refuse(two[0])
    own = {"HTTP_ORIGIN": "http://testserver"}
    client.post("/gio-hang/them/", {"pack": two[0].packs.get().pk, "count": 1}, **own)
    page = client.get("/thanh-toan/", {"tinh": "01"}).text
    assert "không nhận tiền mặt khi giao" in page and 'value="cod"' not in page


def test_the_household_says_so_at_its_desk(client, two):
    client.force_login(cast.ba_sau())
    assert 'name="takes_cash" checked' in client.get("/ban-hang/gian-hang/").text
    sent = {"story": "", "methods": ["post"], "on_holiday_until": ""}
    client.post("/ban-hang/gian-hang/", sent)
    assert not Storefront.objects.get(pk=two[0].storefront_id).takes_cash
    assert 'name="takes_cash" checked' not in client.get("/ban-hang/gian-hang/").text
    client.post("/ban-hang/gian-hang/", {**sent, "takes_cash": "on"})
    assert Storefront.objects.get(pk=two[0].storefront_id).takes_cash
