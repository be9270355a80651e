"""One-time codes of six digits: send one, judge a guess. Used to sign in, to add a contact, to prove a phone.

At most five guesses of a code are ever evaluated, also when forty arrive at once or the session was copied:
each takes its place by a conditional UPDATE of the code's own row before anything is compared.
"""

import hmac
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts import contacts, limits
from accounts.errors import CannotReach, CodeOver, WrongCode
from accounts.models import Code, User
from accounts.notices import post
from common import dates

DIGITS = 6
LIFE = timedelta(minutes=10)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def send(
    *, purpose: str, contact: str, browser: str, address: str, language: str, user: User | None = None
) -> Code:
    """Write a fresh code and post it; an older one of the same browser and contact ends.

    `contact` is canonical, `browser` the browser's token, `address` the network address (limits).
    Raises CannotReach and TooMany; nothing is sent then.
    """
    target = {contacts.field_of(contact): contact}
    if not post.reaches(**target):
        raise CannotReach
    most = settings.CODE_LIMITS
    limits.take("code-address", address, limit=most["address_hour"], window=HOUR)
    limits.take("code-hour", contact, limit=most["contact_hour"], window=HOUR)
    limits.take("code-day", contact, limit=most["contact_day"], window=DAY)
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    now = dates.now()
    who = {"purpose": purpose, "contact": contact, "browser_hash": limits.digest(browser)}
    with transaction.atomic():
        Code.objects.filter(**who, used_at=None, expires_at__gt=now).update(expires_at=now)
        row = Code.objects.create(
            **who, user=user, code_hash=_hash(purpose, contact, digits), created_at=now, expires_at=now + LIFE
        )
        subject, text, html = _letter(digits)
        post.send(**target, language=language, subject=subject, text=text, html=html, kind="code")
    return row


def judge(code_id: int | None, guess: str, *, purpose: str, browser: str) -> Code:
    """The code's row if `guess` is right, which uses it up.

    Raises WrongCode with the guesses left, CodeOver when it is used, expired, guessed out, or another's.
    Must not run inside a transaction that could take the count back.
    """
    mine = Code.objects.filter(pk=code_id or 0, purpose=purpose, browser_hash=limits.digest(browser))
    alive = mine.filter(used_at=None, expires_at__gt=dates.now(), tries__lt=Code.GUESSES)
    if not alive.update(tries=F("tries") + 1):
        raise CodeOver
    row = mine.get()
    digits = "".join(sign for sign in guess[:40] if sign.isascii() and sign.isdigit())
    if not hmac.compare_digest(_hash(purpose, row.contact, digits), row.code_hash):
        if left := max(Code.GUESSES - row.tries, 0):
            raise WrongCode(left)
        raise CodeOver
    if not mine.filter(used_at=None).update(used_at=dates.now()):
        raise CodeOver
    return row


def waiting(code_id: int | None, *, purpose: str, browser: str) -> Code | None:
    """The row that this browser waits for, living or over; None when it has none."""
    rows = Code.objects.filter(pk=code_id or 0, purpose=purpose, browser_hash=limits.digest(browser))
    return rows.filter(used_at=None).first()


def _hash(purpose: str, contact: str, digits: str) -> str:
    return limits.digest(f"{purpose}\n{contact}\n{digits}")


def _letter(digits: str) -> tuple[str, str, str]:
    subject = _("%(code)s là mã của bạn ở Chợ Xứ Lạng") % {"code": digits}
    context = {"code": digits, "minutes": int(LIFE.total_seconds() // 60)}
    text = render_to_string("accounts/emails/code.txt", context)
    return subject, text, render_to_string("accounts/emails/code.html", context)
