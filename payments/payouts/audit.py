"""What must always be true of payouts and of what households are owed: yields every break, streaming."""

from collections.abc import Iterator

from payments.books.reading import rows

#: of each household and account: what left and did not come back, by payouts and by the books
PAID = """
    WITH ours AS (
        SELECT 'household:' || household_id AS owner, kind, sum(vnd) AS vnd
        FROM payouts_payout AS payout, LATERAL (VALUES
            ('payable', payout.payable_vnd), ('delivery', payout.delivery_vnd)) AS part(kind, vnd)
        WHERE payout.state IN ('sent', 'settled') GROUP BY 1, 2
    ), books AS (
        SELECT account.owner, account.kind, sum(posting.amount_vnd) AS vnd
        FROM books_posting AS posting
        JOIN books_account AS account ON account.id = posting.account_id
        JOIN books_entry AS entry ON entry.id = posting.entry_id
        WHERE entry.kind IN ('payout_sent', 'payout_bounced') AND account.kind IN ('payable', 'delivery')
        GROUP BY 1, 2)
    SELECT coalesce(ours.kind, books.kind), coalesce(ours.owner, books.owner),
        coalesce(ours.vnd, 0), coalesce(books.vnd, 0)
    FROM ours FULL JOIN books ON books.owner = ours.owner AND books.kind = ours.kind
    WHERE coalesce(ours.vnd, 0) <> coalesce(books.vnd, 0)
"""
#: what a household is owed: everything it earned, gave back and kept, less what left and did not come back
OWED = """
    WITH books AS (
        SELECT account.owner, -sum(posting.amount_vnd) AS owed,
            -coalesce(sum(posting.amount_vnd) FILTER (
                WHERE entry.kind NOT IN ('payout_sent', 'payout_bounced')), 0) AS earned
        FROM books_posting AS posting
        JOIN books_account AS account ON account.id = posting.account_id
        JOIN books_entry AS entry ON entry.id = posting.entry_id
        WHERE account.kind IN ('payable', 'delivery') AND account.owner LIKE 'household:%' GROUP BY 1
    ), paid AS (
        SELECT 'household:' || payout.household_id AS owner, sum(line.payable_vnd + line.delivery_vnd) AS vnd
        FROM payouts_payoutline AS line JOIN payouts_payout AS payout ON payout.id = line.payout_id
        WHERE payout.state IN ('sent', 'settled') AND line.counts GROUP BY 1)
    SELECT coalesce(books.owner, paid.owner), coalesce(books.earned, 0) - coalesce(paid.vnd, 0),
        coalesce(books.owed, 0)
    FROM books FULL JOIN paid ON paid.owner = books.owner
    WHERE coalesce(books.earned, 0) - coalesce(paid.vnd, 0) <> coalesce(books.owed, 0)
"""
#: lines that say otherwise than the entry they pay, or belong to another household
LINES = """
    SELECT payout.reference, line.entry_id, line.payable_vnd, line.delivery_vnd,
        coalesce(entry.payable_vnd, 0), coalesce(entry.delivery_vnd, 0)
    FROM payouts_payoutline AS line JOIN payouts_payout AS payout ON payout.id = line.payout_id
    LEFT JOIN LATERAL (
        SELECT -sum(posting.amount_vnd) FILTER (WHERE account.kind = 'payable') AS payable_vnd,
            -sum(posting.amount_vnd) FILTER (WHERE account.kind = 'delivery') AS delivery_vnd
        FROM books_posting AS posting JOIN books_account AS account ON account.id = posting.account_id
        WHERE posting.entry_id = line.entry_id AND account.owner = 'household:' || payout.household_id
            AND account.kind IN ('payable', 'delivery')
    ) AS entry ON true
    WHERE line.payable_vnd <> coalesce(entry.payable_vnd, 0)
        OR line.delivery_vnd <> coalesce(entry.delivery_vnd, 0)
        OR line.counts <> (payout.state NOT IN ('rejected', 'bounced'))
"""
SUMS = """
    SELECT payout.reference, payout.amount_vnd, coalesce(sum(line.payable_vnd + line.delivery_vnd), 0)
    FROM payouts_payout AS payout LEFT JOIN payouts_payoutline AS line ON line.payout_id = payout.id
    GROUP BY payout.id HAVING payout.amount_vnd <> coalesce(sum(line.payable_vnd + line.delivery_vnd), 0)
"""
#: one entry for what was sent, one more for what came back, none for the rest
BOOKED = """
    SELECT payout.reference, payout.state FROM payouts_payout AS payout
    WHERE (payout.state IN ('sent', 'settled', 'bounced')) <> EXISTS (
            SELECT 1 FROM books_entry AS entry WHERE entry.act = 'payout_sent:payout:' || payout.id)
        OR (payout.state = 'bounced') <> EXISTS (
            SELECT 1 FROM books_entry AS entry WHERE entry.act = 'payout_bounced:payout:' || payout.id)
"""
STATES = """
    SELECT payout.reference, payout.state, coalesce(event."to", 'nothing') FROM payouts_payout AS payout
    LEFT JOIN LATERAL (
        SELECT "to" FROM payouts_payoutevent WHERE payout_id = payout.id ORDER BY id DESC LIMIT 1
    ) AS event ON true
    WHERE event."to" IS DISTINCT FROM payout.state
"""
#: fees and taxes that were sent, and those that came back, against the books
DUES = """
    WITH ours AS (
        SELECT CASE kind WHEN 'tax' THEN 'tax_' || way.name || ':tax:' || number
                ELSE 'carrier_' || way.name || ':statement:' || "to" || ':' || number END
            || CASE WHEN again > 0 THEN ':' || again ELSE '' END AS act,
            way.sign * delivery_vnd AS delivery_vnd, way.sign * vat_vnd AS vat_vnd,
            way.sign * income_tax_vnd AS income_tax_vnd
        FROM payouts_due JOIN (VALUES ('paid', 1), ('bounced', -1)) AS way(name, sign)
            ON state = 'bounced' OR (state = 'sent' AND way.name = 'paid')
    ), books AS (
        SELECT entry.act,
            coalesce(sum(posting.amount_vnd) FILTER (WHERE account.kind = 'delivery'), 0) AS delivery_vnd,
            coalesce(sum(posting.amount_vnd) FILTER (
                WHERE account.kind = 'tax' AND account.owner = 'vat'), 0) AS vat_vnd,
            coalesce(sum(posting.amount_vnd) FILTER (
                WHERE account.kind = 'tax' AND account.owner = 'income'), 0) AS income_tax_vnd
        FROM books_entry AS entry
        JOIN books_posting AS posting ON posting.entry_id = entry.id
        JOIN books_account AS account ON account.id = posting.account_id
        WHERE entry.kind IN ('carrier_paid', 'carrier_bounced', 'tax_paid', 'tax_bounced') GROUP BY entry.act)
    SELECT coalesce(ours.act, books.act),
        coalesce(ours.delivery_vnd + ours.vat_vnd + ours.income_tax_vnd, 0),
        coalesce(books.delivery_vnd + books.vat_vnd + books.income_tax_vnd, 0)
    FROM ours FULL JOIN books ON books.act = ours.act
    WHERE (ours.delivery_vnd, ours.vat_vnd, ours.income_tax_vnd)
        IS DISTINCT FROM (books.delivery_vnd, books.vat_vnd, books.income_tax_vnd)
"""
DUE_STATES = """
    SELECT due.id, due.state, coalesce(event."to", 'nothing') FROM payouts_due AS due
    LEFT JOIN LATERAL (
        SELECT "to" FROM payouts_dueevent WHERE due_id = due.id ORDER BY id DESC LIMIT 1
    ) AS event ON true
    WHERE event."to" IS DISTINCT FROM due.state
"""
FILES = """
    SELECT file.id, file.count, file.amount_vnd, count(payout.id), coalesce(sum(payout.amount_vnd), 0)
    FROM payouts_bankfile AS file LEFT JOIN payouts_payout AS payout ON payout.file_id = file.id
    GROUP BY file.id
    HAVING file.count <> count(payout.id) OR file.amount_vnd <> coalesce(sum(payout.amount_vnd), 0)
"""
#: entries up to the point that no payout pays, and what the list of unsettled ones says of them
UNSETTLED = """
    WITH plain AS (
        SELECT split_part(account.owner, ':', 2)::bigint AS household_id, entry.id AS entry_id, entry.at,
            -sum(posting.amount_vnd) AS vnd
        FROM books_posting AS posting
        JOIN books_account AS account ON account.id = posting.account_id
        JOIN books_entry AS entry ON entry.id = posting.entry_id
        WHERE account.kind IN ('payable', 'delivery') AND account.owner LIKE 'household:%'
            AND entry.kind NOT IN ('payout_sent', 'payout_bounced')
            AND entry.id <= (SELECT max(upto) FROM payouts_unsettledpoint)
            AND NOT EXISTS (SELECT 1 FROM payouts_payoutline AS line WHERE line.entry_id = entry.id AND line.counts)
        GROUP BY account.owner, entry.id
    ), listed AS (
        SELECT household_id, entry_id, at, payable_vnd + delivery_vnd AS vnd FROM payouts_unsettled AS unsettled
        WHERE NOT EXISTS (
            SELECT 1 FROM payouts_payoutline AS line WHERE line.entry_id = unsettled.entry_id AND line.counts))
    SELECT coalesce(plain.entry_id, listed.entry_id), plain.vnd, listed.vnd
    FROM plain FULL JOIN listed ON listed.entry_id = plain.entry_id AND listed.household_id = plain.household_id
    WHERE (plain.vnd, plain.at) IS DISTINCT FROM (listed.vnd, listed.at)
"""


