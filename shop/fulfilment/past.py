"""What carriers accounted for before it was waited for, or by the version before this one: files, and single parcels."""

from django.db import connection, transaction

#: what of a sum nobody waits for yet: where a part of it is from before, the rest has a row of its own
WAITED_FOR = """
    INSERT INTO intake_inflow (sender, about, words, sent_vnd, came_vnd, at, from_before)
    SELECT said.sender, said.about || CASE WHEN known.id IS NULL THEN '' ELSE '#later' END, said.words,
        said.vnd - coalesce(known.sent_vnd, 0), 0, said.at, %(from_before)s
    FROM ({said}) AS said LEFT JOIN intake_inflow AS known ON known.about = said.about AND known.from_before
    WHERE said.vnd > coalesce(known.sent_vnd, 0) ORDER BY said.at, said.about
    ON CONFLICT (about) DO UPDATE SET sent_vnd = EXCLUDED.sent_vnd
        WHERE intake_inflow.sent_vnd < EXCLUDED.sent_vnd
"""
#: a file some of whose lines were decided later is waited for with all of them
ACCOUNTED = WAITED_FOR.replace(
    "{said}",
    """
    SELECT 'carrier:' || file.carrier AS sender, 'cash_file:' || file.id AS about, file.name AS words,
        sum(line.booked_bank_vnd)::bigint AS vnd, file.booked_at AS at
    FROM fulfilment_remittance AS file JOIN fulfilment_remittanceline AS line ON line.remittance_id = file.id
    WHERE line.state IN ('booked', 'decided') GROUP BY file.id""",
)
#: the same of what was entered at the finance desk parcel by parcel
BY_HAND = WAITED_FOR.replace(
    "{said}",
    """
    SELECT source.owner AS sender, entry.about, payment.words, sum(came.amount_vnd)::bigint AS vnd, min(entry.at) AS at
    FROM books_entry AS entry
    JOIN books_posting AS came ON came.entry_id = entry.id
    JOIN books_account AS bank ON bank.id = came.account_id AND bank.kind = 'bank'
    JOIN books_posting AS gone ON gone.entry_id = entry.id
    JOIN books_account AS source ON source.id = gone.account_id AND source.kind = 'carrier'
    JOIN intake_payment AS payment ON 'payment:' || payment.id = entry.about
    WHERE entry.kind = 'cash_remitted'
        AND NOT EXISTS (SELECT 1 FROM fulfilment_remittanceline AS line WHERE line.entry_id = entry.id)
    GROUP BY source.owner, entry.about, payment.words""",
)


@transaction.atomic
def fill_in() -> int:
    """Wait for what carriers accounted for and nobody waits for; how many inflows. Safe to run again.

    A file or parcel from before stays the sum it was: nobody knows whether that money came. What the version before
    booked of it since is waited for by itself, as `countings.sent` has it.
    """
    with connection.cursor() as cursor:
        return sum(_filled(cursor, each) for each in (ACCOUNTED, BY_HAND))


def _filled(cursor, query: str) -> int:
    cursor.execute(query, {"from_before": False})
    return cursor.rowcount
