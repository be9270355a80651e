"""What must always be true of the books alone: yields every break it finds, streaming."""

from collections.abc import Iterator

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

#: what is added up, day by day, against the entries that it says it counts
CARRIED = """
    WITH books AS (
        SELECT account.kind, (entry.made_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day,
            sum(posting.amount_vnd) AS vnd, count(*) AS count
        FROM books_posting AS posting
        JOIN books_account AS account ON account.id = posting.account_id
        JOIN books_entry AS entry ON entry.id = posting.entry_id
        WHERE entry.id <= (SELECT coalesce(max(upto), 0) FROM books_carry)
        GROUP BY 1, 2
    ), kept AS (
        SELECT kind, written_on AS day, sum(amount_vnd) AS vnd, sum(count) AS count
        FROM books_turnover GROUP BY 1, 2)
    SELECT coalesce(books.kind, kept.kind), coalesce(books.day, kept.day), coalesce(kept.vnd, 0),
        coalesce(books.vnd, 0)
    FROM books FULL JOIN kept ON kept.kind = books.kind AND kept.day = books.day
    WHERE (books.vnd, books.count) IS DISTINCT FROM (kept.vnd, kept.count)
"""
#: the same account by account, of those that are added up one by one
CARRIED_ACCOUNTS = """
    WITH kept AS (
        SELECT account_id, sum(amount_vnd) AS vnd FROM books_turnover
        WHERE account_id IS NOT NULL GROUP BY account_id
    ), books AS (
        SELECT account_id, sum(amount_vnd) AS vnd FROM books_posting
        WHERE account_id IN (SELECT account_id FROM kept)
            AND entry_id <= (SELECT coalesce(max(upto), 0) FROM books_carry)
        GROUP BY account_id)
    SELECT trim(account.kind || ' ' || account.owner), kept.vnd, coalesce(books.vnd, 0)
    FROM kept JOIN books_account AS account ON account.id = kept.account_id
    LEFT JOIN books ON books.account_id = kept.account_id WHERE kept.vnd IS DISTINCT FROM coalesce(books.vnd, 0)
"""


def breaks() -> Iterator[str]:
    """Entries that do not add up, accounts of other people's money that are overdrawn, sums that are not the books'."""
    for act, count, rest_vnd in rows(UNBALANCED):
        yield f"entry {act}: {count} postings, {rest_vnd} over"
    for kind, owner, over_vnd in rows(NEVER_OVERDRAWN):
        yield f"{kind} {owner}: overdrawn by {over_vnd}"
    for kind, day, kept_vnd, books_vnd in rows(CARRIED):
        yield f"{kind} on {day}: added up to {kept_vnd}, {books_vnd} in the books, or of fewer lines"
    for name, kept_vnd, books_vnd in rows(CARRIED_ACCOUNTS):
        yield f"{name}: added up to {kept_vnd}, {books_vnd} in the books"
