"""Balances without reading all postings there are: what is added up so far, and what came after it.

A job that comes every hour adds up, once a day and where much has come since, all entries up to one of them and keeps
the sums (`Turnover`). A figure is then what is kept, and the postings of the entries after that one: right at every
moment, however old the books are. How far that is, is read first, and no sum up to there ever goes away: see `again`.
Accounts of which there is one for each payment, refund, transfer or household have few postings: those are added up
each time.
"""

import logging
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Max, Q

from common import dates
from common.locks import alone
from payments.books.accounts import Name
from payments.books.carried_models import Carry, Turnover
from payments.books.models import Account, Entry

log = logging.getLogger(__name__)
Kind = Account.Kind
#: of these kinds there are few accounts, whoever owns them
FEW = (Kind.GATEWAY, Kind.FEES, Kind.TAX)
CARRIER = "carrier:"
#: accounts that are added up one by one; the same rule for SQL, and in `is_kept`
KEPT = Q(owner="") | Q(kind__in=FEW) | Q(owner__startswith=CARRIER)
RULE = {"few": [str(each) for each in FEW], "carrier": CARRIER}
#: entries added up at once, and how long one that is still being written is waited for
AT_ONCE, PATIENCE_S = 100_000, 20
#: who is writing into the books, however far they are: their locks come before the ids they take
WRITERS = """
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'books_entry'::regclass AND mode = 'RowExclusiveLock'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND pid <> pg_backend_pid()
"""
#: the account, where it is added up by itself
ONE_BY_ONE = """CASE WHEN account.owner = '' OR account.kind = ANY(%(few)s)
            OR starts_with(account.owner, %(carrier)s) THEN account.id END"""
ADD_UP = f"""
    INSERT INTO books_turnover (carry_id, kind, account_id, act, written_on, happened_on, amount_vnd, count)
    SELECT %(carry)s, account.kind,
        {ONE_BY_ONE},
        entry.kind,
        (entry.made_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, (entry.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date,
        sum(posting.amount_vnd), count(*)
    FROM books_entry AS entry
    JOIN books_posting AS posting ON posting.entry_id = entry.id
    JOIN books_account AS account ON account.id = posting.account_id
    WHERE entry.id > %(after)s AND entry.id <= %(upto)s
        AND posting.entry_id > %(after)s AND posting.entry_id <= %(upto)s
    GROUP BY 2, 3, 4, 5, 6
"""  # noqa: S608 - made of constants
BALANCE = """
    SELECT coalesce((SELECT sum(amount_vnd) FROM books_turnover
            WHERE account_id = account.id AND carry_id <= %(carry)s), 0)
        + coalesce((SELECT sum(amount_vnd) FROM books_posting
            WHERE account_id = account.id AND entry_id > %(upto)s), 0)
    FROM books_account AS account WHERE account.kind = %(kind)s AND account.owner = %(owner)s
"""
KINDS = """
    SELECT kind, sum(amount_vnd)::bigint FROM (
        SELECT kind, amount_vnd FROM books_turnover
        WHERE carry_id <= %(carry)s AND (%(day)s::date IS NULL OR happened_on <= %(day)s)
        UNION ALL
        SELECT account.kind, posting.amount_vnd FROM books_posting AS posting
        JOIN books_account AS account ON account.id = posting.account_id
        JOIN books_entry AS entry ON entry.id = posting.entry_id
        WHERE posting.entry_id > %(upto)s AND (%(ends)s::timestamptz IS NULL OR entry.at < %(ends)s)
    ) AS moved GROUP BY kind ORDER BY kind
"""


class Point(NamedTuple):
    """How far the books are added up: by which carry, and up to which entry."""

    carry: int = 0
    upto: int = 0


def point() -> Point:
    """Where the last carry ended. One query."""
    found = Carry.objects.order_by("-upto").values_list("pk", "upto").first()
    return Point(*found) if found else Point()


def is_kept(name: Name) -> bool:
    """Whether the account is one of few of its kind, which are added up one by one."""
    return not name.owner or name.kind in FEW or name.owner.startswith(CARRIER)


