"""What must always be true of the books alone: yields every break it finds, streaming."""

from collections.abc import Iterator

from payments.books import carried
from payments.books.reading import rows

UNBALANCED = """
    SELECT entry.act, count(posting.id), coalesce(sum(posting.amount_vnd), 0)
    FROM books_entry AS entry LEFT JOIN books_posting AS posting ON posting.entry_id = entry.id
    GROUP BY entry.id HAVING count(posting.id) < 2 OR coalesce(sum(posting.amount_vnd), 0) <> 0
"""
#: of these nobody can have taken out more than was put in
NEVER_OVERDRAWN = """
    SELECT account.kind, account.owner, sum(posting.amount_vnd)
    FROM books_posting AS posting JOIN books_account AS account ON account.id = posting.account_id
    WHERE account.kind IN ('escrow', 'unidentified', 'refunds_due')
    GROUP BY account.id HAVING sum(posting.amount_vnd) > 0
"""

#: what is added up, as it is read: by account where accounts are added up one by one, by kind where not
CARRIED = f"""
    WITH books AS (
        SELECT account.kind, {carried.ONE_BY_ONE} AS account_id,
            entry.kind AS act, (entry.made_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS written_on,
            (entry.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS happened_on,
            sum(posting.amount_vnd) AS vnd, count(*) AS count
        FROM books_posting AS posting
        JOIN books_account AS account ON account.id = posting.account_id
        JOIN books_entry AS entry ON entry.id = posting.entry_id
        WHERE entry.id <= (SELECT coalesce(max(upto), 0) FROM books_carry)
        GROUP BY 1, 2, 3, 4, 5
    ), kept AS (
        SELECT kind, account_id, act, written_on, happened_on, sum(amount_vnd) AS vnd, sum(count) AS count
        FROM books_turnover GROUP BY 1, 2, 3, 4, 5)
    SELECT coalesce(books.kind, kept.kind), coalesce(books.account_id, kept.account_id), coalesce(books.act, kept.act),
        coalesce(books.happened_on, kept.happened_on), coalesce(kept.vnd, 0), coalesce(books.vnd, 0)
    FROM books FULL JOIN kept ON kept.kind = books.kind AND coalesce(kept.account_id, 0) = coalesce(books.account_id, 0)
        AND kept.act = books.act AND kept.written_on = books.written_on AND kept.happened_on = books.happened_on
    WHERE (books.vnd, books.count) IS DISTINCT FROM (kept.vnd, kept.count)
"""  # noqa: S608 - made of constants


def breaks() -> Iterator[str]:
    """Entries that do not add up, accounts of other people's money that are overdrawn, sums that are not the books'."""
    for act, count, rest_vnd in rows(UNBALANCED):
        yield f"entry {act}: {count} postings, {rest_vnd} over"
    for kind, owner, over_vnd in rows(NEVER_OVERDRAWN):
        yield f"{kind} {owner}: overdrawn by {over_vnd}"
    for kind, account, act, day, kept_vnd, books_vnd in rows(CARRIED, carried.RULE):
        name = f"{kind} {account}" if account else kind
        yield f"{name}, {act} on {day}: added up to {kept_vnd}, {books_vnd} in the books, or of fewer lines"
