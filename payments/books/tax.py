"""What was withheld of households in a month and what went back to them, as it stands in the books.

Months are those of `months`. Everything is read by pages of accounts and never in one go: a month of the
whole province does not fit into one answer of the database, and what is read of a closed month cannot change
between two pages.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import connection

from payments.books import carried
from payments.books.models import Entry
from payments.books.months import Month

#: accounts of households read at once
AT_ONCE = 1_000
#: what was paid to the tax office, and what its bank sent back
PAYS = [str(Entry.Kind.TAX_PAID), str(Entry.Kind.TAX_BOUNCED)]
#: ids between which the entries of a month lie; counting them keeps the planner from walking all ids
BETWEEN = """
    SELECT min(id), max(id), count(*) FROM books_entry WHERE made_at >= %(begins)s AND made_at < %(ends)s
"""
SUMS = """
    coalesce(-sum(posting.amount_vnd) FILTER (WHERE account.kind IN ('payable', 'commission', 'tax')), 0),
    coalesce(-sum(posting.amount_vnd) FILTER (WHERE account.kind = 'tax' AND account.owner = 'vat'), 0),
    coalesce(-sum(posting.amount_vnd) FILTER (WHERE account.kind = 'tax' AND account.owner = 'income'), 0)
"""
OF_MONTH = """
    entry.id BETWEEN %(first)s AND %(last)s AND entry.made_at >= %(begins)s AND entry.made_at < %(ends)s
    AND entry.kind IN ('completed', 'refund_approved')
"""
PAGE = """
    SELECT id FROM books_account WHERE kind = 'payable' AND owner LIKE 'household:%%' AND id > %(after)s
    ORDER BY id LIMIT %(limit)s
"""
OF_PAGE = f"""
    WITH home AS (
        SELECT id, split_part(owner, ':', 2)::bigint AS household_id FROM books_account
        WHERE id = ANY(%(accounts)s)
    ), act AS MATERIALIZED (
        SELECT home.id AS place, home.household_id, entry.id, entry.kind, entry.about FROM home
        JOIN books_posting AS mine ON mine.account_id = home.id AND mine.entry_id BETWEEN %(first)s AND %(last)s
        JOIN books_entry AS entry ON entry.id = mine.entry_id
        WHERE {OF_MONTH}
    )
    SELECT act.household_id, act.id, act.kind, act.about, sums.* FROM act
    -- One act at a time: joined, the planner would read every posting there is for each page.
    CROSS JOIN LATERAL (
        SELECT {SUMS} FROM books_posting AS posting JOIN books_account AS account ON account.id = posting.account_id
        WHERE posting.entry_id = act.id) AS sums
    ORDER BY act.place, act.id
"""  # noqa: S608 - made of constants
#: refunds so small that the rounding of fee and tax bore them alone: no household's account moved
OF_NOBODY = f"""
    SELECT NULL, entry.id, entry.kind, entry.about, {SUMS} FROM books_entry AS entry
    JOIN books_posting AS posting ON posting.entry_id = entry.id
    JOIN books_account AS account ON account.id = posting.account_id
    WHERE {OF_MONTH} AND entry.kind = 'refund_approved'
    GROUP BY entry.id
    HAVING bool_or(account.kind = 'tax') AND NOT bool_or(account.kind = 'payable') ORDER BY entry.id
