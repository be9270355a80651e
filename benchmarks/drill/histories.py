"""One order's history with a kill in it: what its people do, what the killed process leaves, how it must end."""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import requests
import time_machine
from django.db.models import F

from accounts.models import User
from benchmarks.drill import ledgers
from benchmarks.drill.browser import until_answered
from benchmarks.drill.buying import Buyer, transfer_number
from benchmarks.drill.ground import OFFICERS
from benchmarks.drill.inside import fall
from benchmarks.drill.plan import KINDS, WEB, Kill
from benchmarks.drill.world import World
from common import dates
from payments.adapters.answers import sending
from payments.intake import services as intake
from payments.intake.models import Payment, Pull, Refund
from payments.intake.services import refunds
from shop.orders.models import Order

#: how a payment and the parts of its order stand at the end of each kind
ENDS = {
    "paid": ("settled", {"confirmed"}),
    "transferred": ("settled", {"confirmed"}),
    "pulled": ("settled", {"confirmed"}),
    "refunded": ("settled", {"cancelled"}),
    "dropped": ("cancelled", {"cancelled"}),
    "expired": ("expired", {"cancelled"}),
}
LONG_AGO = timedelta(minutes=6)
#: so often a refund was asked for in vain
LOOKED_UP_AFTER = 3


@dataclass
class History:
    world: World
    kill: Kill
    packs: list[int]
    number: int
    buyer: Buyer = None
    #: the file that the process leaves that falls at a named point
    grave: Path | None = None
    killed: bool = False
    #: why it could not be walked to its end
    broken: str = ""
    #: bank number → đồng of what was transferred
    transfers: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.buyer = Buyer(self.world, self.kill.way, self.packs)

    def run(self) -> None:
        """All steps, with the kill in its own; what cannot be walked to its end is kept as its trouble."""
        try:
            self.buyer.fill_cart()
            for step in KINDS[self.kill.kind]:
                act = getattr(self, step)
                self._killed_in(act) if step == self.kill.step else act()
        except (AssertionError, LookupError, StopIteration, TimeoutError) as error:
            self.broken = f"{self.kill}: {type(error).__name__} {error}"

    def _killed_in(self, act: Callable[[], None]) -> None:
        if self.kill.point:
            self.grave = fall.lay(self.world.folder, self.kill.process, self.kill.point)
            act()
            return
        timer = threading.Timer(self.kill.moment_s, self._kill)
        timer.start()
        act()
        timer.join()

    def _kill(self) -> None:
        if self.kill.process == WEB:
            self.world.kill_one_web_worker(self.number)
        else:
            self.world.kill_worker()
        self.killed = True

    @property
    def fell(self) -> bool:
        """Whether a process was killed for this history."""
        return self.killed or (self.grave is not None and self.grave.exists())

    # --- steps

    def place(self) -> None:
        self.buyer.place()

    def start(self) -> None:
        self.buyer.start()

    def tell(self) -> None:
        """The gateway takes the money and tells us, again if it does so and has got no answer."""
        self.buyer.pay()
        code, call = self.buyer.word()
        if code == "sepay":
            self._transferred()
        if self.kill.tells_again:
            until_answered(lambda: self._told(code, call))
            return
        with contextlib.suppress(requests.RequestException):
            self.world.deliver(code, call)

    def _told(self, code: str, call) -> requests.Response | None:
        try:
            answer = self.world.deliver(code, call)
        except requests.RequestException:
            return None
        return answer if answer.status_code < 500 else None

    def pull(self) -> None:
        """The bank has the money and the word of it is lost: the worker asks the feed, now and not in two minutes."""
        number = self._transferred()
        payment = self.buyer.payment
        self.world.bank.happens(payment.asked_vnd, payment.gateway_ref, number, at=dates.now())
        Pull.objects.update(next_at=dates.now())

    def _transferred(self) -> str:
        """The bank's number of the transfer, which is kept to be compared at the end."""
        payment = self.buyer.payment
        number = transfer_number(payment)
        self.transfers[number] = payment.asked_vnd
        return number

    def cancel(self) -> None:
        if self.kill.kind == "refunded":
            # what was told once and got no answer is applied by the sweeper first
            until_answered(lambda: self.buyer.order.state != "placed" or None)
        self.buyer.cancel()

    def run_out(self) -> None:
        """Time passes: the hold is over, and the minutes of grace too."""
        over = dates.now() - LONG_AGO
        Payment.objects.filter(pk=self.buyer.payment.pk).update(expires_at=over, created_at=over - LONG_AGO)
        Order.objects.filter(pk=self.buyer.order.pk).update(hold_ends_at=over)

    # --- the end

    def payment_state(self) -> str:
        return self.buyer.payment.state

    def has_ended(self) -> bool:
        return not self.trouble()

    def trouble(self) -> str:
        """What is not as it must be at the end; "" when all is."""
        if self.broken:
            return self.broken
        orders = self.buyer.orders
        if len(orders) != 1:
            return f"{self.kill}: {len(orders)} orders of one form"
        payment, (ends, parts) = self.buyer.payment, ENDS[self.kill.kind]
        found = ledgers.states(orders[0])
        if (payment.state, found) != (ends, parts):
            return f"{self.kill}: payment {payment.state}, parts {sorted(found)}"
        if self.kill.kind == "refunded" and not self._is_given_back(payment):
            return f"{self.kill}: {payment.refunded_vnd} of {payment.settled_vnd} given back"
        return ""

    def _is_given_back(self, payment: Payment) -> bool:
        if self.kill.way == "vietqr":
            return payment.refund_asked_vnd == payment.settled_vnd
        done = Refund.objects.filter(payment=payment, state=Refund.State.DONE).count()
        return payment.refunded_vnd == payment.settled_vnd and done == len(self.packs)


def look_up(world: World) -> int:
    """A day later: an officer finds at VNPay what it cannot be asked for; how many refunds comes back.

    It tells of a payment's last refund only, so one whose answer was lost before another of the same payment is
    known to nobody but its own pages.
    """
    found = 0
    stuck = Refund.objects.filter(state="sent", payment__adapter="vnpay", asked_times__gte=LOOKED_UP_AFTER)
    for refund in stuck.select_related("payment"):
        if sending(refunds.return_of(refund)) not in world.gateways["vnpay"].refunds:
            continue
        with time_machine.travel(dates.now() + timedelta(hours=25), tick=True):
            officer = User.objects.get(email=OFFICERS[0])
            intake.gateway_gave(refund, by=officer, note="thấy ở trang của cổng")
        found += 1
    return found


def let_time_pass() -> None:
    """Questions that would be asked in some minutes are due now: the drill does not wait for those."""
    now = dates.now()
    young = Payment.objects.filter(
        state="pending", next_ask_at__gt=now, created_at__lt=now - timedelta(seconds=30)
    )
    young.exclude(expires_at__lt=now).update(next_ask_at=now)
    open_ = Refund.objects.filter(state__in=("approved", "sent"), next_ask_at__gt=now)
    open_.filter(created_at__lt=now - timedelta(seconds=30), asked_times__lt=8).update(
        next_ask_at=F("created_at")
    )