def balance(name: Name) -> int:
    """Đồng on an account that is kept, now. Two queries."""
    at = point()
    with connection.cursor() as cursor:
        cursor.execute(BALANCE, {**at._asdict(), "kind": str(name.kind), "owner": name.owner})
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def by_kind(day: date | None = None) -> dict[str, int]:
    """Kind of account → đồng on all of them, now or at the end of a day in Vietnam. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(KINDS, {**point()._asdict(), "day": day, "ends": end_of(day)})
        return dict(cursor.fetchall())


def end_of(day: date | None) -> datetime | None:
    """The first moment after the day in Vietnam; None for no day, and for the last one that can be written."""
    return None if day is None or day == date.max else dates.at(day + timedelta(days=1), 0)


def carry(*, patience_s: float = PATIENCE_S) -> bool:
    """Add up what was written since the last time; whether there is more. Safe to run twice, also at once.

    Nothing is added up while an entry that came earlier may still be on its way: then it is left for the next time.
    """
    last = Entry.objects.aggregate(last=Max("pk"))["last"] or 0
    if last <= point().upto or not _all_written(patience_s):
        return False
    return _carry(last)


def is_due() -> bool:
    """Whether nothing was added up today, or so much is left that pages would be slow."""
    if not Carry.objects.filter(made_at__gte=dates.at(dates.today(), 0)).exists():
        return True
    return Entry.objects.filter(pk__gt=point().upto).order_by("pk")[AT_ONCE:].exists()


def is_whole() -> bool:
    """Whether nothing stands in the books that is not added up."""
    return not Entry.objects.filter(pk__gt=point().upto).exists()


def again() -> None:
    """Add up once more all that was added up, for who may: the owner of the tables. Safe to stop, and to run twice.

    Each carry stays in its place and gets its sums anew in one transaction: whoever has read how far the books are
    added up finds sums up to just there, before and after. Where one does not follow the other, what comes behind is
    thrown away, since no sum of it was right: `carry` makes it.
    """
    end = 0
    for made in Carry.objects.order_by("after"):
        if made.after != end:
            _forget(made.after)
            return
        _again(made)
        end = made.upto


@transaction.atomic
def _again(made: Carry) -> None:
    alone("books:carry")
    made.turnovers.all().delete()
    _add_up(made)


@transaction.atomic
def _forget(after: int) -> None:
    alone("books:carry")
    Turnover.objects.filter(carry__after__gte=after).delete()
    Carry.objects.filter(after__gte=after).delete()


@transaction.atomic
def _carry(last: int) -> bool:
    alone("books:carry")
    after = point().upto
    upto = _next(after, last)
    if upto is None:
        return False
    _add_up(Carry.objects.create(after=after, upto=upto))
    return upto < last


def _add_up(made: Carry) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ADD_UP, {"carry": made.pk, "after": made.after, "upto": made.upto, **RULE})


def _next(after: int, last: int) -> int | None:
    """Up to which entry is added up now: so many at once, however far apart their ids lie; None when none is left."""
    waiting = Entry.objects.filter(pk__gt=after, pk__lte=last).order_by("pk").values_list("pk", flat=True)
    return waiting[AT_ONCE - 1 : AT_ONCE].first() or waiting.last()


def _all_written(patience_s: float) -> bool:
    """Wait until all who write now have ended; False when it takes too long.

    Ids are taken in order and rows appear when their transaction ends: without this an entry that is written
    slowly would appear below those that are added up, and never be counted.
    """
    ends_at, waits_for = time.monotonic() + patience_s, set(_writers())
    while waits_for:
        waits_for &= set(_writers())
        if waits_for and time.monotonic() >= ends_at:
            log.warning("The books are not added up: %s transactions write into them.", len(waits_for))
            return False
        time.sleep(0.1 if waits_for else 0)
    return True


def _writers() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(WRITERS)
        yield from (row[0] for row in cursor.fetchall())
