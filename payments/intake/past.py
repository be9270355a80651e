"""What payments and statements lack that were written before they had to say it, or by the version before this one.

An upgrade fills it in. Where processes of the version before went on while the database was already new, it is to be
filled in again: as often as one likes, nothing is written twice.
"""

from django.db import connection, transaction

from payments.intake.owed_cash import FROM_THE_BOOKS

#: gateways' statements whose money nobody waits for
REMITTED = """
    INSERT INTO intake_inflow (sender, about, words, sent_vnd, came_vnd, at, from_before)
    SELECT 'gateway:' || adapter, 'remittance:' || adapter || ':' || number, number, bank_vnd, 0, entered_at,
        %(from_before)s
    FROM intake_gatewayremittance WHERE bank_vnd > 0 ORDER BY id
    ON CONFLICT (about) DO NOTHING
"""

#: what was given back of credits, by one person each time; a credit has the numbers of its transfers in a row
GIVEN_BACK = """
    INSERT INTO intake_givingback
        (credit_id, amount_vnd, reason, to_whom, by_two, state, asked_by_id, asked_at, given_by_id, bank_ref, ended_at)
    SELECT credit_id, amount_vnd, note, '', false, 'done', by_id, at, by_id, bank_ref, at FROM (
        SELECT event.*, coalesce(nullif(split_part(credit.return_ref, ', ', (
            row_number() OVER (PARTITION BY credit_id ORDER BY event.id))::int), ''), credit.return_ref) AS bank_ref
        FROM intake_creditevent AS event JOIN intake_credit AS credit ON credit.id = event.credit_id
        WHERE event.because = 'given back'
    ) AS back
    WHERE NOT EXISTS (SELECT 1 FROM intake_givingback AS known
        WHERE known.credit_id = back.credit_id AND known.bank_ref = back.bank_ref)
    ORDER BY back.id
"""


@transaction.atomic
def fill_in() -> int:
    """Say who holds the cash that a carrier took, wait for what gateways sent, and say who gave credits back; how many
    rows were filled in.
    """
    with connection.cursor() as cursor:
        cursor.execute(FROM_THE_BOOKS)
        found = cursor.rowcount
        cursor.execute(REMITTED, {"from_before": False})
        found += cursor.rowcount
        cursor.execute(GIVEN_BACK)
        return found + cursor.rowcount
