"""An order whose buyer changed ways has two payments: whoever locks one of them locks both, by id, and nobody waits in a ring."""

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import OperationalError, connection

from accounts.models import User
from common import dates
from common.steer import listen, steer
from payments import signals
from payments.intake import audit, matching
from payments.intake import services as intake
from payments.intake.models import Payment, Refund
from payments.intake.services import approvals, charges, facts
from shop.orders import receivers, services
from shop.orders.models import Order
from shop.stock import services as stock
from tests.builders import payments as made
from tests.builders import transfers
from tests.builders.catalogue import a_listing
from tests.builders.orders import an_order, payment_of

pytestmark = pytest.mark.race


class Scene:
    """The first way was taken back and may still be paid late; the second is open."""

    def __init__(self, officer: User, adapter: str) -> None:
        self.officer = officer
        listing = a_listing(price_vnd=350_000)
        stock.open_lot(listing, harvested_on=dates.today(), qty=20_000, by=None)
        self.order = an_order(listing)
        self.first = payment_of(self.order)
        intake.begin(self.first, made.HOP)
        intake.cancel(self.first)
        self.second = made.pending(amount_vnd=self.order.total_vnd, adapter=adapter)
        services.attach(self.order, [(None, self.second)])

    def pay_first(self) -> None:
        made.say("settled", self.first)

    def pay_second(self) -> None:
        made.say("settled", self.second)

    def transfer(self) -> None:
        transfers.came(self.second.asked_vnd, self.second.gateway_ref)

    def assign(self) -> None:
        transfers.came(self.second.asked_vnd, "mua na")
        matching.assign(transfers.credit(), self.second, by=self.officer, reason="gọi điện hỏi")

    def expire(self) -> None:
        Order.objects.filter(pk=self.order.pk).update(hold_ends_at=dates.now())
        charges._expired(self.second)

    def owe_back(self) -> None:
        """The second way paid; a part of it goes back, and its gateway does not give it."""
        made.say("settled", self.second)
        intake.give_back(self.second, amount_vnd=1_000, reason="x", key="part-1")
        Refund.objects.update(state="by_hand", next_ask_at=None)

    def give_by_hand(self) -> None:
        intake.refund_by_hand_done(Refund.objects.get(key="part-1"), by=self.officer, note="FT1")

    def cancel(self) -> None:
        services.cancel_by_buyer(Order.objects.get(pk=self.order.pk), by=None)


@pytest.fixture
def scene(committed_db, monkeypatch):
    transfers.configure(monkeypatch)
    # Whoever loses a race for locks is not sent on its way again here: it must not come to that.
    monkeypatch.setattr(facts, "TRIES", 1)
    yield partial(Scene, User.objects.create(email="tuan@example.invalid", is_staff=True))
    listen_to_nothing()


def listen_to_nothing() -> None:
    for point in ("after:intake.lock", "after:matching.sum", "after:charges.expired", "after:test.act"):
        listen(point, None)


def together(first: Callable[[], None], point: str, second: Callable[[], None]) -> list[Exception]:
    """`first` is parked at the point until `second` waits for a lock, or has done its work; what either raised."""
    parked, done, raised = threading.Event(), threading.Event(), []

    def park() -> None:
        if threading.current_thread() is threads[0]:
            parked.set()
            wait_for(done)

    def run(act: Callable[[], None], end: threading.Event) -> None:
        try:
            act()
        except Exception as error:
            raised.append(error)
        finally:
            end.set()
            connection.close()

    threads = [
        threading.Thread(target=run, args=(first, threading.Event())),
        threading.Thread(target=lambda: parked.wait(20) and run(second, done)),
    ]
    listen(point, park)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(40)
    return raised


def wait_for(done: threading.Event) -> None:
    """Until the other has ended or waits for a lock, on a connection of its own."""
    other = connection.copy()
    try:
        for _time in range(100):
            with other.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                if cursor.fetchone()[0] or done.wait(0.05):
                    return
    finally:
        other.close()


@pytest.mark.parametrize(
    ("act", "adapter", "point"),
    [
        ("pay_second", "sandbox", "after:intake.lock"),
        ("transfer", "vietqr", "after:matching.sum"),
        ("assign", "vietqr", "after:matching.sum"),
        ("expire", "sandbox", "after:charges.expired"),
    ],
)
@pytest.mark.parametrize("other", ["pay_first", "cancel"])
def test_two_payments_of_one_order_never_wait_in_a_ring(scene, act, adapter, point, other):
    scene = scene(adapter)
    raised = together(getattr(scene, act), point, getattr(scene, other))
    assert [error for error in raised if isinstance(error, OperationalError)] == []
    assert list(audit.breaks()) == []
    payments = Payment.objects.order_by("pk")
    assert sum(each.settled_vnd - each.refund_asked_vnd for each in payments) in (0, scene.order.total_vnd)


def parked_after(monkeypatch, module: object, name: str) -> str:
    """The point that is reached when that function has come back."""
    act = getattr(module, name)

    def then_park(*words, **named):
        found = act(*words, **named)
        steer("after:test.act")
        return found

    monkeypatch.setattr(module, name, then_park)
    return "after:test.act"


@pytest.mark.parametrize("other", ["pay_first", "cancel"])
def test_nor_does_who_gives_back_by_hand(scene, monkeypatch, other):
    scene = scene("sandbox")
    scene.owe_back()
    point = parked_after(monkeypatch, approvals, "lock_refund")
    raised = together(scene.give_by_hand, point, getattr(scene, other))
    assert [error for error in raised if isinstance(error, OperationalError)] == []
    assert Refund.objects.get(key="part-1").state == "done" and list(audit.breaks()) == []


def test_control_each_alone_would_wait_for_the_other(scene):
    scene = scene("sandbox")
    signals.payments_together.disconnect(receivers.payments_of_one_order)
    try:
        raised = together(scene.pay_second, "after:intake.lock", scene.pay_first)
    finally:
        signals.payments_together.connect(receivers.payments_of_one_order)
    assert [error.__cause__.sqlstate for error in raised] == ["40P01"]
