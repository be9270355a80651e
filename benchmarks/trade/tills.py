"""Where buyers pay: the fakes of all gateways and of our bank, each on a port of this machine, with ledgers of their own."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from benchmarks.trade.sandbox_bank import SECRET as SANDBOX_SECRET
from benchmarks.trade.sandbox_bank import SandboxBank
from common import dates
from payments.adapters import registry
from payments.adapters.contract import Call, Outcome, Redirect, Step
from payments.intake import services as intake
from payments.intake.models import Payment
from tests.gateways import stripe_fake
from tests.gateways.bank_fake import (
    ACCOUNT,
    CHECKSUM_KEY,
    SEPAY_SECRET,
    payos_at_home,
    payos_call,
    sepay_call,
)
from tests.gateways.momo_fake import MoMoFake
from tests.gateways.server import serving
from tests.gateways.stripe_fake import StripeFake
from tests.gateways.vnpay_fake import VNPayFake
from tests.gateways.wallet import Wallet, at_home
from tests.gateways.zalopay_fake import ZaloPayFake
from tests.payments.adapters.conftest import environment

WALLETS = {"vnpay": VNPayFake, "momo": MoMoFake, "zalopay": ZaloPayFake}
STRANGER = "somebody else's secret"


class Till(Protocol):
    """A gateway from the buyer's side: come to its page, pay or refuse there; `word` is what it tells the market."""

    def come(self, payment: Payment, step: Step) -> None: ...
    def pay(self, payment: Payment) -> None: ...
    def word(self, payment: Payment, *, forged: bool = False, wrong: bool = False) -> Call: ...
    def holds_vnd(self) -> int: ...


@dataclass
class WalletTill:
    code: str
    fake: Wallet

    def come(self, payment: Payment, step: Step) -> None:
        if isinstance(self.fake, VNPayFake) and isinstance(step, Redirect):
            self.fake.come(step.url)

    def pay(self, payment: Payment) -> None:
        self.fake.pay(self._ref(payment))

    def refuse(self, payment: Payment) -> None:
        self.fake.cancel(self._ref(payment))

    def word(self, payment: Payment, *, forged: bool = False, wrong: bool = False) -> Call:
        more = {"secret": STRANGER} if forged else {}
        return self.fake.word(self._ref(payment), **more, **({"amount_vnd": 1_000} if wrong else {}))

    def holds_vnd(self) -> int:
        """What buyers paid there, less what went back."""
        paid = sum(order["amount_vnd"] for order in self.fake.orders.values() if _is_paid(order))
        scale = 100 if self.code == "vnpay" else 1
        return paid - sum(row["amount"] for row in self.fake.refunds.values()) // scale

    def _ref(self, payment: Payment) -> str:
        day = f"{dates.local(payment.created_at):%y%m%d}_" if self.code == "zalopay" else ""
        return day + payment.reference


def _is_paid(order: dict) -> bool:
    said = order["status"] if "status" in order else order["code"]
    return said in ("00", 0, (1, 1))


@dataclass
class StripeTill:
    fake: StripeFake
    #: intents whose money the buyers' banks took back
    lost: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def come(self, payment: Payment, step: Step) -> None:
        pass

    def pay(self, payment: Payment) -> None:
        self.fake.pay(payment.gateway_ref)

    def word(self, payment: Payment, *, forged: bool = False, wrong: bool = False) -> Call:
        session = self.fake.sessions[payment.gateway_ref] | ({"amount_total": 1_000} if wrong else {})
        return self._call("checkout.session.completed", session, STRANGER if forged else stripe_fake.SECRET)

    def dispute(self, payment: Payment, status: str) -> Call:
        """`needs_response` when it begins; won or lost when it ends."""
        if status == "lost":
            self.lost.add(payment.gateway_ref)
        about = {"payment_intent": payment.gateway_ref, "amount": payment.asked_vnd, "currency": "vnd"}
        kind = "created" if status == "needs_response" else "closed"
        return self._call(f"charge.dispute.{kind}", {"id": "du_1", "status": status, **about})

    def holds_vnd(self) -> int:
        paid = sum(row["amount_received"] for row in self.fake.intents.values())
        lost = sum(self.fake.intents[each]["amount_received"] for each in self.lost)
        return paid - lost - sum(row["amount"] for row in self.fake.refunds.values())

    def _call(self, kind: str, thing: dict, secret: str = stripe_fake.SECRET) -> Call:
        body = stripe_fake.event(kind, thing, f"evt_{next(self.numbers)}")
        header = stripe_fake.signature(body, int(dates.now().timestamp()), secret)
        return Call(body=body, headers={"stripe-signature": header})


