"""What carriers accounted for before it was waited for, or by the version before this one: files, and single parcels."""

from django.db import connection, transaction

#: a file some of whose lines were decided later is waited for with all of them
ACCOUNTED = """
    INSERT INTO intake_inflow (sender, about, words, sent_vnd, came_vnd, at, from_before)
    SELECT 'carrier:' || file.carrier, 'cash_file:' || file.id, file.name, sum(line.booked_bank_vnd), 0,
        file.booked_at, %(from_before)s
    FROM fulfilment_remittance AS file JOIN fulfilment_remittanceline AS line ON line.remittance_id = file.id
    WHERE line.state IN ('booked', 'decided') GROUP BY file.id HAVING sum(line.booked_bank_vnd) > 0
    ORDER BY file.id
    ON CONFLICT (about) DO UPDATE SET sent_vnd = EXCLUDED.sent_vnd
        WHERE intake_inflow.sent_vnd < EXCLUDED.sent_vnd
"""
#: the same of what was entered at the finance desk parcel by parcel
BY_HAND = """
    INSERT INTO intake_inflow (sender, about, words, sent_vnd, came_vnd, at, from_before)
    SELECT source.owner, entry.about, payment.words, sum(came.amount_vnd), 0, min(entry.at), %(from_before)s
    FROM books_entry AS entry
    JOIN books_posting AS came ON came.entry_id = entry.id
    JOIN books_account AS bank ON bank.id = came.account_id AND bank.kind = 'bank'
    JOIN books_posting AS gone ON gone.entry_id = entry.id
    JOIN books_account AS source ON source.id = gone.account_id AND source.kind = 'carrier'
    JOIN intake_payment AS payment ON 'payment:' || payment.id = entry.about
    WHERE entry.kind = 'cash_remitted'
        AND NOT EXISTS (SELECT 1 FROM fulfilment_remittanceline AS line WHERE line.entry_id = entry.id)
    GROUP BY source.owner, entry.about, payment.words ORDER BY min(entry.id)
    ON CONFLICT (about) DO UPDATE SET sent_vnd = EXCLUDED.sent_vnd
        WHERE intake_inflow.sent_vnd < EXCLUDED.sent_vnd
"""


@transaction.atomic
def fill_in() -> int:
    """Wait for what carriers accounted for and nobody waits for; how many inflows. Safe to run again."""
    with connection.cursor() as cursor:
        return sum(_filled(cursor, each) for each in (ACCOUNTED, BY_HAND))


def _filled(cursor, query: str) -> int:
    cursor.execute(query, {"from_before": False})
    return cursor.rowcount
