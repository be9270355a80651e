"""Whether nothing is lost and nothing doubled: our rows against the gateways' own ledgers, the books, the lots."""

import logging
from collections import Counter
from collections.abc import Iterator
from itertools import chain

from benchmarks.drill.world import World
from common import dates
from config.management.commands.audit_books import ROOMS
from payments.intake.models import Credit, Inbox, Payment, Refund
from shop.orders.models import Allocation, Order, SubOrder
from shop.stock import audit as stock
from shop.stock.models import Reservation

log = logging.getLogger(__name__)
#: states of a part whose goods are held for it
HOLDS = ("awaiting_payment", "confirmed")
DOING = """
    SELECT job.task_name, extract(epoch FROM now() - max(event.at)) FROM procrastinate_jobs AS job
    JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'started'
    WHERE job.status = 'doing' GROUP BY job.id
"""
#: of jobs that were begun more than once: from the last beginning that came to nothing to their end
TWICE = """
    SELECT max(extract(epoch FROM ended.at - lost.at)) FROM (
        SELECT job_id, max(at) FILTER (WHERE place > 1) AS at FROM (
            SELECT job_id, at, row_number() OVER (PARTITION BY job_id ORDER BY at DESC) AS place
            FROM procrastinate_events WHERE type = 'started') AS begun
        GROUP BY job_id HAVING count(*) > 1) AS lost
    JOIN LATERAL (SELECT max(at) AS at FROM procrastinate_events
        WHERE job_id = lost.job_id AND type IN ('succeeded', 'failed')) AS ended ON true
    JOIN procrastinate_jobs AS job ON job.id = lost.job_id AND job.attempts > 0
"""


def of_books() -> list[str]:
    return list(chain.from_iterable(room.breaks() for room in ROOMS))


def of_stock() -> list[str]:
    """Counters that are not the sums of their rows, and parts that hold more or less than they draw."""
    return [*stock.breaks(), *_held_otherwise()]


def _held_otherwise() -> Iterator[str]:
    held = Counter()
    for holder, qty in Reservation.objects.filter(state=Reservation.State.HELD).values_list("holder", "qty"):
        held[holder] += qty
    wanted = Counter()
    rows = Allocation.objects.filter(line__suborder__state__in=HOLDS).select_related("line")
    for row in rows:
        wanted[row.line.holder] += row.qty
    for holder in held.keys() | wanted.keys():
        if held[holder] != wanted[holder]:
            yield f"{holder} holds {held[holder]}, and draws {wanted[holder]}"


def of_money(world: World) -> list[str]:
    """Every payment and refund that a gateway knows otherwise than we do."""
    return [line for code in world.gateways for line in _of_gateway(world, code)]


def _of_gateway(world: World, code: str) -> Iterator[str]:
    gateway = world.gateways[code]
    theirs = {
        _name(ref): order["amount_vnd"] for ref, order in gateway.orders.items() if _is_paid(code, order)
    }
    payments = Payment.objects.filter(adapter=code)
    ours = dict(payments.filter(settled_vnd__gt=0).values_list("reference", "settled_vnd"))
    for ref in theirs.keys() | ours.keys():
        if theirs.get(ref, 0) != ours.get(ref, 0):
            yield f"{code} {ref}: paid {theirs.get(ref, 0)} there, {ours.get(ref, 0)} here"
    back = [row["amount"] // (100 if code == "vnpay" else 1) for row in gateway.refunds.values()]
    done = Refund.objects.filter(payment__adapter=code, state=Refund.State.DONE)
    mine = list(done.values_list("amount_vnd", flat=True))
    if sorted(back) != sorted(mine):
        yield f"{code}: {len(back)} refunds of {sum(back)} there, {len(mine)} of {sum(mine)} here"


def of_transfers(sent: dict[str, int]) -> list[str]:
    """Bank numbers whose sum is not what was transferred, or that were never sent."""
    kept = dict(Credit.objects.values_list("bank_ref", "amount_vnd"))
    return [f"transfer {each}: {sent.get(each)} sent, {kept.get(each)} kept" for each in sent.keys() | kept.keys() if sent.get(each) != kept.get(each)]  # fmt: skip


def slowest_message_s() -> float:
    """Seconds from stored to applied; of what is not applied yet, until now."""
    rows = Inbox.objects.filter(set_aside_at=None).values_list("received_at", "applied_at")
    return max((((done or dates.now()) - come).total_seconds() for come, done in rows), default=0.0)


def jobs_doing(world: World) -> list[tuple[str, float]]:
    """Jobs at work, and for how many seconds."""
    return [(name, float(age)) for name, age in world.ask(DOING)]


def longest_dead_job_s(world: World) -> float:
    """From the beginning that a kill cut short to the job's end."""
    return float(world.ask(TWICE)[0][0] or 0)


def states(order: Order) -> set[str]:
    return set(SubOrder.objects.filter(order=order).values_list("state", flat=True))


def _is_paid(code: str, order: dict) -> bool:
    return {
        "vnpay": lambda: order["status"] == "00",
        "momo": lambda: order["code"] == 0,
        "zalopay": lambda: order["code"] == (1, 1),
    }[code]()


def _name(ref: str) -> str:
    """ZaloPay's numbers begin with the day."""
    return ref.rpartition("_")[2]
