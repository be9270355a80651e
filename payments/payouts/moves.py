"""States of payouts and dues, the tables of legal moves, and the functions that change a state."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from payments.payouts import unsettled
from payments.payouts.errors import IllegalMove, MovedMeanwhile
from payments.payouts.models import Due, DueEvent, Payout, PayoutEvent

State = Payout.State

MOVES: dict[str, set[str]] = {
    State.DRAFT: {State.APPROVED, State.REJECTED},
    State.APPROVED: {State.SENT, State.REJECTED},
    State.SENT: {State.SETTLED, State.BOUNCED},
    # The bank may return weeks later what it had called settled: an account closed meanwhile, a name that differs.
    State.SETTLED: {State.BOUNCED},
}
DUE_MOVES: dict[str, set[str]] = {
    Due.State.DRAFT: {Due.State.APPROVED, Due.State.REJECTED},
    Due.State.APPROVED: {Due.State.SENT, Due.State.REJECTED},
    Due.State.SENT: {Due.State.BOUNCED},
}
#: these came to nothing: what they would have paid is owed as before
VOID = (State.REJECTED, State.BOUNCED)
DUE_VOID = (Due.State.REJECTED, Due.State.BOUNCED)
#: of these the money has left
OUT = (State.SENT, State.SETTLED)


def move(payout: Payout, to: str, *, by: AbstractBaseUser, note: str = "", **fields: Any) -> None:
    """Change the state by compare-and-set, with the `fields` that belong to the move, and leave an event.

    Lines of what came to nothing are let go. Raises IllegalMove for what is not in the table,
    MovedMeanwhile when somebody was faster.
    """
    frm = payout.state
    if to not in MOVES.get(frm, set()):
        raise IllegalMove
    if not Payout.objects.filter(pk=payout.pk, state=frm).update(state=to, **fields):
        raise MovedMeanwhile
    if to in VOID:
        payout.lines.update(counts=False)
        if frm == State.SETTLED:
            unsettled.came_back(payout)
    PayoutEvent.objects.create(payout=payout, frm=frm, to=to, by=by, note=note[:300])
    payout.state = to
    for name, value in fields.items():
        setattr(payout, name, value)


def move_due(due: Due, to: str, *, by: AbstractBaseUser, note: str = "", **fields: Any) -> None:
    """The same for a due."""
    frm = due.state
    if to not in DUE_MOVES.get(frm, set()):
        raise IllegalMove
    if not Due.objects.filter(pk=due.pk, state=frm).update(state=to, **fields):
        raise MovedMeanwhile
    DueEvent.objects.create(due=due, frm=frm, to=to, by=by, note=note[:300])
    due.state = to
    for name, value in fields.items():
        setattr(due, name, value)
