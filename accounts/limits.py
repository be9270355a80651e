"""Limits kept in rows, so that all processes share them and forty parallel requests count as forty."""

import hashlib
import hmac
from datetime import timedelta

from django.conf import settings
from django.db import connection

from accounts.errors import TooMany
from common import dates

# One statement on one row: opens the window, counts in it, or changes nothing when it is full.
TAKE = """
    INSERT INTO accounts_meter AS meter (key, opened_at, count) VALUES (%(key)s, %(now)s, 1)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN meter.opened_at <= %(closed)s THEN 1 ELSE meter.count + 1 END,
        opened_at = CASE WHEN meter.opened_at <= %(closed)s THEN %(now)s ELSE meter.opened_at END
    WHERE meter.opened_at <= %(closed)s OR meter.count < %(limit)s
    RETURNING count
"""


def take(what: str, whom: str, *, limit: int, window: timedelta) -> None:
    """Count one `what` by or for `whom` (kept only as a digest); the one over `limit` raises TooMany."""
    now = dates.now()
    key = f"{what}:{digest(whom)[:40]}"
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"key": key, "now": now, "closed": now - window, "limit": limit})
        if cursor.fetchone():
            return
        cursor.execute("SELECT opened_at FROM accounts_meter WHERE key = %s", [key])
        row = cursor.fetchone()
    raise TooMany((row[0] if row else now) + window)


def digest(text: str) -> str:
    """A keyed digest: equal texts are found again, the text itself is not kept. 64 hexadecimal signs."""
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
