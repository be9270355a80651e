"""What a bank asks about a card payment takes nobody's money in the books, and it ends."""

import pytest
from django.test import Client

from accounts.notices.models import Notice
from common import dates
from payments.adapters.contract import Outcome
from payments.books.models import Entry
from payments.intake import audit, queries, services
from payments.intake.models import Inbox, Payment
from tests.builders import payments as made
from tests.builders.catalogue import a_listing
from tests.builders.orders import an_order, payment_of
from tests.gateways.stripe_fake import KEY, SECRET, event, signature, stripe_at_home

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(monkeypatch):
    """A paid order, and the bank of whoever paid it: `bank(event, status)` is what Stripe hears and tells us."""
    with stripe_at_home() as (account, fake):
        monkeypatch.setenv("PAYMENTS_STRIPE_SECRET_KEY", KEY)
        monkeypatch.setenv("PAYMENTS_STRIPE_WEBHOOK_SECRET", SECRET)
        monkeypatch.setenv("PAYMENTS_STRIPE_ENDPOINT", fake.url)
        payment = payment_of(an_order(a_listing(price_vnd=350_000), adapter="stripe"))
        services.begin(payment, made.HOP)
        payment.refresh_from_db()
        account.pay(payment.gateway_ref)
        assert services.ask_now(payment) is Outcome.RECORDED
        yield Bank(Payment.objects.get())


class Bank:
    def __init__(self, payment: Payment) -> None:
        self.payment = payment
        self.told = 0

    def __call__(self, name: str, status: str, taken: bool = True) -> int:
        self.told += 1
        dispute = {
            "id": "du_1",
            "status": status,
            "reason": "unrecognized",
            "payment_intent": self.payment.gateway_ref,
            "amount": self.payment.settled_vnd,
            "currency": "vnd",
            "balance_transactions": [{"id": "txn_1"}] if taken else [],
        }
        body = event(f"charge.dispute.{name}", dispute, f"evt_{self.told}")
        headers = {"stripe-signature": signature(body, int(dates.now().timestamp()))}
        answer = Client().post(
            "/webhooks/stripe/", data=body, content_type="application/json", headers=headers
        )
        return answer.status_code

    def state(self) -> str:
        return Payment.objects.get().state


def letters(kind: str) -> int:
    return Notice.objects.filter(kind=kind).count()


def test_an_inquiry_is_seen_books_nothing_and_ends(bank):
    entries = Entry.objects.count()
    assert bank("created", "warning_needs_response", taken=False) == 200
    assert (bank.state(), queries.open_disputes().count()) == ("disputed", 1)
    assert bank("closed", "warning_closed", taken=False) == 200
    assert (bank.state(), queries.open_disputes().count()) == ("settled", 0)
    assert Entry.objects.count() == entries and not Inbox.objects.filter(applied_at=None).exists()
    assert (letters("order_disputed"), letters("household_disputed")) == (2, 2)
    assert list(audit.breaks()) == []


@pytest.mark.parametrize(("end", "state", "entries"), [("won", "settled", 0), ("lost", "charged_back", 1)])
def test_an_inquiry_that_becomes_a_dispute_ends_as_one(bank, end, state, entries):
    bank("created", "warning_needs_response", taken=False)
    bank("funds_withdrawn", "needs_response")
    assert (bank.state(), Entry.objects.filter(kind="charged_back").count()) == ("disputed", 0)
    bank("closed", end)
    assert (bank.state(), Entry.objects.filter(kind="charged_back").count()) == (state, entries)
    bank("funds_withdrawn", "needs_response")
    assert bank.state() == state and list(audit.breaks()) == []


def test_the_end_of_an_inquiry_may_overtake_its_beginning(bank):
    bank("closed", "warning_closed", taken=False)
    bank("created", "warning_needs_response", taken=False)
    assert (bank.state(), queries.open_disputes().count()) == ("settled", 0)


@pytest.mark.parametrize(
    ("status", "taken"), [("prevented", True), ("charge_refunded", False), ("new one", True), ("lost", False)]
)
def test_an_end_nobody_knows_waits_for_a_person(bank, status, taken):
    bank("created", "needs_response")
    assert bank("closed", status, taken) == 503
    row = Inbox.objects.get(why="malformed")
    assert (bank.state(), row.applied_at) == ("disputed", None) and f'\\"status\\": \\"{status}\\"' in row.raw
