from datetime import date

from common import dates
from shop.orders import clock

SATURDAY = date(2026, 8, 15)


def test_fresh_goods_are_packed_within_a_day():
    due = clock.pack_by(
        confirmed_at=dates.at(date(2026, 8, 13), 9), ready_on=date(2026, 8, 13), is_fresh=True
    )
    assert due == dates.at(date(2026, 8, 14), 9)


def test_dry_goods_have_two_days():
    due = clock.pack_by(
        confirmed_at=dates.at(date(2026, 8, 12), 9), ready_on=date(2026, 8, 1), is_fresh=False
    )
    assert due == dates.at(date(2026, 8, 14), 9)


def test_a_sunday_deadline_moves_to_monday_nine():
    due = clock.pack_by(confirmed_at=dates.at(SATURDAY, 9, 42), ready_on=SATURDAY, is_fresh=True)
    assert due == dates.at(date(2026, 8, 17), 9)


def test_a_pre_orders_clock_starts_on_harvest_morning():
    due = clock.pack_by(confirmed_at=dates.at(date(2026, 8, 3), 9), ready_on=date(2026, 8, 19), is_fresh=True)
    assert due == dates.at(date(2026, 8, 20), 6)
