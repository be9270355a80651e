"""A month's taxes, reckoned once when the month is over, and read from what was kept.

What is written of a closed month never changes, so its totals are reckoned once, household by household, in
parts that a job can do: it goes on where the last one ended, whoever that was and however it ended.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import fields
from itertools import groupby

from django.db import connection, transaction
from django.db.models import QuerySet

from common import dates
from payments.books import tax as books
from payments.books.models import Entry
from payments.books.months import Month
from shop.orders import tax
from shop.orders.models import TaxMonth, TaxTotal
from shop.orders.tax import Group, OfHousehold, Taxed, Totals

#: rows of totals read at once
AT_ONCE = 1_000
SUMS = tuple(each.name for each in fields(Taxed))
#: what is known of a household already is added to
ADD = """
    INSERT INTO orders_taxtotal (month_id, household_id, rule_id, vat_rate, income_tax_rate, revenue_vnd,
        revenue_back_vnd, vat_vnd, vat_back_vnd, income_tax_vnd, income_tax_back_vnd)
    SELECT %s, row.* FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[], %s::bigint[],
        %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS row
    ON CONFLICT (month_id, household_id, rule_id, vat_rate, income_tax_rate) DO UPDATE SET
        revenue_vnd = orders_taxtotal.revenue_vnd + excluded.revenue_vnd,
        revenue_back_vnd = orders_taxtotal.revenue_back_vnd + excluded.revenue_back_vnd,
        vat_vnd = orders_taxtotal.vat_vnd + excluded.vat_vnd,
        vat_back_vnd = orders_taxtotal.vat_back_vnd + excluded.vat_back_vnd,
        income_tax_vnd = orders_taxtotal.income_tax_vnd + excluded.income_tax_vnd,
        income_tax_back_vnd = orders_taxtotal.income_tax_back_vnd + excluded.income_tax_back_vnd
"""
WHOLE = """
    INSERT INTO orders_taxtotal (month_id, household_id, rule_id, vat_rate, income_tax_rate, revenue_vnd,
        revenue_back_vnd, vat_vnd, vat_back_vnd, income_tax_vnd, income_tax_back_vnd)
    SELECT month_id, NULL, rule_id, vat_rate, income_tax_rate, sum(revenue_vnd), sum(revenue_back_vnd),
        sum(vat_vnd), sum(vat_back_vnd), sum(income_tax_vnd), sum(income_tax_back_vnd)
    FROM orders_taxtotal WHERE month_id = %(month)s GROUP BY month_id, rule_id, vat_rate, income_tax_rate
"""
COUNT = """
    UPDATE orders_taxmonth SET reckoned_at = %(now)s, trouble = '', (households, rows) = (
        SELECT count(DISTINCT household_id), count(*) FROM orders_taxtotal
        WHERE month_id = %(month)s AND household_id IS NOT NULL)
    WHERE id = %(month)s
"""


def unreckoned() -> list[Month]:
    """Closed months in which there were books and whose taxes are not reckoned yet, the latest first. Two queries."""
    first = Entry.objects.order_by("pk").values_list("made_at", flat=True).first()
    if first is None:
        return []
    done = set(TaxMonth.objects.exclude(reckoned_at=None).values_list("first_day", flat=True))
    found, month = [], Month.running().previous
    while month >= Month.of(first):
        if month.is_closed and month.first_day not in done:
            found.append(month)
        month = month.previous
    return found


def reckon(month: Month, *, seconds: float = float("inf")) -> bool:
    """Reckon a month, as much of it as can be done in that time; whether it is whole. Safe to run twice, also at once."""
    span, ends_at = books.span(month), time.monotonic() + seconds
    while not _reckon_part(month, span):
        if time.monotonic() >= ends_at:
            return False
    return True


def failed(month: Month, error: Exception) -> None:
    """Keep what a try to reckon the month met with, until it goes on."""
    TaxMonth.objects.get_or_create(first_day=month.first_day)
    words = f"{type(error).__name__}: {error}".replace("\x00", "")[:300]
    waits = TaxMonth.objects.filter(first_day=month.first_day, reckoned_at=None)
    waits.update(trouble=words, tried_at=dates.now())


def troubled(month: Month) -> TaxMonth | None:
    """The month, where the last try to reckon it met with trouble. One query."""
    rows = TaxMonth.objects.filter(first_day=month.first_day, reckoned_at=None)
    return rows.exclude(trouble="").first()


@transaction.atomic
def forget(month: Month) -> None:
    """Throw a month's totals away, where the audit finds them wrong: `reckon` makes them anew."""
    TaxMonth.objects.filter(first_day=month.first_day).delete()


