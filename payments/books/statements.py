"""A household's month read from the books: what it was owed before, each act that moved it, what it was owed after.

Two accounts together are what the market owes a household: payable, and the delivery it earns by itself.
Positive is owed to the household, negative by it. Months are those of `months`: closed, they never change.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from django.db import connection

from payments.books import balances
from payments.books.accounts import Name, delivery, payable
from payments.books.accounts import household as owner_key
from payments.books.details import Detail, details
from payments.books.models import Entry
from payments.books.months import Month

Kind = Entry.Kind
MOVED = """
    SELECT DISTINCT posting.entry_id FROM books_account AS account
    JOIN books_posting AS posting ON posting.account_id = account.id
    JOIN books_entry AS entry ON entry.id = posting.entry_id
    WHERE account.kind IN ('payable', 'delivery') AND account.owner = %(owner)s
        AND entry.made_at >= %(begins)s AND entry.made_at < %(ends)s
    ORDER BY posting.entry_id
"""
MONTHS = """
    SELECT DISTINCT to_char(entry.made_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM') AS month
    FROM books_account AS account
    JOIN books_posting AS posting ON posting.account_id = account.id
    JOIN books_entry AS entry ON entry.id = posting.entry_id
    WHERE account.kind IN ('payable', 'delivery') AND account.owner = %(owner)s
    ORDER BY month DESC
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Movement:
    """What a month's acts add to what the household is owed, by what they are, in đồng: they add up to `total_vnd`.

    Fees, taxes, cash and payouts are negative; what of them came back makes them less so.
    """

    sold_vnd: int = 0
    given_back_vnd: int = 0
    fee_vnd: int = 0
    vat_vnd: int = 0
    income_tax_vnd: int = 0
    delivery_vnd: int = 0
    cash_vnd: int = 0
    paid_out_vnd: int = 0
    bounced_vnd: int = 0
    other_vnd: int = 0

    @property
    def total_vnd(self) -> int:
        return sum(getattr(self, each.name) for each in fields(self))


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """`opening_vnd + movement.total_vnd = closing_vnd`; acts stand in the order in which they were written."""

    household_id: int
    month: Month
    opening_vnd: int
    acts: tuple[Detail, ...]
    movement: Movement

    @property
    def closing_vnd(self) -> int:
        return self.opening_vnd + self.movement.total_vnd

    @property
    def is_final(self) -> bool:
        return self.month.is_closed


def statement_of(household_id: int, month: Month) -> Statement:
    """The statement of that month; the running one as it stands. Five queries, however many acts."""
    values = {"owner": owner_key(household_id), "begins": month.begins, "ends": month.ends}
    with connection.cursor() as cursor:
        cursor.execute(MOVED, values)
        entry_ids = [row[0] for row in cursor.fetchall()]
    acts = tuple(details(household_id, entry_ids))
    opening_vnd = -sum(balances.balance(each, made_before=month.begins) for each in accounts_of(household_id))
    return Statement(
        household_id=household_id,
        month=month,
        opening_vnd=opening_vnd,
        acts=acts,
        movement=movement_of(acts),
    )


def months_of(household_id: int) -> list[Month]:
    """Months in which something moved, the latest first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(MONTHS, {"owner": owner_key(household_id)})
        return [Month.read(row[0]) for row in cursor.fetchall()]


def accounts_of(household_id: int) -> tuple[Name, Name]:
    """What the household is owed stands on these."""
    return payable(household_id), delivery(owner_key(household_id))


def is_trade(act: Detail) -> bool:
    """Whether goods, fee, tax and delivery of the act are told apart; else it is one sum of money that moved."""
    return act.kind in (Kind.COMPLETED, Kind.REFUND_APPROVED)


def movement_of(acts: Iterable[Detail]) -> Movement:
    """The acts by what they are."""
    acts = list(acts)
    trade = [each for each in acts if is_trade(each)]
    known = (Kind.CASH_KEPT, Kind.PAYOUT_SENT, Kind.PAYOUT_BOUNCED)
    return Movement(
        sold_vnd=sum(each.goods_vnd for each in trade if each.is_sale),
        given_back_vnd=sum(each.goods_vnd for each in trade if not each.is_sale),
        fee_vnd=-sum(each.fee_vnd for each in trade),
        vat_vnd=-sum(each.vat_vnd for each in trade),
        income_tax_vnd=-sum(each.income_tax_vnd for each in trade),
        delivery_vnd=sum(each.delivery_vnd for each in trade),
        cash_vnd=_of(acts, Kind.CASH_KEPT),
        paid_out_vnd=_of(acts, Kind.PAYOUT_SENT),
        bounced_vnd=_of(acts, Kind.PAYOUT_BOUNCED),
        other_vnd=sum(each.amount_vnd for each in acts if not is_trade(each) and each.kind not in known),
    )


def _of(acts: list[Detail], kind: str) -> int:
    return sum(each.amount_vnd for each in acts if each.kind == kind)
