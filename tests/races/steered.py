"""Two acts over two connections: the first is parked at a named point inside it while the second runs.

What comes out must be what one of the two orders one after another would bring.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from django.db import connection

from common import dates
from common.steer import listen
from farmers.models import BankAccount
from payments.adapters.contract import Hop, Outcome
from payments.books.models import Posting
from payments.intake import services as intake
from payments.intake.errors import PaymentError
from payments.intake.models import Payment, Refund
from payments.payouts import approval, periods, proposal, sending
from payments.payouts.errors import PayoutError
from payments.payouts.models import Payout
from shop.cart.values import Owner
from shop.checkout.errors import CheckoutError
from shop.fulfilment import hand_over, pack
from shop.orders import services as orders
from shop.orders.errors import OrderError
from shop.orders.models import Order, SubOrder
from shop.orders.money import Fault, refund_part
from shop.orders.moves import Role
from shop.stock import services as stock
from shop.stock.errors import StockError
from shop.stock.models import Lot
from tests.builders import payments as made
from tests.builders import payouts
from tests.builders.cart import lines
from tests.builders.catalogue import a_listing
from tests.builders.checkout import a_quote, placed
from tests.builders.farmers import a_household
from tests.machines.ground import run_jobs

MORNING = datetime(2026, 8, 17, 2, tzinfo=UTC)
BOX = 5_000
POINTS = (
    "before:checkout.reserve", "after:stock.reserve", "after:orders.lock", "after:orders.end_part",
    "after:intake.stored", "after:intake.lock", "after:intake.move", "after:books.enter", "after:payouts.lines",
)  # fmt: skip
REFUSALS = (PaymentError, PayoutError, OrderError, StockError, CheckoutError)
PATIENCE_S = 20
_numbers = count(1)


@dataclass
class Scene:
    """An order of two households' last boxes as it is after `begun`, and somebody else who wants the same boxes."""

    begun: str
    clock: object
    hop: Hop
    officers: tuple
    books: Counter = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.clock.move_to(MORNING)
        listings = [self._listing(price_vnd) for price_vnd in (350_000, 115_000)]
        self.lots = list(Lot.objects.filter(listing__in=listings).order_by("pk"))
        number = next(_numbers)
        mine, theirs = (
            a_quote(lines(*((each, 1) for each in listings), owner=Owner(token=f"{who}-{number}")))
            for who in ("mine", "theirs")
        )
        self.wish = theirs
        self.order = placed(mine)
        self.payment = self.order.uses.get().payment
        intake.begin(self.payment, self.hop)
        getattr(self, f"_{self.begun}")()
        run_jobs()
        self.books = balances()

    def _listing(self, price_vnd: int):
        household = a_household()
        BankAccount.objects.create(
            household=household, bank_bin="970405", account="8200205123456", account_name="HOANG THI SAU",
            changed_at=dates.now() - timedelta(days=100),
        )  # fmt: skip
        listing = a_listing(storefront=household.storefront, price_vnd=price_vnd, with_photo=False)
        stock.open_lot(listing, harvested_on=dates.today(), qty=BOX, by=None)
        return listing

    # How far the order has come

    def _unpaid(self) -> None:
        """Its hold is over, and nobody has said so yet."""
        self.clock.shift(timedelta(hours=1))

    def _expired(self) -> None:
        self._unpaid()
        intake.expire(self.payment)

    def _confirmed(self) -> None:
        assert (
            made.hear(made.notification(self.payment, event_id=f"word-{next(_numbers)}")) is Outcome.RECORDED
        )

    def _delivered(self) -> None:
        self._confirmed()
        for part in self.parts():
            pack.pack(part, by=None)
            hand_over.hand_over(part, carrier="x", tracking="", by=None)
            hand_over.deliver(part, by=None, role=Role.HOUSEHOLD)
        self.clock.shift(timedelta(days=4))

    def _completed(self) -> None:
        self._delivered()
        for part in self.parts():
            hand_over.complete(part)
        self.clock.shift(timedelta(days=14))

    # What anybody may do

    def parts(self) -> list[SubOrder]:
        rows = SubOrder.objects.filter(order=self.order).select_related("order", "storefront")
        return list(rows.order_by("position"))

    def place(self) -> None:
        placed(self.wish)

    def pay(self) -> Outcome:
        outcome = made.hear(made.notification(self.payment, event_id=f"word-{next(_numbers)}"))
        assert outcome in (Outcome.RECORDED, Outcome.REPEATED), outcome
        return outcome

    def cancel(self) -> None:
        orders.cancel_by_buyer(Order.objects.get(pk=self.order.pk), by=None)

    def expire(self) -> None:
        intake.expire(Payment.objects.get(pk=self.payment.pk))

    def decline(self) -> None:
        pack.cannot_fulfil(self.parts()[0], reason="mưa", left={}, by=None)

    def refund(self) -> None:
        part = self.parts()[0]
        refund_part(
            part, goods_vnd=100_000, delivery_vnd=0, fault=Fault.HOUSEHOLD, reason="dập", key="claim", by=None
        )

    def complete(self) -> None:
        hand_over.complete(self.parts()[0])

    def dispute(self) -> Outcome:
        return made.say("dispute_lost", self.payment, event_id=f"word-{next(_numbers)}")

    def payout(self) -> None:
        tuan, mai = self.officers
        household = self.parts()[0].storefront.household_id
        payout = proposal.propose_for(household, *periods.last_week(), by=tuan)
        if isinstance(payout, Payout):
            approval.approve(payout, by=mai)
            sending.sent_by_hand(payout, by=mai, bank_ref="FT")

    # What came of it

    def outcome(self) -> dict:
        """All that a person could see of it afterwards, without the numbers that every scene has of its own."""
        run_jobs()
        after = balances()
        after.subtract(self.books)
        homes = [part.storefront.household_id for part in self.parts()]
        money = ("state", "settled_vnd", "refund_asked_vnd", "refunded_vnd")
        return {
            "order": Order.objects.get(pk=self.order.pk).state,
            "parts": [part.state for part in self.parts()],
            "payment": Payment.objects.filter(pk=self.payment.pk).values_list(*money).get(),
            "refunds": sorted(
                Refund.objects.filter(payment=self.payment).values_list("key", "amount_vnd", "state")
            ),
            "payouts": sorted(Payout.objects.filter(household__in=homes).values_list("state", "amount_vnd")),
            "lots": [(lot.reserved_qty, lot.sold_qty, lot.spoiled_qty) for lot in self._fresh_lots()],
            "books": {kind: vnd for kind, vnd in after.items() if vnd},
        }

    def _fresh_lots(self) -> list[Lot]:
        return list(Lot.objects.filter(pk__in=[lot.pk for lot in self.lots]).order_by("pk"))


