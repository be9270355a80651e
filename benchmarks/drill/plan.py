"""Which process is killed where: every named point once, then points and moments drawn by the seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

WEB, WORKER = "web", "worker"
#: kind of history → its steps
KINDS = {
    "paid": ("place", "start", "tell"),
    "transferred": ("place", "start", "tell"),
    "pulled": ("place", "start", "pull"),
    "refunded": ("place", "start", "tell", "cancel"),
    "dropped": ("place", "start", "cancel"),
    "expired": ("place", "start", "run_out"),
    "paid out": ("propose", "approve", "send", "bounce", "hear"),
    "entered": ("collect", "remit", "count", "undo", "give_back", "owe", "bounce", "book", "agree"),
}
WAYS = ("momo", "zalopay", "vnpay")
#: named point → (kind of history, its step, the process that passes it there)
PLACES: dict[str, tuple[str, str, str]] = {
    "after:checkout.written": ("paid", "place", WEB),
    "before:checkout.reserve": ("paid", "place", WEB),
    "after:stock.reserve": ("paid", "place", WEB),
    "after:checkout.placed": ("paid", "place", WEB),
    "before:charges.start": ("paid", "start", WEB),
    "after:charges.start": ("paid", "start", WEB),
    "after:charges.begun": ("paid", "start", WEB),
    "before:intake.store": ("paid", "tell", WEB),
    "after:intake.stored": ("paid", "tell", WEB),
    "after:intake.lock": ("paid", "tell", WEB),
    "after:intake.move": ("paid", "tell", WEB),
    "after:books.enter": ("paid", "tell", WEB),
    "after:intake.book": ("paid", "tell", WEB),
    "after:orders.confirmed": ("paid", "tell", WEB),
    "after:intake.announce": ("paid", "tell", WEB),
    "before:intake.commit": ("paid", "tell", WEB),
    "after:intake.applied": ("paid", "tell", WEB),
    "after:matching.sum": ("transferred", "tell", WEB),
    "after:credits.assigned": ("transferred", "tell", WEB),
    "after:pulling.stored": ("pulled", "pull", WORKER),
    "after:orders.lock": ("refunded", "cancel", WEB),
    "after:orders.end_part": ("refunded", "cancel", WEB),
    "after:refunds.asked": ("refunded", "cancel", WEB),
    "after:stock.freed": ("refunded", "cancel", WEB),
    "after:orders.cancelled": ("refunded", "cancel", WEB),
    "after:charges.cancelled": ("dropped", "cancel", WEB),
    "before:refunds.send": ("refunded", "cancel", WORKER),
    "after:refunds.sent": ("refunded", "cancel", WORKER),
    "after:intake.refunded": ("refunded", "cancel", WORKER),
    "after:charges.closed": ("expired", "run_out", WORKER),
    "after:charges.expired": ("expired", "run_out", WORKER),
    "after:orders.expired": ("expired", "run_out", WORKER),
    "after:payouts.lines": ("paid out", "propose", WORKER),
    "after:payouts.move": ("paid out", "send", WEB),
    "after:payouts.file": ("paid out", "send", WEB),
    "after:payouts.bounced": ("paid out", "bounce", WEB),
    "after:payouts.settled": ("paid out", "hear", WORKER),
    "after:payouts.result": ("paid out", "hear", WORKER),
    "after:cash.held": ("entered", "collect", WEB),
    "after:remittances.holds": ("entered", "remit", WEB),
    "after:countings.lacks": ("entered", "count", WEB),
    "after:countings.undone": ("entered", "undo", WEB),
    "after:credits.given_back": ("entered", "give_back", WEB),
    "after:dues.owed": ("entered", "owe", WEB),
    "after:dues.bounced": ("entered", "bounce", WEB),
    "after:statements.lock": ("entered", "book", WORKER),
    "after:refunds.approved": ("entered", "agree", WEB),
}
#: points of acts without money or goods
ELSEWHERE = frozenset({"search.built", "after:stock.take_watches"})
#: what officers of the finance desk do; each kind is walked once, with all its points
BY_HAND = ("paid out", "entered")
#: paid by transfer: no gateway stands on the other side
TRANSFERRED = ("transferred", "pulled")


@dataclass(frozen=True, slots=True)
class Kill:
    """One history and where in it a process is killed; without a point at a moment of its step."""

    kind: str
    step: str
    process: str
    way: str
    point: str = ""
    moment_s: float = 0
    #: whether the gateway tells again what got no answer
    tells_again: bool = True

    def __str__(self) -> str:
        where = self.point or f"{self.moment_s * 1000:.0f} ms into {self.step}"
        return f"{self.kind} by {self.way}, {self.process} {where}{'' if self.tells_again else ', told once'}"


def kills(number: int, seed: int) -> list[Kill]:
    """So many kills; fewer than there are named points: drawn from those."""
    dice = random.Random(seed)  # noqa: S311 - a plan, no secret
    named = [_named(point, dice) for point in PLACES]
    dice.shuffle(named)
    if number <= len(named):
        return named[:number]
    # the most dangerous place in both ways
    both = [_at("after:intake.stored", dice, again) for again in (False, True)]
    return [*named, *both, *_drawn(dice, number - len(named) - len(both))]


def _drawn(dice: random.Random, number: int) -> Iterator[Kill]:
    usual = [
        point for point, (kind, _step, process) in PLACES.items() if process == WEB and kind not in BY_HAND
    ]
    for _each in range(number):
        if dice.random() < 0.6:
            yield _named(dice.choice(usual), dice)
        else:
            yield _at_a_moment(dice)


def _named(point: str, dice: random.Random) -> Kill:
    return _at(point, dice, dice.random() < 0.5)


def _at(point: str, dice: random.Random, again: bool) -> Kill:
    kind, step, process = PLACES[point]
    # VNPay's start makes no call, and a transfer has no gateway that gives back.
    ways = WAYS[:2] if "start" in point else WAYS
    way = "vietqr" if kind in TRANSFERRED else dice.choice(ways)
    return Kill(kind, step, process, way, point=point, tells_again=again)


def _at_a_moment(dice: random.Random) -> Kill:
    kind = dice.choice([each for each in KINDS if each not in (*BY_HAND, "expired")])
    step = dice.choice(KINDS[kind])
    way = "vietqr" if kind in TRANSFERRED else dice.choice(WAYS)
    in_worker = step == "pull" or (step in ("tell", "cancel") and dice.random() < 0.25)
    process = WORKER if in_worker else WEB
    again = dice.random() < 0.5
    return Kill(kind, step, process, way, moment_s=dice.uniform(0.002, 0.12), tells_again=again)
