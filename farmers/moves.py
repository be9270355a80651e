"""States of a household, the table of legal moves, and the one function that changes a state."""

from typing import Any

from accounts.models import User
from farmers.errors import IllegalMove, MovedMeanwhile
from farmers.models import Household, HouseholdEvent

State = Household.State

MOVES: dict[str, set[str]] = {
    State.DRAFT: {State.SUBMITTED},
    State.SUBMITTED: {State.VERIFIED, State.RETURNED},
    State.RETURNED: {State.SUBMITTED},
    State.VERIFIED: {State.SUSPENDED},
    State.SUSPENDED: {State.VERIFIED},
}


def move(household: Household, to: str, *, by: User | None, why: str = "", **fields: Any) -> None:
    """Change the state by compare-and-set, with the `fields` that belong to the move, and leave an event.

    Raises IllegalMove for a move that is not in the table, MovedMeanwhile when somebody was faster.
    """
    frm = household.state
    if to not in MOVES.get(frm, set()):
        raise IllegalMove
    if not Household.objects.filter(pk=household.pk, state=frm).update(state=to, **fields):
        raise MovedMeanwhile
    HouseholdEvent.objects.create(household=household, frm=frm, to=to, by=by, why=why)
    household.state = to
    for name, value in fields.items():
        setattr(household, name, value)
