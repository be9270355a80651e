"""Proving a phone by a code, for guests who pay cash: once per phone and browser, good for 90 days."""

from datetime import timedelta

from django.db import connection
from django.utils.translation import get_language

from accounts import code as codes
from accounts import limits
from accounts.errors import CodeOver, WrongCode
from accounts.models import Code, ProvedPhone, Purpose, User
from common import dates, phones

DAYS = 90
# Every order for cash asks it.
PROVED = "SELECT 1 FROM accounts_provedphone WHERE phone = %s AND browser_hash = %s AND proved_at > %s"


def start(phone: str, browser_token: str, *, address: str = "", language: str = "") -> None:
    """Send a code to the phone ('+84…' or as typed).

    `address`: the network address, for the limit. Raises phones.BadPhone, errors.TooMany, errors.CannotReach.
    """
    codes.send(
        purpose=Purpose.PROVE,
        contact=phones.parse(phone),
        browser=browser_token,
        address=address or browser_token,
        language=language or get_language() or "vi",
    )


def check(phone: str, code: str, browser_token: str) -> bool:
    """True when the code is right: the phone counts as proved in this browser. False for any other guess.

    Use `verify` where the page tells how many guesses are left.
    """
    try:
        verify(phone, code, browser_token)
    except (WrongCode, CodeOver):
        return False
    return True


def verify(phone: str, code: str, browser_token: str) -> None:
    """Like `check`, but raises errors.WrongCode (with `left`) or errors.CodeOver."""
    number = phones.parse(phone)
    latest = _latest(number, browser_token)
    codes.judge(latest.pk if latest else None, code, purpose=Purpose.PROVE, browser=browser_token)
    ProvedPhone.objects.update_or_create(
        phone=number, browser_hash=limits.digest(browser_token), defaults={"proved_at": dates.now()}
    )


def is_waiting(phone: str, browser_token: str) -> bool:
    """True while a code that was sent can still be typed in."""
    latest = _latest(phones.parse(phone), browser_token)
    return bool(latest and latest.expires_at > dates.now() and latest.tries < Code.GUESSES)


def is_proved(phone: str, browser_token: str, *, user: User | None = None) -> bool:
    """True within 90 days of the proof in this browser, or when it is the verified phone of `user`."""
    try:
        number = phones.parse(phone)
    except phones.BadPhone:
        return False
    if user is not None and user.is_authenticated and user.phone == number and user.phone_verified_at:
        return True
    if not browser_token:
        return False
    since = dates.now() - timedelta(days=DAYS)
    with connection.cursor() as cursor:
        cursor.execute(PROVED, [number, limits.digest(browser_token), since])
        return cursor.fetchone() is not None


def _latest(number: str, browser_token: str) -> Code | None:
    rows = Code.objects.filter(
        purpose=Purpose.PROVE, contact=number, browser_hash=limits.digest(browser_token), used_at=None
    )
    return rows.order_by("-pk").first()
