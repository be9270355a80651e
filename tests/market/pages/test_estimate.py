"""Before the cart: when and for how much a listing reaches a province, or why it does not."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from common import dates
from farmers.models import Storefront
from shop.catalogue.models import Listing
from shop.delivery.models import Method, Rate, Zone
from tests.builders.shelf import on_shelf

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    """The listing's page with a province chosen; a coach drives one day north, four days south."""
    listing = on_shelf()
    Storefront.objects.filter(pk=listing.storefront_id).update(methods=["coach"])
    coach = Method.objects.create(code="coach", name="Xe khách đêm")
    for code, provinces, days in (("north", ["01"], 1), ("south", ["79"], 4)):
        zone = Zone.objects.create(code=code, name=code, province_codes=provinces, reach="north")
        Rate.objects.create(method=coach, zone=zone, days=days, first_g=5_000, first_vnd=35_000)
    address = reverse("market:listing", args=[listing.storefront.slug, listing.slug])
    return lambda province: client.get(f"{address}?tinh={province}").content.decode()


def test_a_near_province_has_a_day_and_a_fee(page):
    words = page("01")
    assert "Xe khách đêm" in words
    assert "35.000\xa0₫" in words


def test_a_far_province_has_a_reason(page):
    words = page("79")
    assert "Chưa giao được tới" in words
    assert "sẽ hỏng dọc đường" in words


@pytest.mark.parametrize("province", ["", "00", "1", "' OR 1=1", "9" * 1000])
def test_a_province_that_is_not_one_asks_again(page, province):
    assert "Chọn nơi nhận" in page(province)


def test_who_rests_promises_no_day(page):
    Storefront.objects.update(on_holiday_until=dates.today() + timedelta(days=3))
    words = page("01")
    assert "Hộ nghỉ bán đến hết ngày" in words
    assert "Xe khách đêm" not in words and "Có lô mới" not in words


def test_what_is_paused_promises_no_day(page):
    Listing.objects.update(state=Listing.State.PAUSED)
    words = page("01")
    assert "Hộ đang tạm ngừng bán món này" in words
    assert "Xe khách đêm" not in words and "Có lô mới" not in words


def test_the_address_says_the_province_that_was_chosen(page):
    """So it is still chosen after a reload and on the way back; what search engines hear stays the plain address."""
    words = page("01")
    form = re.search(r'<form class="to"[^>]*>', words)[0]
    assert 'hx-replace-url="true"' in form and "?" not in re.search(r'hx-get="([^"]*)"', form)[1]
    assert '<option value="01" selected' in words
    assert re.search(r'rel="canonical" href="[^"?]*"', words)


def test_who_asks_by_htmx_gets_the_page_that_a_reload_gets(client):
    listing = on_shelf()
    address = reverse("market:listing", args=[listing.storefront.slug, listing.slug]) + "?tinh=01"
    assert client.get(address, HTTP_HX_REQUEST="true").content == client.get(address).content
