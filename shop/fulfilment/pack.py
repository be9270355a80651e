"""What the household does before the parcel leaves: see, pack, or say that it cannot."""

from django.db import transaction

from accounts.models import User
from common import dates
from shop.orders import letters, services, state
from shop.orders.errors import IllegalMove
from shop.orders.locks import lock_suborder
from shop.orders.models import SubOrder
from shop.orders.moves import Role, State, move
from shop.stock import services as stock
from shop.stock.models import Lot


def acknowledge(suborder: SubOrder) -> None:
    """ "Nhận việc": the household has seen the order. Safe to repeat; only the first time is kept."""
    SubOrder.objects.filter(pk=suborder.pk, seen_at=None).update(seen_at=dates.now())


@transaction.atomic
def pack(suborder: SubOrder, *, by: User | None) -> None:
    """The parcel is packed: what was reserved is sold. Raises IllegalMove or MovedMeanwhile."""
    order, suborder = lock_suborder(suborder)
    now = dates.now()
    times = {"packed_at": now, "seen_at": suborder.seen_at or now, "escalated_at": None}
    move(suborder, State.PACKED, by=by, role=Role.HOUSEHOLD, **times)
    stock.sell(services.wanted(order, [suborder]))
    state.refresh(order)
    letters.packed(suborder)


@transaction.atomic
def cannot_fulfil(
    suborder: SubOrder, *, reason: str, left: dict[int, int], by: User | None, role: str = Role.HOUSEHOLD
) -> None:
    """The whole part cannot be delivered: the buyer's money goes back, and the lots shrink to what is left.

    `left` is lot id → what can still be sold of it, in the product's unit, after this order's goods are
    back; lots that it does not name keep everything. The system declines only what is not packed: a parcel
    that was packed at the last minute raises IllegalMove.
    """
    order, suborder = lock_suborder(suborder)
    was_packed = suborder.state == State.PACKED
    if was_packed and role == Role.SYSTEM:
        raise IllegalMove
    refund_vnd = suborder.total_vnd
    services.end_part(order, suborder, State.DECLINED, by=by, role=role, why=reason, refund_vnd=refund_vnd)
    holders = services.wanted(order, [suborder])
    if was_packed:
        stock.take_back(holders, spoiled=suborder.is_fresh)
    else:
        stock.release(holders)
    for lot in Lot.objects.filter(pk__in=left).order_by("pk"):
        stock.shrink_to(lot, left[lot.pk], by=by)
    state.refresh(order)
    letters.declined(suborder, refund_vnd=0 if order.is_cod else refund_vnd)
