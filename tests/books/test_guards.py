"""What no statement can do to the books; and that each guard is the one that keeps it from being done."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction

from common import dates
from payments.books import guards, post
from payments.books.models import Account, Carry, Entry, Posting, Turnover

ENTRY = "INSERT INTO books_entry (act, kind, about, at) VALUES ('x', 'settled', 'payment:1', now())"
LINE = "INSERT INTO books_posting (entry_id, account_id, amount_vnd) VALUES "
X = "(SELECT id FROM books_entry WHERE act = 'x')"
OLD = "(SELECT min(id) FROM books_entry)"
LOWEST, HIGHEST = "(SELECT min(id) FROM books_account)", "(SELECT max(id) FROM books_account)"
FEE = "(SELECT id FROM books_account WHERE kind = 'commission')"
NOW = "SET CONSTRAINTS ALL IMMEDIATE"

#: what nobody may do: the name of the guard, then the statements
FORBIDDEN = {
    "an entry with nothing in it": ("entry_is_balanced", [ENTRY]),
    "an entry of one line": ("posting_keeps_balance entry_is_balanced", [ENTRY, f"{LINE}({X}, {LOWEST}, 5)"]),
    "debits without credits": (
        "posting_keeps_balance entry_is_balanced",
        [ENTRY, f"{LINE}({X}, {LOWEST}, 5), ({X}, {HIGHEST}, -4)"],
    ),
    "a line after the check was made early": (
        "posting_keeps_balance",
        [ENTRY, f"{LINE}({X}, {LOWEST}, 5), ({X}, {HIGHEST}, -5)", NOW, "SET CONSTRAINTS ALL DEFERRED",
         f"{LINE}({X}, {FEE}, 7)"],
    ),
    "balanced lines for an old entry": (
        "posting_with_its_entry", [f"{LINE}({OLD}, {LOWEST}, 5), ({OLD}, {FEE}, -5)"],
    ),
    "an entry in the name of another transaction": (
        "entry_is_of_now",
        [ENTRY.replace("about, at)", "about, at, made_in)").replace("now())", "now(), '3'::xid8)"),
         "ALTER TABLE books_posting DISABLE TRIGGER posting_with_its_entry",
         f"{LINE}({X}, {LOWEST}, 5), ({X}, {HIGHEST}, -5)"],
    ),
    "another amount": ("posting_is_kept", ["UPDATE books_posting SET amount_vnd = -amount_vnd"]),
    "a line gone": ("posting_is_kept", ["DELETE FROM books_posting"]),
    "another act": ("entry_is_kept", ["UPDATE books_entry SET act = act || 'x'"]),
    "an entry gone": ("entry_is_kept posting_is_kept", ["DELETE FROM books_posting", "DELETE FROM books_entry"]),
    "another owner": ("account_is_kept", ["UPDATE books_account SET owner = owner || 'x'"]),
    "an account gone": ("account_is_kept", ["DELETE FROM books_account WHERE kind = 'loss_fund'"]),
    "no lines at all": ("posting_is_not_emptied", ["TRUNCATE books_posting"]),
    "no entries at all": (
        "entry_is_not_emptied posting_is_not_emptied", ["TRUNCATE books_entry CASCADE"],
    ),
    "no accounts at all": (
        "account_is_not_emptied posting_is_not_emptied",
        ["TRUNCATE books_account CASCADE"],
    ),
    "a line of nothing": ("posting_moves_money", [ENTRY, f"{LINE}({X}, {LOWEST}, 5), ({X}, {HIGHEST}, -5), ({X}, {FEE}, 0)"]),
    "two lines on one account": (
        "posting_once_per_account", [ENTRY, f"{LINE}({X}, {LOWEST}, 5), ({X}, {LOWEST}, -5)"],
    ),
    "an act twice": (
        "books_entry_act_key",
        [f"{ENTRY}, ('x', 'settled', 'payment:1', now())",
         f"{LINE}((SELECT min(id) FROM books_entry WHERE act = 'x'), {LOWEST}, 5),"
         f" ((SELECT min(id) FROM books_entry WHERE act = 'x'), {HIGHEST}, -5),"
         f" ((SELECT max(id) FROM books_entry WHERE act = 'x'), {LOWEST}, 5),"
         f" ((SELECT max(id) FROM books_entry WHERE act = 'x'), {HIGHEST}, -5)"],
    ),
    "a carry that runs backwards": (
        "carry_runs_forward", ["INSERT INTO books_carry (after, upto, made_at) VALUES (9, 9, now())"],
    ),
    "a carry twice": (
        "carry_follows_once",
        ["INSERT INTO books_carry (after, upto, made_at) VALUES (9, 10, now()), (9, 11, now())"],
    ),
    "sums of a carry twice": (
        "turnover_once_per_carry",
        ["INSERT INTO books_carry (after, upto, made_at) VALUES (9, 10, now())",
         "INSERT INTO books_turnover (carry_id, kind, act, written_on, happened_on, amount_vnd, count)"
         " SELECT id, 'escrow', 'settled', '2026-11-01', '2026-11-01', amount_vnd, 1"
         " FROM books_carry, (VALUES (1), (2)) AS line(amount_vnd)"],
    ),
    "an account twice": (
        "account_once_per_kind_and_owner", ["INSERT INTO books_account (kind, owner) VALUES ('bank', '')"],
    ),
}  # fmt: skip


@pytest.fixture
def posted(committed_db):
    post.settled(1, adapter="sandbox", amount_vnd=185_000)


def do(statements: list[str]) -> None:
    """The statements as one transaction that really ends."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def figures() -> list[tuple]:
    return [
        list(model.objects.order_by("pk").values_list())
        for model in (Account, Entry, Posting, Carry, Turnover)
    ]


