from datetime import date, timedelta

import time_machine

from common import dates

SATURDAY = date(2026, 8, 15)


def test_today_is_vietnams_date():
    with time_machine.travel("2026-08-14T17:30:00Z"):
        assert dates.today() == SATURDAY


def test_by_day_a_deadline_stays():
    noon = dates.at(SATURDAY, 12)
    assert dates.into_daylight(noon) == noon


def test_at_night_it_moves_to_nine_of_the_next_working_day():
    assert dates.into_daylight(dates.at(SATURDAY, 20)) == dates.at(date(2026, 8, 17), 9)


def test_before_dawn_it_moves_to_nine_of_the_same_day():
    assert dates.into_daylight(dates.at(SATURDAY, 3)) == dates.at(SATURDAY, 9)


def test_on_a_holiday_it_moves_on():
    assert dates.into_daylight(dates.at(date(2026, 9, 2), 12)) > dates.at(date(2026, 9, 2), 18)


def test_daylight_hours_skip_the_night():
    evening = dates.at(SATURDAY, 17)
    assert dates.add_daylight(evening, 2) == dates.at(SATURDAY + timedelta(days=1), 7)
    assert dates.add_daylight(dates.at(SATURDAY, 8), 2) == dates.at(SATURDAY, 10)
