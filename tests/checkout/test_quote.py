"""What checkout answers: exact sums, and one household's trouble stays its own."""

from datetime import timedelta

import pytest
import time_machine

from common import dates
from farmers.models import Household, Storefront
from shop.cart import services
from shop.catalogue.models import Listing, Product
from shop.checkout import quote
from shop.orders.values import Destination
from tests.builders.cart import GUEST, lines
from tests.builders.catalogue import a_listing, a_pack, a_product
from tests.builders.checkout import a_quote
from tests.builders.delivery import roads
from tests.builders.orders import HANOI

pytestmark = pytest.mark.django_db
SAIGON = Destination(province_code="79", province_name="TP. Hồ Chí Minh", commune_code="", commune_name="")


@pytest.fixture(autouse=True)
def _monday():
    roads()
    with time_machine.travel("2026-08-17T09:00:00+07:00"):
        yield


@pytest.fixture
def two():
    """Boxes of 5 kg of two households: 350.000 ₫ and 115.000 ₫, 20 kg left of each."""
    return [a_listing(price_vnd=350_000, qty=20_000), a_listing(price_vnd=115_000, qty=20_000)]


def test_two_households_two_parcels_one_sum(two):
    found = a_quote(lines((two[0], 2), (two[1], 1)))
    assert [(part.goods_vnd, part.delivery_vnd) for part in found.parts] == [
        (700_000, 102_000),
        (115_000, 60_000),
    ]
    assert (found.goods_vnd, found.delivery_vnd, found.total_vnd) == (815_000, 162_000, 977_000)
    assert found.can_be_placed


def test_without_a_place_nothing_is_said_about_delivery(two):
    found = quote.make(lines((two[0], 1)), None)
    assert (found.parts[0].choices, found.parts[0].problem, found.total_vnd) == ((), None, 350_000)
    assert not found.can_be_placed


def test_short_stock_says_how_many_can_be_had(two):
    line = a_quote(lines((two[0], 5))).parts[0].lines[0]
    assert (line.problem.code, line.problem.left_count) == ("short", 4)
    assert "20 kg" in line.problem.words.replace("\u00a0", " ")


def test_one_households_trouble_never_blocks_the_other(two):
    found = a_quote(lines((two[0], 5), (two[1], 1)))
    assert [part.can_be_placed for part in found.parts] == [False, True]
    assert quote.only_placeable(found).total_vnd == 175_000


def test_two_packs_of_one_lot_are_not_sold_twice(two):
    larger = a_pack(two[0], price_vnd=650_000, net_qty=10_000, label="Thùng 10 kg")
    lines((two[0], 3))
    services.add(GUEST, larger.pk)
    found = a_quote(lines())
    assert [line.problem and line.problem.code for line in found.parts[0].lines] == [None, "sold_out"]


def test_fresh_fruit_for_the_south_is_refused_before_it_spoils(two):
    problem = quote.make(lines((two[0], 1)), SAIGON).parts[0].problem
    assert problem.code == "would_spoil" and "4 ngày" in problem.words


def test_what_the_household_paused_is_said(two):
    lines((two[0], 1))
    Listing.objects.filter(pk=two[0].pk).update(state=Listing.State.PAUSED)
    assert a_quote(lines()).parts[0].lines[0].problem.code == "paused"


def test_a_household_on_holiday_is_said_and_sends_nothing(two):
    Storefront.objects.filter(pk=two[0].storefront_id).update(
        on_holiday_until=dates.today() + timedelta(days=3)
    )
    problem = a_quote(lines((two[0], 1))).parts[0].problem
    assert problem.code == "holiday" and "20/8" in problem.words


def test_a_suspended_household_sells_nothing(two):
    lines((two[0], 1))
    Household.objects.filter(storefront=two[0].storefront).update(state=Household.State.SUSPENDED)
    assert a_quote(lines()).parts[0].problem.code == "paused"


def test_an_age_restricted_product_is_not_sold():
    wine = a_listing(product=a_product(slug="ruou", name="Rượu", unit="ml"), qty=20_000)
    lines((wine, 1))
    Product.objects.filter(pk=wine.product_id).update(age_restricted=True)
    assert a_quote(lines()).parts[0].lines[0].problem.code == "age_restricted"


def test_a_method_that_is_not_offered_becomes_the_first_one(two):
    found = quote.make(lines((two[0], 1)), HANOI, {two[0].storefront_id: "rocket"})
    assert found.parts[0].chosen.method == "coach"


@pytest.mark.parametrize("number", [1, 6])
def test_a_quote_costs_two_queries_for_one_household_and_for_many(number, django_assert_num_queries):
    cart = lines(*[(a_listing(qty=20_000), 1) for _ in range(number)])
    a_quote(cart)  # what the ways to deliver are called is read once a minute
    with django_assert_num_queries(2):
        assert len(a_quote(cart).parts) == number
