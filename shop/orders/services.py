"""The write side of orders: create, confirm, cancel, expire, revive."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import User
from common import codes, dates, province
from common.steer import steer
from payments.intake import services as intake
from payments.intake.models import Payment
from shop.orders import clock, letters, state
from shop.orders.errors import TooLateToCancel
from shop.orders.locks import lock_order, lock_suborder
from shop.orders.models import Allocation, Order, OrderLine, OrderPayment, SubOrder
from shop.orders.moves import Role, State, move
from shop.orders.values import Buyer, Quote, QuoteLine, QuotePart
from shop.stock import services as stock
from shop.stock.errors import StockShort
from shop.stock.queries import all_sellable
from shop.stock.values import Draw

OPEN_STATES = (State.AWAITING_PAYMENT, State.CONFIRMED, State.PACKED)


@transaction.atomic
def create(
    quote: Quote, buyer: Buyer, *, key: str, adapter: str, hold_ends_at: datetime | None
) -> tuple[Order, bool]:
    """Write the order of a quote, all parts awaiting payment; nothing is reserved yet.

    The same `key` returns the order it made before, and False.
    """
    if found := Order.objects.filter(key=key).first():
        return found, False
    try:
        with transaction.atomic():
            order = _write_order(quote, buyer, key, adapter, hold_ends_at)
    except IntegrityError:
        return Order.objects.get(key=key), False
    for position, part in enumerate(quote.parts, start=1):
        _write_part(order, position, part)
    return order, True


def wanted(order: Order, suborders: list[SubOrder] | None = None) -> dict[str, tuple[Draw, ...]]:
    """What the order's lines (or only those of `suborders`) draw: hold id → draws."""
    rows = Allocation.objects.filter(line__suborder__order=order).select_related("line").order_by("lot_id")
    if suborders is not None:
        rows = rows.filter(line__suborder__in=suborders)
    found: dict[str, tuple[Draw, ...]] = {}
    for row in rows:
        found[row.line.holder] = (*found.get(row.line.holder, ()), Draw(lot_id=row.lot_id, qty=row.qty))
    return found


def parts_to_pay(order: Order) -> list[tuple[SubOrder | None, int]]:
    """What one payment each pays: the whole order, or each suborder when the cash comes with the parcel."""
    if order.is_cod:
        return [(part, part.total_vnd) for part in order.suborders.order_by("position")]
    return [(None, order.total_vnd)]


def attach(order: Order, suborder: SubOrder | None, payment: Payment) -> OrderPayment:
    """Say that this payment pays this order or part. IntegrityError when another one is still open."""
    return OrderPayment.objects.create(order=order, suborder=suborder, payment=payment)


@transaction.atomic
def confirm(order: Order) -> None:
    """The order is paid, or placed for cash: every waiting part becomes its household's to pack."""
    order, suborders = lock_order(order.pk)
    _confirm([part for part in suborders if part.state == State.AWAITING_PAYMENT])
    state.refresh(order)
    letters.placed(order) if order.is_cod else letters.paid(order)


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
        _end_other_payments(order, payment)
    elif not _revive(order, suborders):
        intake.give_back(payment, amount_vnd=payment.settled_vnd, reason="late", key="late")
        letters.money_goes_back(order, payment.settled_vnd)
        return
    state.refresh(order)
    letters.paid(order)


@transaction.atomic
def payment_ended(payment: Payment) -> None:
    """An attempt failed, expired or was cancelled: another may be opened while the goods are held."""
    use = OrderPayment.objects.filter(payment=payment).first()
    if use is None:
        return
    OrderPayment.objects.filter(pk=use.pk).update(open=False)
    if payment.state == Payment.State.EXPIRED:
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
    stock.release(wanted(order, waiting))
    state.refresh(order)
    letters.expired(order)


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
    if refund_vnd and (payment := _payment_that_stayed(order)):
        intake.give_back(payment, amount_vnd=refund_vnd, reason=to, key=f"part-{suborder.position}")


def _write_order(quote: Quote, buyer: Buyer, key: str, adapter: str, hold_ends_at: datetime | None) -> Order:
    where = buyer.destination
    return Order.objects.create(
        number=_new_number(),
        key=key,
        user_id=buyer.user_id,
        language=buyer.language,
        name=buyer.name,
        phone=buyer.phone,
        email=buyer.email,
        province_code=where.province_code,
        province_name=where.province_name,
        commune_code=where.commune_code,
        commune_name=where.commune_name,
        street=where.street,
        note=buyer.note,
        adapter=adapter,
        goods_vnd=quote.goods_vnd,
        delivery_vnd=quote.delivery_vnd,
        total_vnd=quote.total_vnd,
        hold_ends_at=hold_ends_at,
    )


def _write_part(order: Order, position: int, part: QuotePart) -> None:
    chosen = part.chosen
    if chosen is None:
        raise ValueError("A part without a delivery choice cannot be placed.")
    suborder = SubOrder.objects.create(
        order=order,
        position=position,
        storefront_id=part.storefront_id,
        goods_vnd=part.goods_vnd,
        delivery_vnd=part.delivery_vnd,
        total_vnd=part.total_vnd,
        method=chosen.method,
        method_name=chosen.name,
        is_pickup=chosen.is_pickup,
        promised_from=chosen.arrives_from,
        promised_to=chosen.arrives_to,
        is_fresh=any(line.is_fresh for line in part.lines),
        ready_on=max(line.ready_on for line in part.lines),
    )
    lines = OrderLine.objects.bulk_create(_line(suborder, line) for line in part.lines)
    Allocation.objects.bulk_create(
        Allocation(line=row, lot_id=draw.lot_id, qty=draw.qty)
        for row, line in zip(lines, part.lines, strict=True)
        for draw in line.draws
    )


def _line(suborder: SubOrder, line: QuoteLine) -> OrderLine:
    return OrderLine(
        suborder=suborder,
        pack_id=line.pack_id,
        title=line.title,
        pack_label=line.pack_label,
        unit=line.unit,
        count=line.count,
        price_vnd=line.price_vnd,
        line_vnd=line.line_vnd,
        net_qty=line.net_qty,
        gross_g=line.gross_g,
        fee_rate_bp=line.fee_rate_bp,
        tax_class=line.tax_class,
        own_grown=line.own_grown,
    )


def _confirm(suborders: list[SubOrder], *, why: str = "") -> None:
    now = dates.now()
    for part in suborders:
        due = clock.pack_by(confirmed_at=now, ready_on=part.ready_on, is_fresh=part.is_fresh)
        fields = {"confirmed_at": now, "pack_by": due, "ended_at": None}
        move(part, State.CONFIRMED, by=None, role=Role.SYSTEM, why=why, **fields)
        letters.household_has_order(part)


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


def _payment_that_stayed(order: Order) -> Payment | None:
    """The payment that paid the order; None for cash, or when the bank gave it back to the buyer already.

    Of several, it is the one with most left: money that came too late went back whole.
    """
    uses = order.uses.select_related("payment").filter(suborder__isnull=True, payment__settled_vnd__gt=0)
    left_vnd = F("payment__settled_vnd") - F("payment__refund_asked_vnd")
    use = uses.order_by(left_vnd.desc(), "id").first()
    return use.payment if use and use.payment.state != Payment.State.CHARGED_BACK else None


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


def _new_number() -> str:
    for _try in range(5):
        number = codes.new(province.order_prefix())
        if not Order.objects.filter(number=number).exists():
            return number
    raise IntegrityError("No free order number found.")
