"""What can be had, from which lots."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import F, Q, QuerySet

from common import dates, prepared
from farmers.models import GrowingArea
from shop.stock.models import Lot
from shop.stock.values import Draw, FreeLot

# `sellable` for the listings of a cart, with no more than planning needs: a fifth of the ORM's time.
FREE = """
    SELECT id, listing_id, harvested_on, harvested_qty - reserved_qty - sold_qty - spoiled_qty FROM stock_lot
    WHERE listing_id = ANY(%(listings)s) AND is_open AND best_before >= %(today)s
        AND harvested_qty > reserved_qty + sold_qty + spoiled_qty
        AND (cut_off_at IS NULL OR cut_off_at > %(moment)s OR harvested_on <= %(today)s)
    ORDER BY best_before, id
"""

_FACTS = (
    "id",
    "harvested_on",
    "best_before",
    "cut_off_at",
    "trace_code",
    "harvested_qty",
    "reserved_qty",
    "sold_qty",
    "spoiled_qty",
)
_AREA = ("id", "name", "code", "area_m2")
# `sellable` for the page of one listing
LOTS = f"""
    SELECT {", ".join(f"lot.{name}" for name in _FACTS)}, {", ".join(f"area.{name}" for name in _AREA)}
    FROM stock_lot AS lot LEFT JOIN farmers_growingarea AS area ON area.id = lot.growing_area_id
    WHERE lot.listing_id = %s AND lot.is_open AND lot.best_before >= %s
        AND lot.harvested_qty > lot.reserved_qty + lot.sold_qty + lot.spoiled_qty
        AND (lot.cut_off_at IS NULL OR lot.cut_off_at > %s OR lot.harvested_on <= %s)
    ORDER BY lot.best_before, lot.id
"""  # noqa: S608 - made of constants


def sellable(moment: datetime) -> QuerySet[Lot]:
    """Lots that can be bought from now: open, something left, still good, pre-orders before their cut-off."""
    today = dates.local(moment).date()
    return Lot.objects.filter(
        Q(cut_off_at__isnull=True) | Q(cut_off_at__gt=moment) | Q(harvested_on__lte=today),
        is_open=True,
        best_before__gte=today,
        harvested_qty__gt=F("reserved_qty") + F("sold_qty") + F("spoiled_qty"),
    ).order_by("best_before", "id")


def lots_of(listing_id: int, moment: datetime) -> list[Lot]:
    """The sellable lots of one listing as its page shows them, with their growing areas. One query."""
    today = dates.local(moment).date()
    return [_lot(row) for row in prepared.rows(LOTS, [listing_id, today, moment, today])]


def _lot(row: tuple) -> Lot:
    facts, area = row[: len(_FACTS)], row[len(_FACTS) :]
    lot = Lot.from_db("default", _FACTS, facts)
    lot.growing_area = GrowingArea.from_db("default", _AREA, area) if area[0] else None
    return lot


def sellable_lots(listing_ids: Iterable[int], moment: datetime) -> dict[int, list[Lot]]:
    """Listing id → its sellable lots, soonest best-before first. One query."""
    found: dict[int, list[Lot]] = {each: [] for each in listing_ids}
    for lot in sellable(moment).filter(listing_id__in=list(found)):
        found[lot.listing_id].append(lot)
    return found


def free_lots(listing_ids: Iterable[int], moment: datetime) -> dict[int, list[FreeLot]]:
    """The same lots as values to plan with. One query."""
    found: dict[int, list[FreeLot]] = {each: [] for each in listing_ids}
    facts = {"listings": list(found), "moment": moment, "today": dates.local(moment).date()}
    with connection.cursor() as cursor:
        cursor.execute(FREE, facts)
        for row in cursor.fetchall():
            found[row[1]].append(FreeLot(*row))
    return found


def all_sellable(lot_ids: set[int], moment: datetime) -> bool:
    """Whether each of these lots can be bought from now: none is closed, past its best or past its cut-off."""
    return sellable(moment).filter(pk__in=lot_ids).count() == len(lot_ids)


def next_cut_off(lot_ids: Iterable[int], moment: datetime) -> datetime | None:
    """When the first of these lots that are still to be harvested closes for orders; None if none does."""
    ahead = Lot.objects.filter(pk__in=list(lot_ids), cut_off_at__gt=moment)
    return ahead.order_by("cut_off_at").values_list("cut_off_at", flat=True).first()


def lot_by_trace_code(code: str) -> Lot | None:
    """The lot of a trace code with everything the trace page shows, or None."""
    rows = Lot.objects.select_related(
        "listing__product__category", "listing__storefront__household__commune", "growing_area__commune"
    )
    return rows.filter(trace_code=code.upper()).first()


def plan(lots: Iterable[Lot | FreeLot], qty: int) -> tuple[Draw, ...] | None:
    """Draw `qty` from the lots in their order, or None when they have too little together."""
    draws = []
    for lot in lots:
        part = min(qty, lot.available_qty)
        if part > 0:
            draws.append(Draw(lot_id=lot.pk, qty=part))
            qty -= part
        if qty == 0:
            return tuple(draws)
    return None


def coming(moment: datetime) -> QuerySet[Lot]:
    """Lots whose harvest is still to come, the soonest first, also where pre-orders are closed already."""
    today = dates.local(moment).date()
    return Lot.objects.filter(is_open=True, harvested_on__gt=today).order_by("harvested_on", "id")
