"""Months as statements and the tax office count them: from midnight to midnight in Vietnam.

An entry belongs to the month in which it was written (`Entry.made_at`), not to the one in which what it tells
happened (`Entry.at`): a refund asked for on the 31st and approved on the 1st is the next month's. The books are
only added to and what is added is added now, so a month that is over never changes again, and whoever kept
its statement can check the next one against it.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from common import dates

#: a transaction that began before midnight has ended by then, or was ended
GRACE = timedelta(minutes=10)
YEARS = range(2000, 2100)
WRITTEN = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """November 2026 is Month(2026, 11), written 2026-11."""

    year: int
    number: int

    @classmethod
    def of(cls, moment: datetime) -> Self:
        """The month of a moment, by Vietnam's clocks."""
        here = dates.local(moment)
        return cls(here.year, here.month)

    @classmethod
    def running(cls) -> Self:
        return cls.of(dates.now())

    @classmethod
    def read(cls, text: str) -> Self | None:
        """'2026-11' → that month; None for anything that is no month."""
        found = WRITTEN.fullmatch(text)
        if not found or int(found[1]) not in YEARS or not 1 <= int(found[2]) <= 12:
            return None
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        return self.next.first_day - timedelta(days=1)

    @property
    def next(self) -> "Month":
        return Month(self.year + 1, 1) if self.number == 12 else Month(self.year, self.number + 1)

    @property
    def previous(self) -> "Month":
        return Month(self.year - 1, 12) if self.number == 1 else Month(self.year, self.number - 1)

    @property
    def begins(self) -> datetime:
        return dates.at(self.first_day, 0)

    @property
    def ends(self) -> datetime:
        """The first moment that is not in it any more."""
        return self.next.begins

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be written in it any more."""
        return dates.now() >= self.ends + GRACE
