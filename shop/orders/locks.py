"""Locks of an order's rows, always in the house's order: Payment, then Order, then SubOrder."""

from collections.abc import Iterable

from common.locks import ordered
from common.steer import steer
from payments.intake.models import Payment
from shop.orders.models import Order, OrderPayment, SubOrder


def lock_order(order_id: int, *, payment_ids: Iterable[int] = ()) -> tuple[Order, list[SubOrder]]:
    """Lock all payments of the order (their ids are read unlocked first), the order, then its parts."""
    known = set(OrderPayment.objects.filter(order_id=order_id).values_list("payment_id", flat=True))
    ordered(Payment.objects.filter(pk__in=known | set(payment_ids)))
    order = ordered(Order.objects.filter(pk=order_id))[0]
    suborders = ordered(SubOrder.objects.filter(order_id=order_id).select_related("order", "storefront"))
    for suborder in suborders:
        suborder.order = order
    steer("after:orders.lock")
    return order, suborders


def lock_suborder(suborder: SubOrder) -> tuple[Order, SubOrder]:
    """The same for one part: its order's payments, the order, all its parts; the fresh part comes back."""
    order, suborders = lock_order(suborder.order_id)
    return order, next(each for each in suborders if each.pk == suborder.pk)
