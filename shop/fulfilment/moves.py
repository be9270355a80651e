"""States of a carrier's line, the table of legal moves, and the one function that changes a state."""

from typing import Any

from shop.fulfilment.errors import NotPossible
from shop.fulfilment.models import RemittanceLine

State = RemittanceLine.State

MOVES: dict[str, set[str]] = {
    State.UNCHECKED: {State.MATCHED, State.DIFFERS, State.NO_MATCH, State.DUPLICATE, State.UNREADABLE},
    State.MATCHED: {State.BOOKED, State.DIFFERS, State.DUPLICATE},
    State.DIFFERS: {State.DECIDED, State.CLOSED},
    # A person found the parcel.
    State.NO_MATCH: {State.BOOKED, State.DIFFERS, State.DUPLICATE, State.CLOSED},
    State.UNREADABLE: {State.CLOSED},
    # A person saw that it repeats nothing, or why its money came once more.
    State.DUPLICATE: {State.DIFFERS, State.CLOSED},
}


def move(line: RemittanceLine, to: str, **fields: Any) -> None:
    """Change the state by compare-and-set, with the `fields` that belong to the move. Raises NotPossible."""
    frm = line.state
    if to not in MOVES.get(frm, set()):
        raise NotPossible
    if not RemittanceLine.objects.filter(pk=line.pk, state=frm).update(state=to, **fields):
        raise NotPossible
    line.state = to
    for name, value in fields.items():
        setattr(line, name, value)
