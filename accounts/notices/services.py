"""Acts on the outbox beside sending."""

from datetime import timedelta

from accounts.notices.models import Notice
from common import dates

WORTHLESS_AFTER = timedelta(hours=1)


def forget_codes() -> int:
    """Blank the letters with codes that are over; how many comes back."""
    old = Notice.objects.filter(kind="code", created_at__lt=dates.now() - WORTHLESS_AFTER)
    return old.exclude(text="").update(subject="······", text="", html="")
