"""The one place that writes into the books."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction

from common import dates
from common.steer import steer
from payments.books.accounts import Name
from payments.books.errors import ActDiffers, NotBalanced
from payments.books.models import Entry

FIND = """
    SELECT account.id, account.kind, account.owner
    FROM unnest(%s::text[], %s::text[]) AS wanted(kind, owner)
    JOIN books_account AS account ON account.kind = wanted.kind AND account.owner = wanted.owner
"""
OPEN = """
    INSERT INTO books_account (kind, owner)
    SELECT kind, owner FROM unnest(%s::text[], %s::text[]) AS wanted(kind, owner) ORDER BY kind, owner
    ON CONFLICT (kind, owner) DO NOTHING
"""
ENTER = """
    INSERT INTO books_entry (act, kind, about, at, made_at) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (act) DO NOTHING RETURNING id
"""
POST = """
    INSERT INTO books_posting (entry_id, account_id, amount_vnd)
    SELECT %s, account_id, amount_vnd FROM unnest(%s::bigint[], %s::bigint[]) AS line(account_id, amount_vnd)
"""
STANDS = """
    SELECT account.kind, account.owner, posting.amount_vnd FROM books_posting AS posting
    JOIN books_account AS account ON account.id = posting.account_id WHERE posting.entry_id = %s
"""


def enter(
    kind: str, about: str, lines: Mapping[Name, int], *, act: str = "", at: datetime | None = None
) -> Entry:
    """Post an act once: account name → đồng, debit positive, credit negative; zeros are left out.

    `act` is the act's id, `<kind>:<about>` where a thing can be done once only to its subject. The second
    time the entry that stands comes back and nothing is written. Raises ActDiffers when it stands there
    with other lines, NotBalanced when the lines do not add up to nothing, or move nothing.
    """
    wanted = {name: amount_vnd for name, amount_vnd in lines.items() if amount_vnd}
    if not wanted or sum(wanted.values()):
        raise NotBalanced(f"{kind} {about}: {wanted}")
    now = dates.now()
    entry = Entry(act=act or f"{kind}:{about}", kind=kind, about=about, at=at or now, made_at=now)
    return entry if _write(entry, wanted) else _standing(entry.act, wanted)


@transaction.atomic(savepoint=False)
def _write(entry: Entry, lines: dict[Name, int]) -> bool:
    """Write entry and postings; whether this was the first time."""
    with connection.cursor() as cursor:
        cursor.execute(ENTER, [entry.act, entry.kind, entry.about, entry.at, entry.made_at])
        row = cursor.fetchone()
        if row is None:
            return False
        found = _accounts(cursor, list(lines))
        names = sorted(lines)
        cursor.execute(POST, [row[0], [found[each] for each in names], [lines[each] for each in names]])
    entry.pk, entry._state.adding = row[0], False
    steer("after:books.enter")
    return True


def _accounts(cursor, names: list[Name]) -> dict[Name, int]:
    """Ids of the accounts; those that nobody has needed before are opened."""
    found = _known(cursor, names)
    missing = [name for name in names if name not in found]
    if missing:
        cursor.execute(OPEN, _columns(missing))
        found |= _known(cursor, missing)
    return found


def _known(cursor, names: list[Name]) -> dict[Name, int]:
    cursor.execute(FIND, _columns(names))
    return {Name(kind, owner): account_id for account_id, kind, owner in cursor.fetchall()}


def _columns(names: list[Name]) -> list[list[str]]:
    return [[str(name.kind) for name in names], [name.owner for name in names]]


def _standing(act: str, wanted: dict[Name, int]) -> Entry:
    entry = Entry.objects.get(act=act)
    with connection.cursor() as cursor:
        cursor.execute(STANDS, [entry.pk])
        stands = {Name(kind, owner): amount_vnd for kind, owner, amount_vnd in cursor.fetchall()}
    if stands != wanted:
        raise ActDiffers(f"{act}: {stands} stands there, not {wanted}")
    return entry
