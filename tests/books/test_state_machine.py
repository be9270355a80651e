"""Any history of acts keeps the books true, and doing an act again changes nothing."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from payments.books import post
from payments.books.audit import breaks
from payments.books.errors import ActDiffers
from payments.books.models import Entry, Posting
from payments.books.post import Earners, Shares
from tests.books.books import sheet

VND = st.integers(1, 10_000_000)
SMALL = st.integers(0, 1_000)


class Market(RuleBasedStateMachine):
    """Payments, parcels, refunds and payouts of two households, and what the books should say of them."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list = []
        self.held: dict[int, int] = {}
        self.due: dict[int, int] = {}
        self.owed = {"household:1": 0, "household:2": 0}
        self.sent: list[tuple[int, dict]] = []
        self.credits: dict[int, int] = {}
        self.count = 0

    def new(self) -> int:
        self.count += 1
        return self.count

    def act(self, function, *args, **facts) -> None:
        function(*args, **facts)
        self.done.append((function, args, facts))

    @rule(amount_vnd=VND, by=st.sampled_from(["sandbox", "household:1", "carrier:ghn"]))
    def settle(self, amount_vnd, by):
        payment = self.new()
        if ":" in by:
            self.act(post.cash_collected, payment, holder=by, amount_vnd=amount_vnd)
        else:
            self.act(post.settled, payment, adapter=by, amount_vnd=amount_vnd)
        self.held[payment] = amount_vnd

    @rule(amount_vnd=VND)
    def transfer(self, amount_vnd):
        credit = self.new()
        self.act(post.credit_arrived, credit, amount_vnd=amount_vnd)
        self.credits[credit] = amount_vnd

    @precondition(lambda self: self.credits)
    @rule(data=st.data())
    def assign_or_give_back(self, data):
        credit = data.draw(st.sampled_from(sorted(self.credits)))
        left = self.credits.pop(credit)
        used = data.draw(st.integers(0, left))
        if used:
            payment = self.new()
            self.act(post.credit_assigned, credit, payment_id=payment, amount_vnd=used)
            self.held[payment] = used
        if left - used:
            self.act(post.credit_given_back, credit, amount_vnd=left - used)

    @precondition(lambda self: any(self.held.values()))
    @rule(
        data=st.data(), household=st.sampled_from([1, 2]), own=st.booleans(), weights=st.tuples(*[SMALL] * 4)
    )
    def complete(self, data, household, own, weights):
        payment = data.draw(st.sampled_from([key for key, vnd in self.held.items() if vnd]))
        paid = data.draw(st.integers(1, self.held[payment]))
        fee, vat, tax, road = (paid * each // 5_000 for each in weights)
        promotions = data.draw(st.integers(0, 5_000))
        net = paid + promotions - fee - vat - tax - road
        shares = Shares(
            payable_vnd=net, commission_vnd=fee, vat_vnd=vat, income_tax_vnd=tax, delivery_vnd=road,
            promotions_vnd=promotions,
        )  # fmt: skip
        earners = Earners(
            household_id=household, delivery_owner=f"household:{household}" if own else "carrier:x"
        )
        self.act(post.completed, self.new(), payment_id=payment, earners=earners, shares=shares)
        self.held[payment] -= paid
        self.owed[f"household:{household}"] += net + (road if own else 0)

    @precondition(lambda self: any(self.held.values()))
    @rule(data=st.data())
    def refund(self, data):
        payment = data.draw(st.sampled_from([key for key, vnd in self.held.items() if vnd]))
        amount_vnd = data.draw(st.integers(1, self.held[payment]))
        refund = self.new()
        self.act(
            post.refund_approved, refund, borne=post.from_escrow(payment, amount_vnd), amount_vnd=amount_vnd
        )
        self.held[payment] -= amount_vnd
        self.due[refund] = amount_vnd

    @rule(amount_vnd=VND, fault=st.sampled_from(["carrier", "nobody", "household"]))
    def refund_later(self, amount_vnd, fault):
        refund = self.new()
        earners = Earners(household_id=1, delivery_owner="carrier:x")
        borne = {
            "carrier": post.from_carrier("carrier:x", amount_vnd),
            "nobody": post.from_loss_fund(amount_vnd),
            "household": post.from_earners(earners, Shares(payable_vnd=amount_vnd)),
        }[fault]
        self.act(post.refund_approved, refund, borne=borne, amount_vnd=amount_vnd)
        self.due[refund] = amount_vnd
        self.owed["household:1"] -= amount_vnd if fault == "household" else 0

    @precondition(lambda self: self.due)
    @rule(data=st.data(), by_hand=st.booleans())
    def refunded(self, data, by_hand):
        refund = data.draw(st.sampled_from(sorted(self.due)))
        amount_vnd = self.due.pop(refund)
        self.act(post.refund_done, refund, adapter="sandbox", amount_vnd=amount_vnd, by_hand=by_hand)

    @rule(payable_vnd=VND, delivery_vnd=SMALL, household=st.sampled_from([1, 2]))
    def pay_out(self, payable_vnd, delivery_vnd, household):
        payout = self.new()
        facts = {"household_id": household, "payable_vnd": payable_vnd, "delivery_vnd": delivery_vnd}
        self.act(post.payout_sent, payout, **facts)
        self.sent.append((payout, facts))
        self.owed[f"household:{household}"] -= payable_vnd + delivery_vnd

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def bounce(self, data):
        payout, facts = self.sent.pop(data.draw(st.integers(0, len(self.sent) - 1)))
        self.act(post.payout_bounced, payout, **facts)
        self.owed[f"household:{facts['household_id']}"] += facts["payable_vnd"] + facts["delivery_vnd"]

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def again(self, data):
        function, args, facts = data.draw(st.sampled_from(self.done))
        before = Entry.objects.count(), Posting.objects.count()
        function(*args, **facts)
        assert (Entry.objects.count(), Posting.objects.count()) == before

    @precondition(lambda self: any("amount_vnd" in facts for _f, _a, facts in self.done))
    @rule(data=st.data())
    def again_with_another_sum(self, data):
        plain = [each for each in self.done if "amount_vnd" in each[2] and "borne" not in each[2]]
        if not plain:
            return
        function, args, facts = data.draw(st.sampled_from(plain))
        with pytest.raises(ActDiffers):
            function(*args, **{**facts, "amount_vnd": facts["amount_vnd"] + 1})

    @invariant()
    def the_books_say_what_happened(self):
        found = sheet()
        assert list(breaks()) == [] and sum(found.values()) == 0
        assert {key: -vnd for key, vnd in self.held.items() if vnd} == {
            int(name.split(":")[1]): vnd for name, vnd in found.items() if name.startswith("escrow")
        }
        assert {key: -vnd for key, vnd in self.due.items()} == {
            int(name.split(":")[1]): vnd for name, vnd in found.items() if name.startswith("refunds_due")
        }
        for owner, owed in self.owed.items():
            assert -found.get(f"payable {owner}", 0) - found.get(f"delivery {owner}", 0) == owed
        assert -sum(vnd for name, vnd in found.items() if name.startswith("unidentified")) == sum(
            self.credits.values()
        )


class EachAlone(Market):
    """Every history is undone at its end."""

    def __init__(self) -> None:
        super().__init__()
        self.before = transaction.savepoint()

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.before)


@pytest.mark.django_db
def test_any_history_keeps_the_books_true():
    patient = settings(
        max_examples=30, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(EachAlone, settings=patient)
