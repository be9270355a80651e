"""What a machine of the market stands on: the pretend bank's own view, two households, two people at the desk."""

import json
import logging
from collections import Counter
from datetime import UTC, datetime, timedelta

from django.db import connection
from procrastinate.contrib.django import app

from common import dates
from farmers.models import BankAccount
from payments.adapters.contract import Hop, Unreachable
from shop.orders.models import CommissionRule
from tests.builders import payouts as made
from tests.builders.shelf import a_product, a_storefront, on_shelf
from tests.gateways.server import Asked

MORNING = datetime(2026, 8, 17, 2, tzinfo=UTC)
PACK_G = 2_000
GOODS = [("Na", "unprocessed", 4, 150_007), ("Mác mật", "processed", 90, 99_991)]
#: of all jobs those about money; letters and search rows are not what is tried here
NEXT_JOB = """
    SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' AND task_name LIKE 'payments.%%'
        AND (scheduled_at IS NULL OR scheduled_at <= %s) ORDER BY id LIMIT 1
"""


class Bank:
    """The pretend bank as it truly is: what was paid there, what went back, and how it answers just now."""

    def __init__(self) -> None:
        self.mood, self.was_silent = "well", False
        self.paid: dict[str, int] = {}
        self.closed: set[str] = set()
        #: id of a refund → what went back, and of which charge
        self.returned: dict[str, tuple[int, str]] = {}
        #: charges that the buyers' banks took back whole
        self.taken: dict[str, int] = {}

    def answer(self, asked: Asked) -> tuple[int, bytes, str]:
        said = json.loads(asked.body)
        if self.mood == "silent":
            return 500, b"", "text/plain"
        answer = getattr(self, said["op"])(said)
        if self.mood == "forgets":
            return 500, b"", "text/plain"
        if answer is None:
            # A refund that it never heard of is not found; one that it will not give is refused.
            return 404 if said["op"] == "ask_refund" else 422, b"{}", "application/json"
        return 200, json.dumps({"currency": "VND", **answer}).encode(), "application/json"

    def ask(self, said: dict) -> dict:
        about = said["id"]
        status = "paid" if about in self.paid else "expired" if about in self.closed else "open"
        return {"status": status, "amount_vnd": self.paid.get(about, 0)}

    def close(self, said: dict) -> dict:
        self.closed.add(said["id"])
        return self.ask(said)

    def refund(self, said: dict) -> dict | None:
        if said["id"] not in self.returned:
            if self.mood == "refuses" or said["of"] in self.taken:
                return None
            self.returned[said["id"]] = (said["amount_vnd"], said["of"])
        return self.ask_refund(said)

    def ask_refund(self, said: dict) -> dict | None:
        if said["id"] not in self.returned:
            return None
        return {"status": "refunded", "amount_vnd": self.returned[said["id"]][0]}


class Complaints(logging.Handler):
    """Errors that jobs and the inbox swallow so that others go on: here nothing may be swallowed."""

    def __init__(self) -> None:
        super().__init__(level=logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(self.format(record))


class Ground:
    """What stands before every history; what histories reached is counted here."""

    def __init__(self, url: str, bank: Bank, clock) -> None:
        self.hop = Hop(return_url=f"{url}/ve/", notify_url=f"{url}/webhooks/sandbox/")
        self.bank, self.clock = bank, clock
        self.complaints = Complaints()
        self.reached: Counter[str] = Counter()
        CommissionRule.objects.create(position=10, rate_bp=333, from_day="2025-01-01")
        self.listings = [
            on_shelf(
                name, product=a_product(name, tax_class=tax, shelf_life_days=days),
                storefront=a_storefront(f"Nhà {name}"), price_vnd=price_vnd, left_qty=0, found=False,
            )
            for name, tax, days, price_vnd in GOODS
        ]  # fmt: skip
        for listing in self.listings:
            BankAccount.objects.create(
                household=listing.storefront.household, bank_bin="970405", account="8200205123456",
                account_name="HOANG THI SAU", changed_at=dates.now() - timedelta(days=100),
            )  # fmt: skip
        self.tuan, self.mai = made.officer("Tuấn"), made.officer("Mai")


def run_jobs() -> int:
    """Run what is due, on this connection; a job whose gateway is silent is due again a minute later."""
    ran = 0
    with connection.cursor() as cursor:
        while ran < 200:
            cursor.execute(NEXT_JOB, [dates.now()])
            row = cursor.fetchone()
            if row is None:
                return ran
            job_id, name, said = row
            ran += 1
            try:
                app.tasks[name](**(said if isinstance(said, dict) else json.loads(said)))
            except Unreachable:
                later = dates.now() + timedelta(minutes=1)
                cursor.execute(
                    "UPDATE procrastinate_jobs SET scheduled_at = %s WHERE id = %s", [later, job_id]
                )
                continue
            cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job_id])
    raise AssertionError("More than 200 jobs at once: does one defer itself for ever?")