@dataclass
class SandboxTill:
    fake: SandboxBank

    def come(self, payment: Payment, step: Step) -> None:
        self.fake.come(payment.reference, payment.asked_vnd)

    def pay(self, payment: Payment) -> None:
        self.fake.pay(payment.reference)

    def word(self, payment: Payment, *, forged: bool = False, wrong: bool = False) -> Call:
        more = {"amount_vnd": 1_000, "event_id": "wrong" + payment.reference} if wrong else {}
        return self.fake.word(payment.reference, secret=STRANGER if forged else SANDBOX_SECRET, **more)

    def holds_vnd(self) -> int:
        return sum(
            order["amount_vnd"] - sum(order["refunds"].values())
            for order in self.fake.orders.values()
            if order["state"] == "paid"
        )


@dataclass
class Bank:
    """Our account as the bank sees it. `balance_vnd` knows nothing of the market's books."""

    balance_vnd: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def receive(self, amount_vnd: int, note: str, *, feeds: tuple[str, ...] = ("sepay",)) -> str:
        """A transfer arrives and the feeds tell of it; the bank's number of it comes back."""
        self.balance_vnd += amount_vnd
        number = next(self.numbers)
        reference = f"FT{number:09d}"
        for feed in feeds:
            call = self._call(feed, amount_vnd, note, reference, number)
            outcome = intake.take(registry.listener(feed), call)
            assert outcome is (Outcome.RECORDED if feed == feeds[0] else Outcome.REPEATED), outcome
        return reference

    def move(self, amount_vnd: int) -> None:
        """Somebody moves money with the bank itself: out when negative."""
        self.balance_vnd += amount_vnd

    def _call(self, feed: str, amount_vnd: int, note: str, reference: str, number: int) -> Call:
        if feed == "payos":
            return payos_call(amount_vnd, note, reference, orderCode=number)
        return sepay_call(
            SEPAY_SECRET,
            dates.now(),
            id=number,
            content=note,
            transferAmount=amount_vnd,
            referenceCode=reference,
        )


@dataclass
class Tills:
    gateways: dict[str, Till]
    bank: Bank
    #: what each gateway has sent on so far, its fee with it
    sent_on_vnd: Counter = field(default_factory=Counter)

    def send_on(self, code: str, gross_vnd: int) -> None:
        """A gateway holds so much less of ours: it pays it into our bank, less its fee."""
        self.sent_on_vnd[code] += gross_vnd

    def held_vnd(self, code: str) -> int:
        return self.gateways[code].holds_vnd() - self.sent_on_vnd[code]

    def hear(self, code: str, call: Call) -> Outcome:
        """The market's inbox takes the gateway's word."""
        return intake.take(registry.listener(code), call)


@contextmanager
def open_tills() -> Iterator[Tills]:
    """All gateways listening and the market configured for them; afterwards the environment is as before."""
    with ExitStack() as stack:
        gateways: dict[str, Till] = {}
        chosen = {
            "PAYMENTS_VIETQR_BANK_BIN": "970436",
            "PAYMENTS_VIETQR_ACCOUNT": ACCOUNT,
            "PAYMENTS_VIETQR_ACCOUNT_NAME": "SO CONG THUONG LANG SON",
            "PAYMENTS_SEPAY_WEBHOOK_SECRET": SEPAY_SECRET,
            "PAYMENTS_PAYOS_CLIENT_ID": "c",
            "PAYMENTS_PAYOS_API_KEY": "k",
            "PAYMENTS_PAYOS_CHECKSUM_KEY": CHECKSUM_KEY,
            "PAYMENTS_STRIPE_SECRET_KEY": stripe_fake.KEY,
            "PAYMENTS_STRIPE_WEBHOOK_SECRET": stripe_fake.SECRET,
            "PAYMENTS_SANDBOX_SECRET": SANDBOX_SECRET,
        }
        for code, kind in WALLETS.items():
            wallet = stack.enter_context(at_home(kind()))
            gateways[code] = WalletTill(code, wallet)
            chosen |= environment(code, wallet.url)
        account, served = stack.enter_context(stripe_fake.stripe_at_home())
        gateways["stripe"], chosen["PAYMENTS_STRIPE_ENDPOINT"] = StripeTill(account), served.url
        _account, served = stack.enter_context(payos_at_home())
        chosen["PAYMENTS_PAYOS_ENDPOINT"] = served.url
        bank = SandboxBank()
        bank.url = stack.enter_context(serving(bank.answer)).url
        gateways["sandbox"], chosen["PAYMENTS_SANDBOX_ENDPOINT"] = SandboxTill(bank), bank.url
        stack.enter_context(_environment(chosen))
        yield Tills(gateways, Bank())


@contextmanager
def _environment(chosen: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in chosen}
    os.environ.update(chosen)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
