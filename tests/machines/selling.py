"""Households and carriers, refunds with a fault, payouts, time; and people who press what is not there any more."""

from contextlib import suppress
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from payments.intake import errors
from payments.intake import services as intake
from payments.intake.models import Payment, Refund
from payments.payouts import approval, periods, proposal, sending
from payments.payouts.errors import PayoutError
from payments.payouts.models import Payout
from shop.fulfilment import hand_over, pack
from shop.orders import services as orders
from shop.orders.errors import InDispute, OrderError
from shop.orders.models import SubOrder
from shop.orders.money import Fault, approve_refund, refund_part
from shop.orders.moves import Role
from tests.machines.ground import run_jobs
from tests.machines.market import PICK, Market

CASH = st.sampled_from(["household", "carrier"])
PAUSES = st.sampled_from(
    [timedelta(minutes=4), timedelta(minutes=21), timedelta(hours=30), timedelta(days=4)]
)
FAULTS = st.sampled_from([Fault.HOUSEHOLD, Fault.CARRIER, Fault.NOBODY, Fault.BUYER])
WEEK = timedelta(days=9)


class Selling(Market):
    def _deliver(self, part: SubOrder, cash_by: str, role: str = Role.HOUSEHOLD) -> None:
        told = cash_by if part.order.is_cod and role == Role.HOUSEHOLD else ""
        hand_over.deliver(part, by=None, role=role, cash_by=told)
        self._taken(part, told)

    def _taken(self, part: SubOrder, cash_by: str) -> None:
        if cash_by == "carrier":
            self.carriers_vnd += part.total_vnd

    @precondition(lambda self: self.there("part", "confirmed"))
    @rule(pick=PICK)
    def pack(self, pick):
        pack.pack(self.part(pick, "confirmed"), by=None)

    @precondition(lambda self: self.there("part", "packed"))
    @rule(pick=PICK)
    def ship(self, pick):
        hand_over.hand_over(self.part(pick, "packed"), carrier="x", tracking="", by=None)

    @precondition(lambda self: self.there("part", "shipped"))
    @rule(pick=PICK, cash_by=CASH, role=st.sampled_from([Role.HOUSEHOLD, Role.HOUSEHOLD, Role.BUYER]))
    def deliver(self, pick, cash_by, role):
        self._deliver(self.part(pick, "shipped"), cash_by, role)

    @precondition(lambda self: self.there("part", "confirmed", "packed", "shipped"))
    @rule(cash_by=CASH)
    def a_good_day(self, cash_by):
        """Everything that can go to its buyers goes to them."""
        for state, act in (
            ("confirmed", lambda part: pack.pack(part, by=None)),
            ("packed", lambda part: hand_over.hand_over(part, carrier="x", tracking="", by=None)),
            ("shipped", lambda part: self._deliver(part, cash_by)),
        ):
            self.forget()
            for pk in self.there("part", state):
                act(SubOrder.objects.select_related("order", "storefront").get(pk=pk))

    @precondition(lambda self: self.there("part", "confirmed", "packed"))
    @rule(pick=PICK)
    def decline(self, pick):
        pack.cannot_fulfil(self.part(pick, "confirmed", "packed"), reason="mưa", left={}, by=None)

    @precondition(lambda self: self.there("part", "shipped"))
    @rule(pick=PICK, refused=st.booleans())
    def parcel_comes_back(self, pick, refused):
        hand_over.come_back(self.part(pick, "shipped"), by=None, refused=refused)

    @precondition(lambda self: self.there("cash", ""))
    @rule(pick=PICK, cash_by=CASH)
    def cash_is_said_later(self, pick, cash_by):
        part = self.one(SubOrder, pick, "cash", "")
        hand_over.take_cash(part, by=None, cash_by=cash_by)
        self._taken(part, cash_by)

    @precondition(lambda self: self.carriers_vnd)
    @rule(pick=PICK, fee_vnd=st.sampled_from([0, 5_000]))
    def carrier_hands_over_cash(self, pick, fee_vnd):
        payment = self.one(Payment, pick, "cod", "settled")
        with suppress(errors.NotOpen):
            intake.cash_handed_over(
                payment, bank_vnd=payment.settled_vnd - fee_vnd, fee_vnd=fee_vnd, by=self.ground.tuan
            )
            self.carriers_vnd -= payment.settled_vnd
            self.account_vnd += payment.settled_vnd - fee_vnd

    # Refunds

    @precondition(lambda self: self.there("part", "delivered", "completed"))
    @rule(
        pick=PICK, fault=FAULTS, share=st.sampled_from([1, 3, 10]), road=st.booleans(), key=st.integers(1, 3),
        at_the_desk=st.booleans(),
    )  # fmt: skip
    def something_was_wrong(self, pick, fault, share, road, key, at_the_desk):
        part = self.part(pick, "delivered", "completed")
        with suppress(errors.OverRefund, InDispute):
            refund_part(
                part, goods_vnd=part.goods_vnd // share, delivery_vnd=part.delivery_vnd * road,
                fault=fault, reason="dập", key=f"claim-{part.position}-{key}",
                by=self.ground.tuan if at_the_desk else None,
            )  # fmt: skip

    @precondition(lambda self: self.there("refund", "asked"))
    @rule(pick=PICK, yes=st.sampled_from([True, True, False]))
    def another_person_decides_a_refund(self, pick, yes):
        refund = self.one(Refund, pick, "refund", "asked")
        if yes:
            with suppress(errors.TakenBack, InDispute):
                approve_refund(refund, by=self.ground.mai)
        else:
            intake.reject_refund(refund, by=self.ground.mai, why="x")

    @precondition(lambda self: self.there("refund", "failed", "by_hand"))
    @rule(pick=PICK, by_hand=st.booleans())
    def desk_sees_to_a_refund(self, pick, by_hand):
        refund, by = self.one(Refund, pick, "refund", "failed", "by_hand"), self.ground.mai
        with suppress(errors.SameHands):
            if refund.is_taken_back:
                intake.bank_gave_back(refund, by=by, note="x")
            elif by_hand or refund.state == Refund.State.BY_HAND:
                intake.refund_by_hand_done(refund, by=by, note="x")
                self.account_vnd -= refund.amount_vnd
            else:
                intake.send_again(refund, by=by)

    # Payouts

    @precondition(lambda self: self.there("part", "completed"))
    @rule()
    def desk_proposes(self):
        proposal.propose(*periods.last_week(), by=self.ground.tuan)

    @precondition(lambda self: self.there("payout", "draft"))
    @rule(pick=PICK, yes=st.sampled_from([True, True, False]))
    def desk_decides(self, pick, yes):
        payout = self.one(Payout, pick, "payout", "draft")
        if yes:
            approval.approve(payout, by=self.ground.mai)
        else:
            approval.reject(payout, by=self.ground.mai, why="x")

    @precondition(lambda self: self.there("payout", "approved"))
    @rule(pick=PICK, by_file=st.booleans())
    def desk_sends(self, pick, by_file):
        if by_file:
            self.account_vnd -= sending.send_file(by=self.ground.mai).file.amount_vnd
            return
        payout = self.one(Payout, pick, "payout", "approved")
        sending.sent_by_hand(payout, by=self.ground.mai, bank_ref="FT")
        self.account_vnd -= payout.amount_vnd

    @precondition(lambda self: self.there("payout", "sent"))
    @rule(pick=PICK, arrives=st.booleans())
    def a_payout_arrives_or_comes_back(self, pick, arrives):
        payout = self.one(Payout, pick, "payout", "sent")
        if arrives:
            sending.settle(payout, by=self.ground.mai)
        else:
            sending.bounce(payout, by=self.ground.mai, reason="Sai số tài khoản")
            self.account_vnd += payout.amount_vnd

    @precondition(lambda self: self.there("payout", "bounced"))
    @rule(pick=PICK)
    def desk_clears_a_bounced_one(self, pick):
        with suppress(PayoutError):
            sending.clear(self.one(Payout, pick, "payout", "bounced"), by=self.ground.tuan, note="x")

    # Time

    @rule(pause=PAUSES, awake=st.booleans())
    def time_passes(self, pause, awake):
        """With nobody at work the jobs come late."""
        self.ground.clock.shift(pause)
        self.is_due = True
        if awake:
            self.strike()

    @precondition(lambda self: self.is_due)
    @rule()
    def the_clock_strikes(self):
        self.strike()

    @precondition(lambda self: self.there("job"))
    @rule()
    def jobs_run(self):
        run_jobs()

    @precondition(lambda self: self.there("part", "delivered", "completed"))
    @rule()
    def payday(self):
        """Nothing else happens until everything delivered is completed and its week is over: then it is paid."""
        self.ground.clock.shift(WEEK)
        self.strike()
        self.ground.clock.shift(WEEK)
        for payout in proposal.propose(*periods.last_week(), by=self.ground.tuan):
            approval.approve(payout, by=self.ground.mai)

    # Buttons on old pages

    @rule(pick=PICK, which=st.integers(0, 6), role=st.sampled_from([Role.BUYER, Role.HOUSEHOLD, Role.STAFF]))
    def somebody_presses_a_button_of_an_old_page(self, pick, which, role):
        part = self.part(pick)
        acts = [
            lambda: pack.pack(part, by=None),
            lambda: hand_over.hand_over(part, carrier="x", tracking="", by=None),
            lambda: hand_over.complete(part) if part.state != "delivered" else None,
            lambda: orders.cancel_part(part, by=None, role=role),
            lambda: hand_over.come_back(part, by=None, refused=True),
            lambda: orders.cancel_by_buyer(part.order, by=None),
            lambda: pack.cannot_fulfil(part, reason="x", left={}, by=None),
        ]
        with suppress(OrderError):
            acts[which]()
