"""Lets a script happen, act by act through the real services, and writes down what happened as the script knows it."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Protocol

from benchmarks.trade import jobs
from benchmarks.trade.buying import Buying
from benchmarks.trade.finance import Finance
from benchmarks.trade.goods import GOODS, ROADS, delivery_vnd, goods_vnd, price_of, seller_of
from benchmarks.trade.happened import (
    CashHandedOver,
    CashTaken,
    Clock,
    Delivered,
    Fact,
    GaveBack,
    Line,
    Sold,
    Stopped,
    TakenByBank,
)
from benchmarks.trade.plans import CASH, END, START, UNPAID, Claim, Dispute, OrderPlan, PartPlan, Script
from benchmarks.trade.settling import Settling
from benchmarks.trade.tills import StripeTill, Tills
from benchmarks.trade.town import Town
from payments.adapters.contract import Outcome
from payments.intake import services as intake
from payments.intake.models import Refund
from shop.fulfilment import escalate, hand_over, pack
from shop.orders import services as orders
from shop.orders.models import Order, SubOrder
from shop.orders.money import approve_refund, refund_part
from shop.orders.moves import Role

DAY = timedelta(days=1)


class SimulatedClock(Protocol):
    def move_to(self, moment: datetime) -> None: ...


@dataclass
class Market:
    """One month. `facts` is what happened; `orders` are the rows of the plans by number."""

    town: Town
    tills: Tills
    script: Script
    clock: SimulatedClock
    facts: list[Fact] = field(default_factory=list)
    orders: dict[int, Order] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._due: list[tuple[datetime, int, Callable[[], object]]] = []
        self._order = count()
        self._plans = {plan.number: plan for plan in self.script.orders}
        #: parts whose cash a carrier has, with what it keeps of it
        self._at_carriers: dict[str, int] = {}
        self.buying = Buying(self)
        self.finance = Finance(self)
        self.settling = Settling(self)

    # --- time

    def at(self, moment: datetime, act: Callable[[], object]) -> None:
        """Have it done then; what is asked for after the end never happens."""
        if moment < END:
            heapq.heappush(self._due, (moment, next(self._order), act))

    def play(self) -> None:
        """From the first day to the last."""
        for plan in self.script.orders:
            self.at(plan.at, lambda plan=plan: self.begin(plan))
        self.finance.plan()
        if self.script.settles:
            self.settling.plan()
        self._plan_clocks()
        while self._due:
            moment, _number, act = heapq.heappop(self._due)
            self.clock.move_to(moment)
            act()
            jobs.run()
        self.clock.move_to(END)

    def note(self, fact: Fact) -> None:
        self.facts.append(fact)

    def _plan_clocks(self) -> None:
        day = START
        while day < END:
            for hour in (8, 20):
                self.at(day + timedelta(hours=hour), lambda at=day + timedelta(hours=hour): self._look(at))
            if day.weekday() == 3:
                self.at(day + timedelta(hours=9), lambda at=day + timedelta(hours=9): self._hand_over(at))
            day += DAY

    def _look(self, at: datetime) -> None:
        """The jobs of the clock that move money: what is far too late, and whose hold is over."""
        while escalate.decline_overdue():
            jobs.run()
        while escalate.complete_delivered():
            jobs.run()
        self.note(Clock(at=at))

    # --- an order

    def begin(self, plan: OrderPlan) -> None:
        """It is placed; when and how it is paid is the plan's."""
        order = self.orders[plan.number] = self.buying.place(plan)
        for position, part in enumerate(plan.parts, start=1):
            self.note(self._sold(plan, position, part))
        if plan.way == CASH:
            self.confirmed(plan)
        else:
            self.buying.pay(plan, order)

    def confirmed(self, plan: OrderPlan) -> None:
        """The households have work: every part goes its way."""
        if plan.paying in UNPAID:
            return
        for position, part in enumerate(plan.parts, start=1):
            self._send(plan, position, part)
        if plan.dispute:
            self.at(plan.dispute.at, lambda: self._dispute(plan, plan.dispute))

    def part(self, plan: OrderPlan, position: int) -> SubOrder:
        rows = SubOrder.objects.select_related("order", "storefront")
        home = self.town.households[plan.parts[position - 1].household]
        return rows.get(order=self.orders[plan.number], storefront=home.storefront)

    def _sold(self, plan: OrderPlan, position: int, part: PartPlan) -> Sold:
        seller = seller_of(part.household)
        lines = tuple(
            Line(
                price_vnd=price_of(part.household, good),
                count=packs,
                fee_bp=GOODS[good].fee_bp[seller],
                vat=GOODS[good].taxes[seller][0],
                income_tax=GOODS[good].taxes[seller][1],
            )
            for good, packs in part.basket
        )
        return Sold(
            at=plan.at,
            part=f"{plan.number}/{position}",
            order=plan.number,
            household=part.household,
            way=plan.again or plan.way,
            lines=lines,
            delivery_vnd=delivery_vnd(part.basket, part.method),
            driver=ROADS[part.method].driver,
        )

    def _send(self, plan: OrderPlan, position: int, part: PartPlan) -> None:
        """The part on its way to its end, packed and handed over in time."""
        begun = plan.at if plan.way == CASH else plan.paid_at
        span = part.ends_at - begun
        road = ROADS[part.method]

        def do(share: int, act: Callable[[SubOrder], object]) -> None:
            self.at(begun + span * share // 4, lambda: act(self.part(plan, position)))

        if part.fate in ("kept", "refused", "undelivered", "cancelled by staff"):
            do(1, lambda row: pack.pack(row, by=None))
        if part.fate in ("kept", "refused", "undelivered") and not road.is_pickup:
            carrier = road.driver or "own"
            do(2, lambda row: hand_over.hand_over(row, carrier=carrier, tracking="", by=None))
        end = self._deliver if part.fate == "kept" else self._stop
        self.at(part.ends_at, lambda: end(plan, position, part))

    # --- how a part ends

    def _deliver(self, plan: OrderPlan, position: int, part: PartPlan) -> None:
        row, name, at = self.part(plan, position), f"{plan.number}/{position}", part.ends_at
        by_buyer = plan.number % 5 == 0 and not part.claims and not ROADS[part.method].is_pickup
        if part.cash_by and by_buyer:
            hand_over.deliver(row, by=None, role=Role.BUYER)
            later = at + timedelta(hours=5)
            self.at(later, lambda: self._take_cash(plan, position, part, later))
        else:
            role = Role.HOUSEHOLD if part.cash_by else Role.BUYER
            hand_over.deliver(row, by=None, role=role, cash_by=part.cash_by)
            self._has_cash(name, part, at)
        self.note(Delivered(at=at, part=name))
        for number, claim in enumerate(part.claims):
            key = f"claim-{position}-{number}"
            self.at(claim.at, lambda claim=claim, key=key: self._claim(plan, position, claim, key))

    def _take_cash(self, plan: OrderPlan, position: int, part: PartPlan, at: datetime) -> None:
        hand_over.take_cash(self.part(plan, position), by=None, cash_by=part.cash_by)
        self._has_cash(f"{plan.number}/{position}", part, at)

    def _has_cash(self, name: str, part: PartPlan, at: datetime) -> None:
        if part.cash_by:
            self.note(CashTaken(at=at, part=name, by=part.cash_by))
        if part.cash_by == "carrier":
            self._at_carriers[name] = delivery_vnd(part.basket, part.method)

    def _hand_over(self, at: datetime) -> None:
        """Carriers hand over all the cash they have and keep their fees."""
        for name, fee_vnd in self._at_carriers.items():
            number, position = map(int, name.split("/"))
            plan = self._plans[number]
            part = plan.parts[position - 1]
            cash_vnd = goods_vnd(part.household, part.basket) + fee_vnd
            payment = self.part(plan, position).uses.get().payment
            intake.cash_handed_over(
                payment, bank_vnd=cash_vnd - fee_vnd, fee_vnd=fee_vnd, by=self.town.approver
            )
            self.tills.bank.move(cash_vnd - fee_vnd)
            self.note(CashHandedOver(at=at, part=name, fee_vnd=fee_vnd))
        self._at_carriers.clear()

    def _stop(self, plan: OrderPlan, position: int, part: PartPlan) -> None:
        row, order = self.part(plan, position), self.orders[plan.number]
        if part.fate == "cancelled" and len(plan.parts) == 1:
            orders.cancel_by_buyer(order, by=None)
        elif part.fate == "cancelled":
            orders.cancel_part(row, by=None, role=Role.BUYER)
        elif part.fate == "cancelled by staff":
            orders.cancel_part(row, by=self.town.approver, role=Role.STAFF, why="trùng đơn")
        elif part.fate == "declined":
            pack.cannot_fulfil(row, reason="mưa", left={}, by=None)
        elif part.fate == "forgotten":
            assert row.state == SubOrder.State.DECLINED, f"{row}: {row.state}"
        else:
            hand_over.come_back(row, by=None, refused=part.fate == "refused")
        name = f"{plan.number}/{position}"
        self.note(Stopped(at=part.ends_at, part=name, refused=part.fate == "refused"))

    def _claim(self, plan: OrderPlan, position: int, claim: Claim, key: str) -> None:
        refund = refund_part(
            self.part(plan, position),
            goods_vnd=claim.goods_vnd,
            delivery_vnd=claim.delivery_vnd,
            fault=claim.fault,
            reason="dập, thiếu",
            key=key,
            by=self.town.approver,
        )
        if refund.state == Refund.State.ASKED and claim.refused:
            intake.reject_refund(refund, by=self.town.proposer, why="ảnh không thấy dập")
            return
        if refund.state == Refund.State.ASKED:
            approve_refund(refund, by=self.town.proposer)
        self.note(
            GaveBack(
                at=claim.at,
                part=f"{plan.number}/{position}",
                goods_vnd=claim.goods_vnd,
                delivery_vnd=claim.delivery_vnd,
                fault=claim.fault,
            )
        )

    # --- the buyer's bank

    def _dispute(self, plan: OrderPlan, dispute: Dispute) -> None:
        self._hear_dispute(plan, "needs_response")
        self.at(dispute.ends_at, lambda: self._end_dispute(plan, dispute))

    def _end_dispute(self, plan: OrderPlan, dispute: Dispute) -> None:
        self._hear_dispute(plan, "won" if dispute.won else "lost")
        if not dispute.won:
            self.note(TakenByBank(at=dispute.ends_at, order=plan.number))

    def _hear_dispute(self, plan: OrderPlan, status: str) -> None:
        till = self.tills.gateways["stripe"]
        assert isinstance(till, StripeTill)
        payment = self.orders[plan.number].uses.get().payment
        assert self.tills.hear("stripe", till.dispute(payment, status)) is Outcome.RECORDED
