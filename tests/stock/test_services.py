"""What stock promises: a lot never sells more than it has, and its counters are the sums of its rows."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from common import dates
from shop.stock import audit, queries, services
from shop.stock.errors import LotTooSmall, StockShort
from shop.stock.models import Lot
from shop.stock.values import Draw
from tests.builders.catalogue import a_listing

pytestmark = pytest.mark.django_db


@pytest.fixture
def lot():
    return services.open_lot(a_listing(), harvested_on=dates.today(), qty=10_000, by=None)


def figures(lot: Lot) -> tuple[int, int, int, int]:
    lot.refresh_from_db()
    return lot.harvested_qty, lot.reserved_qty, lot.sold_qty, lot.spoiled_qty


def test_a_new_lot_has_a_trace_code_and_keeps_as_long_as_its_product(lot):
    assert len(lot.trace_code) == 8 and lot.best_before == lot.harvested_on + timedelta(days=4)


def test_what_is_held_cannot_be_had_by_others(lot):
    services.reserve({"line:1": [Draw(lot_id=lot.pk, qty=7_000)]})
    with pytest.raises(StockShort) as short:
        services.reserve({"line:2": [Draw(lot_id=lot.pk, qty=4_000)]})
    assert short.value.left_qty == 3_000 and figures(lot) == (10_000, 7_000, 0, 0)


def test_one_short_lot_holds_nothing_of_the_others(lot):
    other = services.open_lot(lot.listing, harvested_on=dates.today(), qty=1_000, by=None)
    wanted = {"line:1": [Draw(lot_id=lot.pk, qty=5_000), Draw(lot_id=other.pk, qty=2_000)]}
    with pytest.raises(StockShort), transaction.atomic():
        services.reserve(wanted)
    assert figures(lot) == (10_000, 0, 0, 0) and list(audit.breaks()) == []


def test_a_closed_lot_sells_nothing_more(lot):
    services.close(lot)
    with pytest.raises(StockShort):
        services.reserve({"line:1": [Draw(lot_id=lot.pk, qty=1)]})


def test_packing_turns_held_into_sold(lot):
    services.reserve({"line:1": [Draw(lot_id=lot.pk, qty=4_000)]})
    services.sell(["line:1"])
    services.sell(["line:1"])
    assert figures(lot) == (10_000, 0, 4_000, 0)


def test_letting_go_twice_gives_back_once(lot):
    services.reserve({"line:1": [Draw(lot_id=lot.pk, qty=4_000)]})
    services.release(["line:1"])
    services.release(["line:1"])
    assert figures(lot) == (10_000, 0, 0, 0)


@pytest.mark.parametrize(("spoiled", "wanted"), [(True, (10_000, 0, 0, 4_000)), (False, (10_000, 0, 0, 0))])
def test_packed_goods_that_come_back_spoil_when_fresh(lot, spoiled, wanted):
    services.reserve({"line:1": [Draw(lot_id=lot.pk, qty=4_000)]})
    services.sell(["line:1"])
    services.take_back(["line:1"], spoiled=spoiled)
    assert figures(lot) == wanted and list(audit.breaks()) == []


def test_a_lot_cannot_shrink_below_what_is_promised(lot):
    services.reserve({"line:1": [Draw(lot_id=lot.pk, qty=4_000)]})
    with pytest.raises(LotTooSmall):
        services.correct(lot, harvested_qty=3_999, by=None)
    services.correct(lot, harvested_qty=4_000, by=None)
    assert figures(lot) == (4_000, 4_000, 0, 0)


def test_what_the_household_says_is_gone_is_booked_as_spoiled(lot):
    services.shrink_to(lot, 2_500, by=None)
    services.shrink_to(lot, 9_000, by=None)
    assert figures(lot) == (10_000, 0, 0, 7_500)


def test_the_database_itself_refuses_a_negative_lot(lot):
    with pytest.raises(IntegrityError, match="lot_never_negative"), transaction.atomic():
        Lot.objects.filter(pk=lot.pk).update(sold_qty=10_001)


def test_lots_are_drawn_soonest_best_before_first(lot):
    sooner = services.open_lot(
        lot.listing,
        harvested_on=dates.today(),
        best_before=dates.today() + timedelta(days=1),
        qty=3_000,
        by=None,
    )
    lots = queries.sellable_lots([lot.listing_id], dates.now())[lot.listing_id]
    draws = queries.plan(lots, 5_000)
    assert draws == (Draw(lot_id=sooner.pk, qty=3_000), Draw(lot_id=lot.pk, qty=2_000))
    assert queries.plan(lots, 13_001) is None


def test_a_pre_order_is_taken_until_its_cut_off():
    listing = a_listing()
    day = dates.today() + timedelta(days=5)
    services.open_lot(listing, harvested_on=day, qty=5_000, by=None)
    before, after = dates.at(day - timedelta(days=1), 17), dates.at(day - timedelta(days=1), 19)
    assert len(queries.sellable_lots([listing.pk], before)[listing.pk]) == 1
    assert queries.sellable_lots([listing.pk], after)[listing.pk] == []


def test_old_fruit_is_not_sold():
    listing = a_listing()
    services.open_lot(listing, harvested_on=date(2020, 8, 1), qty=5_000, by=None)
    assert queries.sellable_lots([listing.pk], dates.now())[listing.pk] == []


def test_the_audit_names_a_counter_that_lies(lot):
    Lot.objects.filter(pk=lot.pk).update(sold_qty=500)
    assert list(audit.breaks()) == [f"lot {lot.trace_code}: sold says 500, its rows say 0"]
