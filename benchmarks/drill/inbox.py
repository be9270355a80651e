"""How many notifications a second two cores take in, each of them proven, stored, applied, booked and announced."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from benchmarks import site
from benchmarks.drill import ledgers, prepared
from benchmarks.drill.plan import WAYS
from benchmarks.drill.run import Task
from benchmarks.drill.world import World, standing
from benchmarks.goals import Figures
from benchmarks.load import Ask, Load, Walk, drive, steady
from benchmarks.report import say
from payments.adapters.contract import Call
from payments.intake.models import Inbox, Payment

#: status and words by which a gateway hears that its signature is wrong
FORGED = {"vnpay": (200, b'"97"'), "momo": (400, b""), "zalopay": (200, b'"return_code": -1')}
#: the first digit of a sum, as each gateway writes it
SUM = re.compile(rb'(vnp_Amount=|"amount": ?|amount\\": ?)([1-9])')
#: payments of each gateway, and of them to warm up
EACH, WARM = 120, 20
SECONDS = 4


def drill(task: Task, figures: Figures) -> None:
    with standing(task.folder, task.url, task.settings, with_worker=False) as world:
        calls = _calls(world, EACH)
        say(f"  {len(calls)} payments wait at their gateways")
        with site.serve(site.BARE, world.environment) as bare:
            drive(bare.port, steady([Ask(site.get("/hello/"))]), seconds=1)
            hello = drive(bare.port, steady([Ask(site.get("/hello/"))]), seconds=SECONDS)
        with site.worker(world.environment):
            _all(world, calls[:WARM])
            load = _all(world, calls[WARM:])
        again = _all(world, calls)
        forged = drive(world.web.port, (_refused(code, _forged(call)) for code, call in calls))
    put = figures.put
    put("inbox: bare hello", hello.per_second, wrong=hello.wrong)
    put("inbox: notifications that settle", load.per_second, wrong=load.wrong)
    put("inbox: notifications, of the bare hello", load.per_second / hello.per_second, wrong=load.wrong)
    put("inbox: p95 of 8 connections", load.ms(95), wrong=load.wrong)
    put("inbox: repeated notifications", again.per_second, wrong=again.wrong)
    put("inbox: forged notifications", forged.per_second, wrong=forged.wrong)
    odd = [*_not_once(len(calls)), *ledgers.of_books(), *ledgers.of_money(world)]
    put("inbox: payments not settled once", len(odd), wrong=odd)


def _calls(world: World, each: int) -> list[tuple[str, Call]]:
    """So many signed calls of each gateway about payments of their own, the gateways in turn."""
    goods = prepared.listings()
    told = [list(_told(world, way, (goods[number % len(goods)] for number in range(each)))) for way in WAYS]
    return list(chain.from_iterable(zip(*told, strict=True)))


def _told(world: World, way: str, goods: Iterable) -> Iterator[tuple[str, Call]]:
    gateway = world.gateways[way]
    for _order, ref in prepared.orders(world, way, goods):
        gateway.pay(ref)
        yield way, gateway.word(ref)


def _all(world: World, calls: list[tuple[str, Call]]) -> Load:
    return drive(world.web.port, _walks(calls))


def _walks(calls: Iterable[tuple[str, Call]]) -> Iterator[Walk]:
    return (_walk(code, call) for code, call in calls)


def _walk(code: str, call: Call) -> Walk:
    answer = yield site.call(call.method, f"/webhooks/{code}/?{call.query}", call.body, call.headers)
    # 200 for VNPay and ZaloPay, 204 for MoMo; what each wants to hear is its own tests' business
    answer.expect(204 if code == "momo" else 200)


def _refused(code: str, call: Call) -> Walk:
    status, words = FORGED[code]
    answer = yield site.call(call.method, f"/webhooks/{code}/?{call.query}", call.body, call.headers)
    answer.expect(status, holds=words)


def _forged(call: Call) -> Call:
    """The same with a digit of its sum changed."""
    query, body = (SUM.sub(_other_digit, text, count=1) for text in (call.query.encode(), call.body))
    return Call(method=call.method, query=query.decode(), body=body, headers=call.headers)


def _other_digit(found: re.Match[bytes]) -> bytes:
    return found[1] + (b"2" if found[2] == b"1" else b"1")


def _not_once(number: int) -> Iterator[str]:
    settled = Payment.objects.filter(adapter__in=WAYS, state=Payment.State.SETTLED).count()
    applied = Inbox.objects.filter(applied_at__isnull=False).count()
    if settled != number or applied != number:
        yield f"{number} told, {settled} settled, {applied} applied"
