"""Buyers, the pretend bank where they pay, and their transfers to our own account."""

from contextlib import suppress

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from payments.adapters.contract import Outcome
from payments.intake import errors, matching
from payments.intake import services as intake
from payments.intake.models import Credit, Payment, Refund
from shop.checkout.errors import HoldOver, WayNotOffered
from shop.checkout.place import pay_again
from shop.orders import services as orders
from shop.orders.errors import TooLateToCancel
from shop.orders.models import Order
from shop.orders.moves import Role
from tests.builders import payments as made
from tests.builders import transfers
from tests.builders.orders import an_order
from tests.machines.ground import run_jobs
from tests.machines.market import ENDED, OPEN, PICK, Market

MOST_ORDERS = 3
WAYS = st.sampled_from(["sandbox", "vietqr", "cod"])


class Buying(Market):
    def place(self, adapter: str, households: int, by_carrier: bool) -> None:
        listings = self.ground.listings[:households]
        self.restock(*listings)
        order = an_order(*listings, adapter=adapter)
        if by_carrier:
            order.suborders.update(carrier="ghn")
        if adapter != "cod":
            intake.begin(order.uses.get().payment, self.ground.hop)

    @precondition(lambda self: len(self.there("order")) < MOST_ORDERS)
    @rule(adapter=WAYS, households=st.sampled_from([1, 2]), by_carrier=st.booleans())
    def another_order(self, adapter, households, by_carrier):
        self.place(adapter, households, by_carrier)

    @precondition(
        lambda self: self.there("order", "placed") and (self.there("sandbox") or self.there("vietqr"))
    )
    @rule(pick=PICK, adapter=st.sampled_from(["sandbox", "vietqr"]))
    def try_again(self, pick, adapter):
        order = self.one(Order, pick, "order", "placed")
        if not order.is_cod:
            with suppress(HoldOver, WayNotOffered):
                intake.begin(pay_again(order, adapter), self.ground.hop)

    @precondition(lambda self: self.there("part", "awaiting_payment", "confirmed"))
    @rule(pick=PICK, sure=st.sampled_from([False, False, True]))
    def buyer_cancels(self, pick, sure):
        part = self.part(pick, "awaiting_payment", "confirmed")
        if sure:
            orders.cancel_by_buyer(part.order, by=None)

    @precondition(lambda self: self.there("part", "confirmed", "packed"))
    @rule(pick=PICK, role=st.sampled_from([Role.BUYER, Role.HOUSEHOLD, Role.STAFF]))
    def cancel_part(self, pick, role):
        with suppress(TooLateToCancel):
            orders.cancel_part(self.part(pick, "confirmed", "packed"), by=None, role=role, why="x")

    # The pretend bank

    def _pay(self, pick: int, over_vnd: int = 0) -> dict:
        payment = self.unpaid()[pick % len(self.unpaid())]
        amount_vnd = self.bank.paid[payment.reference] = payment.asked_vnd + over_vnd
        return self.word(payment.reference, "paid", amount_vnd)

    @precondition(lambda self: self.unpaid())
    @rule(pick=PICK)
    def buyer_pays_and_we_hear(self, pick):
        self.hear(self._pay(pick))

    @precondition(lambda self: self.unpaid())
    @rule(pick=PICK, over_vnd=st.sampled_from([0, 0, 0, 0, -1, 1]))
    def buyer_pays_and_we_shall_hear(self, pick, over_vnd):
        self.words.append(self._pay(pick, over_vnd))

    @precondition(lambda self: self.words)
    @rule(pick=PICK)
    def a_word_comes(self, pick):
        self.hear(self.words.pop(pick % len(self.words)))

    @precondition(lambda self: self.words)
    @rule(pick=PICK)
    def a_word_is_lost(self, pick):
        self.words.pop(pick % len(self.words))

    @precondition(lambda self: self.heard)
    @rule(pick=PICK)
    def a_word_comes_again(self, pick):
        if self.hear(self.heard[pick % len(self.heard)]) is Outcome.REPEATED:
            self.reached("word repeated")

    @precondition(lambda self: self.unpaid())
    @rule(pick=PICK, status=st.sampled_from(["refused", "expired", "open"]))
    def the_bank_says_not_yet_or_no(self, pick, status):
        payment = self.unpaid()[pick % len(self.unpaid())]
        self.words.append(self.word(payment.reference, status, 0))

    @precondition(lambda self: self.there("sandbox"))
    @rule(mood=st.sampled_from(["well", "well", "well", "silent", "forgets", "refuses"]))
    def the_bank_is(self, mood):
        self.bank.mood = mood
        self.bank.was_silent |= mood in ("silent", "forgets")

    @precondition(lambda self: self.there("sandbox", "pending"))
    @rule(pick=PICK)
    def buyer_comes_back_and_we_ask(self, pick):
        intake.ask_again(self.one(Payment, pick, "sandbox", "pending"))
        run_jobs()

    @precondition(lambda self: self.there("refund"))
    @rule(pick=PICK)
    def the_bank_speaks_of_a_refund(self, pick):
        refund = self.one(Refund, pick, "refund")
        if refund.payment.adapter == "sandbox":
            back_vnd, _of = self.bank.returned.get(refund.reference, (0, ""))
            status = "refunded" if back_vnd else "refund_failed"
            self.words.append(self.word(refund.reference, status, back_vnd))

    @precondition(lambda self: self.there("sandbox", "settled", "disputed"))
    @rule(
        pick=PICK, end=st.sampled_from(["", "dispute_won", "dispute_lost"]), share=st.sampled_from([1, 1, 3])
    )
    def a_buyers_bank_disputes(self, pick, end, share):
        payment = self.one(Payment, pick, "sandbox", "settled", "disputed")
        self.hear(self.word(payment.reference, "disputed", payment.asked_vnd))
        taken_vnd = payment.settled_vnd // share
        if end:
            made.say(end, payment, amount_vnd=taken_vnd, event_id=f"{end}-{next(self.numbers)}")
        if end == "dispute_lost":
            self.bank.taken[payment.reference] = taken_vnd

    # Transfers to our own account

    def _transfer(self, amount_vnd: int, note: str) -> None:
        self.notes.append((amount_vnd, note, f"FT{next(self.numbers)}"))
        self.account_vnd += amount_vnd
        assert transfers.came(*self.notes[-1]) is Outcome.RECORDED

    @precondition(lambda self: self.unpaid() or self.there("vietqr", *OPEN))
    @rule()
    def everybody_pays(self):
        """Whatever waits for its money gets it, and we hear of it."""
        while self.unpaid():
            self.hear(self._pay(0))
            self.forget()
        for payment in Payment.objects.filter(pk__in=self.there("vietqr", *OPEN)).order_by("pk"):
            self._transfer(payment.asked_vnd, transfers.notice(payment))

    @precondition(lambda self: self.there("vietqr", *OPEN, *ENDED))
    @rule(pick=PICK, more=st.sampled_from(["whole", "whole", "half", "one more"]))
    def transfer(self, pick, more):
        payment = self.one(Payment, pick, "vietqr", *OPEN, *ENDED)
        asked_vnd = payment.asked_vnd
        amount_vnd = {"half": (asked_vnd + 1) // 2, "one more": asked_vnd + 1}.get(more, asked_vnd)
        self._transfer(amount_vnd, transfers.notice(payment))

    @precondition(lambda self: self.there("vietqr") and len(self.notes) < 5)
    @rule(pick=PICK, named=st.booleans())
    def transfer_of_a_forgetful_buyer(self, pick, named):
        payment = self.one(Payment, pick, "vietqr")
        self._transfer(payment.asked_vnd, transfers.notice(payment) if named else "chuyen tien")

    @precondition(lambda self: self.notes)
    @rule(pick=PICK, over_vnd=st.sampled_from([0, 0, 1]))
    def transfer_told_again(self, pick, over_vnd):
        amount_vnd, note, number = self.notes[pick % len(self.notes)]
        outcome = transfers.came(amount_vnd + over_vnd, note, number, feed="payos")
        assert outcome is (Outcome.MISMATCH if over_vnd else Outcome.REPEATED)

    @precondition(lambda self: self.there("credit", "unmatched", "to_return") and self.there("vietqr"))
    @rule(pick=PICK, which=PICK)
    def desk_assigns(self, pick, which):
        credit = self.one(Credit, pick, "credit", "unmatched", "to_return")
        open_first = "vietqr", *(OPEN if self.there("vietqr", *OPEN) else ())
        with suppress(errors.IllegalMove):
            matching.assign(credit, self.one(Payment, which, *open_first), by=self.ground.tuan, reason="x")

    @precondition(lambda self: self.there("credit", "unmatched", "to_return"))
    @rule(pick=PICK)
    def desk_gives_a_transfer_back(self, pick):
        credit = self.one(Credit, pick, "credit", "unmatched", "to_return")
        self.account_vnd -= credit.spare_vnd
        try:
            intake.credit_given_back(credit, by=self.ground.tuan, bank_ref="R", note="x")
        except errors.NeedsTwo:
            intake.ask_to_give_back(credit, by=self.ground.tuan, to_whom="x", reason="x")
            intake.credit_given_back(credit, by=self.ground.mai, bank_ref="R")
