"""What we owe carriers and the tax office by the books, and how much of it nobody has proposed to pay yet."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum

from payments.books import accounts, balances, tax
from payments.books.models import Account, Entry
from payments.books.months import Month as BooksMonth
from payments.payouts.models import Due
from payments.payouts.moves import DUE_VOID

Kind, State = Due.Kind, Due.State
#: not sent yet: the books still owe it
UNDER_WAY = (State.DRAFT, State.APPROVED)
#: of these the money has left, of the last it has come back
OUT = (State.SENT, State.BOUNCED)


@dataclass(frozen=True, kw_only=True, slots=True)
class ToCarrier:
    """What the books owe one carrier, in đồng; below nothing when it owes us."""

    carrier: str
    account_id: int
    owed_vnd: int
    under_way_vnd: int

    @property
    def free_vnd(self) -> int:
        """What may still be proposed."""
        return max(0, self.owed_vnd - self.under_way_vnd)


@dataclass(frozen=True, kw_only=True, slots=True)
class Taxes:
    """VAT and income tax, in đồng."""

    vat_vnd: int = 0
    income_tax_vnd: int = 0

    @property
    def amount_vnd(self) -> int:
        return self.vat_vnd + self.income_tax_vnd

    def less(self, other: "Taxes") -> "Taxes":
        return Taxes(
            vat_vnd=self.vat_vnd - other.vat_vnd, income_tax_vnd=self.income_tax_vnd - other.income_tax_vnd
        )

    def at_most(self, other: "Taxes") -> "Taxes":
        """The smaller of each, and nothing where that is below nothing."""
        return Taxes(
            vat_vnd=max(0, min(self.vat_vnd, other.vat_vnd)),
            income_tax_vnd=max(0, min(self.income_tax_vnd, other.income_tax_vnd)),
        )

    def covers(self, other: "Taxes") -> bool:
        return self.vat_vnd >= other.vat_vnd and self.income_tax_vnd >= other.income_tax_vnd


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """The taxes of one month: withheld less given back in it, declared of that, and what may still be proposed.

    Months are those of `books.months`, as in what is declared household by household; of one that still runs nothing
    may be proposed.
    """

    first: date
    withheld: Taxes
    declared: Taxes
    free: Taxes


def to_carriers() -> list[ToCarrier]:
    """All carriers that ever earned a fee or kept one."""
    rows = balances.accounts(kind=Account.Kind.DELIVERY).filter(owner__startswith="carrier:")
    waits = _under_way(kind=Kind.CARRIER).values_list("to").annotate(Sum("delivery_vnd"))
    under_way = dict(waits)
    return [
        ToCarrier(
            carrier=(code := row.owner.partition(":")[2]),
            account_id=row.pk,
            owed_vnd=-row.balance_vnd,
            under_way_vnd=under_way.get(code, 0),
        )
        for row in rows
    ]


def to_carrier(code: str) -> int:
    """What the books owe the carrier now."""
    return -balances.balance(accounts.delivery(accounts.carrier(code)))


def taxes() -> Taxes:
    """What the books owe the tax office now, of all months."""
    return Taxes(
        vat_vnd=-balances.balance(accounts.VAT), income_tax_vnd=-balances.balance(accounts.INCOME_TAX)
    )


def months() -> list[Month]:
    """Months with taxes, the latest first."""
    return _months(None)


def month(first: date) -> Month:
    """One month, given its first day."""
    nothing = Month(first=first, withheld=Taxes(), declared=Taxes(), free=Taxes())
    return next(iter(_months(first)), nothing)


def dues() -> QuerySet[Due]:
    """All that was proposed, the latest first."""
    return Due.objects.select_related("proposed_by", "approved_by")


def last_out(kind: str, number: str, to: str = "") -> Due | None:
    """The last one of that statement or month whose money has left, whether or not it came back."""
    rows = dues().filter(kind=kind, to=to, number=number, state__in=OUT)
    return rows.order_by("-pk").first()


def entries_of(due: Due) -> list[Entry]:
    """What it posted when it was sent, and when it came back, oldest first."""
    return list(Entry.objects.filter(act__in=acts_of(due)).order_by("pk"))


def acts_of(due: Due) -> list[str]:
    """The ids of its acts in the books."""
    kinds, about = (
        ((Entry.Kind.TAX_PAID, Entry.Kind.TAX_BOUNCED), f"tax:{due.number}")
        if due.kind == Kind.TAX
        else ((Entry.Kind.CARRIER_PAID, Entry.Kind.CARRIER_BOUNCED), f"statement:{due.to}:{due.number}")
    )
    return [f"{kind}:{about}{f':{due.again}' if due.again else ''}" for kind in kinds]


def _under_way(**which: object) -> QuerySet[Due]:
    return Due.objects.filter(state__in=UNDER_WAY, **which).order_by()


def _is_closed(first: date) -> bool:
    return BooksMonth(first.year, first.month).is_closed


def _sum(rows: QuerySet[Due]) -> Taxes:
    sums = rows.aggregate(vat=Sum("vat_vnd", default=0), income=Sum("income_tax_vnd", default=0))
    return Taxes(vat_vnd=sums["vat"], income_tax_vnd=sums["income"])


def _months(first: date | None) -> list[Month]:
    withheld = {
        day: Taxes(vat_vnd=vat_vnd, income_tax_vnd=income_tax_vnd)
        for day, vat_vnd, income_tax_vnd in tax.by_month()
        if first in (None, day)
    }
    rows = Due.objects.filter(kind=Kind.TAX, month__in=withheld).exclude(state__in=DUE_VOID).order_by()
    sums = rows.values_list("month").annotate(Sum("vat_vnd"), Sum("income_tax_vnd"))
    declared = {day: Taxes(vat_vnd=vat, income_tax_vnd=income) for day, vat, income in sums}
    whole = taxes().less(_sum(_under_way(kind=Kind.TAX)))
    return [
        Month(
            first=day,
            withheld=sum_,
            declared=declared.get(day, Taxes()),
            free=sum_.less(declared.get(day, Taxes())).at_most(whole) if _is_closed(day) else Taxes(),
        )
        for day, sum_ in withheld.items()
    ]
