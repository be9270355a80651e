"""Values that travel between stock and the rooms above it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Draw:
    """So much of one lot, in the product's unit."""

    lot_id: int
    qty: int
