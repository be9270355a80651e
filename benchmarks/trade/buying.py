"""Buyers: they place an order, and pay it in all the ways in which people and gateways do."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from benchmarks.trade import jobs
from benchmarks.trade.goods import delivery_vnd, goods_vnd
from benchmarks.trade.happened import Paid, Transferred
from benchmarks.trade.plans import UNPAID, OrderPlan
from benchmarks.trade.town import HANOI
from payments.adapters.contract import Hop, Outcome, Step
from payments.intake import matching, tasks
from payments.intake import services as intake
from payments.intake.models import Credit, Payment
from shop.cart import queries as carts
from shop.cart import services as cart
from shop.cart.values import Owner
from shop.checkout import place, quote
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tasks import expire_unpaid
from shop.orders.values import Buyer

if TYPE_CHECKING:
    from benchmarks.trade.market import Market

HOLD = {"stripe": timedelta(minutes=30), "vietqr": timedelta(hours=24)}
GRACE = timedelta(minutes=5)
SECOND = timedelta(seconds=1)


def total_vnd(plan: OrderPlan) -> int:
    """What the buyer pays, by the script's own prices and roads."""
    return sum(
        goods_vnd(part.household, part.basket) + delivery_vnd(part.basket, part.method) for part in plan.parts
    )


class Buying:
    def __init__(self, market: "Market") -> None:
        self.market, self.tills = market, market.tills

    def place(self, plan: OrderPlan) -> Order:
        """Cart, quote, order. A total that is not the script's own is no order."""
        town, owner = self.market.town, Owner(token=f"buyer-{plan.number}")
        methods = {}
        for part in plan.parts:
            methods[town.households[part.household].storefront.pk] = part.method
            for good, packs in part.basket:
                cart.add(owner, town.packs[part.household, good].pk, packs)
        lines = carts.lines_of(owner)
        order = place.place(
            quote.make(lines, HANOI, methods),
            Buyer(name="Trần Thị Lan", phone=f"+8498{plan.number:07d}", destination=HANOI),
            key=f"month-{plan.number}",
            adapter=plan.way,
            seen_total_vnd=total_vnd(plan),
        )
        cart.take_out(owner, [line.line_id for line in lines])
        return order

    def pay(self, plan: OrderPlan, order: Order) -> None:
        """The buyer is sent to the gateway; the rest follows at its time."""
        payment = self.go(order)
        ends_at = plan.at + HOLD.get(plan.way, timedelta(minutes=15))
        if plan.paid_at > ends_at or plan.paying in UNPAID:
            for moment in (ends_at + SECOND, ends_at + GRACE + 2 * SECOND):
                self.market.at(moment, self.watch)
        act = self._transfer if plan.way == "vietqr" else self._at_gateway
        if plan.paying == "never":
            return
        if plan.paying == "cancelled, then paid":
            self.market.at(plan.at + timedelta(seconds=30), lambda: orders.cancel_by_buyer(order, by=None))
        if plan.paying == "not told":
            self.market.at(plan.at + timedelta(minutes=2), lambda: self.tills.gateways[plan.way].pay(payment))
        self.market.at(plan.paid_at, lambda: act(plan, order, payment))

    def go(self, order: Order) -> Payment:
        """To the page of the way that is open now."""
        payment = order.uses.select_related("payment").order_by("-id").first().payment
        hop = Hop(
            return_url="https://cho.example.vn/ve/",
            notify_url=f"https://cho.example.vn/webhooks/{payment.adapter}/",
            ip="113.160.1.9",
        )
        step: Step | None = intake.begin(payment, hop)
        assert step is not None, f"{payment.adapter} does not answer"
        payment.refresh_from_db()
        if payment.adapter in self.tills.gateways:
            self.tills.gateways[payment.adapter].come(payment, step)
        return payment

    def watch(self) -> None:
        """The jobs that run every minute."""
        tasks.ask_due()
        tasks.sweep_inbox()
        tasks.follow_refunds()
        tasks.expire_due()
        expire_unpaid()

    # --- at a gateway

    def _at_gateway(self, plan: OrderPlan, order: Order, payment: Payment) -> None:
        if plan.paying == "not told":
            self.watch()
            jobs.run()
        elif plan.paying.startswith("failed"):
            payment = self._again(plan, order, payment)
        else:
            self._tell(plan, payment)
        payment.refresh_from_db()
        assert payment.state == Payment.State.SETTLED, f"{plan.paying}: {payment.state}"
        self._paid(plan, plan.again or plan.way, kept=plan.paying != "cancelled, then paid")

    def _tell(self, plan: OrderPlan, payment: Payment) -> None:
        """The buyer pays and the gateway tells of it: once, twice, after a lie, beside an older word."""
        till, hear = self.tills.gateways[plan.way], lambda call: self.tills.hear(plan.way, call)
        straggler = None
        if plan.paying == "straggler":
            till.refuse(payment)
            straggler = till.word(payment)
        till.pay(payment)
        if plan.paying == "forged first":
            assert hear(till.word(payment, forged=True)) is Outcome.FORGED
        if plan.paying == "wrong sum first":
            assert hear(till.word(payment, wrong=True)) is Outcome.MISMATCH
        word = till.word(payment)
        assert hear(word) is Outcome.RECORDED
        if plan.paying == "told twice":
            assert hear(word) is Outcome.REPEATED
        if straggler is not None:
            assert hear(straggler) is Outcome.REPEATED

    def _again(self, plan: OrderPlan, order: Order, first: Payment) -> Payment:
        """Refused, tried once more by another way; perhaps the first one takes the money after all."""
        till = self.tills.gateways[plan.way]
        till.refuse(first)
        assert self.tills.hear(plan.way, till.word(first)) is Outcome.RECORDED
        place.pay_again(order, plan.again)
        second = self.go(order)
        other = self.tills.gateways[plan.again]
        other.pay(second)
        assert self.tills.hear(plan.again, other.word(second)) is Outcome.RECORDED
        if plan.paying == "failed, paid twice":
            later = plan.paid_at + timedelta(hours=1)
            self.market.at(later, lambda: self._after_all(plan, first, later))
        return second

    def _after_all(self, plan: OrderPlan, payment: Payment, at: datetime) -> None:
        till = self.tills.gateways[plan.way]
        till.pay(payment)
        assert self.tills.hear(plan.way, till.word(payment)) is Outcome.RECORDED
        self.market.note(Paid(at=at, order=plan.number, way=plan.way, amount_vnd=total_vnd(plan), kept=False))

    # --- by transfer

    def _transfer(self, plan: OrderPlan, order: Order, payment: Payment) -> None:
        act = {
            "in two transfers": self._in_two,
            "too short": self._too_short,
            "too much": self._too_much,
            "without a note": self._without_note,
        }.get(plan.paying, self._exactly)
        act(plan, payment)

    def _exactly(self, plan: OrderPlan, payment: Payment) -> None:
        note, feeds = payment.gateway_ref, ("sepay",)
        if plan.paying == "glued":
            note = f"MBVCB{plan.number}{note}CHUYENTIEN"
        if plan.paying == "two feeds":
            feeds = ("sepay", "payos")
        self._came(plan, payment.asked_vnd, note, feeds=feeds)
        self._seen(plan, payment)

    def _in_two(self, plan: OrderPlan, payment: Payment) -> None:
        first_vnd = payment.asked_vnd // 3
        for amount_vnd in (first_vnd, payment.asked_vnd - first_vnd):
            self._came(plan, amount_vnd, f"CT TU 0011 {payment.gateway_ref.lower()}")
        self._seen(plan, payment)

    def _too_short(self, plan: OrderPlan, payment: Payment) -> None:
        ends_at = plan.at + HOLD["vietqr"] + GRACE
        self._came(
            plan, payment.asked_vnd // 2, payment.gateway_ref, back=payment.asked_vnd // 2, since=ends_at
        )

    def _too_much(self, plan: OrderPlan, payment: Payment) -> None:
        extra_vnd = 1_000 + plan.number
        self._came(plan, payment.asked_vnd + extra_vnd, payment.gateway_ref, back=extra_vnd)
        self._seen(plan, payment)

    def _without_note(self, plan: OrderPlan, payment: Payment) -> None:
        """Somebody of the finance desk finds out whose it is."""
        reference = self._came(plan, payment.asked_vnd, "mua nong san")
        credit = Credit.objects.get(bank_ref=reference)
        matching.assign(credit, payment, by=self.market.town.approver, reason="người mua gọi")
        self._seen(plan, payment)

    def _came(
        self,
        plan: OrderPlan,
        amount_vnd: int,
        note: str,
        *,
        feeds: tuple[str, ...] = ("sepay",),
        back: int = 0,
        since: datetime | None = None,
    ) -> str:
        reference = self.tills.bank.receive(amount_vnd, note, feeds=feeds)
        self.market.note(Transferred(at=plan.paid_at, amount_vnd=amount_vnd, back_vnd=back, back_from=since))
        return reference

    def _seen(self, plan: OrderPlan, payment: Payment) -> None:
        payment.refresh_from_db()
        assert payment.state == Payment.State.SETTLED, f"{plan.paying}: {payment.state}"
        self._paid(plan, plan.way, kept=plan.paying != "cancelled, then paid")

    def _paid(self, plan: OrderPlan, way: str, *, kept: bool) -> None:
        at = plan.paid_at
        self.market.note(Paid(at=at, order=plan.number, way=way, amount_vnd=total_vnd(plan), kept=kept))
        self.market.confirmed(plan)
