"""The write side of orders: create, confirm, cancel, expire, revive."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app

from accounts.models import User
from common import dates
from common.inserts import insert
from common.steer import steer
from payments.intake import services as intake
from payments.intake.models import Payment
from shop.orders import clock, letters, money, rows, state
from shop.orders.errors import TooLateToCancel
from shop.orders.locks import lock_order, lock_suborder
from shop.orders.models import Allocation, Order, OrderPayment, SubOrder
from shop.orders.moves import Role, State, move
from shop.orders.queries import payment_that_stayed
from shop.orders.rows import Written
from shop.orders.values import Buyer, Quote
from shop.stock import services as stock
from shop.stock.errors import StockShort
from shop.stock.queries import all_sellable
from shop.stock.values import Draw

OPEN_STATES = (State.AWAITING_PAYMENT, State.CONFIRMED, State.PACKED)


def create(quote: Quote, buyer: Buyer, *, key: str, adapter: str, hold_ends_at: datetime | None) -> Written:
    """Write the order of a quote inside the caller's transaction; nothing is reserved or asked for yet.

    Parts of a cash order are their households' to pack at once, all others await payment. IntegrityError
    when the key is known already: the caller's transaction ends, and the order of that key is the answer.
    """
    written = rows.write(quote, buyer, key=key, adapter=adapter, hold_ends_at=hold_ends_at)
    if written.order.is_cod:
        _tell(written.order)
    return written


def wanted(order: Order, suborders: list[SubOrder] | None = None) -> dict[str, tuple[Draw, ...]]:
    """What the order's lines (or only those of `suborders`) draw: hold id → draws."""
    rows = Allocation.objects.filter(line__suborder__order=order).select_related("line").order_by("lot_id")
    if suborders is not None:
        rows = rows.filter(line__suborder__in=suborders)
    found: dict[str, tuple[Draw, ...]] = {}
    for row in rows:
        found[row.line.holder] = (*found.get(row.line.holder, ()), Draw(lot_id=row.lot_id, qty=row.qty))
    return found


def parts_to_pay(written: Written) -> list[tuple[SubOrder | None, int]]:
    """What one payment each pays: the whole order, or each suborder when the cash comes with the parcel."""
    if written.order.is_cod:
        return [(part, part.total_vnd) for part in written.parts]
    return [(None, written.order.total_vnd)]


def attach(order: Order, uses: Iterable[tuple[SubOrder | None, Payment]]) -> None:
    """Say that these payments pay this order or these parts. IntegrityError when another is still open."""
    insert([OrderPayment(order=order, suborder=suborder, payment=payment) for suborder, payment in uses])


@transaction.atomic
def confirm(order: Order) -> None:
    """The order is paid: every waiting part becomes its household's to pack."""
    order, suborders = lock_order(order.pk)
    _confirm([part for part in suborders if part.state == State.AWAITING_PAYMENT])
    state.refresh(order)
    _tell(order)


@transaction.atomic
def take_money(payment: Payment, *, late: bool) -> None:
    """Money for an order came. It confirms the order, revives it whole, or goes back whole.

    It revives when the buyer did not cancel, no other money has paid the order, and all goods can still
    be had. Cash for one parcel changes nothing here: the part was confirmed when it was placed.
    """
    use = OrderPayment.objects.filter(payment=payment).first()
    if use is None:
        return
    order, suborders = lock_order(use.order_id, payment_ids=[payment.pk])
    OrderPayment.objects.filter(pk=use.pk).update(open=False)
    if use.suborder_id:
        return
    waiting = [part for part in suborders if part.state == State.AWAITING_PAYMENT]
    if waiting and len(waiting) == len(suborders):
        _confirm(suborders)
        steer("after:orders.confirmed")
        _end_other_payments(order, payment)
    elif not _revive(order, suborders):
        intake.give_back(payment, amount_vnd=payment.settled_vnd, reason="late", key="late")
        letters.money_goes_back(order, payment)
        return
    state.refresh(order)
    _tell(order)


@transaction.atomic
def payment_ended(payment: Payment) -> None:
    """An attempt failed, expired or was cancelled: another may be opened while the goods are held."""
    use = OrderPayment.objects.filter(payment=payment).first()
    if use is None:
        return
    OrderPayment.objects.filter(pk=use.pk).update(open=False)
    if payment.state == Payment.State.EXPIRED or payment.let_go_at is not None:
        expire(use.order, payment=payment)


@transaction.atomic
def expire(order: Order, *, payment: Payment | None = None) -> None:
    """The hold is over and nothing is paid: let the goods go. Does nothing while a payment is open."""
    order, suborders = lock_order(order.pk, payment_ids=[payment.pk] if payment else [])
    waiting = [part for part in suborders if part.state == State.AWAITING_PAYMENT]
    over = order.hold_ends_at is not None and order.hold_ends_at <= dates.now()
    if not waiting or not over or order.uses.filter(open=True).exists():
        return
    for part in waiting:
        move(part, State.CANCELLED, by=None, role=Role.SYSTEM, why="not paid in time", ended_at=dates.now())
    steer("after:orders.expired")
    stock.release(wanted(order, waiting))
    state.refresh(order)
    letters.expired(order, is_held=order.uses.filter(payment__held_at__isnull=False).exists())


