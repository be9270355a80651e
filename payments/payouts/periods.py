"""Periods are weeks, Monday to Sunday; their money goes out once the hold after them is over."""

from datetime import date, datetime, timedelta

from django.conf import settings

from common import dates

LONGEST = timedelta(days=92)
#: years in which a period can be meant
YEARS = range(2000, 2100)


def last_week(today: date | None = None) -> tuple[date, date]:
    """The last week whose hold is over: its Monday and its Sunday."""
    day = (today or dates.today()) - timedelta(days=settings.PAYOUT_HOLD_DAYS + 1)
    sunday = day - timedelta(days=(day.weekday() + 1) % 7)
    return sunday - timedelta(days=6), sunday


def is_ripe(until_day: date) -> bool:
    """Whether the hold after the period's last day is over."""
    return dates.today() - timedelta(days=settings.PAYOUT_HOLD_DAYS) > until_day


def end_of(until_day: date) -> datetime:
    """The first moment after the period, in Vietnam."""
    return dates.at(until_day + timedelta(days=1), 0)


def payday(earned_at: datetime) -> date:
    """The working day on which money earned at that moment is due to be paid out; today, when that is past."""
    day = dates.local(earned_at).date()
    sunday = day + timedelta(days=6 - day.weekday())
    due = max(sunday + timedelta(days=settings.PAYOUT_HOLD_DAYS + 1), dates.today())
    return due if dates.is_working_day(due) else dates.next_working_day(due)