def breaks() -> Iterator[str]:
    """Payouts and dues that differ from the books, from their lines, their events and their files."""
    for kind, owner, ours_vnd, books_vnd in rows(PAID):
        yield f"{kind} {owner}: {ours_vnd} paid out by its payouts, {books_vnd} in the books"
    for owner, ours_vnd, books_vnd in rows(OWED):
        yield f"{owner}: owed {ours_vnd} after its payouts, {books_vnd} in the books"
    for reference, entry_id, *sums in rows(LINES):
        yield f"payout {reference}: entry {entry_id} is {sums[0]} + {sums[1]}, in the books {sums[2]} + {sums[3]}"
    for reference, amount_vnd, lines_vnd in rows(SUMS):
        yield f"payout {reference}: {amount_vnd}, by its lines {lines_vnd}"
    for reference, state in rows(BOOKED):
        yield f"payout {reference}: {state}, and the books do not say so"
    for reference, state, said in rows(STATES):
        yield f"payout {reference}: is {state}, its last event says {said}"
    yield from _files()
    yield from _dues()
    for entry_id, owed_vnd, listed_vnd in rows(UNSETTLED):
        yield f"entry {entry_id}: {owed_vnd} is not paid out, {listed_vnd} by the list of unsettled ones"


def _files() -> Iterator[str]:
    for file_id, count, amount_vnd, found, found_vnd in rows(FILES):
        yield f"bank file {file_id}: {count} of {amount_vnd}, by its payouts {found} of {found_vnd}"


def _dues() -> Iterator[str]:
    for act, ours_vnd, books_vnd in rows(DUES):
        yield f"{act}: {ours_vnd} paid by its due, {books_vnd} in the books"
    for due_id, state, said in rows(DUE_STATES):
        yield f"due {due_id}: is {state}, its last event says {said}"