"""  # noqa: S608 - made of constants
#: each day's sums on the accounts of taxes: those that are added up, and the postings since
DAILY = """
    SELECT account.owner, turnover.act, turnover.written_on, -turnover.amount_vnd AS vnd
    FROM books_account AS account JOIN books_turnover AS turnover ON turnover.account_id = account.id
    WHERE account.kind = 'tax' AND turnover.carry_id <= %(carry)s
    UNION ALL
    SELECT account.owner, entry.kind, (entry.made_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, -posting.amount_vnd
    FROM books_account AS account
    JOIN books_posting AS posting ON posting.account_id = account.id AND posting.entry_id > %(upto)s
    JOIN books_entry AS entry ON entry.id = posting.entry_id
    WHERE account.kind = 'tax'
"""
#: what moved in a month on the accounts of taxes, and of it what was paid to the tax office
MOVED = f"""
    SELECT owner, act = ANY(%(pays)s), sum(vnd)::bigint FROM ({DAILY}) AS daily
    WHERE written_on BETWEEN %(first)s AND %(last)s GROUP BY 1, 2
"""  # noqa: S608 - made of constants
#: what was withheld and given back as it was written in each month, as in `MOVED`; the latest first
MONTHS = f"""
    SELECT date_trunc('month', written_on)::date AS month,
        coalesce(sum(vnd) FILTER (WHERE owner = 'vat'), 0)::bigint,
        coalesce(sum(vnd) FILTER (WHERE owner = 'income'), 0)::bigint
    FROM ({DAILY}) AS daily WHERE act <> ALL(%(pays)s) GROUP BY 1 ORDER BY 1 DESC
"""  # noqa: S608 - made of constants


@dataclass(frozen=True, kw_only=True, slots=True)
class Withheld:
    """One act of the month that the tax office asks about, in đồng; what went back is negative.

    `goods_vnd` is gross revenue: before the market's fee, whatever part of it the province paid. `household_id`
    is None where no account of a household moved.
    """

    household_id: int | None
    entry_id: int
    kind: str
    about: str
    goods_vnd: int
    vat_vnd: int
    income_tax_vnd: int

    @property
    def is_sale(self) -> bool:
        return self.kind == Entry.Kind.COMPLETED


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """The accounts of taxes over a month, in đồng: withheld less given back, and paid to the tax office."""

    vat_vnd: int
    income_tax_vnd: int
    vat_paid_vnd: int
    income_tax_paid_vnd: int


class Page(NamedTuple):
    """The month's acts of some households, those of one together; `last` is the account after which the next begins."""

    last: int
    acts: list[Withheld]


def span(month: Month) -> dict:
    """What `page` needs to know of a month, asked for once. One query."""
    values = {"begins": month.begins, "ends": month.ends}
    with connection.cursor() as cursor:
        cursor.execute(BETWEEN, values)
        first, last, _count = cursor.fetchone()
    return {**values, "first": first or 0, "last": last or 0}


def page(values: dict, *, after: int = 0, at_once: int = AT_ONCE) -> Page | None:
    """The next page of a month whose `span` is given; None when there is none. Two queries."""
    if not values["last"]:
        return None
    with connection.cursor() as cursor:
        cursor.execute(PAGE, {"after": after, "limit": at_once})
        accounts = [row[0] for row in cursor.fetchall()]
    return Page(accounts[-1], _read(OF_PAGE, {**values, "accounts": accounts})) if accounts else None


def of_nobody(month: Month) -> list[Withheld]:
    """The month's refunds that moved tax and no household's account; they are few and small. Two queries."""
    return _read(OF_NOBODY, span(month))


def moved(month: Month) -> Moved:
    """What the month did to the accounts of taxes. Two queries, however many acts there were."""
    values = {**carried.point()._asdict(), "pays": PAYS, "first": month.first_day, "last": month.last_day}
    with connection.cursor() as cursor:
        cursor.execute(MOVED, values)
        sums = {(owner, is_paid): amount_vnd for owner, is_paid, amount_vnd in cursor.fetchall()}
    return Moved(
        vat_vnd=sums.get(("vat", False), 0),
        income_tax_vnd=sums.get(("income", False), 0),
        vat_paid_vnd=-sums.get(("vat", True), 0),
        income_tax_paid_vnd=-sums.get(("income", True), 0),
    )


def by_month() -> list[tuple[date, int, int]]:
    """First day of a month, VAT and income tax withheld less given back in it; the latest first. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(MONTHS, {**carried.point()._asdict(), "pays": PAYS})
        return cursor.fetchall()


def _read(query: str, values: dict) -> list[Withheld]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        names = ("household_id", "entry_id", "kind", "about", "goods_vnd", "vat_vnd", "income_tax_vnd")
        return [Withheld(**dict(zip(names, _whole(row), strict=True))) for row in cursor.fetchall()]


def _whole(row: tuple) -> tuple:
    """Sums of the database as whole numbers."""
    return (*row[:4], *(int(each) for each in row[4:]))
