"""From the household's door to the buyer's, or back."""

from django.db import transaction

from accounts.models import User
from common import dates
from payments.intake import services as intake
from shop.fulfilment.errors import CashNotTaken
from shop.fulfilment.models import Shipment
from shop.orders import letters, money, services, state
from shop.orders.errors import IllegalMove
from shop.orders.locks import lock_suborder
from shop.orders.models import Order, SubOrder
from shop.orders.moves import Role, State, move
from shop.stock import services as stock


@transaction.atomic
def hand_over(suborder: SubOrder, *, carrier: str, tracking: str, by: User | None) -> Shipment:
    """The parcel left: given to a carrier, put on the coach, or driven by the household itself."""
    order, suborder = lock_suborder(suborder)
    move(suborder, State.SHIPPED, by=by, role=Role.HOUSEHOLD, shipped_at=dates.now(), escalated_at=None)
    shipment = Shipment.objects.create(suborder=suborder, carrier=carrier, tracking=tracking)
    state.refresh(order)
    letters.shipped(suborder, carrier=carrier, tracking=tracking)
    return shipment


@transaction.atomic
def deliver(suborder: SubOrder, *, by: User | None, role: str, cash_by: str = "") -> None:
    """The buyer has the goods: said by the household, the carrier or the buyer; the hold of 3 days begins.

    A parcel paid in cash needs `cash_by` (who took it) from the household, which settles its payment;
    without it CashNotTaken is raised. When the buyer says "Đã nhận được hàng" the cash stays open until
    the household says so.
    """
    order, suborder = lock_suborder(suborder)
    if order.is_cod and role == Role.HOUSEHOLD and not cash_by:
        raise CashNotTaken
    now = dates.now()
    move(suborder, State.DELIVERED, by=by, role=role, delivered_at=now, cash_by=cash_by)
    Shipment.objects.filter(suborder=suborder).update(state=Shipment.State.DELIVERED, ended_at=now)
    if cash_by:
        _settle_cash(suborder, by=by, cash_by=cash_by)
    state.refresh(order)
    letters.delivered(suborder)


@transaction.atomic
def take_cash(suborder: SubOrder, *, by: User | None, cash_by: str) -> None:
    """The cash of a parcel that the buyer had already called delivered. Raises IllegalMove for any other."""
    order, suborder = lock_suborder(suborder)
    if not cash_is_open(order, suborder):
        raise IllegalMove
    SubOrder.objects.filter(pk=suborder.pk, cash_by="").update(cash_by=cash_by)
    suborder.cash_by = cash_by
    _settle_cash(suborder, by=by, cash_by=cash_by)
    if suborder.state == State.COMPLETED:
        money.book_end(order, suborder)


@transaction.atomic
def come_back(suborder: SubOrder, *, by: User | None, refused: bool) -> None:
    """The parcel came back. Fresh goods are spoiled, dry ones return to their lot.

    A paid part is refunded: the goods, and the delivery too unless the buyer refused the parcel.
    """
    order, suborder = lock_suborder(suborder)
    refund_vnd = suborder.goods_vnd if refused else suborder.total_vnd
    why = "refused" if refused else "not delivered"
    services.end_part(
        order, suborder, State.RETURNED, by=by, role=Role.HOUSEHOLD, why=why, refund_vnd=refund_vnd
    )
    Shipment.objects.filter(suborder=suborder).update(state=Shipment.State.RETURNED, ended_at=dates.now())
    stock.take_back(services.wanted(order, [suborder]), spoiled=suborder.is_fresh)
    state.refresh(order)
    letters.part_cancelled(suborder, role=Role.HOUSEHOLD, refund_vnd=0 if order.is_cod else refund_vnd)


@transaction.atomic
def complete(suborder: SubOrder) -> None:
    """The hold of three days is over and nobody complained: everybody has earned what the buyer paid."""
    order, suborder = lock_suborder(suborder)
    move(suborder, State.COMPLETED, by=None, role=Role.SYSTEM, ended_at=dates.now())
    money.book_end(order, suborder)
    state.refresh(order)


def cash_is_open(order: Order, suborder: SubOrder) -> bool:
    """Whether the household still has to say who took the cash of a delivered parcel."""
    return order.is_cod and suborder.state in (State.DELIVERED, State.COMPLETED) and not suborder.cash_by


def _settle_cash(suborder: SubOrder, *, by: User | None, cash_by: str) -> None:
    for use in suborder.uses.filter(open=True).select_related("payment"):
        holder = money.holder_of_cash(suborder, cash_by)
        intake.settle_by_hand(use.payment, by=by, held_by=holder, note=cash_by)
