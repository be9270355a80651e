"""The payments and refunds of past orders."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Protocol

from payments.intake.models import Payment, PaymentEvent, Refund
from shop.orders.models import Order, OrderPayment, SubOrder

State = SubOrder.State
GIVEN_BACK = {State.CANCELLED, State.DECLINED, State.RETURNED, State.REFUNDED}
STOPPED = {State.CANCELLED, State.DECLINED, State.RETURNED}


class Told(Protocol):
    """What money needs to know of a part."""

    suborder: SubOrder

    def at(self, to: str) -> datetime | None: ...


def write_money(orders: list[Order], parts: list) -> None:
    """One payment an order, or one a parcel where the cash comes with it."""
    by_order: dict[int, list] = defaultdict(list)
    for each in parts:
        by_order[each.suborder.order_id].append(each)
    uses: list[OrderPayment] = []
    for order in orders:
        if order.is_cod:
            uses += [_cash(order, each) for each in by_order[order.pk]]
        else:
            uses.append(_by_gateway(order, by_order[order.pk]))
    Payment.objects.bulk_create(use.payment for use in uses)
    OrderPayment.objects.bulk_create(uses)
    PaymentEvent.objects.bulk_create(event for use in uses for event in _events(use.payment))
    back = [(use, each) for use in uses if not use.order.is_cod for each in by_order[use.order_id]]
    refunds = [_refund(use.payment, each) for use, each in back if use.payment.settled_vnd and _is_back(each)]
    Refund.objects.bulk_create(refunds)


def _payment(order: Order, asked_vnd: int, **fields: object) -> Payment:
    return Payment(
        adapter=order.adapter,
        words=f"Đơn {order.number}",
        language=order.language,
        asked_vnd=asked_vnd,
        created_at=order.placed_at,
        **fields,
    )


def _cash(order: Order, each: Told) -> OrderPayment:
    part = each.suborder
    taken_at = each.at(State.DELIVERED)
    if taken_at:
        money = {"state": Payment.State.SETTLED, "settled_vnd": part.total_vnd, "settled_at": taken_at}
    else:
        money = {"state": Payment.State.CANCELLED if part.state in STOPPED else Payment.State.PENDING}
    payment = _payment(order, part.total_vnd, **money)
    return OrderPayment(
        order=order, suborder=part, payment=payment, open=payment.state == Payment.State.PENDING
    )


def _by_gateway(order: Order, parts: list) -> OrderPayment:
    paid_at = min((at for each in parts if (at := each.at(State.CONFIRMED))), default=None)
    fields: dict[str, object] = {"expires_at": order.hold_ends_at}
    if paid_at:
        back_vnd = sum(each.suborder.total_vnd for each in parts if _is_back(each))
        fields |= {"state": Payment.State.SETTLED, "settled_vnd": order.total_vnd, "settled_at": paid_at}
        fields |= {"refund_asked_vnd": back_vnd, "refunded_vnd": back_vnd}
        fields |= {"gateway_ref": f"demo-{order.number}"}
    else:
        fields |= {"state": Payment.State.EXPIRED, "closed_at": order.hold_ends_at}
    return OrderPayment(order=order, payment=_payment(order, order.total_vnd, **fields), open=False)


def _is_back(each: Told) -> bool:
    return each.suborder.state in GIVEN_BACK


def _refund(payment: Payment, each: Told) -> Refund:
    ended_at = each.suborder.ended_at or payment.created_at
    return Refund(
        payment=payment,
        key=f"part-{each.suborder.position}",
        amount_vnd=each.suborder.total_vnd,
        reason=each.suborder.state,
        state=Refund.State.DONE,
        created_at=ended_at,
        done_at=ended_at + timedelta(hours=1),
    )


def _events(payment: Payment) -> list[PaymentEvent]:
    kinds = Payment.State
    made = [
        PaymentEvent(
            payment=payment, frm=kinds.CREATED, to=kinds.PENDING, because="begin", at=payment.created_at
        )
    ]
    if payment.state != kinds.PENDING:
        at = payment.settled_at or payment.expires_at or payment.created_at
        amount_vnd = payment.settled_vnd
        made.append(
            PaymentEvent(
                payment=payment,
                frm=kinds.PENDING,
                to=payment.state,
                because=payment.state,
                amount_vnd=amount_vnd,
                at=at,
            )
        )
    return made
