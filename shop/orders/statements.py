"""A household's monthly statement in words: the books' figures, with the order or the payout behind each.

What a household needs of a buyer to deliver has no place here: a statement is shown to banks and neighbours.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from farmers.models import Household
from payments.books import statements as books
from payments.books.details import Detail
from payments.books.months import Month
from payments.books.statements import Statement
from payments.payouts.models import Payout
from shop.orders.earnings import parts_of
from shop.orders.words import title_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One act in đồng as it adds to what the household is owed: what was taken is negative.

    `goods + fee + vat + income tax + delivery = amount`; an act that is no trade has its amount alone.
    """

    at: datetime
    title: str
    number: str
    goods_vnd: int | None
    fee_vnd: int | None
    vat_vnd: int | None
    income_tax_vnd: int | None
    delivery_vnd: int | None
    amount_vnd: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A statement as it is printed; `rows` are its acts, one for one."""

    household: Household
    statement: Statement
    rows: tuple[Row, ...]

    @property
    def month(self) -> Month:
        return self.statement.month


def sheet_of(household: Household, month: Month) -> Sheet:
    """The household's statement of that month. Ten queries, however many acts."""
    statement = books.statement_of(household.pk, month)
    parts = parts_of(household.storefront, [each.about for each in statement.acts])
    references = _references(household, statement.acts)
    rows = tuple(
        _row(
            each,
            title=title_of(each, parts.get(each.about)),
            number=parts[each.about].number if each.about in parts else references.get(each.about, ""),
        )
        for each in statement.acts
    )
    return Sheet(household=household, statement=statement, rows=rows)


def _row(act: Detail, *, title: str, number: str) -> Row:
    trade = books.is_trade(act)
    return Row(
        at=act.made_at,
        title=title,
        number=number,
        goods_vnd=act.goods_vnd if trade else None,
        fee_vnd=-act.fee_vnd if trade else None,
        vat_vnd=-act.vat_vnd if trade else None,
        income_tax_vnd=-act.income_tax_vnd if trade else None,
        delivery_vnd=act.delivery_vnd if trade else None,
        amount_vnd=act.amount_vnd,
    )


def _references(household: Household, acts: Iterable[Detail]) -> dict[str, str]:
    """Subject of a payout's entry → what the bank's note calls it."""
    keys = [each.about.partition(":")[2] for each in acts if each.about.startswith("payout:")]
    rows = Payout.objects.filter(household=household, pk__in=[int(key) for key in keys if key.isdecimal()])
    return {f"payout:{pk}": reference for pk, reference in rows.values_list("pk", "reference")}
