"""Why this much: what stands behind entries on a household's accounts, read from the books and reckoned nowhere else."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from payments.books.accounts import INCOME_TAX, VAT
from payments.books.accounts import household as owner_key
from payments.books.models import Account, Entry, Posting

Kind = Account.Kind
#: of these the sum of goods is made
OF_GOODS = (Kind.PAYABLE, Kind.COMMISSION, Kind.TAX)


@dataclass(frozen=True, kw_only=True, slots=True)
class Detail:
    """One entry as a household reads it, in đồng: `goods − fee − tax = net`, and its own delivery beside it.

    What is taken back is negative, fee and tax that come back with it too.
    """

    entry_id: int
    kind: str
    about: str
    at: datetime
    made_at: datetime
    goods_vnd: int
    fee_vnd: int
    vat_vnd: int
    income_tax_vnd: int
    net_vnd: int
    delivery_vnd: int

    @property
    def tax_vnd(self) -> int:
        return self.vat_vnd + self.income_tax_vnd

    @property
    def amount_vnd(self) -> int:
        """What it adds to what the household is owed."""
        return self.net_vnd + self.delivery_vnd

    @property
    def is_sale(self) -> bool:
        return self.kind == Entry.Kind.COMPLETED


def details(household_id: int, entry_ids: Iterable[int]) -> list[Detail]:
    """The entries in the order asked for. Two queries."""
    ids = list(entry_ids)
    sums: dict[int, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    mine = owner_key(household_id)
    for row in Posting.objects.filter(entry__in=ids).select_related("account"):
        account = row.account
        if account.kind in (Kind.COMMISSION, Kind.TAX):
            sums[row.entry_id][account.kind, account.owner] += row.credit_vnd
        elif account.owner == mine:
            sums[row.entry_id][account.kind, ""] += row.credit_vnd
    entries = Entry.objects.in_bulk(ids)
    return [_detail(entries[each], sums[each]) for each in ids]


def _detail(entry: Entry, sums: dict[tuple[str, str], int]) -> Detail:
    return Detail(
        entry_id=entry.pk,
        kind=entry.kind,
        about=entry.about,
        at=entry.at,
        made_at=entry.made_at,
        goods_vnd=sum(amount_vnd for (kind, _owner), amount_vnd in sums.items() if kind in OF_GOODS),
        fee_vnd=sums.get((Kind.COMMISSION, ""), 0),
        vat_vnd=sums.get(tuple(VAT), 0),
        income_tax_vnd=sums.get(tuple(INCOME_TAX), 0),
        net_vnd=sums.get((Kind.PAYABLE, ""), 0),
        delivery_vnd=sums.get((Kind.DELIVERY, ""), 0),
    )
