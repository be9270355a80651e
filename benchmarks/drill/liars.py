"""Gateways that are silent, slow, broken or lying: buyers get an honest page soon, and everybody else their own."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from psycopg.types.json import Jsonb

from benchmarks import site
from benchmarks.drill import prepared, trickster
from benchmarks.drill.browser import BROKEN, Browser
from benchmarks.drill.run import Task
from benchmarks.drill.trickster import Trickster
from benchmarks.drill.world import World, standing, wait_until
from benchmarks.goals import Figures
from benchmarks.load import Ask, Load, drive, steady
from benchmarks.report import say
from payments.intake import services as intake
from payments.intake.models import Inbox, Payment

HONEST = "Đang nối tới bên thanh toán"
NAMES = {
    trickster.NEVER: "never answers",
    trickster.DRIP: "a byte a second",
    trickster.BROKEN: "answers 500",
    trickster.HTML: "answers HTML",
    trickster.ELSEWHERE: "redirects to 127.0.0.1",
}
#: buyers in a row at each of them: more than open its circuit
IN_A_ROW, OPENS_AFTER = 7, 5
#: buyers who hang at once, and how long plain pages are measured meanwhile
HANGING, MEASURE_S, PLAIN = 12, 8, "/san-pham/"
IDLE = """
    SELECT count(*) FROM pg_stat_activity
    WHERE state LIKE 'idle in transaction%%' AND now() - state_change > interval '0.5 s'
