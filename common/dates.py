"""The one clock. Times are aware; business days are those of Vietnam."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from common import province

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
DAYLIGHT = (6, 18)


def now() -> datetime:
    return timezone.now()


def today() -> date:
    """The date in Vietnam."""
    return timezone.now().astimezone(VIETNAM).date()


def local(moment: datetime) -> datetime:
    return moment.astimezone(VIETNAM)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """That hour of that day in Vietnam, aware."""
    return datetime.combine(day, time(hour, minute), VIETNAM)


def is_working_day(day: date) -> bool:
    """Every day works but Sunday and the province's table of holidays."""
    return day.weekday() != 6 and day.isoformat() not in province.holidays()


def next_working_day(day: date) -> date:
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def into_daylight(moment: datetime) -> datetime:
    """The moment itself by day (6–18 h), else 9:00 of the next working day (of this day before dawn)."""
    here = local(moment)
    if DAYLIGHT[0] <= here.hour < DAYLIGHT[1] and is_working_day(here.date()):
        return moment
    if here.hour < DAYLIGHT[0] and is_working_day(here.date()):
        return at(here.date(), 9)
    return at(next_working_day(here.date()), 9)


def add_daylight(moment: datetime, hours: int) -> datetime:
    """`hours` of daylight later: the hours between 18 and 6 o'clock do not count."""
    left = timedelta(hours=hours)
    here = local(moment)
    while True:
        opens, closes = at(here.date(), DAYLIGHT[0]), at(here.date(), DAYLIGHT[1])
        start = max(here, opens)
        if start < closes and left <= closes - start:
            return start + left
        left -= max(closes - start, timedelta(0))
        here = at(here.date() + timedelta(days=1), DAYLIGHT[0])
