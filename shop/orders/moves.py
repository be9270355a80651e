"""States of a suborder, the table of legal moves, and the functions that begin and change a state."""

from collections.abc import Iterable
from typing import Any

from accounts.models import User
from common.inserts import insert
from shop.orders.errors import IllegalMove, MovedMeanwhile
from shop.orders.models import SubOrder, SubOrderEvent

State = SubOrder.State

MOVES: dict[str, set[str]] = {
    State.AWAITING_PAYMENT: {State.CONFIRMED, State.CANCELLED},
    State.CONFIRMED: {State.PACKED, State.DECLINED, State.CANCELLED},
    State.PACKED: {State.SHIPPED, State.DELIVERED, State.DECLINED, State.CANCELLED},
    State.SHIPPED: {State.DELIVERED, State.RETURNED},
    State.DELIVERED: {State.COMPLETED, State.DISPUTED},
    State.DISPUTED: {State.COMPLETED, State.REFUNDED},
    # Only late money leads back, and never when the buyer cancelled.
    State.CANCELLED: {State.CONFIRMED},
}


class Role:
    """In whose name a move is made."""

    BUYER, HOUSEHOLD, STAFF, SYSTEM = "buyer", "household", "staff", "system"


def move(suborder: SubOrder, to: str, *, by: User | None, role: str, why: str = "", **fields: Any) -> None:
    """Change the state by compare-and-set, with the `fields` that belong to the move, and leave an event.

    Raises IllegalMove for a move that is not in the table, MovedMeanwhile when somebody was faster.
    A pick-up skips the road; everything else that is delivered was shipped before.
    """
    frm = suborder.state
    if to not in MOVES.get(frm, set()):
        raise IllegalMove
    if (frm, to) == (State.PACKED, State.DELIVERED) and not suborder.is_pickup:
        raise IllegalMove
    if not SubOrder.objects.filter(pk=suborder.pk, state=frm).update(state=to, **fields):
        raise MovedMeanwhile
    SubOrderEvent.objects.create(suborder=suborder, frm=frm, to=to, by=by, role=role, why=why[:300])
    suborder.state = to
    for name, value in fields.items():
        setattr(suborder, name, value)


def begin(suborders: Iterable[SubOrder], *, role: str) -> None:
    """Leave the first event of parts that were written as confirmed, in place of a move from waiting.

    Cash has no payment to wait for. Raises IllegalMove for any other state.
    """
    events = []
    for part in suborders:
        if part.state != State.CONFIRMED:
            raise IllegalMove
        events.append(SubOrderEvent(suborder=part, frm=State.AWAITING_PAYMENT, to=part.state, role=role))
    insert(events)
