"""The answer of COMMIT is lost on its way: the order stands, and its buyer does not know."""

from contextlib import suppress
from pathlib import Path

from benchmarks.drill import ledgers, proxy
from benchmarks.drill.browser import BROKEN
from benchmarks.drill.buying import Buyer
from benchmarks.drill.ground import packs
from benchmarks.drill.run import Task
from benchmarks.drill.world import standing
from benchmarks.goals import Figures
from benchmarks.report import say

TIMES = 5
ORDER = b'INSERT INTO "orders_order"'


def drill(task: Task, figures: Figures) -> None:
    with proxy.between(str(socket_of(task.folder / "postgres"))) as wire:
        through = f"postgresql://postgres@127.0.0.1:{wire.port}/cho?sslmode=disable&gssencmode=disable"
        with standing(task.folder, task.url, task.settings, with_worker=False, DATABASE_URL=through) as world:
            goods = packs()
            buyers = [Buyer(world, "vnpay", [goods[number]]) for number in range(TIMES)]
            heard, same = [], 0
            for buyer in buyers:
                buyer.fill_cart()
                wire.victim = ORDER
                with suppress(*BROKEN):
                    heard.append(buyer.send_order().status)
                stood = len(buyer.orders)
                buyer.place()
                again = buyer.at
                buyer.place()
                shown = buyer.payment.reference in buyer.at and buyer.at == again
                same += stood == 1 and shown
    say(f"  {wire.swallowed} answers swallowed; the buyers heard {heard}")
    most = max(len(each.orders) for each in buyers)
    breaks = ledgers.of_books() + ledgers.of_stock()
    wrong = [] if wire.swallowed == TIMES else [f"{wire.swallowed} answers swallowed, not {TIMES}"]
    figures.put("commit's answer lost: orders of one form", most, wrong=wrong)
    figures.put("commit's answer lost: same order shown", same, wrong=wrong)
    figures.put("commit's answer lost: breaks of books and stock", len(breaks), wrong=breaks)


def socket_of(files: Path) -> Path:
    """The socket file of the server that runs on these files."""
    return next(path for path in files.glob(".s.PGSQL.*") if path.suffix != ".lock")
