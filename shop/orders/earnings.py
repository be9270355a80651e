"""What a household will earn of parts that are not completed yet, and which part an entry of the books is about."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum

from farmers.models import Storefront
from payments.books.post import Shares
from shop.orders.models import PartRefund, SubOrder
from shop.orders.money import ITS_OWN, NOT_BOOKED, Frozen, Left, in_proportion

State = SubOrder.State
#: sold, and not yet the household's money
ON_THE_WAY = (State.CONFIRMED, State.PACKED, State.SHIPPED, State.DELIVERED, State.DISPUTED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """A part and what it will bring in đồng, as things stand; `kept_vnd` is the cash the household has already."""

    suborder: SubOrder
    shares: Shares
    kept_vnd: int

    @property
    def goods_vnd(self) -> int:
        return self.shares.payable_vnd + self.fee_vnd + self.tax_vnd

    @property
    def fee_vnd(self) -> int:
        return self.shares.commission_vnd

    @property
    def tax_vnd(self) -> int:
        return self.shares.vat_vnd + self.shares.income_tax_vnd

    @property
    def delivery_vnd(self) -> int:
        """Of its own delivery; a carrier's fee is the carrier's."""
        return self.shares.delivery_vnd if self.suborder.carrier == "own" else 0

    @property
    def amount_vnd(self) -> int:
        """What it will add to what the household is owed; negative when it holds the cash."""
        return self.shares.payable_vnd + self.delivery_vnd - self.kept_vnd


def expected_of(storefront: Storefront) -> list[Expected]:
    """Parts that are sold and not completed, with their lines, the soonest delivered first. Three queries."""
    rows = SubOrder.objects.filter(storefront=storefront, state__in=ON_THE_WAY)
    parts = list(
        rows.select_related("order")
        .annotate(
            fee_vnd=Sum("lines__fee_vnd", default=0),
            vat_vnd=Sum("lines__vat_vnd", default=0),
            income_tax_vnd=Sum("lines__income_tax_vnd", default=0),
        )
        .prefetch_related("lines")
        .order_by("delivered_at", "id")
    )
    gone = _gone(parts)
    return [_expected(part, gone[part.pk]) for part in parts]


def parts_of(storefront: Storefront, subjects: Iterable[str]) -> dict[str, SubOrder]:
    """Subject of an entry (suborder:9, refund:5) → the household's part it is about, with its lines. Four queries."""
    keys: dict[str, set[int]] = defaultdict(set)
    for subject in subjects:
        kind, _colon, key = subject.partition(":")
        if key.isdecimal():
            keys[kind].add(int(key))
    mine = SubOrder.objects.filter(storefront=storefront).select_related("order").prefetch_related("lines")
    found = {f"suborder:{part.pk}": part for part in mine.filter(pk__in=keys["suborder"])}
    refunds = PartRefund.objects.filter(refund__in=keys["refund"], suborder__storefront=storefront)
    for row in refunds.select_related("suborder__order").prefetch_related("suborder__lines"):
        found[f"refund:{row.refund_id}"] = row.suborder
    return found


def _gone(parts: list[SubOrder]) -> dict[int, Left]:
    """Part → what its household has given back of it so far."""
    rows = PartRefund.objects.filter(suborder__in=parts, fault__in=ITS_OWN)
    rows = rows.exclude(refund__state__in=NOT_BOOKED).order_by().values("suborder")
    gone = defaultdict(lambda: Left(goods_vnd=0, delivery_vnd=0))
    for row in rows.annotate(goods=Sum("goods_vnd"), delivery=Sum("delivery_vnd")):
        gone[row["suborder"]] = Left(goods_vnd=row["goods"], delivery_vnd=row["delivery"])
    return gone


def _expected(part: SubOrder, gone: Left) -> Expected:
    frozen = Frozen(fee_vnd=part.fee_vnd, vat_vnd=part.vat_vnd, income_tax_vnd=part.income_tax_vnd)
    left = Left(goods_vnd=part.goods_vnd - gone.goods_vnd, delivery_vnd=part.delivery_vnd - gone.delivery_vnd)
    kept = part.order.is_cod and part.cash_by == SubOrder.CashBy.HOUSEHOLD
    return Expected(
        suborder=part,
        shares=in_proportion(frozen, part.goods_vnd, left),
        kept_vnd=part.total_vnd if kept else 0,
    )