def without(guard: str) -> str:
    """The statement that takes a guard away."""
    if guard in guards.TRIGGERS:
        return f"DROP TRIGGER {guard} ON books_{guards.TRIGGERS[guard]}"
    table = guard.removeprefix("books_").split("_")[0]
    return f"ALTER TABLE books_{table} DROP CONSTRAINT {guard}"


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_books_refuse(posted, what):
    _guard, statements = FORBIDDEN[what]
    before = figures()
    with pytest.raises(IntegrityError):
        do(statements)
    assert figures() == before


@pytest.mark.parametrize("what", FORBIDDEN)
def test_control_without_the_guard_it_would_be_done(posted, what):
    these, statements = FORBIDDEN[what]
    before = figures()
    do([*map(without, these.split()), *statements])
    assert figures() != before


@pytest.mark.parametrize("what", [what for what, (these, _do) in FORBIDDEN.items() if " " in these])
def test_of_two_guards_the_other_one_still_refuses(posted, what):
    """What two guards forbid needs both to be gone: each of them alone holds."""
    these, statements = FORBIDDEN[what]
    for guard in these.split():
        others = [each for each in these.split() if each != guard]
        with pytest.raises(IntegrityError):
            do([*map(without, others), *statements])


def test_every_guard_has_something_it_alone_forbids():
    alone = {these for these, _do in FORBIDDEN.values() if " " not in these}
    shared = {each for these, _do in FORBIDDEN.values() for each in these.split()}
    assert set(guards.TRIGGERS) <= shared
    assert set(guards.TRIGGERS) - alone == {"entry_is_not_emptied", "account_is_not_emptied"}


def test_the_guards_stand_where_the_migration_put_them(posted):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgrelid::regclass::text FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'books\\_%%'"
        )
        assert dict(cursor.fetchall()) == {name: f"books_{table}" for name, table in guards.TRIGGERS.items()}


def test_no_setting_makes_the_guards_look_away(posted):
    """As those of django-pgtrigger would: why they are not used here."""
    names = ",".join(guards.TRIGGERS)
    with pytest.raises(IntegrityError):
        do([f"SET LOCAL pgtrigger.ignore = '{{{names}}}'", "DELETE FROM books_posting"])


def test_a_nested_transaction_posts_like_any_other(posted):
    with transaction.atomic(), transaction.atomic():
        post.settled(2, adapter="sandbox", amount_vnd=1)
    assert Posting.objects.count() == 4


@pytest.mark.django_db
def test_entries_of_before_are_made_when_they_happened_and_kept_afterwards():
    fill = import_module("payments.books.migrations.0003_made_at").AS_THEN
    entry = post.settled(1, adapter="sandbox", amount_vnd=5, at=dates.now() - timedelta(days=40))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(fill)
    assert Entry.objects.get(pk=entry.pk).made_at == entry.at
    with pytest.raises(IntegrityError, match="only added to"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(made_at=dates.now())
