"""What payments, gateways' statements and credits lack that were written before they had to say it, or by the version
before this one: who holds the cash of a parcel, that its money is waited for, who gave them back.

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

#: what was given back of credits, by one person each time; a credit has the numbers of its transfers in a row, which
#: people wrote: they may hold a comma, and end where there was no room, so that they do not say what is known already
GIVEN_BACK = """
    INSERT INTO intake_givingback
        (credit_id, amount_vnd, reason, to_whom, by_two, state, asked_by_id, asked_at, given_by_id, bank_ref, ended_at)
    SELECT credit_id, amount_vnd, note, '', false, 'done', by_id, at, by_id, bank_ref, at FROM (
        SELECT event.*, CASE
            WHEN count(*) OVER of_credit = cardinality(string_to_array(credit.return_ref, ', ')) THEN coalesce(
                nullif(split_part(credit.return_ref, ', ', (row_number() OVER (of_credit ORDER BY event.id))::int), ''),
                credit.return_ref)
            ELSE credit.return_ref END AS bank_ref
        FROM intake_creditevent AS event JOIN intake_credit AS credit ON credit.id = event.credit_id
        WHERE event.because = 'given back'
        WINDOW of_credit AS (PARTITION BY event.credit_id)
    ) AS back
    WHERE NOT EXISTS (SELECT 1 FROM intake_givingback AS known
        WHERE known.credit_id = back.credit_id AND known.given_by_id = back.by_id
            AND known.amount_vnd = back.amount_vnd
            AND known.ended_at BETWEEN back.at - interval '1 minute' AND back.at + interval '1 minute')
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
