"""The write side of stock. Each counter changes by one conditional UPDATE on its own row, lots by id."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from accounts.models import User
from common import codes, dates
from common.inserts import insert
from common.locks import ordered
from common.steer import steer
from farmers.models import GrowingArea
from shop.catalogue.models import Listing
from shop.stock.errors import LotTooSmall, StockShort
from shop.stock.models import Lot, Movement, Reservation
from shop.stock.signals import stock_changed
from shop.stock.values import Draw

# All lots of an act in one statement: locked by id, each taken by a condition on its own columns.
TAKE = """
    WITH wanted AS (SELECT * FROM unnest(%(lots)s::bigint[], %(qtys)s::bigint[]) AS each (lot_id, qty)),
    held AS (SELECT id FROM stock_lot WHERE id = ANY(%(lots)s::bigint[]) ORDER BY id FOR NO KEY UPDATE)
    UPDATE stock_lot AS lot SET reserved_qty = lot.reserved_qty + wanted.qty
    FROM held JOIN wanted ON wanted.lot_id = held.id
    WHERE lot.id = held.id AND lot.is_open
        AND lot.harvested_qty >= lot.reserved_qty + lot.sold_qty + lot.spoiled_qty + wanted.qty
    RETURNING lot.id, lot.listing_id
"""


@transaction.atomic
def open_lot(
    listing: Listing,
    *,
    harvested_on: date,
    qty: int,
    by: User | None,
    best_before: date | None = None,
    cut_off_at: datetime | None = None,
    growing_area: GrowingArea | None = None,
) -> Lot:
    """Put a harvest up for sale, `qty` in the product's unit; a future `harvested_on` is a pre-order.

    `best_before` follows from the product's shelf life, `cut_off_at` of a pre-order is 18:00 on the eve.
    """
    listing_days = listing.product.shelf_life_days
    if cut_off_at is None and harvested_on > dates.today():
        cut_off_at = dates.at(harvested_on, 0) - timedelta(hours=6)
    lot = Lot.objects.create(
        listing=listing,
        harvested_on=harvested_on,
        best_before=best_before or harvested_on + timedelta(days=listing_days),
        cut_off_at=cut_off_at,
        growing_area=growing_area,
        trace_code=_trace_code(),
        harvested_qty=qty,
    )
    if qty:
        Movement.objects.create(lot=lot, kind=Movement.Kind.HARVEST, qty=qty, by=by)
    _announce([listing.pk])
    return lot


@transaction.atomic
def correct(lot: Lot, *, harvested_qty: int, by: User | None) -> None:
    """Say that the harvest was larger or smaller. Raises LotTooSmall below what is held, sold and spoiled."""
    locked = Lot.objects.select_for_update().get(pk=lot.pk)
    change = harvested_qty - locked.harvested_qty
    if harvested_qty < locked.harvested_qty - locked.available_qty:
        raise LotTooSmall(locked.harvested_qty - locked.available_qty)
    if change:
        Lot.objects.filter(pk=lot.pk).update(harvested_qty=harvested_qty)
        Movement.objects.create(lot=lot, kind=Movement.Kind.CORRECTION, qty=change, by=by)
        _announce([lot.listing_id])


@transaction.atomic
def close(lot: Lot) -> None:
    """Sell no more of it; what is held stays held."""
    if Lot.objects.filter(pk=lot.pk, is_open=True).update(is_open=False):
        _announce([lot.listing_id], more=False)


@transaction.atomic
def reopen(lot: Lot) -> None:
    if Lot.objects.filter(pk=lot.pk, is_open=False).update(is_open=True):
        _announce([lot.listing_id])


@transaction.atomic
def reserve(wanted: Mapping[str, Iterable[Draw]]) -> None:
    """Hold each holder's draws, or nothing. Raises StockShort for the first lot that has too little left."""
    hold(wanted)


def hold(wanted: Mapping[str, Iterable[Draw]]) -> None:
    """The same for an act that fails as a whole: no savepoint here. Two statements for any number of lots.

    Called last in the act, and the lots come last in it, so that a hot lot stays locked only until the
    commit that follows.
    """
    per_lot: dict[int, int] = {}
    for draws in wanted.values():
        for draw in draws:
            per_lot[draw.lot_id] = per_lot.get(draw.lot_id, 0) + draw.qty
    insert(
        [
            Reservation(lot_id=draw.lot_id, holder=holder, qty=draw.qty)
            for holder, draws in wanted.items()
            for draw in draws
        ]
    )
    listing_ids = _take(per_lot)
    steer("after:stock.reserve")
    _announce(listing_ids, more=False)


