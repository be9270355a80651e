"""One walk through all of it: an order of two households, refunds, payouts, a bounce; audited after every step."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from common import dates
from farmers.models import BankAccount
from payments.payouts import approval, queries, sending
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
    """The market on its way through the weeks; every step ends with the audit."""

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

    def owed(self) -> tuple[int, int]:
        """What the books owe the two, each with its own delivery."""
        found = sheet()
        return tuple(
            -found.get(f"payable household:{each.pk}", 0) - found.get(f"delivery household:{each.pk}", 0)
            for each in (self.sau, self.hoa)
        )

    def step(self, act=None) -> tuple[int, int]:
        if act is not None:
            act()
        call_command("audit_books")
        return self.owed()

    def pay_out(self) -> None:
        """The week's run, approved by another person, sent with one file."""
        for payout in made.run(self.tuan):
            approval.approve(payout, by=self.mai)
        sending.send_file(by=self.mai)

    def latest(self, household) -> Payout:
        return Payout.objects.filter(household=household).latest("pk")


def test_order_split_refund_payout_bounce_and_a_fault_after_payout(settings):
    walk = Walk(settings)
    start = dates.now()
    # Na 350.000 + delivery 30.000 of Bà Sáu's, noodles 200.000 + 30.000 of Hoa's. Fee 5 %, Hoa's tax 1.5 %.
    assert walk.step() == (0, 0)
    assert walk.step(lambda: pay(walk.order)) == (0, 0)
    assert walk.step(lambda: delivered(walk.part(walk.sau))) == (0, 0)
    # Partial refund before completion: 50.000 of the na.
    assert walk.step(lambda: claim(walk.part(walk.sau), Fault.HOUSEHOLD, 50_000)) == (0, 0)
    assert walk.step(lambda: hand_over.complete(walk.part(walk.sau))) == (300_000 - 15_000 + 30_000, 0)
    assert walk.step(lambda: completed(walk.part(walk.hoa))) == (315_000, 200_000 - 10_000 - 3_000 + 30_000)
    with time_machine.travel(start + timedelta(days=14)):
        assert walk.step(walk.pay_out) == (0, 0)
        assert (walk.latest(walk.sau).amount_vnd, walk.latest(walk.hoa).amount_vnd) == (315_000, 217_000)
        assert sheet()["bank"] == -532_000
        assert walk.step(lambda: sending.settle(walk.latest(walk.sau), by=walk.mai)) == (0, 0)
        # Hoa's comes back, and she sets another account.
        came_back = walk.latest(walk.hoa)
        assert walk.step(lambda: sending.bounce(came_back, by=walk.mai, reason="Sai số")) == (0, 217_000)
        assert walk.step(lambda: made.run(walk.tuan)) == (0, 217_000) and Payout.objects.count() == 2
        BankAccount.objects.filter(household=walk.hoa).update(account="555555", changed_at=dates.now())
        # Refunds with a fault after the payout: the household's, and nobody's.
        late = walk.part(walk.sau)
        assert walk.step(lambda: claim(late, Fault.HOUSEHOLD, 100_000, key="late")) == (-95_000, 217_000)
        assert walk.step(lambda: claim(late, Fault.NOBODY, 20_000, key="mice")) == (-95_000, 217_000)
    with time_machine.travel(start + timedelta(days=21)):
        assert walk.step(walk.pay_out) == (-95_000, 0)
        assert (walk.latest(walk.hoa).account, walk.latest(walk.sau).state) == ("555555", "settled")
        # She sells again: what was taken back is a negative line of her next payout.
        walk.order = walk.bought(grade=2)
        walk.step(lambda: pay(walk.order))
        assert walk.step(lambda: completed(walk.part(walk.sau))) == (-95_000 + 362_500, 0)
    with time_machine.travel(start + timedelta(days=35)):
        assert walk.step(walk.pay_out) == (0, 0)
        payout = walk.latest(walk.sau)
        assert sorted(line.amount_vnd for line in payout.lines.all()) == [-95_000, 362_500]
        assert payout.amount_vnd == 267_500 and queries.unpaid_of(walk.sau.pk) == []
        assert sheet()["bank"] == -(315_000 + 217_000 + 267_500)
