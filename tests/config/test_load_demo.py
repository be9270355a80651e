"""The demo: the same on every machine, true on every date, and its stock adds up."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction

from accounts.models import User
from common import dates
from config.province.demo.harvests import Rhythm, load_harvests
from farmers.models import Household
from payments.books.models import Entry
from shop.orders import state
from shop.orders.models import Order, SubOrder, SubOrderEvent
from shop.search.models import SearchRow
from shop.stock import audit, queries
from shop.stock.models import Lot

AUGUST = datetime(2026, 8, 15, 2, tzinfo=UTC)
NA = frozenset({7, 8, 9, 10})


def load(moment=AUGUST):
    with time_machine.travel(moment, tick=False):
        call_command("load_province", "20")
        call_command("load_demo", "--no-sizes")


def can_be_bought(moment):
    """Households → how many of their na Chi Lăng listings can be bought at that moment."""
    lots = queries.sellable(moment).filter(listing__product__slug="na-chi-lang")
    return Counter(
        lots.values_list("listing__storefront__slug", "listing")
        .distinct()
        .values_list("listing__storefront__slug")
    )


@pytest.mark.usefixtures("patient")
def test_the_demo_of_15_august():
    """One load for six promises, since it takes seconds."""
    load()
    once = counts()
    assert once == {"households": 60, "on sale": 120, "orders": 200, "lots": once["lots"]}
    its_stock_adds_up()
    its_books_are_clean()
    past_orders_stand_in_the_state_their_parts_give_them()
    the_cast_has_something_to_do()
    six_na_listings_of_four_households_can_be_bought_in_every_month()
    load()
    assert counts() == once


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("day", ["2026-01-01", "2028-02-29"])
def test_the_demo_loads_on_other_days_too(day):
    moment = datetime.fromisoformat(f"{day}T16:30:00+00:00")
    load(moment)
    assert len(can_be_bought(moment)) >= 4
    assert not SubOrderEvent.objects.filter(at__gt=moment).exists()
    its_stock_adds_up()


def counts():
    return {
        "households": Household.objects.count(),
        "on sale": SearchRow.objects.count(),
        "orders": Order.objects.count(),
        "lots": Lot.objects.count(),
    }


def its_stock_adds_up():
    assert list(audit.breaks()) == []


def its_books_are_clean():
    call_command("audit_books")
    assert Entry.objects.exists()


def past_orders_stand_in_the_state_their_parts_give_them():
    before = dict(Order.objects.values_list("number", "state"))
    for order in Order.objects.all():
        state.refresh(order)
    assert dict(Order.objects.values_list("number", "state")) == before
    assert set(before.values()) == {*Order.State.values}
    waiting = {SubOrder.State.AWAITING_PAYMENT}
    assert set(SubOrder.objects.values_list("state", flat=True)) == {*SubOrder.State.values} - waiting


def the_cast_has_something_to_do():
    mine = SubOrder.objects.filter(storefront__household__memberships__user__phone="+84900000001")
    assert {"confirmed", "packed", "shipped"} <= set(mine.values_list("state", flat=True))
    assert Order.objects.filter(user__phone="+84900000101").count() >= 3
    assert User.objects.get(phone="+84900000200").is_superuser
    assert not any(user.has_usable_password() for user in User.objects.all())


def six_na_listings_of_four_households_can_be_bought_in_every_month():
    for month in range(1, 13):
        moment = datetime(2027, month, 28, 15, tzinfo=UTC)
        with time_machine.travel(moment, tick=False), transaction.atomic():
            load_harvests(moment)
            found = can_be_bought(moment)
            transaction.set_rollback(True)
        assert sum(found.values()) >= 6, month
        assert len(found) >= 4, month


@pytest.mark.parametrize("shelf_days", [1, 2, 3, 4, 8, 14, 25])
def test_in_season_something_good_lies_there_on_every_day(shelf_days):
    rhythm = Rhythm(months=NA, shelf_days=shelf_days)
    for back in range(365):
        today = date(2026, 12, 31) - timedelta(days=back)
        if today.month in NA:
            first = rhythm.days(today, late=back % 7)[0]
            assert first <= today <= first + timedelta(days=shelf_days)


def test_out_of_season_the_first_pick_of_july_is_offered():
    rhythm = Rhythm(months=NA, shelf_days=4, always=True)
    assert rhythm.days(date(2027, 1, 5), late=2) == [date(2027, 7, 6)]
    assert Rhythm(months=NA, shelf_days=4).days(date(2027, 1, 5), late=2) == []


def test_what_keeps_is_still_sold_after_its_season():
    rhythm = Rhythm(months=frozenset({11, 12}), shelf_days=180)
    assert rhythm.days(date(2027, 3, 1), late=0) == [date(2026, 12, 31)]
    assert rhythm.days(dates.today().replace(month=8, day=1), late=0) == []
