"""An order's state is a function of its payments and suborders, stored for search."""

from shop.orders.models import Order, SubOrder

State = SubOrder.State
OUT = {State.CANCELLED, State.DECLINED, State.RETURNED}
THERE = {State.DELIVERED, State.DISPUTED, State.COMPLETED, State.REFUNDED}
DONE = {State.COMPLETED, State.REFUNDED}


def of(states: list[str], *, paid: bool, is_cod: bool, buyer_cancelled: bool) -> str:
    """The order's state from its suborders' states and whether money came (see domain.md, States)."""
    if not paid and not is_cod:
        if all(state == State.AWAITING_PAYMENT for state in states):
            return Order.State.PLACED
        return Order.State.CANCELLED if buyer_cancelled else Order.State.EXPIRED
    left = [state for state in states if state not in OUT]
    if not left:
        return Order.State.CANCELLED
    if all(state in DONE for state in left):
        return Order.State.COMPLETED
    if all(state in THERE for state in left):
        return Order.State.FULFILLED
    if any(state in THERE for state in left):
        return Order.State.PARTLY_FULFILLED
    return Order.State.PLACED if is_cod else Order.State.PAID


def refresh(order: Order) -> None:
    """Write the state that follows from the rows as they are now. The caller holds the order's lock.

    "Paid" is money that was accepted: a part was confirmed. Late money that went back never counts.
    """
    rows = list(order.suborders.values_list("state", "confirmed_at"))
    state = of(
        [each for each, _confirmed_at in rows],
        paid=any(confirmed_at for _state, confirmed_at in rows),
        is_cod=order.is_cod,
        buyer_cancelled=order.buyer_cancelled_at is not None,
    )
    Order.objects.filter(pk=order.pk).exclude(state=state).update(state=state)
    order.state = state
