"""The promised clock of a suborder."""

from datetime import date, datetime, timedelta

from common import dates

FRESH_HOURS, DRY_HOURS = 24, 48


def pack_by(*, confirmed_at: datetime, ready_on: date, is_fresh: bool) -> datetime:
    """When the parcel must be packed: 24 h (fresh) or 48 h after confirmation or harvest morning, the later.

    When that falls at night, or on a day nobody works, it moves to 9:00 of the next working day.
    """
    begins = max(confirmed_at, dates.at(ready_on, 6))
    return dates.into_daylight(begins + timedelta(hours=FRESH_HOURS if is_fresh else DRY_HOURS))
