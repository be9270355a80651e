"""What a bank asks about a card payment takes nobody's money in the books, and it ends."""

import pytest

from accounts.notices.models import Notice
from payments.books.models import Entry
from payments.intake import audit, queries, services
from payments.intake.models import Inbox, Payment, Refund
from tests import jobs
from tests.builders.catalogue import a_listing
from tests.builders.orders import an_order, payment_of

pytestmark = pytest.mark.django_db


class Bank:
    """The bank of whoever paid an order by card: `bank(event, status)` is what Stripe tells us of it."""

    def __init__(self, site) -> None:
        self.site = site
        self.payment = payment_of(an_order(a_listing(price_vnd=350_000), adapter="stripe"))
        services.begin(self.payment, site.hop)
        site.gateway.pay(self.payment.reference)
        site.hear(site.word(self.payment))
        self.payment.refresh_from_db()
        assert self.payment.state == "settled"

    def __call__(self, name: str, status: str, **changes: object) -> int:
        kind = f"charge.dispute.{name}"
        call = self.site.gateway.dispute_word(self.payment.reference, status, kind, **changes)
        return self.site.hear(call).status_code

    def state(self) -> str:
        return Payment.objects.get().state


@pytest.fixture
def bank(stripe) -> Bank:
    return Bank(stripe)


def letters(kind: str) -> int:
    return Notice.objects.filter(kind=kind).count()


def taken() -> int:
    return Entry.objects.filter(kind="charged_back").count()


def test_an_inquiry_is_seen_books_nothing_and_ends(bank):
    entries = Entry.objects.count()
    assert bank("created", "warning_needs_response") == 200
    assert (bank.state(), queries.open_disputes().count()) == ("disputed", 1)
    assert bank("closed", "warning_closed") == 200
    assert (bank.state(), queries.open_disputes().count()) == ("settled", 0)
    assert Entry.objects.count() == entries and not Inbox.objects.filter(applied_at=None).exists()
    assert (letters("order_disputed"), letters("household_disputed")) == (2, 2)
    assert list(audit.breaks()) == []


@pytest.mark.parametrize(("end", "state", "entries"), [("won", "settled", 0), ("lost", "charged_back", 1)])
def test_an_inquiry_that_becomes_a_dispute_ends_as_one(bank, end, state, entries):
    bank("created", "warning_needs_response")
    bank("funds_withdrawn", "needs_response")
    assert (bank.state(), taken()) == ("disputed", 0)
    bank("closed", end)
    assert (bank.state(), taken()) == (state, entries)
    bank("funds_withdrawn", "needs_response")
    assert bank.state() == state and list(audit.breaks()) == []


def test_the_end_of_an_inquiry_may_overtake_its_beginning(bank):
    bank("closed", "warning_closed")
    bank("created", "warning_needs_response")
    assert (bank.state(), queries.open_disputes().count()) == ("settled", 0)


@pytest.mark.parametrize("status", ["prevented", "charge_refunded", "new one"])
def test_an_end_nobody_knows_waits_for_a_person(bank, status):
    bank("created", "needs_response")
    assert [bank("closed", status), bank("closed", status)] == [503, 503]
    row = Inbox.objects.get(why="malformed")
    assert (bank.state(), row.applied_at) == ("disputed", None) and f'\\"status\\": \\"{status}\\"' in row.raw


def test_what_was_lost_without_money_taken_waits_for_a_person(bank):
    bank("created", "warning_needs_response")
    assert bank("closed", "lost", balance_transactions=[]) == 503
    assert (bank.state(), taken(), Inbox.objects.filter(why="malformed").count()) == ("disputed", 0, 1)


@pytest.mark.parametrize(
    ("status", "ends"), [("warning_needs_response", "done"), ("needs_response", "failed")]
)
def test_money_goes_back_while_the_bank_only_asks(bank, status, ends):
    bank("created", status)
    services.give_back(bank.payment, amount_vnd=85_000, reason="hư hỏng", key="a")
    jobs.run_due()
    assert Refund.objects.get().state == ends
