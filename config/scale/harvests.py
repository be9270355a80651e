"""Two lots of every listing: one harvested, one to come. How they stand is the same on every day of the year."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from common import codes, dates

#: how many listings of a hundred have their harvest … (the rest has plenty of it)
SOLD_OUT, EXPIRED, ONLY_AHEAD = 12, 6, 10
#: 7 signs and their check sign; the odd factor spreads following numbers over all codes without a repeat
_SPREAD, _START, _CODES = 7_368_787_045, 19_260_817, 32**7


@dataclass(frozen=True, kw_only=True, slots=True)
class Harvest:
    """A lot before it has an id. Quantities in the product's unit."""

    harvested_on: date
    best_before: date
    cut_off_at: datetime | None
    harvested_qty: int
    sold_qty: int
    spoiled_qty: int
    is_open: bool
    created_at: datetime


def trace_code(number: int) -> str:
    """A code of its own for every number."""
    value = (number * _SPREAD + _START) % _CODES
    body = "".join(codes.SIGNS[(value >> shift) & 31] for shift in range(30, -1, -5))
    return body + codes.check_sign(body)


def two_harvests(
    shelf_days: int, months: frozenset[int], pack_qty: int, pack_vnd: int, now: datetime, rng: Random
) -> tuple[Harvest, Harvest]:
    """The harvest that lies there and the one to come, in whole packs of `pack_qty` for `pack_vnd` each."""
    today = dates.local(now).date()
    roll = rng.random() * 100
    sold_out = roll < SOLD_OUT
    expired = SOLD_OUT <= roll < SOLD_OUT + EXPIRED
    ahead = SOLD_OUT + EXPIRED <= roll < SOLD_OUT + EXPIRED + ONLY_AHEAD
    back = shelf_days + rng.randint(1, 20) if expired else rng.randint(0, min(shelf_days, 120))
    day = today - timedelta(days=back)
    packs = _packs(pack_vnd, rng)
    here = _lot(
        day, shelf_days, packs * pack_qty, cut_off_at=None, rng=rng, pack_qty=pack_qty, gone=sold_out or ahead
    )
    next_day = _next_day(today, months, shelf_days, rng)
    coming = _lot(
        next_day,
        shelf_days,
        _packs(pack_vnd, rng) * pack_qty,
        cut_off_at=dates.at(next_day, 0) - timedelta(hours=6) if rng.random() < 0.7 else None,
        rng=rng,
        pack_qty=pack_qty,
        gone=sold_out,
        created_at=dates.at(day, 7),
    )
    return here, coming


def _packs(pack_vnd: int, rng: Random) -> int:
    """So many packs as are worth half a million to thirty million đồng."""
    return max(3, int(500_000 * 60 ** rng.random()) // pack_vnd)


def _next_day(today: date, months: frozenset[int], shelf_days: int, rng: Random) -> date:
    """In season the next pick, else some day of the next season's first weeks."""
    soon = today + timedelta(days=rng.randint(1, max(2, min(shelf_days, 21))))
    if soon.month in months:
        return soon
    for ahead in range(1, 13):
        month = (today.month - 1 + ahead) % 12 + 1
        if month in months:
            year = today.year + (today.month - 1 + ahead) // 12
            return date(year, month, rng.randint(1, 28))
    return soon


def _lot(
    day: date,
    shelf_days: int,
    qty: int,
    *,
    cut_off_at: datetime | None,
    rng: Random,
    pack_qty: int,
    gone: bool,
    created_at: datetime | None = None,
) -> Harvest:
    packs = qty // pack_qty
    sold = packs if gone else int(packs * 0.8 * max(0.0, rng.random() - 0.4))
    spoiled = 1 if not gone and sold < packs and created_at is None and rng.random() < 0.05 else 0
    return Harvest(
        harvested_on=day,
        best_before=day + timedelta(days=shelf_days),
        cut_off_at=cut_off_at,
        harvested_qty=qty,
        sold_qty=sold * pack_qty,
        spoiled_qty=spoiled * pack_qty,
        is_open=not (gone and created_at is not None and rng.random() < 0.3),
        created_at=created_at or dates.at(day, 7),
    )
