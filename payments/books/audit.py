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


def breaks() -> Iterator[str]:
    """Entries that do not add up, and accounts of other people's money that are overdrawn."""
    for act, count, rest_vnd in rows(UNBALANCED):
        yield f"entry {act}: {count} postings, {rest_vnd} over"
    for kind, owner, over_vnd in rows(NEVER_OVERDRAWN):
        yield f"{kind} {owner}: overdrawn by {over_vnd}"
