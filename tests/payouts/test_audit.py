"""Whatever is spoilt in payouts is named, and any history of them leaves nothing to name."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from common import dates
from farmers.models import BankAccount
from payments.books import accounts, balances, post
from payments.books import audit as books
from payments.payouts import approval, audit, queries, sending
from payments.payouts.errors import PayoutError
from payments.payouts.models import BankFile, Payout, PayoutEvent
from tests.builders import payouts as made
from tests.orders.test_audit import unbook

pytestmark = pytest.mark.django_db


def a_season() -> None:
    """One payout of every fate."""
    made.proposed()
    made.approved()
    made.sent(payable_vnd=200_000, delivery_vnd=30_000)
    sending.settle(made.sent(), by=made.officer("Mai"))
    made.bounced()
    approval.reject(made.proposed(), by=made.officer("Mai"), why="x")


def by_hand(query: str) -> None:
    """Change rows as only the owner of the tables could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for trigger, table in (("payout_line_is_kept", "payoutline"), ("payout_is_its_lines", "payout")):
            cursor.execute(f"ALTER TABLE payouts_{table} DISABLE TRIGGER {trigger}")
        cursor.execute(query)


SPOILT = [
    (lambda: unbook("payout_sent:%"), "paid out by its payouts, 0 in the books"),
    (lambda: unbook("payout_bounced:%"), "bounced, and the books do not say so"),
    (lambda: unbook("payout_bounced:%"), "300000 in the books"),
    (lambda: unbook("payout_sent:%"), "after its payouts"),
    (lambda: by_hand("UPDATE payouts_payoutline SET payable_vnd = payable_vnd + 1"), "by its lines"),
    (lambda: by_hand("UPDATE payouts_payoutline SET payable_vnd = payable_vnd + 1"), "in the books 300000 + 0"),
    (lambda: by_hand("UPDATE payouts_payoutline SET counts = NOT counts WHERE counts"), "entry"),
    (
        lambda: by_hand("UPDATE payouts_payout SET amount_vnd = 1, payable_vnd = 1, delivery_vnd = 0"),
        "1, by its lines",
    ),
    (
        lambda: Payout.objects.filter(state="sent").update(state="settled", ended_at=dates.now()),
        "its last event says sent",
    ),
    (lambda: PayoutEvent.objects.all().delete(), "its last event says nothing"),
    (lambda: BankFile.objects.update(count=9), "by its payouts"),
    (lambda: post.payout_sent(10**9, household_id=10**8, payable_vnd=5, delivery_vnd=0), "payable household:100000000: 0 paid"),
]  # fmt: skip


def test_the_audit_names_whatever_is_spoilt(capsys):
    a_season()
    assert [*books.breaks(), *audit.breaks()] == []
    for number, (spoil, says) in enumerate(SPOILT):
        before = transaction.savepoint()
        spoil()
        lines = list(audit.breaks())
        transaction.savepoint_rollback(before)
        assert any(says in line for line in lines), (number, says, lines)
    post.payout_sent(10**9, household_id=10**8, payable_vnd=5, delivery_vnd=0)
    with pytest.raises(CommandError, match="breaks found"):
        call_command("audit_books")
    assert "payable household:100000000" in capsys.readouterr().err


class Season(RuleBasedStateMachine):
    """Two households earn, give back, keep cash, are paid, bounce; in any order, tried at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.before = transaction.savepoint()
        self.sellers = [made.seller(), made.seller()]
        self.tuan, self.mai = made.officer("Tuấn"), made.officer("Mai")
        self.owed = [0, 0]
        self.count = 0

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.before)

    @rule(who=st.integers(0, 1), payable_vnd=st.integers(1, 400_000), delivery_vnd=st.integers(0, 40_000))
    def earn(self, who, payable_vnd, delivery_vnd):
        made.earned(self.sellers[who], payable_vnd, delivery_vnd)
        self.owed[who] += payable_vnd + delivery_vnd

    @rule(who=st.integers(0, 1), payable_vnd=st.integers(1, 300_000), delivery_vnd=st.integers(0, 40_000))
    def take_back(self, who, payable_vnd, delivery_vnd):
        made.taken_back(self.sellers[who], payable_vnd, delivery_vnd)
        self.owed[who] -= payable_vnd + delivery_vnd

    @rule(who=st.integers(0, 1), goods_vnd=st.integers(1, 300_000), delivery_vnd=st.integers(0, 40_000))
    def keep_cash(self, who, goods_vnd, delivery_vnd):
        self.count += 1
        household = self.sellers[who].pk
        whole_vnd = goods_vnd + delivery_vnd
        post.cash_collected(self.count, holder=accounts.household(household), amount_vnd=whole_vnd)
        post.cash_kept(self.count, household_id=household, goods_vnd=goods_vnd, delivery_vnd=delivery_vnd)
        self.owed[who] -= whole_vnd

    @rule()
    def run(self):
        for payout in made.run(self.tuan):
            assert payout.amount_vnd >= 50_000

    @rule(data=st.data(), act=st.sampled_from(["approve", "reject", "hand", "settle", "bounce", "clear"]))
    @precondition(lambda self: Payout.objects.exists())
    def act(self, data, act):
        payout = data.draw(st.sampled_from(list(Payout.objects.order_by("pk"))))
        acts = {
            "approve": lambda: approval.approve(payout, by=self.mai),
            "reject": lambda: approval.reject(payout, by=self.mai, why="x"),
            "hand": lambda: sending.sent_by_hand(payout, by=self.mai, bank_ref="FT"),
            "settle": lambda: sending.settle(payout, by=self.mai),
            "bounce": lambda: sending.bounce(payout, by=self.mai, reason="Sai số"),
            "clear": lambda: sending.clear(payout, by=self.mai, note="đúng rồi"),
        }
        before = payout.state
        try:
            acts[act]()
        except PayoutError:
            return
        who = [each.pk for each in self.sellers].index(payout.household_id)
        if (before, act) == ("approved", "hand"):
            self.owed[who] -= payout.amount_vnd
        if (before, act) == ("sent", "bounce"):
            self.owed[who] += payout.amount_vnd

    @rule()
    def file(self):
        ready = list(Payout.objects.filter(state="approved"))
        try:
            sent = sending.send_file(by=self.mai)
        except PayoutError:
            return
        for payout in ready:
            if payout not in sent.left:
                who = [each.pk for each in self.sellers].index(payout.household_id)
                self.owed[who] -= payout.amount_vnd

    @rule(who=st.integers(0, 1))
    def other_account(self, who):
        BankAccount.objects.filter(household=self.sellers[who]).update(changed_at=dates.now())

    @invariant()
    def payouts_and_books_say_what_happened(self):
        assert [*books.breaks(), *audit.breaks()] == []
        for who, household in enumerate(self.sellers):
            payable = balances.balance(accounts.payable(household.pk))
            delivery = balances.balance(accounts.delivery(accounts.household(household.pk)))
            assert -(payable + delivery) == self.owed[who]
            waiting = sum(each.amount_vnd for each in queries.unpaid_of(household.pk))
            on_the_way = sum(
                each.amount_vnd for each in queries.under_way(household.pk) if each.state != "sent"
            )
            assert waiting + on_the_way == self.owed[who]


def test_any_history_keeps_payouts_and_books_together():
    patient = settings(
        max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Season, settings=patient)
