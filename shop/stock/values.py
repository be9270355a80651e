"""Values that travel between stock and the rooms above it."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Draw:
    """So much of one lot, in the product's unit."""

    lot_id: int
    qty: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """What can be bought of a listing now: `left_qty` in the product's unit; `cut_off_at` of a pre-order only."""

    harvested_on: date
    left_qty: int
    is_pre_order: bool
    cut_off_at: datetime | None
    pack_label: str
    price_vnd: int


@dataclass(frozen=True, slots=True)
class FreeLot:
    """What can be had of one lot, in the product's unit; `pk` is the lot's."""

    pk: int
    listing_id: int
    harvested_on: date
    available_qty: int
