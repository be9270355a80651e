"""What must always be true of lots: counters equal live reservations and movements."""

from collections.abc import Iterator

from django.db import connection

CHECK = """
SELECT lot.trace_code, lot.harvested_qty, lot.reserved_qty, lot.sold_qty, lot.spoiled_qty,
       coalesce(moved.harvested, 0), coalesce(held.qty, 0), coalesce(moved.sold, 0), coalesce(moved.spoiled, 0)
FROM stock_lot AS lot
LEFT JOIN (
    SELECT lot_id,
           sum(qty) FILTER (WHERE kind IN ('harvest', 'correction')) AS harvested,
           sum(qty) FILTER (WHERE kind IN ('sale', 'come_back')) AS sold,
           sum(qty) FILTER (WHERE kind = 'spoil') AS spoiled
    FROM stock_movement GROUP BY lot_id) AS moved ON moved.lot_id = lot.id
LEFT JOIN (
    SELECT lot_id, sum(qty) AS qty FROM stock_reservation WHERE state = 'held' GROUP BY lot_id
) AS held ON held.lot_id = lot.id
WHERE (lot.harvested_qty, lot.reserved_qty, lot.sold_qty, lot.spoiled_qty)
   IS DISTINCT FROM
      (coalesce(moved.harvested, 0), coalesce(held.qty, 0), coalesce(moved.sold, 0), coalesce(moved.spoiled, 0))
ORDER BY lot.id
"""
NAMES = ("harvested", "reserved", "sold", "spoiled")


def breaks() -> Iterator[str]:
    """One sentence for each lot whose counters are not the sums of its rows."""
    with connection.cursor() as cursor:
        cursor.execute(CHECK)
        for code, *figures in cursor.fetchall():
            counted, summed = figures[:4], figures[4:]
            for name, has, should in zip(NAMES, counted, summed, strict=True):
                if has != should:
                    yield f"lot {code}: {name} says {has}, its rows say {should}"
