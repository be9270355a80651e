"""Whose cart: a member's, or a guest's by the token of a signed cookie."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """Exactly one of the two is set, or neither for somebody who has never had a cart."""

    user_id: int | None = None
    token: str = ""