def found(month: Month) -> TaxMonth | None:
    """The month's totals, if they are whole. One query."""
    return TaxMonth.objects.filter(first_day=month.first_day, reckoned_at__isnull=False).first()


def totals_of(row: TaxMonth) -> Totals:
    """The month in sums, group by group. Three queries."""
    groups = [(_group(each), _taxed(each)) for each in row.totals.filter(household=None)]
    month = month_of(row)
    return Totals(
        month=month,
        groups=tuple(sorted(groups, key=lambda each: tax.order(each[0]))),
        households=row.households,
        moved=books.moved(month),
    )


def of_households(row: TaxMonth) -> Iterator[OfHousehold]:
    """A row for each household and group, those of one household together; read bit by bit, in little memory."""
    after, rows = 0, _of_households(row)
    while some := list(rows.filter(household__gt=after)[:AT_ONCE]):
        if len(some) == AT_ONCE:
            # The last one's rows may go on: they are the next read's.
            some = [each for each in some if each.household_id != some[-1].household_id] or some
        after = some[-1].household_id
        for _household, mine in groupby(some, key=lambda each: each.household_id):
            yield from sorted(map(_said, mine), key=lambda each: tax.order(each.group))


def keys_of(row: TaxMonth) -> QuerySet:
    """Keys of the rows of households, to turn pages in; see `read`."""
    return (
        row.totals.filter(household__isnull=False).order_by("household_id", "pk").values_list("pk", flat=True)
    )


def read(keys: list[int]) -> list[OfHousehold]:
    """The rows with these keys. One query."""
    rows = TaxTotal.objects.filter(pk__in=keys).select_related("household__commune")
    return [_said(each) for each in rows.order_by("household_id", "pk")]


def month_of(row: TaxMonth) -> Month:
    return Month(row.first_day.year, row.first_day.month)


@transaction.atomic
def _reckon_part(month: Month, span: dict) -> bool:
    """The next households; the last part sums the month up. Whether the month is whole."""
    TaxMonth.objects.get_or_create(first_day=month.first_day)
    row = TaxMonth.objects.select_for_update().get(first_day=month.first_day)
    if row.reckoned_at:
        return True
    page = books.page(span, after=row.after)
    if page is None:
        _add(row, tax.summed(books.of_nobody(month)))
        with connection.cursor() as cursor:
            cursor.execute(WHOLE, {"month": row.pk})
            cursor.execute(COUNT, {"month": row.pk, "now": dates.now()})
        return True
    _add(row, tax.summed(page.acts))
    TaxMonth.objects.filter(pk=row.pk).update(after=page.last, trouble="")
    return False


def _add(row: TaxMonth, sums: Mapping[tuple[int, Group], Taxed]) -> None:
    rows = [
        (household_id, *group, *(getattr(taxed, name) for name in SUMS))
        for (household_id, group), taxed in sums.items()
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(ADD, [row.pk, *map(list, zip(*rows, strict=True))])


def _of_households(row: TaxMonth) -> QuerySet[TaxTotal]:
    rows = row.totals.filter(household__isnull=False).select_related(
        "household__commune", "household__tax_code"
    )
    return rows.order_by("household_id", "pk")


def _said(row: TaxTotal) -> OfHousehold:
    return OfHousehold(household=row.household, group=_group(row), taxed=_taxed(row))


def _group(row: TaxTotal) -> Group:
    return Group(row.rule_id, row.vat_rate, row.income_tax_rate)


def _taxed(row: TaxTotal) -> Taxed:
    return Taxed(**{name: getattr(row, name) for name in SUMS})
