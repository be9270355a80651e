"""Calls that prove nothing: counted by gateway and hour, never kept."""

import logging
import threading
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import F

from common import dates
from payments.intake.models import ForgedCalls

log = logging.getLogger(__name__)
#: so many of one hour are written one by one, later ones by the hundred: a flood costs the database little
BY_ONE = 100
KEPT = timedelta(days=30)
_lock = threading.Lock()
_seen: dict[str, tuple[datetime, int]] = {}


def count(code: str) -> None:
    """One more call in the name of that gateway. Never raises; of a flood up to a hundred of a process's may be missing."""
    now = dates.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    calls, seen = _to_write(code, hour)
    if seen % BY_ONE == 1:
        log.warning("Forged calls to %s in this hour, to this process: %s", code, seen)
    if calls:
        try:
            _write(code, hour, calls, now)
        except DatabaseError:
            log.exception("Forged calls to %s could not be counted.", code)


def forget() -> int:
    """Counts that are long past go; how many comes back."""
    return ForgedCalls.objects.filter(hour__lt=dates.now() - KEPT).delete()[0]


def _to_write(code: str, hour: datetime) -> tuple[int, int]:
    """How many calls are written now, and how many this process has seen in this hour."""
    with _lock:
        last, seen = _seen.get(code, (hour, 0))
        seen = seen + 1 if last == hour else 1
        _seen[code] = (hour, seen)
    if seen <= BY_ONE:
        return 1, seen
    return (BY_ONE, seen) if seen % BY_ONE == 0 else (0, seen)


def _write(code: str, hour: datetime, calls: int, now: datetime) -> None:
    row, _new = ForgedCalls.objects.get_or_create(adapter=code, hour=hour, defaults={"last_at": now})
    ForgedCalls.objects.filter(pk=row.pk).update(calls=F("calls") + calls, last_at=now)
