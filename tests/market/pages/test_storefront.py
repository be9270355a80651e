"""One household's page and its listings: all goods can be reached, and a holiday closes the buying."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from common import dates
from farmers.models import Storefront
from shop.search import services
from tests.builders.shelf import a_product, a_storefront, on_shelf
from tests.market.pages.reading import next_page, words

pytestmark = pytest.mark.django_db
CARD = re.compile(r'<h3><a href="(/gian-hang/[^"]+)"')


def test_a_household_with_many_goods_has_pages_of_them(client, django_assert_max_num_queries):
    shop = a_storefront()
    for number in range(55):
        product = a_product(f"Quả {number}")
        on_shelf(
            f"Na {number}",
            product=product,
            storefront=shop,
            left_qty=20_000 if number % 5 else 0,
            found=False,
        )
    services.rebuild()
    address = reverse("market:storefront", args=[shop.slug])
    client.get(address)
    seen = []
    while address:
        with django_assert_max_num_queries(8):
            page = client.get(address)
        seen += CARD.findall(page.content.decode())
        address = next_page(page)
    assert len(seen) == 55 == len(set(seen))


def test_behind_the_last_page_it_says_so(client):
    shop = on_shelf().storefront
    page = client.get(reverse("market:storefront", args=[shop.slug]) + "?sau=0.0")
    assert "Đã hết danh sách" in words(page) and "chờ lô sau" not in words(page)


@pytest.mark.parametrize(("days", "open_"), [(-1, True), (0, False), (5, False)])
def test_a_holiday_closes_buying_on_the_listing_too(client, days, open_):
    listing = on_shelf()
    until = dates.today() + timedelta(days=days)
    Storefront.objects.update(on_holiday_until=until)
    page = client.get(reverse("market:listing", args=[listing.storefront.slug, listing.slug]))
    assert ("Thêm vào giỏ" in words(page)) is open_
    assert (f"Hộ nghỉ bán đến hết ngày {until.day}/{until.month}/{until.year}" in words(page)) is not open_
    assert ("schema.org/InStock" in page.content.decode()) is open_


def test_a_former_town_is_not_called_a_district(client):
    shop = on_shelf().storefront
    shop.household.commune.former_district = "Thành phố Lạng Sơn"
    shop.household.commune.save(update_fields=["former_district"])
    page = words(client.get(reverse("market:storefront", args=[shop.slug])))
    assert "Thành phố Lạng Sơn cũ" in page and "huyện Thành phố" not in page
