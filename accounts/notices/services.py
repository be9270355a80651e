"""Acts on the outbox beside sending."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q

from accounts.notices.models import Notice
from common import dates

WORTHLESS_AFTER = timedelta(hours=1)


def forget_codes() -> int:
    """Blank the letters with codes that are over; how many comes back."""
    old = Notice.objects.filter(kind="code", created_at__lt=dates.now() - WORTHLESS_AFTER)
    return old.exclude(text="").update(subject="······", text="", html="")


def forget(kinds: Iterable[str], *, older_than: timedelta) -> int:
    """Take letters of these kinds out of the outbox, with whom they were for; how many comes back."""
    old = Notice.objects.filter(kind__in=list(kinds), created_at__lt=dates.now() - older_than)
    return old.delete()[1].get("notices.Notice", 0)


def forget_contacts(kinds: Iterable[str], contacts: Iterable[str]) -> None:
    """Take the letters of these kinds to these phones and emails out of the outbox, sent or not."""
    whose = list(contacts)
    Notice.objects.filter(Q(phone__in=whose) | Q(email__in=whose), kind__in=list(kinds)).delete()
