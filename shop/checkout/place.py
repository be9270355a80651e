"""Placing: a quote becomes an order, its goods are held, its payments are opened. Once per key."""

from datetime import datetime, timedelta

from django.db import transaction

from common import dates
from common.steer import steer
from payments.adapters import registry
from payments.adapters.contract import Adapter
from payments.intake import services as intake
from payments.intake.models import Payment
from shop.checkout import limits
from shop.checkout.errors import ChooseWay, HoldOver, NothingToPlace, QuoteStale, WayNotOffered
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.values import Buyer, Quote
from shop.stock import services as stock

#: how long goods are held for an unpaid order, by way to pay; nothing holds longer than an hour after placing
HOLD = {"stripe": timedelta(minutes=30)}
USUAL_HOLD, LONGEST_HOLD = timedelta(minutes=15), timedelta(minutes=60)


def place(quote: Quote, buyer: Buyer, *, key: str, adapter: str, seen_total_vnd: int) -> Order:
    """Turn a quote into an order and hold its goods.

    Safe to repeat: the same `key` returns the order it made before. Cash is confirmed at once, anything
    else when the money comes. Raises NothingToPlace, QuoteStale when the total is not the one the buyer
    saw, ChooseWay, WayNotOffered, CashLimit, or stock's StockShort (somebody was faster); nothing is kept then.
    """
    if found := Order.objects.filter(key=key).first():
        return found
    if not quote.parts or not quote.can_be_placed:
        raise NothingToPlace
    if quote.total_vnd != seen_total_vnd:
        raise QuoteStale
    _check_way(adapter, quote)
    ends_at = None if adapter == "cod" else dates.now() + HOLD.get(adapter, USUAL_HOLD)
    with transaction.atomic():
        order, new = orders.create(quote, buyer, key=key, adapter=adapter, hold_ends_at=ends_at)
        if not new:
            return order
        if order.is_cod:
            limits.take_place(order)
        for suborder, amount_vnd in orders.parts_to_pay(order):
            orders.attach(order, suborder, _open(order, amount_vnd, adapter, ends_at))
        steer("before:checkout.reserve")
        stock.reserve(orders.wanted(order))
        if order.is_cod:
            orders.confirm(order)
    return order


def pay_again(order: Order, adapter: str) -> Payment:
    """Another attempt after one that failed, while the goods are held; the hold grows to fit, at most an hour.

    Returns the open payment when there is one. Raises WayNotOffered (cash too: it was not chosen when the
    order was placed, and nobody has proved the phone), or HoldOver.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        open_use = order.uses.select_related("payment").filter(open=True, suborder=None).first()
        if open_use:
            return open_use.payment
        if not can_pay_again(order):
            raise HoldOver
        _check_amount(adapter, order.total_vnd, by_hand=False)
        latest = order.placed_at + LONGEST_HOLD
        ends_at = min(latest, max(order.hold_ends_at, dates.now() + HOLD.get(adapter, USUAL_HOLD)))
        Order.objects.filter(pk=order.pk).update(hold_ends_at=ends_at, adapter=adapter)
        payment = _open(order, order.total_vnd, adapter, ends_at)
        orders.attach(order, None, payment)
    return payment


def can_pay_again(order: Order) -> bool:
    """Whether the goods of this unpaid order are still held."""
    unpaid = order.state == Order.State.PLACED and not order.is_cod
    return unpaid and order.hold_ends_at is not None and order.hold_ends_at > dates.now()


def ways_again(order: Order) -> list[Adapter]:
    """The ways an unpaid order can be paid now; none when the hold is over."""
    if not can_pay_again(order):
        return []
    return [each for each in registry.offered(order.total_vnd) if not each.traits.by_hand]


def _open(order: Order, amount_vnd: int, adapter: str, ends_at: datetime | None) -> Payment:
    return intake.open_(
        amount_vnd=amount_vnd,
        adapter=adapter,
        words=order.number,
        language=order.language,
        expires_at=ends_at,
    )


def _check_way(adapter: str, quote: Quote) -> None:
    if not adapter:
        raise ChooseWay
    if adapter == "cod":
        limits.check_amount(quote.total_vnd)
    _check_amount(adapter, quote.total_vnd)


def _check_amount(adapter: str, amount_vnd: int, *, by_hand: bool = True) -> None:
    offered = [each for each in registry.offered(amount_vnd) if by_hand or not each.traits.by_hand]
    if adapter not in {each.code for each in offered}:
        raise WayNotOffered