@transaction.atomic
def cancel_by_buyer(order: Order, *, by: User | None) -> None:
    """The buyer takes back the whole order: everything that is not packed yet is cancelled, money goes back.

    Raises TooLateToCancel when nothing can be cancelled any more. Before payment it ends the order.
    """
    order, suborders = lock_order(order.pk)
    stoppable = [part for part in suborders if part.state in (State.AWAITING_PAYMENT, State.CONFIRMED)]
    if not stoppable:
        raise TooLateToCancel
    if len(stoppable) == len(suborders):
        Order.objects.filter(pk=order.pk).update(buyer_cancelled_at=dates.now())
        order.buyer_cancelled_at = dates.now()
    for part in stoppable:
        _end_and_tell(order, part, by=by, role=Role.BUYER, why="")
    for use in order.uses.filter(open=True, suborder__isnull=True).select_related("payment"):
        intake.cancel(use.payment)
    # All goods in one go: lots are locked by id over all parts, as a placing locks them.
    stock.release(wanted(order, stoppable))
    steer("after:orders.cancelled")
    state.refresh(order)


@transaction.atomic
def cancel_part(suborder: SubOrder, *, by: User | None, role: str, why: str = "") -> None:
    """Cancel one paid part: the buyer until it is packed, household and staff until it is shipped."""
    order, suborder = lock_suborder(suborder)
    allowed = {State.CONFIRMED} if role == Role.BUYER else {State.CONFIRMED, State.PACKED}
    if suborder.state not in allowed:
        raise TooLateToCancel
    _cancel(order, suborder, by=by, role=role, why=why)
    state.refresh(order)


def end_part(
    order: Order, suborder: SubOrder, to: str, *, by: User | None, role: str, why: str, refund_vnd: int
) -> None:
    """Move a part to an end (cancelled, declined, returned) and give its money back; locks are held.

    Cash that was never collected is simply not asked for any more. Goods are the caller's business.
    """
    move(suborder, to, by=by, role=role, why=why, ended_at=dates.now(), end_reason=why[:300])
    steer("after:orders.end_part")
    cash = suborder.uses.select_related("payment").filter(open=True).first()
    if cash:
        intake.cancel(cash.payment)
    if refund_vnd and (payment := payment_that_stayed(order)):
        key = f"part-{suborder.position}"
        refund = intake.give_back(payment, amount_vnd=refund_vnd, reason=to, key=key)
        goods_vnd = min(refund_vnd, suborder.goods_vnd)
        money.note_refund(refund, suborder, goods_vnd=goods_vnd, delivery_vnd=refund_vnd - goods_vnd)
        money.book_end(order, suborder)


def _confirm(suborders: list[SubOrder], *, why: str = "") -> None:
    now = dates.now()
    for part in suborders:
        due = clock.pack_by(confirmed_at=now, ready_on=part.ready_on, is_fresh=part.is_fresh)
        fields = {"confirmed_at": now, "pack_by": due, "ended_at": None}
        move(part, State.CONFIRMED, by=None, role=Role.SYSTEM, why=why, **fields)


def _tell(order: Order) -> None:
    """Buyer and households hear of a confirmed order by a job of its own: drawing letters takes its time."""
    app.configure_task("orders.tell_confirmed").defer(order_id=order.pk)


def _revive(order: Order, suborders: list[SubOrder]) -> bool:
    """Late money: bring the whole order back, or nothing of it."""
    untouched = all(part.state == State.CANCELLED and part.confirmed_at is None for part in suborders)
    if order.buyer_cancelled_at is not None or not untouched:
        return False
    draws = wanted(order)
    if not all_sellable({draw.lot_id for held in draws.values() for draw in held}, dates.now()):
        return False
    try:
        stock.reserve(draws)
    except StockShort:
        return False
    _confirm(suborders, why="late money")
    return True


def _end_other_payments(order: Order, payment: Payment) -> None:
    for use in order.uses.filter(open=True).exclude(payment=payment).select_related("payment"):
        intake.cancel(use.payment)


def _cancel(order: Order, suborder: SubOrder, *, by: User | None, role: str, why: str) -> None:
    sold = suborder.state == State.PACKED
    _end_and_tell(order, suborder, by=by, role=role, why=why)
    holders = wanted(order, [suborder])
    if sold:
        stock.take_back(holders, spoiled=suborder.is_fresh)
    else:
        stock.release(holders)


def _end_and_tell(order: Order, suborder: SubOrder, *, by: User | None, role: str, why: str) -> None:
    refund_vnd = 0 if suborder.state == State.AWAITING_PAYMENT else suborder.total_vnd
    end_part(order, suborder, State.CANCELLED, by=by, role=role, why=why, refund_vnd=refund_vnd)
    letters.part_cancelled(suborder, role=role, refund_vnd=0 if order.is_cod else refund_vnd)