def balances() -> Counter:
    """Kind of account → what lies there, of everybody."""
    found: Counter = Counter()
    for kind, vnd in Posting.objects.values_list("account__kind", "amount_vnd"):
        found[kind] += vnd
    return found


def result_of(act: Callable[[], object]) -> str:
    """Done, or refused in words for a person; anything else is raised."""
    try:
        act()
    except REFUSALS:
        return "refused"
    return "done"


def one_after_another(scene: Scene, first: str, second: str, *, named: tuple[str, str]) -> dict:
    """What comes of it when nothing happens at the same time; `named` says which is which in the answer."""
    results = {first: result_of(getattr(scene, first))}
    results = dict(zip(named, (results[first], result_of(getattr(scene, second))), strict=True))
    return {**scene.outcome(), **results}


class Actor(threading.Thread):
    """One act on a connection of its own; parked at `point` when it comes there the first time."""

    def __init__(self, act: Callable[[], object], point: str = "") -> None:
        super().__init__(daemon=True)
        self.act, self.point = act, point
        self.parked, self.go, self.over = threading.Event(), threading.Event(), threading.Event()
        self.pid, self.result, self.error = 0, "", None

    def run(self) -> None:
        try:
            connection.ensure_connection()
            self.pid = connection.connection.info.backend_pid
            if self.point:
                listen(self.point, self._park)
            self.result = result_of(self.act)
        except BaseException as error:
            self.error = error
        finally:
            connection.close()
            self.over.set()
            self.parked.set()

    def _park(self) -> None:
        if threading.current_thread() is self and not self.parked.is_set():
            self.parked.set()
            assert self.go.wait(PATIENCE_S), "Nobody let it go on."

    def end(self) -> str:
        self.go.set()
        self.join(PATIENCE_S)
        assert not self.is_alive(), "It never ends."
        if self.error is not None:
            raise self.error
        return self.result


def steered(scene: Scene, first: str, second: str, point: str) -> dict:
    """The second act while the first stands at the point: to its end, or until it waits for the first's locks."""
    one, other = Actor(getattr(scene, first), point), Actor(getattr(scene, second))
    one.start()
    try:
        assert one.parked.wait(PATIENCE_S)
        other.start()
        _until_over_or_waiting(other)
        results = {"first": one.end(), "second": other.end()}
    finally:
        listen(point, None)
        one.go.set()
    return {**scene.outcome(), **results}


def passed(scene: Scene, act: str) -> list[str]:
    """The points that the act comes by when it is alone."""
    found: list[str] = []
    for point in POINTS:
        listen(point, lambda point=point: found.append(point))
    try:
        result_of(getattr(scene, act))
    finally:
        for point in POINTS:
            listen(point, None)
    return list(dict.fromkeys(found))


def _until_over_or_waiting(actor: Actor) -> None:
    ends = time.monotonic() + PATIENCE_S
    with connection.cursor() as cursor:
        while not actor.over.wait(0.01) and time.monotonic() < ends:
            cursor.execute("SELECT cardinality(pg_blocking_pids(%s))", [actor.pid])
            if actor.pid and cursor.fetchone()[0]:
                return


def officers() -> tuple:
    return payouts.officer("Tuấn"), payouts.officer("Mai")
