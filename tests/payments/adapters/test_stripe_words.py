"""What Stripe says by itself, through the real webhook view: each event once, in any order, proven and fresh."""

import pytest

from common import dates
from payments.intake import audit, services
from payments.intake.models import Inbox, Payment, Refund
from tests import jobs
from tests.gateways.stripe_fake import event, signature

pytestmark = pytest.mark.django_db
COMPLETED, SUCCEEDED = "checkout.session.completed", "payment_intent.succeeded"


@pytest.fixture
def paid(stripe) -> Payment:
    """Paid at Stripe; we have not heard of it."""
    payment = stripe.pending()
    stripe.gateway.pay(payment.reference)
    return payment


def state() -> str:
    return Payment.objects.get().state


def stamp(off_s: int) -> int:
    return int(dates.now().timestamp()) + off_s


@pytest.mark.parametrize("kinds", [(COMPLETED, SUCCEEDED), (SUCCEEDED, COMPLETED)])
def test_two_events_of_one_payment_settle_it_once_whichever_comes_first(stripe, paid, kinds):
    for kind in kinds:
        assert stripe.hear(stripe.word(paid, kind=kind)).status_code == 200
    paid.refresh_from_db()
    assert (paid.state, paid.settled_vnd, paid.gateway_ref) == ("settled", 185_000, "pi_test_1")
    assert (Inbox.objects.count(), paid.events.filter(to="settled").count()) == (2, 1)
    assert list(audit.breaks()) == []


@pytest.mark.parametrize("off_s", [-310, 310])
def test_a_stale_stamp_and_one_from_the_future_are_forged_though_rightly_signed(stripe, paid, off_s):
    answer = stripe.hear(stripe.word(paid, stamp=stamp(off_s)))
    assert (answer.status_code, answer.text, Inbox.objects.count(), state()) == (
        400,
        "bad signature",
        0,
        "pending",
    )


@pytest.mark.parametrize("off_s", [-290, 290])
def test_a_clock_that_is_a_little_off_is_no_forgery(stripe, paid, off_s):
    assert stripe.hear(stripe.word(paid, stamp=stamp(off_s))).status_code == 200
    assert state() == "settled"


@pytest.mark.parametrize("name", [COMPLETED, SUCCEEDED])
def test_another_sum_waits_for_a_person_whichever_event_says_it(stripe, paid, name):
    assert stripe.hear(stripe.word(paid, kind=name, amount_vnd=1_850_000)).status_code == 200
    assert (Inbox.objects.get().why, state()) == ("mismatch", "pending")


def test_another_currency_waits_for_a_person(stripe, paid):
    stripe.hear(stripe.word(paid, currency="usd"))
    assert (Inbox.objects.get().why, state()) == ("mismatch", "pending")


@pytest.mark.parametrize(
    "body",
    [
        b"not JSON",
        b"[]",
        b'"text"',
        b"{}",
        b'{"id": "evt_1", "type": "checkout.session.completed"}',
        b'{"id": "evt_1", "type": "checkout.session.completed", "data": {"object": null}}',
        b'{"id": 7, "type": ["x"], "data": {}}',
        event("payment_intent.succeeded", {"id": "pi_1", "status": "succeeded", "amount_received": 1.5}),
        event("refund.updated", {"id": "re_1", "status": None, "metadata": []}),
        event("charge.dispute.closed", {"id": "du_1"}),
    ],
)
def test_rightly_signed_nonsense_is_set_aside_and_never_a_crash(stripe, paid, body):
    call = stripe.word(paid)
    headers = {"stripe-signature": signature(body, stamp(0))}
    for _time in range(2):
        answer = stripe.hear(type(call)(body=body, headers=headers))
        assert (answer.status_code, answer.text) == (503, "try again")
    assert (Inbox.objects.get().why, state()) == ("malformed", "pending")


def test_events_that_do_not_concern_us_are_heard_and_not_kept(stripe):
    body = event("customer.created", {"id": "cus_1", "object": "customer"})
    call = stripe.word(stripe.pending())
    answer = stripe.hear(type(call)(body=body, headers={"stripe-signature": signature(body, stamp(0))}))
    assert (answer.status_code, Inbox.objects.count()) == (200, 0)


def test_a_card_that_was_refused_leaves_the_payment_open_for_another(stripe):
    payment = stripe.pending()
    stripe.gateway.decline(payment.reference)
    refused = stripe.word(payment)
    assert stripe.hear(refused).status_code == 200 and state() == "pending"
    stripe.gateway.pay(payment.reference)
    stripe.hear(stripe.word(payment))
    stripe.hear(refused)
    assert state() == "settled"


def test_a_session_that_ended_by_itself_ends_the_payment(stripe):
    payment = stripe.pending()
    stripe.gateway.sessions[payment.gateway_ref]["expires_at"] = stamp(-1)
    call = stripe.word(payment)
    assert b"checkout.session.expired" in call.body and stripe.hear(call).status_code == 200
    assert state() == "expired"


def test_nobody_pays_a_session_that_we_have_closed(stripe):
    payment = stripe.pending()
    services.cancel(payment)
    jobs.run_due()
    status, _body, _kind = stripe.gateway._act({"ref": payment.reference, "act": "pay"})
    assert (status, state(), stripe.gateway.intents) == (410, "cancelled", {})


def test_a_refund_that_takes_time_is_done_when_stripe_says_so(stripe):
    payment = stripe.settled()
    stripe.gateway.refund_status = "pending"
    services.give_back(payment, amount_vnd=85_000, reason="hư hỏng", key="a")
    jobs.run_due()
    assert Refund.objects.get().state == "sent"
    stripe.gateway.refunds["re_1"]["status"] = "succeeded"
    for kind in ("refund.updated", "refund.created"):
        assert stripe.hear(stripe.gateway.refund_word("re_1", kind)).status_code == 200
    assert Refund.objects.get().state == "done" and not Inbox.objects.exclude(why="").exists()
    stripe.gateway.refunds["re_1"]["status"] = "failed"
    stripe.hear(stripe.gateway.refund_word("re_1", "refund.failed"))
    assert (Refund.objects.get().state, Inbox.objects.get(why="mismatch").fact["kind"]) == (
        "done",
        "refund_failed",
    )


def test_a_refund_that_somebody_made_on_stripes_own_pages_is_seen_by_a_person(stripe):
    payment = stripe.settled()
    services.give_back(payment, amount_vnd=85_000, reason="hư hỏng", key="a")
    jobs.run_due()
    stripe.hear(stripe.gateway.refund_word("re_1", "refund.created", id="re_9", metadata={}))
    assert Inbox.objects.get(why="unknown").about == "re_9"
