"""Placing: a quote becomes an order, its goods are held, its payments are opened. Once per key."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from common import dates
from common.steer import steer
from payments.adapters.contract import Adapter
from payments.intake import services as intake
from payments.intake.models import Payment
from payments.intake.queries import way_to_pay, ways_to_pay
from shop.checkout import limits
from shop.checkout.errors import (
    AttemptsUsedUp,
    CheckoutError,
    ChooseWay,
    HoldOver,
    NothingToPlace,
    QuoteStale,
    WayNotOffered,
)
from shop.checkout.ways import way_of
from shop.orders import services as orders
from shop.orders.locks import lock_order
from shop.orders.models import Order
from shop.orders.values import Buyer, Quote
from shop.stock import services as stock
from shop.stock.errors import StockError
from shop.stock.queries import next_cut_off

#: attempts after the first one stretch the hold to this after placing, or to what their way to pay needs
LONGEST_HOLD = timedelta(minutes=60)


def place(quote: Quote, buyer: Buyer, *, key: str, adapter: str, seen_total_vnd: int) -> Order:
    """Turn a quote into an order and hold its goods.

    Safe to repeat: the same `key` returns the order it made before. Cash is confirmed at once, anything
    else when the money comes. Raises NothingToPlace, QuoteStale when the total is not the one the buyer
    saw, ChooseWay, WayNotOffered, CashLimit, or stock's StockShort (somebody was faster); nothing is kept then.
    """
    try:
        return _place(quote, buyer, key, adapter, seen_total_vnd)
    except (CheckoutError, StockError, IntegrityError) as error:
        # Only what did not go through is looked up: almost every order is placed with a fresh key.
        if found := placed(key):
            return found
        if not isinstance(error, IntegrityError):
            raise
    # Its number was taken: one chance in thousands of millions, and never twice.
    return _place(quote, buyer, key, adapter, seen_total_vnd)


def placed(key: str) -> Order | None:
    """The order that was placed with this key."""
    return Order.objects.filter(key=key).first()


def _place(quote: Quote, buyer: Buyer, key: str, adapter: str, seen_total_vnd: int) -> Order:
    """One transaction: what only this order knows first, then the phone's row, the lots last."""
    if not quote.parts or not quote.can_be_placed:
        raise NothingToPlace
    if quote.total_vnd != seen_total_vnd:
        raise QuoteStale
    way = _way(adapter, quote)
    ends_at = None if way.traits.by_hand else _hold_ends_at(way, [draw.lot_id for draw in quote.draws])
    with transaction.atomic():
        written = orders.create(quote, buyer, key=key, adapter=adapter, hold_ends_at=ends_at)
        steer("after:checkout.written")
        order = written.order
        parts, amounts_vnd = zip(*orders.parts_to_pay(written), strict=True)
        payments = _open(way, order, list(amounts_vnd), ends_at)
        orders.attach(order, zip(parts, payments, strict=True))
        if order.is_cod:
            limits.take_place(order)
        steer("before:checkout.reserve")
        stock.hold(written.draws)
    steer("after:checkout.placed")
    return order


def pay_again(order: Order, adapter: str) -> Payment:
    """Another attempt, while the goods are held; the hold grows to fit, within its limit.

    An attempt that is still open is taken back when another way is chosen: what comes for it afterwards is
    late money. It comes back itself when the way is the same, or when its gateway has the money and doubts it.
    Raises WayNotOffered (cash too: it was not chosen when the order was placed, and nobody has proved the
    phone), HoldOver, or AttemptsUsedUp. Begins anew when it only lost a race for locks to what a gateway says of the order.
    """
    return intake.whole(lambda: _pay_again(order.pk, adapter))


def _pay_again(order_id: int, adapter: str) -> Payment:
    with transaction.atomic():
        order, _parts = lock_order(order_id)
        open_use = order.uses.select_related("payment").filter(open=True, suborder=None).first()
        if open_use and (open_use.payment.adapter == adapter or open_use.payment.held_at):
            return open_use.payment
        if not can_pay_again(order):
            raise HoldOver
        if attempts_used_up(order):
            raise AttemptsUsedUp(settings.ATTEMPTS_AN_ORDER)
        way = way_to_pay(adapter, order.total_vnd)
        if way is None or way.traits.by_hand:
            raise WayNotOffered
        if open_use:
            intake.cancel(open_use.payment)
        latest = order.placed_at + max(LONGEST_HOLD, way.traits.hold)
        lots = [draw.lot_id for draws in orders.wanted(order).values() for draw in draws]
        ends_at = max(order.hold_ends_at, min(latest, _hold_ends_at(way, lots)))
        Order.objects.filter(pk=order.pk).update(hold_ends_at=ends_at, adapter=adapter)
        order.adapter = adapter
        (payment,) = _open(way, order, [order.total_vnd], ends_at)
        orders.attach(order, [(None, payment)])
    return payment


def can_pay_again(order: Order) -> bool:
    """Whether the goods of this unpaid order are still held."""
    unpaid = order.state == Order.State.PLACED and not order.is_cod
    return unpaid and order.hold_ends_at is not None and order.hold_ends_at > dates.now()


def attempts_used_up(order: Order) -> bool:
    """Whether so many attempts to pay the whole order were opened that no other is."""
    return order.uses.filter(suborder=None).count() >= settings.ATTEMPTS_AN_ORDER


def ways_again(order: Order) -> list[Adapter]:
    """The ways an unpaid order can be paid now; none when the hold is over or the attempts are used up."""
    if not can_pay_again(order) or attempts_used_up(order):
        return []
    return [each for each in ways_to_pay(order.total_vnd) if not each.traits.by_hand]


def _hold_ends_at(way: Adapter, lot_ids: list[int]) -> datetime:
    """As long as the way to pay says; a long hold ends when a harvest among the lots closes for orders."""
    now = dates.now()
    ends_at = now + way.traits.hold
    closes_at = next_cut_off(lot_ids, now) if way.traits.hold_until_cut_off else None
    return min(ends_at, closes_at) if closes_at else ends_at


def _open(way: Adapter, order: Order, amounts_vnd: list[int], ends_at: datetime | None) -> list[Payment]:
    # The whole order's sum decided whether this way may be chosen; a parcel's share of it need not.
    return intake.open_with(way, amounts_vnd, words=order.number, language=order.language, expires_at=ends_at)


def _way(adapter: str, quote: Quote) -> Adapter:
    """The chosen way to pay, if it is offered for this quote."""
    if not adapter:
        raise ChooseWay
    way = way_of(quote, adapter)
    if way is None:
        if adapter == "cod":
            limits.check_amount(quote.total_vnd)
        raise WayNotOffered
    return way
