"""What the tax office is told of a month: per household and rule, what was sold, withheld and given back.

Here acts become sums; `tax_totals` reckons a whole month with them, and keeps it.

The amounts of each act are those that stand in the books. A part whose lines fall under several rules has its
amounts shared among them by what the lines were sold for and what was frozen on them; shares add up.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Sum

from common.money import share
from farmers.models import Household
from payments.books.months import Month
from payments.books.tax import Moved, Withheld
from shop.orders.models import OrderLine, PartRefund, SubOrder, WithholdingRule


class Group(NamedTuple):
    """A rule and the rates that were frozen by it. No rule: none fitted, or it was not kept yet."""

    rule_id: int | None = None
    vat_rate: Decimal = Decimal(0)
    income_tax_rate: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Taxed:
    """Đồng; what was given back on refunds stands apart and is positive."""

    revenue_vnd: int = 0
    revenue_back_vnd: int = 0
    vat_vnd: int = 0
    vat_back_vnd: int = 0
    income_tax_vnd: int = 0
    income_tax_back_vnd: int = 0

    def __add__(self, other: "Taxed") -> "Taxed":
        return Taxed(
            **{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)}
        )

    @property
    def net_revenue_vnd(self) -> int:
        return self.revenue_vnd - self.revenue_back_vnd

    @property
    def vat_due_vnd(self) -> int:
        return self.vat_vnd - self.vat_back_vnd

    @property
    def income_tax_due_vnd(self) -> int:
        return self.income_tax_vnd - self.income_tax_back_vnd

    @property
    def due_vnd(self) -> int:
        return self.vat_due_vnd + self.income_tax_due_vnd


@dataclass(frozen=True, kw_only=True, slots=True)
class OfHousehold:
    household: Household
    group: Group
    taxed: Taxed


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """The whole month. `moved` is what the accounts of taxes say: households together must say the same."""

    month: Month
    groups: tuple[tuple[Group, Taxed], ...]
    households: int
    moved: Moved

    @property
    def whole(self) -> Taxed:
        return sum((taxed for _group, taxed in self.groups), Taxed())

    @property
    def agrees(self) -> bool:
        """Whether households together are what the accounts of taxes say."""
        whole = self.whole
        return (whole.vat_due_vnd, whole.income_tax_due_vnd) == (
            self.moved.vat_vnd,
            self.moved.income_tax_vnd,
        )


def sources() -> dict[int | None, str]:
    """Rule → the law it names."""
    return dict(WithholdingRule.objects.values_list("pk", "source"))


def summed(acts: list[Withheld]) -> dict[tuple[int, Group], Taxed]:
    """Household and group → sums of these acts. Three queries."""
    sums: dict[tuple[int, Group], Taxed] = defaultdict(Taxed)
    for household_id, group, taxed in _split(acts, _parts_of(acts)):
        sums[household_id, group] += taxed
    return dict(sums)


class Part(NamedTuple):
    """A part of an order: whose, and group → đồng sold, VAT and income tax of its lines."""

    household_id: int
    groups: dict[Group, tuple[int, int, int]]


def _parts_of(acts: list[Withheld]) -> dict[str, Part]:
    """Subject of an act → the part of an order it is about. Three queries."""
    keys: dict[str, list[int]] = defaultdict(list)
    for act in acts:
        subject, _colon, key = act.about.partition(":")
        if key.isdecimal():
            keys[subject].append(int(key))
    refunds = PartRefund.objects.filter(refund__in=keys["refund"]).values_list("refund_id", "suborder_id")
    subjects = {f"suborder:{key}": key for key in keys["suborder"]}
    subjects |= {f"refund:{refund_id}": suborder_id for refund_id, suborder_id in refunds}
    ids = set(subjects.values())
    homes = dict(SubOrder.objects.filter(pk__in=ids).order_by().values_list("pk", "storefront__household_id"))
    groups = _groups_of(ids)
    return {about: Part(homes[key], groups.get(key, {})) for about, key in subjects.items() if key in homes}


def _groups_of(suborder_ids: set[int]) -> dict[int, dict[Group, tuple[int, int, int]]]:
    rows = OrderLine.objects.filter(suborder__in=suborder_ids).order_by()
    rows = rows.values_list("suborder_id", "withholding_id", "vat_rate", "income_tax_rate")
    found: dict[int, dict[Group, tuple[int, int, int]]] = defaultdict(dict)
    for suborder_id, rule_id, vat_rate, income_tax_rate, *sums in rows.annotate(
        Sum("line_vnd"), Sum("vat_vnd"), Sum("income_tax_vnd")
    ):
        found[suborder_id][Group(rule_id, vat_rate, income_tax_rate)] = tuple(sums)
    return found


def _split(acts: list[Withheld], parts: dict[str, Part]) -> Iterator[tuple[int, Group, Taxed]]:
    """(household, group, sums) of each act. An act that no order stands behind is of a group without a rule."""
    for act in acts:
        part = parts.get(act.about)
        household_id = part.household_id if part else act.household_id
        if household_id is None:
            # Nobody knows whose it was: `Totals.agrees` says that something is missing.
            continue
        groups = (part.groups if part else None) or {Group(): (1, 1, 1)}
        sold, vat, income_tax = zip(*groups.values(), strict=True)
        shares = zip(
            _shared(act.goods_vnd, sold),
            _shared(act.vat_vnd, vat),
            _shared(act.income_tax_vnd, income_tax),
            strict=True,
        )
        for group, amounts_vnd in zip(groups, shares, strict=True):
            yield household_id, group, _taxed(act, *amounts_vnd)


def _shared(amount_vnd: int, weights: tuple[int, ...]) -> list[int]:
    """An amount of either sign among groups."""
    if len(weights) == 1:
        return [amount_vnd]
    sign = -1 if amount_vnd < 0 else 1
    return [sign * each for each in share(abs(amount_vnd), list(weights))]


def _taxed(act: Withheld, goods_vnd: int, vat_vnd: int, income_tax_vnd: int) -> Taxed:
    if act.is_sale:
        return Taxed(revenue_vnd=goods_vnd, vat_vnd=vat_vnd, income_tax_vnd=income_tax_vnd)
    return Taxed(revenue_back_vnd=-goods_vnd, vat_back_vnd=-vat_vnd, income_tax_back_vnd=-income_tax_vnd)


def order(group: Group) -> tuple:
    """The lowest rates first; of those the oldest rule."""
    return group.vat_rate, group.income_tax_rate, group.rule_id or 0
