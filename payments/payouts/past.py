"""Payouts and dues that the version before this one let come back: their money is waited for like any other's."""

from django.db import connection, transaction

RETURNED = """
    INSERT INTO intake_inflow (sender, about, words, sent_vnd, came_vnd, at, from_before)
    SELECT 'bank', about, words, amount_vnd, 0, at, false FROM (
        SELECT 'payout:' || id AS about, reference AS words, amount_vnd, ended_at AS at FROM payouts_payout
        WHERE state = 'bounced' AND NOT never_left
        UNION ALL
        SELECT 'due:' || due.id, trim(due."to" || ' ' || due.number), due.amount_vnd, event.at
        FROM payouts_due AS due
        JOIN payouts_dueevent AS event ON event.due_id = due.id AND event."to" = 'bounced'
        WHERE due.state = 'bounced' AND NOT due.never_left
    ) AS returned
    ON CONFLICT (about) DO NOTHING
"""


@transaction.atomic
def fill_in() -> int:
    """Wait for what the bank returned and nobody waits for; how many there were. Safe to run again."""
    with connection.cursor() as cursor:
        cursor.execute(RETURNED)
        return cursor.rowcount
