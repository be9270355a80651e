"""What households are owed, without reading what was paid long ago.

Every entry up to some point that no settled payout pays is kept in a list of its own (`Unsettled`); what the bank returns
of a settled payout comes back to it. What may be unpaid is then that list and what was written after the point: of these
the same question is asked as of all entries. Right at every moment, however long ago the list was brought up to date.
"""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from common.locks import alone
from payments.books import carried
from payments.payouts.models import Payout, Unsettled, UnsettledPoint

#: entries after one and up to another on accounts of households, but payouts themselves
ENTRIES = """
    SELECT split_part(account.owner, ':', 2)::bigint AS household_id, entry.id AS entry_id, entry.at,
        coalesce(-sum(posting.amount_vnd) FILTER (WHERE account.kind = 'payable'), 0) AS payable_vnd,
        coalesce(-sum(posting.amount_vnd) FILTER (WHERE account.kind = 'delivery'), 0) AS delivery_vnd
    FROM books_posting AS posting
    JOIN books_account AS account ON account.id = posting.account_id
    JOIN books_entry AS entry ON entry.id = posting.entry_id
    WHERE posting.entry_id > %(after)s AND (%(upto)s::bigint IS NULL OR posting.entry_id <= %(upto)s)
        AND account.kind IN ('payable', 'delivery') AND account.owner LIKE 'household:%%'
        AND entry.kind NOT IN ('payout_sent', 'payout_bounced')
    GROUP BY account.owner, entry.id
"""
#: what was earned counts once its time has come, what is taken back counts at once
SUMS = f"""
    SELECT household_id, sum(payable_vnd + delivery_vnd)::bigint FROM (
        SELECT household_id, entry_id, at, payable_vnd, delivery_vnd FROM payouts_unsettled
            WHERE entry_id <= %(after)s
        UNION ALL {ENTRIES}
    ) AS unpaid
    WHERE (at < %(end)s OR payable_vnd + delivery_vnd < 0) AND NOT EXISTS (
        SELECT 1 FROM payouts_payoutline AS line WHERE line.entry_id = unpaid.entry_id AND line.counts)
    GROUP BY household_id ORDER BY household_id
"""  # noqa: S608 - made of constants
ADD = f"""
    INSERT INTO payouts_unsettled (household_id, entry_id, at, payable_vnd, delivery_vnd) {ENTRIES}
"""
DROP = """
    DELETE FROM payouts_unsettled USING payouts_payoutline AS line
    JOIN payouts_payout AS payout ON payout.id = line.payout_id AND payout.state = 'settled'
    WHERE line.entry_id = payouts_unsettled.entry_id AND line.counts
"""

BACK = """
    INSERT INTO payouts_unsettled (household_id, entry_id, at, payable_vnd, delivery_vnd)
    SELECT payout.household_id, line.entry_id, entry.at, line.payable_vnd, line.delivery_vnd
    FROM payouts_payoutline AS line
    JOIN payouts_payout AS payout ON payout.id = line.payout_id
    JOIN books_entry AS entry ON entry.id = line.entry_id
    WHERE payout.id = %(payout)s AND line.entry_id <= %(upto)s
    ON CONFLICT DO NOTHING
"""


def sums(*, end: datetime) -> dict[int, int]:
    """Household → đồng of its entries that no payout pays and whose time has come by `end`. Two queries."""
    # The list may be brought up to date between the two: what is added then lies after the point, what leaves is paid.
    with connection.cursor() as cursor:
        cursor.execute(SUMS, {"end": end, "after": _upto(), "upto": None})
        return dict(cursor.fetchall())


@transaction.atomic
def bring_up_to_date() -> bool:
    """Put on the list what the books were added up to since, take off what settled payouts pay; whether there was any.

    Up to there nothing is on its way any more: `books.carried` waits for that. Safe to run twice, also at once.
    """
    alone("payouts:unsettled")
    after, upto = _upto(), carried.point().upto
    if upto <= after:
        return False
    with connection.cursor() as cursor:
        cursor.execute(ADD, {"after": after, "upto": upto})
        cursor.execute(DROP)
    UnsettledPoint.objects.create(upto=upto)
    return True


@transaction.atomic
def came_back(payout: Payout) -> None:
    """In the transaction in which a settled payout bounced: what it paid is on the list again."""
    # Whoever brings the list up to date meanwhile still sees a settled payout: one waits for the other.
    alone("payouts:unsettled")
    with connection.cursor() as cursor:
        cursor.execute(BACK, {"payout": payout.pk, "upto": _upto()})


@transaction.atomic
def again() -> None:
    """Make the list anew up to its point, while people go on reading. Safe to run twice."""
    alone("payouts:unsettled")
    Unsettled.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(ADD, {"after": 0, "upto": _upto()})
        cursor.execute(DROP)


def _upto() -> int:
    return UnsettledPoint.objects.aggregate(upto=Max("upto"))["upto"] or 0
