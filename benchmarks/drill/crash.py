"""A connection's server process, then the whole database server, are killed in the middle of orders."""

import threading
import time
from contextlib import suppress

from django.db import connections
from psycopg import OperationalError

from benchmarks.drill import ledgers, outage, place
from benchmarks.drill.browser import BROKEN
from benchmarks.drill.buying import Buyer
from benchmarks.drill.ground import packs
from benchmarks.drill.run import Task
from benchmarks.drill.world import World, kill, standing, wait_until
from benchmarks.goals import Figures
from benchmarks.report import say

CLIENTS, ORDERS = 4, 12
BACKEND = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
    ORDER BY xact_start NULLS LAST, state_change DESC LIMIT 1
"""


def drill(task: Task, figures: Figures) -> None:
    with standing(task.folder, task.url, task.settings, with_worker=False) as world:
        buyers: list[Buyer] = []
        felt: list[int] = []
        for how in (_kill_a_backend, _kill_the_postmaster):
            some, hit = _while_buying(world, lambda how=how: how(world))
            buyers += some
            felt.append(hit)
        for buyer in buyers:
            buyer.place()
        lost = [f"{len(each.orders)} orders of one form" for each in buyers if len(each.orders) != 1]
        breaks = ledgers.of_books() + ledgers.of_stock()
        figures.put("database killed: orders sent", len(buyers))
        # each of the two blows fell in the midst of orders: else it would prove nothing
        figures.put("database killed: orders that felt a blow", min(felt))
        figures.put("database killed: orders lost or doubled", len(lost), wrong=lost)
        figures.put("database killed: breaks of books and stock", len(breaks), wrong=breaks)


def _while_buying(world: World, blow) -> tuple[list[Buyer], int]:
    """Some clients send the forms of so many orders, once each, and the blow falls in their midst.

    How many of them did not hear that their order is placed comes back beside them.
    """
    goods = packs()
    buyers = [Buyer(world, "vnpay", [goods[number % len(goods)]]) for number in range(ORDERS)]
    for buyer in buyers:
        buyer.fill_cart()
    waiting, placed, turn = list(buyers), [], threading.Lock()

    def client() -> None:
        while True:
            with turn:
                if not waiting:
                    return
                mine = waiting.pop()
            # no answer, or an honest one that the database is away
            with suppress(*BROKEN):
                if mine.send_order().status == 303:
                    placed.append(mine)

    threads = [threading.Thread(target=client) for _client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    blow()
    for thread in threads:
        thread.join()
    # whoever lives on connects anew, as soon as the database has fallen and recovered
    connections.close_all()
    time.sleep(1)
    wait_until(lambda: _is_up(world), seconds=120)
    return buyers, len(buyers) - len(placed)


def _is_up(world: World) -> bool:
    try:
        return bool(world.ask("SELECT 1"))
    except OperationalError:
        return False


def _kill_a_backend(world: World) -> None:
    """PostgreSQL ends all other connections then, and recovers."""
    pid = world.ask(BACKEND)[0][0]
    say(f"  the server process {pid} of a connection is killed")
    kill(pid)


def _kill_the_postmaster(world: World) -> None:
    files = world.folder / "postgres"
    pid = int((files / "postmaster.pid").read_text().split()[0])
    say(f"  the database server {pid} is killed")
    kill(pid)
    place.wait_for_silence(files)
    outage.start(files)
