"""One walk through all of it: an order of two households, a partial refund, payouts, a bounce, a fault after payout.

Every step says which accounts it changes and by how much, worked out by hand; no other account may change.
Money and stock are audited after every step. Debit is positive, so what we owe is negative.

Bà Sáu sells na for 350.000, Hoa noodles for 200.000; each drives her parcel herself for 30.000, so the order
costs 350.000 + 30.000 + 200.000 + 30.000 = 610.000. The market keeps 5 %: 17.500 and 10.000. Na is her own
fresh produce: no tax. Noodles are processed: 1 % VAT = 2.000 and 0,5 % income tax = 1.000.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from common import dates
from farmers.models import BankAccount
from payments.adapters.contract import Fact
from payments.intake import services as intake
from payments.intake.models import Refund
from payments.payouts import approval, queries, sending
from payments.payouts.errors import FourEyes
from payments.payouts.models import Payout
from shop.fulfilment import hand_over
from shop.orders.models import Order, SubOrder
from shop.orders.money import Fault
from shop.stock import services as stock
from tests.books.books import sheet
from tests.builders import payouts as made
from tests.builders.catalogue import a_listing, a_product
from tests.builders.orders import an_order
from tests.orders.test_money import claim, completed, delivered, fee, fresh
from tests.orders.test_services import pay

pytestmark = pytest.mark.django_db


class Walk:
    """The market on its way through the weeks; every step ends with the audits."""

    def __init__(self, settings) -> None:
        settings.PAYOUT_MINIMUM_VND = 20_000
        fee(500)
        self.sau, self.hoa = made.seller(), made.seller(account="19031234567")
        self.tuan, self.mai = made.officer("Tuấn"), made.officer("Mai")
        self.order = self.bought(grade=1)

    def bought(self, *, grade: int) -> Order:
        """One order of na and noodles, of listings of that grade."""
        na = a_listing(storefront=self.sau.storefront, price_vnd=350_000, grade=grade)
        product = a_product(slug="mien-dong", name="Miến dong", tax_class="processed", shelf_life_days=365)
        noodles = a_listing(storefront=self.hoa.storefront, product=product, price_vnd=200_000, grade=grade)
        for listing in (na, noodles):
            stock.open_lot(listing, harvested_on=dates.today(), qty=100_000, by=None)
        return an_order(na, noodles)

    def part(self, household) -> SubOrder:
        return fresh(self.order.suborders.get(storefront__household=household))

    def step(self, act: Callable[[], object], changes: dict[str, int]) -> None:
        """Do it: exactly these accounts change by exactly so much, and every audit is clean."""
        before = sheet()
        act()
        after = sheet()
        moved = {name: after.get(name, 0) - before.get(name, 0) for name in before | after}
        assert {self.called(name): vnd for name, vnd in moved.items() if vnd} == changes
        call_command("audit_books")
        call_command("audit_stock")

    def called(self, account: str) -> str:
        """An account with people's names in place of numbers; one buyer's escrow and refunds are like another's."""
        kind, _space, owner = account.partition(" ")
        people = {f"household:{self.sau.pk}": "Sáu", f"household:{self.hoa.pk}": "Hoa"}
        if kind in ("escrow", "refunds_due"):
            return kind
        return f"{kind} {people.get(owner, owner)}".strip()

    def gone(self) -> None:
        """The gateway says that the latest refund is with the buyer."""
        refund = Refund.objects.latest("pk")
        fact = Fact(
            kind="refunded", about=refund.reference, event_id=f"g{refund.pk}", amount_vnd=refund.amount_vnd
        )
        intake.apply(fact)

    def propose(self) -> list[Payout]:
        """The week's run by one, approved by another: who proposed it may not."""
        payouts = made.run(self.tuan)
        for payout in payouts:
            with pytest.raises(FourEyes):
                approval.approve(payout, by=self.tuan)
            approval.approve(payout, by=self.mai)
        return payouts

    def latest(self, household) -> Payout:
        return Payout.objects.filter(household=household).latest("pk")


def test_order_split_refund_payout_bounce_and_a_fault_after_payout(settings):
    walk = Walk(settings)
    start = dates.now()
    to_earn_and_be_paid(walk)
    with time_machine.travel(start + timedelta(days=14)):
        first_payout(walk)
        faults_after_it(walk)
    with time_machine.travel(start + timedelta(days=21)):
        second_payout_and_a_new_order(walk)
    with time_machine.travel(start + timedelta(days=35)):
        third_payout(walk)
    # Everything that is not at nothing, at the end of the walk.
    #
    # gateway    610.000 + 610.000 came, 50.000 + 100.000 + 20.000 went back         = 1.050.000
    # bank       315.000 + 217.000 + 267.500 were paid out                           =   799.500
    # commission 27.500 + 27.500 sold, 2.500 + 5.000 given back, Hoa's second 10.000
    #            is not earned yet                                                   =    37.500
    # taxes      2.000 and 1.000 of Hoa's first order
    # loss fund  20.000 that were nobody's fault
    # escrow     Hoa's second part, 200.000 + 30.000, is on its way
    assert {walk.called(name): vnd for name, vnd in sheet().items()} == {
        "gateway sandbox": 1_050_000,
        "bank": -799_500,
        "commission": -37_500,
        "tax vat": -2_000,
        "tax income": -1_000,
        "loss_fund": 20_000,
        "escrow": -230_000,
    }
    assert 1_050_000 + 20_000 == 799_500 + 37_500 + 2_000 + 1_000 + 230_000


