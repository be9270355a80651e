"""A twentieth of the drill: a web process is killed at dangerous points, and nothing is lost or doubled."""

from datetime import timedelta

import pytest
from django.db import connection

from benchmarks.drill import histories, ledgers, points
from benchmarks.drill.ground import packs
from benchmarks.drill.histories import History
from benchmarks.drill.plan import ELSEWHERE, KINDS, PLACES, WEB, Kill, kills
from common import dates
from payments.intake import services
from payments.intake.models import Inbox, Payment
from tests import jobs

#: before the goods are held, after the gateway has opened the charge, between inbox and apply, in the midst of it,
#: in the midst of giving back
TWENTIETH = (
    ("paid", "place", "after:stock.reserve", True),
    ("paid", "start", "after:charges.start", True),
    ("paid", "tell", "after:intake.stored", False),
    ("paid", "tell", "after:intake.book", True),
    ("refunded", "cancel", "after:refunds.asked", True),
)


def walked(market, kill: Kill, number: int = 0) -> History:
    history = History(market, kill, packs()[number : number + 1], number)
    history.run()
    return history


def told_once(point: str = "after:intake.stored") -> Kill:
    return Kill("paid", "tell", WEB, "momo", point=point, tells_again=False)


def a_minute_passes() -> None:
    """The sweeper and the jobs that are due."""
    Inbox.objects.filter(applied_at=None).update(received_at=dates.now() - timedelta(seconds=30))
    services.sweep()
    jobs.run_due()
    histories.let_time_pass()
    jobs.run_due()


@pytest.mark.drill
def test_killed_between_any_two_steps_nothing_is_lost_or_doubled(market):
    done = [
        walked(market, Kill(kind, step, WEB, "momo", point=point, tells_again=again), number)
        for number, (kind, step, point, again) in enumerate(TWENTIETH)
    ]
    assert [history.fell for history in done] == [True] * len(TWENTIETH)
    assert Inbox.objects.filter(applied_at=None).count() == 1
    a_minute_passes()
    assert [history.trouble() for history in done] == [""] * len(TWENTIETH)
    assert (ledgers.of_money(market), ledgers.of_stock(), ledgers.of_books()) == ([], [], [])

    # Control: the drill sees money that came and was never booked.
    lost = walked(market, told_once(), number=6)
    assert lost.fell
    jobs.run_due()
    assert [lost.payment_state(), bool(lost.trouble()), len(ledgers.of_money(market))] == ["pending", True, 1]
    a_minute_passes()
    assert (lost.trouble(), ledgers.of_money(market)) == ("", [])

    # Control: it sees an order that one form made twice, and goods that nobody holds.
    payment = lost.buyer.payment
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE stock_reservation SET state = 'released', ended_at = now() WHERE state = 'held'"
        )
        cursor.execute("UPDATE intake_payment SET settled_vnd = 2 * settled_vnd, asked_vnd = 2 * asked_vnd WHERE id = %s", [payment.pk])  # fmt: skip
    assert ledgers.of_stock()
    assert len(ledgers.of_money(market)) == 1
    assert ledgers.of_books()


def test_every_named_point_of_money_and_goods_is_in_the_plan():
    assert set(points.everywhere()) == set(PLACES) | ELSEWHERE
    assert all(step in KINDS[kind] for kind, step, _process in PLACES.values())


def test_a_hundred_kills_hold_every_point_and_the_same_seed_gives_the_same():
    plan = kills(100, 7)
    assert len(plan) == 100
    assert {kill.point for kill in plan if kill.point} == set(PLACES)
    assert plan == kills(100, 7) != kills(100, 8)
    stored = [kill.tells_again for kill in plan if kill.point == "after:intake.stored"]
    assert {True, False} <= set(stored)


def test_payments_of_a_day_are_named_alike_at_all_gateways():
    assert {ledgers._name(ref) for ref in ("abc", "260815_abc")} == {"abc"}
    assert Payment._meta.get_field("reference").max_length == 40
