"""The base of the machine: what is there just now, and how a history begins and ends."""

import json
from itertools import count

from django.db import connection, transaction
from hypothesis import currently_in_test_context, event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from common import dates
from payments.adapters.contract import Outcome
from payments.intake import tasks as intake_tasks
from payments.intake.models import Payment
from shop.fulfilment import tasks as fulfilment_tasks
from shop.orders import tasks as orders_tasks
from shop.orders.models import SubOrder
from shop.stock import queries
from shop.stock import services as stock
from tests.builders import payments as made
from tests.machines.ground import MORNING, PACK_G, Bank, Ground, run_jobs

PICK = st.integers(0, 11)
THERE = """
    SELECT 'part', state, array_agg(id ORDER BY id) FROM orders_suborder GROUP BY state
    UNION ALL SELECT 'order', state, array_agg(id ORDER BY id) FROM orders_order GROUP BY state
    UNION ALL SELECT adapter, CASE WHEN gateway_ref = '' AND adapter <> 'cod' THEN 'unbegun ' ELSE '' END || state,
        array_agg(id ORDER BY id) FROM intake_payment GROUP BY 1, 2
    UNION ALL SELECT 'refund', state, array_agg(id ORDER BY id) FROM intake_refund GROUP BY state
    UNION ALL SELECT 'credit', state, array_agg(id ORDER BY id) FROM intake_credit GROUP BY state
    UNION ALL SELECT 'payout', state, array_agg(id ORDER BY id) FROM payouts_payout GROUP BY state
    UNION ALL SELECT 'cash', cash_by, array_agg(part.id ORDER BY part.id) FROM orders_suborder AS part
        JOIN orders_order AS placed ON placed.id = order_id AND adapter = 'cod'
        WHERE part.state IN ('delivered', 'completed') GROUP BY cash_by
    UNION ALL SELECT 'job', status::text, array_agg(id) FROM procrastinate_jobs
        WHERE status = 'todo' AND task_name LIKE 'payments.%' GROUP BY status
"""
PERIODIC = (
    intake_tasks.ask_due, intake_tasks.expire_due, intake_tasks.sweep_inbox, intake_tasks.follow_refunds,
    orders_tasks.expire_unpaid, fulfilment_tasks.watch_clocks, fulfilment_tasks.complete_delivered,
)  # fmt: skip
OPEN, ENDED = ("created", "pending"), ("failed", "expired", "cancelled")


class AllOn:
    """In place of swarm testing, which switches off half of the rules of a history: little money would move."""

    def is_enabled(self, _rule: str) -> bool:
        return True


class Market(RuleBasedStateMachine):
    """A history is one transaction that is undone at its end."""

    ground: Ground

    def __init__(self) -> None:
        super().__init__()
        self._rules_strategy.enabled_rules_strategy = st.just(AllOn())
        self.bank.__init__()
        self.ground.complaints.heard.clear()
        self.ground.clock.move_to(MORNING)
        #: words of the bank that are on their way, and those that came
        self.words: list[dict] = []
        self.heard: list[dict] = []
        #: transfers as (đồng, note, the bank's number)
        self.notes: list[tuple[int, str, str]] = []
        #: what lies on our bank account and in carriers' hands, as those who moved it remember
        self.account_vnd = self.carriers_vnd = 0
        self.numbers = count(1)
        #: whether anything was done since the clock struck
        self.is_due = True
        self._seen: dict[str, dict[str, list[int]]] | None = None
        self._unpaid: list[Payment] | None = None
        self._whole = transaction.atomic()
        self._whole.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._whole.__exit__(None, None, None)

    @property
    def bank(self) -> Bank:
        return self.ground.bank

    # What is there

    def forget(self) -> None:
        """After each act what was seen is seen anew."""
        self._seen = self._unpaid = None

    def there(self, kind: str, *states: str) -> list[int]:
        """Ids of what is in these states, or in any."""
        if self._seen is None:
            self._seen = {}
            with connection.cursor() as cursor:
                cursor.execute(THERE)
                for each, state, ids in cursor.fetchall():
                    self._seen.setdefault(each, {})[state] = ids
        found = self._seen.get(kind, {})
        return sorted(pk for state in states or found for pk in found.get(state, ()))

    def one(self, model: type, pick: int, kind: str, *states: str):
        """One of them by its place, so that a history can be told again; None when there is none."""
        ids = self.there(kind, *states)
        return model.objects.get(pk=ids[pick % len(ids)]) if ids else None

    def part(self, pick: int, *states: str) -> SubOrder | None:
        ids = self.there("part", *states)
        rows = SubOrder.objects.select_related("order", "storefront")
        return rows.get(pk=ids[pick % len(ids)]) if ids else None

    def unpaid(self) -> list[Payment]:
        """Charges that a buyer could still pay at the bank, if it lets him: late ones too."""
        if self._unpaid is None:
            begun = Payment.objects.filter(pk__in=self.there("sandbox", *OPEN, *ENDED)).order_by("pk")
            self._unpaid = [each for each in begun if each.reference not in self.bank.paid]
        return self._unpaid

    # What everybody's acts are made of

    def restock(self, *listings) -> None:
        """What is sold out is harvested again, two packs of it."""
        for listing in listings:
            lots = queries.sellable_lots([listing.pk], dates.now())[listing.pk]
            if queries.plan(lots, PACK_G) is None:
                stock.open_lot(listing, harvested_on=dates.today(), qty=2 * PACK_G, by=None)

    def word(self, about: str, status: str, amount_vnd: int) -> dict:
        return {
            "status": status, "about": about, "event_id": f"bank-{next(self.numbers)}",
            "amount_vnd": amount_vnd, "currency": "VND",
        }  # fmt: skip

    def hear(self, word: dict) -> Outcome:
        """The bank's word comes; it may never break anything."""
        outcome = made.hear(made.signed(json.dumps(word).encode()))
        assert outcome is not Outcome.BROKEN
        if word not in self.heard:
            self.heard.append(word)
        return outcome

    def strike(self) -> None:
        """The clock strikes: periodic jobs, and what they defer."""
        for task in PERIODIC:
            task()
        run_jobs()
        self.is_due = False

    def reached(self, *outcomes: str) -> None:
        self.ground.reached.update(outcomes)
        if currently_in_test_context():
            for outcome in outcomes:
                event(outcome)
