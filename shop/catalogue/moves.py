"""States of a listing, the table of legal moves, and the one function that changes a state."""

from typing import Any

from accounts.models import User
from shop.catalogue.errors import IllegalMove, MovedMeanwhile
from shop.catalogue.models import Listing, ListingEvent

State = Listing.State

MOVES: dict[str, set[str]] = {
    State.DRAFT: {State.PENDING},
    State.PENDING: {State.PUBLISHED, State.RETURNED},
    State.RETURNED: {State.PENDING},
    State.PUBLISHED: {State.PAUSED, State.RETURNED, State.ARCHIVED},
    State.PAUSED: {State.PUBLISHED, State.RETURNED, State.ARCHIVED},
}


def move(listing: Listing, to: str, *, by: User | None, why: str = "", **fields: Any) -> None:
    """Change the state by compare-and-set, with the `fields` that belong to the move, and leave an event.

    Raises IllegalMove for a move that is not in the table, MovedMeanwhile when somebody was faster.
    """
    frm = listing.state
    if to not in MOVES.get(frm, set()):
        raise IllegalMove
    if not Listing.objects.filter(pk=listing.pk, state=frm).update(state=to, **fields):
        raise MovedMeanwhile
    ListingEvent.objects.create(listing=listing, frm=frm, to=to, by=by, why=why)
    listing.state = to
    for name, value in fields.items():
        setattr(listing, name, value)
