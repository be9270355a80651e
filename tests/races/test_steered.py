"""Any two acts on one order, the second run at each named point inside the first: a legal order of results.

Legal is what one after the other would bring, whichever comes first. Every tenth pair runs always, all of them
with RACES=all. Weighing, rationing, claims with photos and erasure do not exist yet.
"""

import os
from functools import partial
from itertools import product

import pytest
import time_machine
from django.db import connection, connections

from payments.adapters.contract import Hop
from payments.intake.models import Payment, Refund
from payments.intake.services import facts
from tests import databases
from tests.builders.delivery import roads
from tests.gateways.server import serving
from tests.machines.checks import AUDITS
from tests.machines.ground import Bank
from tests.races.steered import MORNING, Scene, officers, one_after_another, passed, steered

pytestmark = pytest.mark.race
ACTS = ("place", "pay", "cancel", "expire", "decline", "refund", "complete", "dispute", "payout")
#: how far the order has come → what may be parked inside then; payment of an expired order is late
FIRST = {
    "unpaid": ("place", "pay", "cancel", "expire"),
    "expired": ("place", "pay"),
    "confirmed": ("place", "cancel", "decline", "dispute", "pay"),
    "delivered": ("refund", "complete", "dispute"),
    "completed": ("refund", "dispute", "payout"),
}
PAIRS = [(begun, first, second) for begun, firsts in FIRST.items() for first, second in product(firsts, ACTS)]
SAMPLE = PAIRS if os.environ.get("RACES") == "all" else PAIRS[::10]


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    """Makes scenes, in one database for all of them; at the end nothing may ever have locked itself out."""
    bank = Bank()
    with django_db_blocker.unblock(), databases.borrowed(databases.TEMPLATE):
        with time_machine.travel(MORNING) as clock, serving(bank.answer) as fake:
            roads()
            hop = Hop(return_url=f"{fake.url}/ve/", notify_url=f"{fake.url}/webhooks/sandbox/")
            yield partial(Scene, clock=clock, hop=hop, officers=officers())
        connections.close_all()
        with connection.cursor() as cursor:
            cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
            assert cursor.fetchone() == (0,)


def race(stage, begun: str, first: str, second: str) -> int:
    """Each point of the first; how many there were comes back. What another race broke is that one's."""
    before = set(_breaks())
    points = passed(stage(begun), first)
    legal = [
        one_after_another(stage(begun), first, second, named=("first", "second")),
        one_after_another(stage(begun), second, first, named=("second", "first")),
    ]
    for point in points:
        found = steered(stage(begun), first, second, point)
        assert found in legal, f"{first}, and {second} {point}"
    assert set(_breaks()) <= before
    return len(points)


def _breaks() -> list[str]:
    return [line for audit in AUDITS for line in audit.breaks()]


@pytest.mark.parametrize(("begun", "first", "second"), SAMPLE)
def test_two_acts_at_once_are_one_after_the_other(stage, begun, first, second):
    assert race(stage, begun, first, second) > 0


def unlocked(fact, adapter):
    """What a fact is about, without its lock."""
    rows = {"reference": fact.about, "adapter": adapter}
    return Payment.objects.filter(**rows).first() or Refund.objects.get(reference=fact.about)


def test_control_without_the_payments_lock_an_order_of_results_comes_that_is_not_legal(stage, monkeypatch):
    monkeypatch.setattr(facts, "_locked", unlocked)
    with pytest.raises(AssertionError):
        race(stage, "unpaid", "pay", "cancel")
