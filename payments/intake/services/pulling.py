"""Asking bank feeds for what their notifications may have lost."""

import logging
from datetime import timedelta

from django.db import transaction

from common import dates
from common.steer import steer
from payments.adapters import registry
from payments.adapters.contract import Adapter, Pulled, Pulls, Refused, Unreachable
from payments.intake import breaker
from payments.intake.models import Pull
from payments.intake.services import inbox
from payments.intake.services.jobs import later

log = logging.getLogger(__name__)
PAUSE = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=1)
#: so many answers are read in one go; what is left waits for the next one
MOST_PAGES = 10


def pull_due() -> int:
    """Have jobs ask the feeds whose time has come; how many comes back."""
    now, asked = dates.now(), 0
    for feed in registry.feeds():
        if not isinstance(feed, Pulls):
            continue
        row, _new = Pull.objects.get_or_create(adapter=feed.code, defaults={"next_at": now})
        with transaction.atomic():
            mine = Pull.objects.filter(pk=row.pk, next_at=row.next_at, next_at__lte=now)
            if mine.update(next_at=now + PAUSE):
                later("payments.pull", code=feed.code)
                asked += 1
    return asked


def pull(code: str) -> int:
    """The job: keep and apply what came since the last time; how many movements were told comes back.

    Safe to run twice and beside the feed's own notifications. The mark moves when an answer is stored; a feed that
    does not answer, or refuses, is asked ever later.
    """
    came = 0
    for _page in range(MOST_PAGES):
        found = _pull_one(code)
        came += len(found.said) if found else 0
        if found is None or not found.goes_on:
            break
    return came


def _pull_one(code: str) -> Pulled | None:
    """One answer of the feed, kept and applied; None when there was none."""
    try:
        feed = registry.get(code, patient=True)
    except registry.NoSuchAdapter:
        return None
    row, _new = Pull.objects.get_or_create(adapter=code)
    try:
        found = _asked(feed, row.mark)
    except Refused as refusal:
        _failed(row, (refusal.words or refusal.code or "?")[:200])
        return None
    except Unreachable:
        _failed(row, Pull.SILENT)
        return None
    except Exception as error:
        log.exception("%s fails at asking.", code)
        _failed(row, type(error).__name__)
        return None
    if found is None:
        Pull.objects.filter(pk=row.pk).update(failures=0, trouble="")
        return None
    inbox.told(feed, found.said, found.unread)
    steer("after:pulling.stored")
    mine = Pull.objects.filter(pk=row.pk, mark=row.mark)
    mine.update(mark=found.mark, pulled_at=dates.now(), failures=0, trouble="")
    return found


def _asked(feed: Adapter, mark: str) -> Pulled | None:
    return breaker.watched(feed, lambda: feed.pull(mark))


def _failed(row: Pull, trouble: str) -> None:
    pause = min(PAUSE * 2 ** min(row.failures + 1, 6), LONGEST_PAUSE)
    Pull.objects.filter(pk=row.pk).update(
        failures=row.failures + 1, trouble=trouble, next_at=dates.now() + pause
    )
    log.warning("%s cannot be asked for lost notifications: %s", row.adapter, trouble)
