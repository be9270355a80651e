"""How a household delivers, for how much and when; nothing is promised that would arrive spoiled."""

from datetime import date

import pytest
import time_machine
from django.core.cache import caches
from django.utils import translation

from shop.catalogue.models import Product
from shop.delivery.models import Method, Rate
from shop.delivery.promise import Load, Table, load_of
from shop.delivery.words import called
from tests.builders.catalogue import a_product
from tests.builders.delivery import roads
from tests.builders.farmers import a_storefront

pytestmark = pytest.mark.django_db
SATURDAY, SUNDAY, MONDAY, TUESDAY = (date(2026, 8, day) for day in (15, 16, 17, 18))


@pytest.fixture(autouse=True)
def _roads():
    roads()
    with time_machine.travel("2026-08-17T09:00:00+07:00"):
        yield


def a_load(**changes) -> Load:
    facts = {
        "gross_g": 5_800,
        "max_transit_days": 2,
        "shelf_life_days": 4,
        "reach": "national",
        "ready_on": MONDAY,
    }
    return Load(**{**facts, "is_fresh": True, **changes})


def offers(province_code: str, **changes):
    return Table().offers(a_storefront(), province_code, a_load(**changes))


def test_the_near_north_gets_post_coach_and_pick_up_with_exact_fees():
    found = [(offer.method, offer.fee_vnd) for offer in offers("01").offers]
    assert found == [("coach", 38_000), ("post", 60_000), ("pickup", 0)]


def test_a_fee_grows_by_each_step_begun():
    rate = Rate(first_g=1_000, first_vnd=25_000, step_g=500, step_vnd=3_500)
    assert [rate.fee_vnd(grams) for grams in (1, 1_000, 1_001, 1_500, 1_501)] == [
        25_000,
        25_000,
        28_500,
        28_500,
        32_000,
    ]


def test_fresh_fruit_is_not_sent_where_it_would_arrive_spoiled():
    answer = offers("79")
    assert (answer.offers, answer.code) == ((), "would_spoil") and "4 ngày" in answer.reason


def test_dry_goods_travel_to_the_south():
    answer = offers("79", max_transit_days=10, is_fresh=False)
    assert [offer.method for offer in answer.offers] == ["post"]


def test_goods_for_the_north_only_stay_there():
    answer = offers("79", reach="north", max_transit_days=10, is_fresh=False)
    assert (answer.offers, answer.code) == ((), "out_of_reach") and "hỏng" not in answer.reason


def test_a_province_without_a_zone_gets_a_plain_word():
    assert offers("96").code == "out_of_reach"


def test_a_household_that_only_posts_offers_only_post():
    shop = a_storefront()
    shop.methods = ["post"]
    assert [offer.method for offer in Table().offers(shop, "01", a_load()).offers] == ["post"]


def test_what_is_too_heavy_for_the_post_says_so():
    shop = a_storefront()
    shop.methods = ["post"]
    answer = Table().offers(shop, "20", a_load(gross_g=30_001))
    assert (answer.code, "30 kg" in answer.reason) == ("too_heavy", True)


@pytest.mark.parametrize(
    ("ready_on", "is_fresh", "arrives"),
    [
        (MONDAY, True, (date(2026, 8, 18), date(2026, 8, 19))),
        (MONDAY, False, (date(2026, 8, 18), date(2026, 8, 20))),
        (date(2026, 8, 22), True, (date(2026, 8, 23), date(2026, 8, 25))),
        (date(2026, 8, 23), True, (date(2026, 8, 25), date(2026, 8, 25))),
    ],
)
def test_days_count_from_packing_which_is_never_on_a_sunday(ready_on, is_fresh, arrives):
    coach = offers("01", ready_on=ready_on, is_fresh=is_fresh).offers[0]
    assert (coach.arrives_from, coach.arrives_to) == arrives


def test_the_strictest_of_the_goods_decides():
    na, hoi = (
        a_product(),
        a_product(slug="hoa-hoi", shelf_life_days=365, max_transit_days=10, reach=Product.Reach.NATIONAL),
    )
    load = load_of([(na, 5_800), (hoi, 500)], MONDAY)
    assert (load.gross_g, load.max_transit_days, load.shelf_life_days, load.is_fresh) == (6_300, 2, 4, True)


def test_asking_for_many_households_costs_one_query(django_assert_num_queries):
    shops = [a_storefront() for _ in range(5)]
    offers("01")  # what the ways are called is read once a minute
    with django_assert_num_queries(1):
        table = Table()
        assert all(table.offers(shop, "01", a_load()).offers for shop in shops)


def test_ways_are_called_in_the_readers_language():
    caches["fragments"].clear()
    Method.objects.filter(code="coach").update(name_en="Night coach", hint_en="To the bus station")
    with translation.override("en"):
        coach = offers("01").offers[0]
        assert (coach.name, coach.hint) == ("Night coach", "To the bus station")
    assert offers("01").offers[0].name == "Xe khách đêm"


def test_a_way_that_is_gone_is_called_what_it_was_called_then():
    assert called("balloon", then="Khinh khí cầu").name == "Khinh khí cầu" and called("kite").name == "kite"
