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


@transaction.atomic
def fill_in() -> int:
    """Say who holds the cash that a carrier took, and wait for what gateways sent; how many rows were filled in."""
    with connection.cursor() as cursor:
        cursor.execute(FROM_THE_BOOKS)
        found = cursor.rowcount
        cursor.execute(REMITTED, {"from_before": False})
        return found + cursor.rowcount