"""
SLEEP = "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', 'drill.sleep', %s) RETURNING id"
DONE = "SELECT count(*) FROM procrastinate_jobs WHERE id = %s AND status = 'succeeded'"


def drill(task: Task, figures: Figures) -> None:
    with trickster.before("") as (outer, inner):
        front = {"PAYMENTS_MOMO_ENDPOINT": outer.url}
        with standing(task.folder, task.url, task.settings, with_worker=False, **front) as world:
            outer.behind = world.gateways["momo"].url
            with _sampled(world) as idle:
                _in_a_row(world, outer, inner, figures)
                _lies(world, figures)
                _crowd(world, outer, figures)
            figures.put("gateways: connections idle in transaction", sum(idle))


def _in_a_row(world: World, outer: Trickster, inner: Trickster, figures: Figures) -> None:
    """Buyer after buyer, until the circuit is open and two more."""
    dishonest, most = [], 0
    for how, name in NAMES.items():
        _close_circuit(world)
        outer.how, before = how, len(outer.asked)
        pages = [Browser(world.web.port).get(_pay_page(each)) for each in _unpaid(IN_A_ROW)]
        slowest = max(page.seconds for page in pages)
        dishonest += [
            f"{name}: {page.status}" for page in pages if page.status != 200 or HONEST not in page.text
        ]
        most = max(most, len(outer.asked) - before)
        late = max(page.seconds for page in pages[OPENS_AFTER:])
        say(
            f"  {name}: {len(outer.asked) - before} calls, slowest {slowest:.2f} s, with the circuit open {late:.2f} s"
        )
        figures.put(f"gateway {name}: slowest payment page", slowest)
    figures.put("gateways: silences until nobody waits", most)
    figures.put("gateways: pages without an honest word", len(dishonest), wrong=dishonest)
    figures.put("gateways: calls that followed a redirect", len(inner.asked))


def _lies(world: World, figures: Figures) -> None:
    """Another sum than was asked for, told and answered."""
    told, asked = [], []
    momo = world.gateways["momo"]
    for _order, ref in prepared.orders(world, "momo", prepared.listings()[:3]):
        Payment.objects.filter(reference=ref).update(state="pending", step={"kind": "tell", "text": ""})
        momo.pay(ref)
        world.deliver("momo", momo.word(ref, amount_vnd=1_000))
        told.append(ref)
    for _order, ref in prepared.orders(world, "momo", prepared.listings()[:3]):
        Payment.objects.filter(reference=ref).update(state="pending", step={"kind": "tell", "text": ""})
        momo.pay(ref)
        momo.orders[ref]["amount_vnd"] = 1_000
        intake.ask_now(Payment.objects.get(reference=ref))
        asked.append(ref)
    believed = Payment.objects.filter(reference__in=told + asked, settled_vnd__gt=0).count()
    aside = Inbox.objects.filter(about__in=told + asked, why=Inbox.Why.MISMATCH).count()
    wrong = [] if aside == len(told + asked) else [f"{aside} of {len(told + asked)} set aside for a person"]
    figures.put("gateways: wrong sums believed", believed, wrong=wrong)


def _crowd(world: World, outer: Trickster, figures: Figures) -> None:
    """Many buyers hang at a gateway that never answers; its circuit is kept closed, so that the seats are measured."""
    asks = [Ask(site.get(PLAIN))]
    drive(world.web.port, steady(asks), connections=4, seconds=2)
    quiet = drive(world.web.port, steady(asks), connections=4, seconds=MEASURE_S)
    outer.how = trickster.NEVER
    with (
        site.worker(world.environment | {"PAYMENTS_MOMO_ENDPOINT": outer.url}),
        _hanging(world, world.web.port),
    ):
        time.sleep(1)
        busy = drive(world.web.port, steady(asks), connections=4, seconds=MEASURE_S)
        slowest_s = _slowest_job(world)
    put = figures.put
    put(
        "plain page while buyers hang: of the quiet rate",
        busy.per_second / quiet.per_second,
        wrong=busy.wrong,
    )
    put("plain page while buyers hang: p95", busy.ms(95))
    put("plain page while buyers hang: slowest", busy.ms(100))
    put("other jobs while buyers hang: slowest", slowest_s)
    put("plain page while buyers hang: p95 without seats", _without_seats(world, outer, asks).ms(95))


def _without_seats(world: World, outer: Trickster, asks: list[Ask]) -> Load:
    """The control: as if every thread might wait for a gateway."""
    free = world.environment | {"PAYMENTS_MOMO_ENDPOINT": outer.url, "DRILL_THREADS": "64"}
    with site.serve(site.SITE, free) as web:
        drive(web.port, steady(asks), connections=4, seconds=2)
        with _hanging(world, web.port):
            time.sleep(1)
            return drive(web.port, steady(asks), connections=4, seconds=MEASURE_S)


@contextmanager
def _hanging(world: World, port: int) -> Iterator[None]:
    stop = threading.Event()
    fresh = iter(_unpaid(HANGING * 4))

    def buyer() -> None:
        while not stop.is_set() and (payment := next(fresh, None)):
            with suppress(*BROKEN):
                Browser(port, timeout_s=20).get(_pay_page(payment))
            # as the page does that waits: it comes again after five seconds
            stop.wait(5)

    def keeper() -> None:
        while not stop.wait(0.3):
            _close_circuit(world)

    threads = [threading.Thread(target=buyer) for _each in range(HANGING)] + [threading.Thread(target=keeper)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _slowest_job(world: World) -> float | None:
    """Of jobs that have nothing to do with gateways, how long the slowest waits and works, while gateways' jobs hang."""
    times = []
    for _each in range(4):
        job = world.ask(SLEEP, Jsonb({"seconds": 0}))[0][0]
        times.append(wait_until(lambda job=job: bool(world.ask(DONE, job)[0][0]), seconds=120))
        time.sleep(2)
    return None if None in times else max(times)


def _unpaid(number: int) -> list[Payment]:
    """Payments of orders whose buyers are about to be led to MoMo."""
    goods = prepared.listings()
    return [prepared.unpaid(goods[each % len(goods)], "momo") for each in range(number)]


def _pay_page(payment: Payment) -> str:
    return f"/thanh-toan/{payment.reference}/"


def _close_circuit(world: World) -> None:
    world.ask("DELETE FROM intake_circuit")


@contextmanager
def _sampled(world: World) -> Iterator[list[int]]:
    """How many connections sat idle in a transaction, five times a second."""
    found: list[int] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(0.2):
            found.append(world.ask(IDLE)[0][0])

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        stop.set()
        thread.join()