def to_earn_and_be_paid(walk: Walk) -> None:
    """Paid, brought, a part of the na given back, earned by both."""
    walk.step(lambda: None, {})
    walk.step(lambda: pay(walk.order), {"gateway sandbox": 610_000, "escrow": -610_000})
    walk.step(lambda: delivered(walk.part(walk.sau)), {})
    # Before completion nobody has earned anything: a refund of 50.000 comes out of escrow.
    spoiled = {"escrow": 50_000, "refunds_due": -50_000}
    walk.step(lambda: claim(walk.part(walk.sau), Fault.HOUSEHOLD, 50_000), spoiled)
    walk.step(walk.gone, {"refunds_due": 50_000, "gateway sandbox": -50_000})
    # 300.000 of na are left; 5 % = 15.000 (17.500 × 300/350); 300.000 - 15.000 = 285.000 are hers.
    walk.step(
        lambda: hand_over.complete(walk.part(walk.sau)),
        {"escrow": 330_000, "payable Sáu": -285_000, "delivery Sáu": -30_000, "commission": -15_000},
    )
    # 200.000 - 10.000 - 2.000 - 1.000 = 187.000.
    walk.step(
        lambda: completed(walk.part(walk.hoa)),
        {
            "escrow": 230_000,
            "payable Hoa": -187_000,
            "delivery Hoa": -30_000,
            "commission": -10_000,
            "tax vat": -2_000,
            "tax income": -1_000,
        },
    )


def first_payout(walk: Walk) -> None:
    """Sáu 285.000 + 30.000 = 315.000, Hoa 187.000 + 30.000 = 217.000, together 532.000; Hoa's comes back."""
    walk.step(walk.propose, {})
    walk.step(
        lambda: sending.send_file(by=walk.mai),
        {
            "bank": -532_000,
            "payable Sáu": 285_000,
            "delivery Sáu": 30_000,
            "payable Hoa": 187_000,
            "delivery Hoa": 30_000,
        },
    )
    assert (walk.latest(walk.sau).amount_vnd, walk.latest(walk.hoa).amount_vnd) == (315_000, 217_000)
    walk.step(lambda: sending.settle(walk.latest(walk.sau), by=walk.mai), {})
    came_back = walk.latest(walk.hoa)
    walk.step(
        lambda: sending.bounce(came_back, by=walk.mai, reason="Sai số"),
        {"bank": 217_000, "payable Hoa": -187_000, "delivery Hoa": -30_000},
    )
    # The account that sent it back is not tried again until she sets another.
    walk.step(walk.propose, {})
    assert Payout.objects.count() == 2
    BankAccount.objects.filter(household=walk.hoa).update(account="555555", changed_at=dates.now())


def faults_after_it(walk: Walk) -> None:
    """Sáu has her money already: what is her fault she owes, what is nobody's the loss fund bears."""
    # 100.000 of the 300.000: the market gives back a third of its 15.000, she 100.000 - 5.000.
    walk.step(
        lambda: claim(walk.part(walk.sau), Fault.HOUSEHOLD, 100_000, key="late"),
        {"payable Sáu": 95_000, "commission": 5_000, "refunds_due": -100_000},
    )
    walk.step(walk.gone, {"refunds_due": 100_000, "gateway sandbox": -100_000})
    walk.step(
        lambda: claim(walk.part(walk.sau), Fault.NOBODY, 20_000, key="mice"),
        {"loss_fund": 20_000, "refunds_due": -20_000},
    )
    walk.step(walk.gone, {"refunds_due": 20_000, "gateway sandbox": -20_000})
    assert walk.part(walk.sau).state == "completed"


def second_payout_and_a_new_order(walk: Walk) -> None:
    """Hoa's 217.000 go to her other account; Sáu owes 95.000 and gets nothing, then sells again."""
    walk.step(walk.propose, {})
    walk.step(
        lambda: sending.send_file(by=walk.mai),
        {"bank": -217_000, "payable Hoa": 187_000, "delivery Hoa": 30_000},
    )
    assert (walk.latest(walk.hoa).account, walk.latest(walk.sau).state) == ("555555", "settled")
    walk.order = walk.bought(grade=2)
    walk.step(lambda: pay(walk.order), {"gateway sandbox": 610_000, "escrow": -610_000})
    # 350.000 - 17.500 = 332.500.
    walk.step(
        lambda: completed(walk.part(walk.sau)),
        {"escrow": 380_000, "payable Sáu": -332_500, "delivery Sáu": -30_000, "commission": -17_500},
    )


def third_payout(walk: Walk) -> None:
    """362.500 earned less the 95.000 of the fault after the first payout: 267.500."""
    walk.step(walk.propose, {})
    walk.step(
        lambda: sending.send_file(by=walk.mai),
        {"bank": -267_500, "payable Sáu": 332_500 - 95_000, "delivery Sáu": 30_000},
    )
    payout = walk.latest(walk.sau)
    assert sorted(line.amount_vnd for line in payout.lines.all()) == [-95_000, 362_500]
    assert payout.amount_vnd == 267_500 and queries.unpaid_of(walk.sau.pk) == []
