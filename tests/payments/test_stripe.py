"""Stripe, with the real client against a local server that answers in Stripe's shapes."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from payments.adapters.contract import Call, Charge, Fact, Forged, Refused, Return, Unreachable
from payments.adapters.stripe import Stripe
from payments.adapters.testing import CHARGE, HOP, NOW, AdapterContract
from payments.adapters.wire import Http
from tests.gateways.server import dead_url
from tests.gateways.stripe_fake import KEY, SECRET, event, signature, stripe_at_home

VECTORS = json.loads((Path(__file__).parent / "vectors" / "stripe_webhook.json").read_text())
PAID = {
    "id": "cs_1",
    "object": "checkout.session",
    "status": "complete",
    "payment_status": "paid",
    "amount_total": 185_000,
    "currency": "vnd",
    "payment_intent": "pi_1",
    "client_reference_id": CHARGE.id,
    "metadata": {"payment": CHARGE.id},
    "note": "Na Chi Lăng",
}


def adapter(url: str = "https://api.stripe.com", now: datetime = NOW, timeout_s: float = 5) -> Stripe:
    return Stripe(
        Stripe.Config(secret_key=KEY, webhook_secret=SECRET, endpoint=url), Http(timeout_s), lambda: now
    )


def signed(body: bytes, now: datetime = NOW) -> Call:
    return Call(body=body, headers={"stripe-signature": signature(body, int(now.timestamp()))})


def heard(kind: str, thing: dict) -> list[Fact]:
    return adapter().read(signed(event(kind, thing)))


@pytest.fixture
def home():
    with stripe_at_home() as (account, fake):
        account.now = lambda: NOW
        yield account, adapter(fake.url)


@pytest.fixture
def paid(home):
    account, ours = home
    step = ours.start(CHARGE, HOP)
    account.pay(step.gateway_ref)
    return (
        account,
        ours,
        Charge(id=CHARGE.id, amount_vnd=185_000, words="", created_at=NOW, gateway_ref="pi_test_1"),
    )


class TestContract(AdapterContract):
    @pytest.fixture(autouse=True)
    def _home(self, home):
        self.account, self.ours = home

    def adapter(self):
        return self.ours

    def unreachable(self):
        return adapter(dead_url())

    def calls(self):
        body = event("checkout.session.completed", PAID)
        fact = Fact(
            kind="settled",
            about=CHARGE.id,
            event_id="evt_1XuLang",
            amount_vnd=185_000,
            gateway_ref="pi_1",
            code="complete",
        )
        return [(signed(body), [fact])]

    def charges_made(self):
        return len(self.account.sessions)

    def settled(self):
        self.account.pay(self.ours.start(CHARGE, HOP).gateway_ref)
        return Charge(id=CHARGE.id, amount_vnd=185_000, words="", created_at=NOW, gateway_ref="pi_test_1")

    def refunds_made(self):
        return len(self.account.refunds)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_signature_vectors(vector):
    now = datetime.fromtimestamp(vector.get("now", vector["timestamp"]), UTC)
    call = Call(body=vector["body"].encode(), headers={"stripe-signature": vector["header"]})
    try:
        adapter(now=now).read(call)
        proven = True
    except Forged:
        proven = False
    except (KeyError, TypeError):
        proven = True  # rightly signed, though these bodies are too short to say anything
    assert proven is vector["valid"]


@pytest.mark.parametrize("off_s", [-301, 301])
def test_a_stamp_from_past_or_future_is_forged(off_s):
    call = signed(event("checkout.session.completed", PAID), NOW + timedelta(seconds=off_s))
    with pytest.raises(Forged):
        adapter().read(call)


@pytest.mark.parametrize(
    ("kind", "change", "says"),
    [
        ("checkout.session.completed", {"payment_status": "unpaid"}, "pending"),
        ("checkout.session.async_payment_succeeded", {}, "settled"),
        ("checkout.session.async_payment_failed", {"payment_status": "unpaid"}, "failed"),
        ("checkout.session.expired", {"status": "expired", "payment_status": "unpaid"}, "failed"),
    ],
)
def test_sessions_say(kind, change, says):
    [fact] = heard(kind, PAID | change)
    assert (fact.kind, fact.about) == (says, CHARGE.id)


def test_a_card_that_failed_once_is_no_failed_payment():
    [fact] = heard(
        "payment_intent.payment_failed",
        {
            "id": "pi_1",
            "status": "requires_payment_method",
            "metadata": {"payment": CHARGE.id},
        },
    )
    assert fact.kind == "pending"


DISPUTE = {
    "id": "du_1",
    "status": "needs_response",
    "reason": "fraudulent",
    "payment_intent": "pi_1",
    "amount": 185_000,
    "currency": "vnd",
    "balance_transactions": [{"id": "txn_1", "amount": -185_000}],
}
CREATED, CLOSED = "charge.dispute.created", "charge.dispute.closed"


def test_a_dispute_names_the_payment_by_its_intent_and_says_why():
    [fact] = heard(CREATED, DISPUTE)
    assert (fact.kind, fact.about, fact.gateway_ref) == ("disputed", "", "pi_1")
    assert fact.code == "needs_response: fraudulent"
    [fact] = heard(CLOSED, DISPUTE | {"status": "lost"})
    assert (fact.kind, fact.amount_vnd, fact.currency) == ("dispute_lost", 185_000, "VND")


@pytest.mark.parametrize(
    ("kind", "status", "says"),
    [
        (CREATED, "warning_needs_response", "disputed"),
        (CREATED, "warning_under_review", "disputed"),
        (CREATED, "under_review", "disputed"),
        # Some banks ask nobody: such a dispute is lost from its first word.
        (CREATED, "lost", "dispute_lost"),
        (CLOSED, "won", "dispute_won"),
        (CLOSED, "warning_closed", "dispute_won"),
    ],
)
def test_disputes_and_inquiries_begin_and_end(kind, status, says):
    [fact] = heard(kind, DISPUTE | {"status": status})
    assert fact.kind == says


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (CLOSED, {"status": "prevented"}),
        (CREATED, {"status": "prevented"}),
        (CLOSED, {"status": "charge_refunded"}),
        (CLOSED, {"status": "settled_out_of_court"}),
        (CLOSED, {"status": "needs_response"}),
        (CLOSED, {"status": None}),
        (CLOSED, {"status": "lost", "balance_transactions": []}),
        (CLOSED, {"status": "won", "payment_intent": None}),
        (CREATED, {"amount": "185000"}),
    ],
)
def test_what_a_dispute_says_that_decides_nothing_is_for_a_person(kind, change):
    with pytest.raises((ValueError, TypeError)):
        heard(kind, DISPUTE | change)


@pytest.mark.parametrize("name", ["updated", "funds_withdrawn", "funds_reinstated"])
def test_what_a_dispute_moves_on_its_way_changes_nothing(name):
    assert heard(f"charge.dispute.{name}", DISPUTE) == []


def test_refunds_are_told_one_by_one_and_not_by_their_charge():
    refund = {"id": "re_1", "status": "succeeded", "amount": 85_000, "currency": "vnd"}
    for name in ("created", "updated", "failed"):
        [fact] = heard(f"refund.{name}", refund | {"metadata": {"refund": "back-1"}})
        assert (fact.kind, fact.about, fact.amount_vnd) == ("refunded", "back-1", 85_000)
    [strangers] = heard("refund.created", refund | {"metadata": {}})
    assert strangers.about == "re_1"
    assert heard("charge.refunded", {"id": "ch_1", "amount_refunded": 85_000}) == []


def test_other_events_and_currencies():
    assert heard("customer.created", {"id": "cus_1"}) == []
    [fact] = heard("checkout.session.completed", PAID | {"currency": "usd"})
    assert fact.currency == "USD"


def test_the_session_asks_for_whole_dong_and_outlives_the_hold(home):
    account, ours = home
    step = ours.start(CHARGE, HOP)
    session = account.sessions[step.gateway_ref]
    assert (session["amount_total"], session["currency"]) == (185_000, "vnd")
    assert session["expires_at"] == int((NOW + timedelta(minutes=61)).timestamp())
    assert step.url == account.sessions[step.gateway_ref]["url"]


@pytest.mark.parametrize("opened_min", [0, 29, 30])
def test_a_session_may_be_opened_until_the_hold_is_over_and_ends_when_it_first_said(home, opened_min):
    account, ours = home
    account.now = lambda: NOW + timedelta(minutes=opened_min, seconds=59)
    ref = ours.start(CHARGE, HOP).gateway_ref
    assert account.sessions[ref]["expires_at"] == int((CHARGE.expires_at + timedelta(minutes=31)).timestamp())
    account.now = lambda: NOW + timedelta(minutes=31, seconds=1)
    account.keys.clear()
    with pytest.raises(Refused):
        ours.start(CHARGE, HOP)


def test_more_than_stripe_takes_is_refused(home):
    _account, ours = home
    with pytest.raises(Refused):
        ours.start(Charge(id="x", amount_vnd=100_000_000, words="", created_at=NOW), HOP)


def test_asking_tells_open_paid_and_closed(home):
    _account, ours = home
    ref = ours.start(CHARGE, HOP).gateway_ref
    known = Charge(id=CHARGE.id, amount_vnd=185_000, words="", created_at=NOW, gateway_ref=ref)
    assert ours.ask(known).kind == "pending"
    closed = ours.close(known)
    assert (closed.kind, closed.code) == ("failed", "expired")


def test_closing_what_was_just_paid_says_settled(home):
    account, ours = home
    ref = ours.start(CHARGE, HOP).gateway_ref
    account.pay(ref)
    known = Charge(id=CHARGE.id, amount_vnd=185_000, words="", created_at=NOW, gateway_ref=ref)
    assert (ours.close(known).kind, ours.close(known).amount_vnd) == ("settled", 185_000)


def test_refunds_in_parts_never_exceed_the_whole(paid):
    _account, ours, charge = paid
    first = ours.refund(Return(id="back-1", of=charge, amount_vnd=100_000))
    second = ours.refund(Return(id="back-2", of=charge, amount_vnd=85_000))
    assert [first.kind, second.kind] == ["refunded", "refunded"]
    with pytest.raises(Refused):
        ours.refund(Return(id="back-3", of=charge, amount_vnd=1))


def test_a_pending_refund_is_found_again_by_its_id(paid):
    account, ours, charge = paid
    account.refund_status = "pending"
    back = Return(id="back-1", of=charge, amount_vnd=100_000)
    assert ours.refund(back).kind == "pending"
    account.refunds["re_1"]["status"] = "failed"
    assert ours.ask(back).kind == "refund_failed"


def test_a_refund_that_failed_is_given_anew_when_it_is_sent_again(paid):
    account, ours, charge = paid
    first = Return(id="back-1", of=charge, amount_vnd=100_000, sent_at=NOW)
    assert ours.refund(first).kind == "refunded"
    account.refunds["re_1"]["status"] = "failed"
    again = replace(first, sent_at=NOW + timedelta(hours=1), gateway_ref="re_1")
    with pytest.raises(Refused):
        ours.ask(again)
    assert [ours.refund(again).gateway_ref, ours.ask(again).gateway_ref] == ["re_2", "re_2"]
    assert (ours.ask(again).kind, len(account.refunds)) == ("refunded", 2)


def test_a_refund_that_did_not_fail_is_never_given_twice_though_its_key_is_forgotten(paid):
    account, ours, charge = paid
    first = Return(id="back-1", of=charge, amount_vnd=50_000, sent_at=NOW)
    ours.refund(first)
    account.keys.clear()
    again = ours.refund(replace(first, sent_at=NOW + timedelta(days=2)))
    assert (again.kind, again.gateway_ref, len(account.refunds)) == ("refunded", "re_1", 1)


@pytest.mark.parametrize(
    "broken",
    [
        (500, b'{"error": {}}'),
        (200, b"<html>"),
        (429, b"{}"),
        (200, b'{"object": "checkout.session"}'),
        (200, b"[]"),
    ],
)
def test_an_answer_that_cannot_be_trusted_decides_nothing(home, broken):
    account, ours = home
    account.broken = broken
    with pytest.raises(Unreachable):
        ours.start(CHARGE, HOP)


def test_a_wrong_key_is_named_and_final(home):
    _account, ours = home
    wrong = Stripe(
        Stripe.Config(secret_key="sk_wrong", webhook_secret=SECRET, endpoint=ours.config.endpoint),
        Http(),
        lambda: NOW,
    )
    with pytest.raises(Refused):
        wrong.start(CHARGE, HOP)
    bad = Stripe(Stripe.Config(secret_key="no", webhook_secret="no"), Http(), lambda: NOW)
    assert len(bad.problems()) == 2