@transaction.atomic
def release(holders: Iterable[str]) -> None:
    """Let go what these holders hold; what is not held any more is left alone."""
    for lot, rows in _live(holders):
        qty = sum(row.qty for row in rows)
        Lot.objects.filter(pk=lot.pk).update(reserved_qty=F("reserved_qty") - qty)
        steer("after:stock.freed")
        _end(rows, Reservation.State.RELEASED)


@transaction.atomic
def sell(holders: Iterable[str]) -> None:
    """What these holders hold is packed: reserved becomes sold."""
    for lot, rows in _live(holders):
        qty = sum(row.qty for row in rows)
        Lot.objects.filter(pk=lot.pk).update(
            reserved_qty=F("reserved_qty") - qty, sold_qty=F("sold_qty") + qty
        )
        _end(rows, Reservation.State.SOLD)
        Movement.objects.bulk_create(
            Movement(lot=lot, kind=Movement.Kind.SALE, qty=row.qty, holder=row.holder) for row in rows
        )


@transaction.atomic
def take_back(holders: Iterable[str], *, spoiled: bool) -> None:
    """Packed goods are not sold after all: spoiled (fresh goods), or back into the lot (dry ones)."""
    for lot, rows in _live(holders, Reservation.State.SOLD):
        qty = sum(row.qty for row in rows)
        Lot.objects.filter(pk=lot.pk).update(sold_qty=F("sold_qty") - qty)
        _end(rows, Reservation.State.RELEASED)
        Movement.objects.bulk_create(
            Movement(lot=lot, kind=Movement.Kind.COME_BACK, qty=-row.qty, holder=row.holder) for row in rows
        )
        if spoiled:
            _spoil(lot, qty, by=None)


@transaction.atomic
def shrink_to(lot: Lot, left_qty: int, *, by: User | None) -> None:
    """The household says that only `left_qty` is left to sell: the rest of what seemed available is spoiled."""
    locked = Lot.objects.select_for_update().get(pk=lot.pk)
    gone = locked.available_qty - max(0, left_qty)
    if gone > 0:
        _spoil(locked, gone, by=by)
        _announce([locked.listing_id], more=False)


def _take(per_lot: Mapping[int, int]) -> set[int]:
    """Reserve lot id → quantity, lots in the order of their ids; their listings come back."""
    lot_ids = sorted(per_lot)
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"lots": lot_ids, "qtys": [per_lot[lot_id] for lot_id in lot_ids]})
        taken = dict(cursor.fetchall())
    for lot_id in lot_ids:
        if lot_id not in taken:
            lot = Lot.objects.filter(pk=lot_id).first()
            raise StockShort(lot_id, lot.available_qty if lot and lot.is_open else 0)
    return set(taken.values())


def _live(holders: Iterable[str], state: str = Reservation.State.HELD) -> list[tuple[Lot, list[Reservation]]]:
    """The holders' reservations in `state`, lot by lot in the order of ids, each lot locked first."""
    rows = Reservation.objects.filter(holder__in=list(holders), state=state)
    lots = ordered(Lot.objects.filter(pk__in=rows.values("lot_id")))
    live = list(rows.order_by("lot_id", "id"))
    _announce({lot.listing_id for lot in lots})
    return [(lot, mine) for lot in lots if (mine := [row for row in live if row.lot_id == lot.pk])]


def _end(rows: list[Reservation], state: str) -> None:
    Reservation.objects.filter(pk__in=[row.pk for row in rows]).update(state=state, ended_at=dates.now())


def _spoil(lot: Lot, qty: int, *, by: User | None) -> None:
    Lot.objects.filter(pk=lot.pk).update(spoiled_qty=F("spoiled_qty") + qty)
    Movement.objects.create(lot=lot, kind=Movement.Kind.SPOIL, qty=qty, by=by)


def _announce(listing_ids: Iterable[int], *, more: bool = True) -> None:
    if ids := sorted(set(listing_ids)):
        stock_changed.send(Lot, listing_ids=ids, more=more)


def _trace_code() -> str:
    """Seven sayable characters and a check; a clash is as good as impossible but never silent."""
    for _try in range(5):
        code = codes.random_text(7)
        code += codes.check_sign(code)
        if not Lot.objects.filter(trace_code=code).exists():
            return code
    raise IntegrityError("No free trace code found.")
