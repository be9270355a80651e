"""The pretended Stripe is as strict as the true one, and tells of a payment as it is told to."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from time import sleep

import pytest
import requests

from payments.adapters.contract import Charge, Refused, Return, Unreachable
from payments.adapters.stripe import Stripe
from payments.adapters.testing import CHARGE, HOP, NOW
from payments.adapters.wire import Http
from tests.gateways.server import Asked, serving
from tests.gateways.stripe_fake import KEY, SECRET, StripeFake
from tests.gateways.wallet import at_home


@pytest.fixture
def fake() -> Iterator[StripeFake]:
    with at_home(StripeFake(now=lambda: NOW)) as fake:
        yield fake


def adapter(fake: StripeFake, timeout_s: float = 5, **config) -> Stripe:
    config = {"secret_key": KEY, "webhook_secret": SECRET, "endpoint": fake.url} | config
    return Stripe(Stripe.Config(**config), Http(timeout_s), lambda: NOW)


@pytest.fixture
def market() -> Iterator[tuple[str, list[Asked]]]:
    """Our side, as far as Stripe sees it: an address that hears."""
    with serving(lambda _asked: (200, b"ok", "text/plain")) as ours:
        yield f"{ours.url}/webhooks/stripe/", ours.asked


def test_the_same_key_with_other_words_is_an_error_and_the_same_words_get_the_same_answer(fake):
    ours = adapter(fake)
    first = ours.start(CHARGE, HOP)
    fake.sessions[first.gateway_ref]["status"] = "complete"
    assert ours.start(CHARGE, HOP) == first
    with pytest.raises(Unreachable, match="IdempotencyError"):
        ours.start(replace(CHARGE, amount_vnd=186_000), HOP)
    with pytest.raises(Unreachable, match="IdempotencyError"):
        ours.start(CHARGE, replace(HOP, language="en"))
    assert len(fake.sessions) == 1


def test_a_key_whose_work_is_being_done_is_a_conflict_that_decides_nothing(fake):
    fake.works_s = 0.5
    with ThreadPoolExecutor() as threads:
        first = threads.submit(adapter(fake).start, CHARGE, HOP)
        while CHARGE.id not in fake.keys:
            sleep(0.01)
        with pytest.raises(Unreachable):
            adapter(fake).start(CHARGE, HOP)
        assert first.result().gateway_ref == "cs_test_1"
    assert len(fake.sessions) == 1 and adapter(fake).start(CHARGE, HOP) == first.result()


def test_what_does_not_answer_in_time_may_have_been_done_and_is_not_done_twice(fake):
    fake.works_s = 0.6
    with pytest.raises(Unreachable):
        adapter(fake, timeout_s=0.2).start(CHARGE, HOP)
    fake.works_s = 0
    while not fake.sessions:
        sleep(0.01)
    assert adapter(fake).start(CHARGE, HOP).gateway_ref == "cs_test_1" and len(fake.sessions) == 1


@pytest.mark.parametrize("config", [{"secret_key": "sk_another"}, {"api_version": "yesterday"}])
def test_neither_another_key_nor_a_version_that_is_none_is_taken(fake, config):
    with pytest.raises(Refused):
        adapter(fake, **config).start(CHARGE, HOP)
    assert fake.sessions == {}


@pytest.mark.parametrize(
    "change",
    [
        {"amount_vnd": 12_000},
        {"words": ""},
        {"expires_at": NOW - timedelta(minutes=2)},
        {"expires_at": NOW + timedelta(hours=24)},
    ],
)
def test_it_refuses_what_stripe_would_refuse(fake, change):
    with pytest.raises(Refused):
        adapter(fake).start(replace(CHARGE, **change), HOP)
    assert fake.sessions == {}


@pytest.mark.parametrize("name", ["payment_method_types[0]", "metadata", "automatic_tax[enabled]"])
def test_it_knows_no_parameters_that_stripe_does_not_know(fake, name):
    headers = {"authorization": f"Bearer {KEY}", "stripe-version": "2026-10-28.endive"}
    answer = requests.post(f"{fake.url}/v1/refunds", data={name: "x"}, headers=headers, timeout=5)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "parameter_unknown")


def on_the_page(fake: StripeFake, button: str) -> str:
    """What a person does at Stripe; the page that comes back."""
    step = adapter(fake).start(CHARGE, HOP)
    assert "XL-7K3M-9QAB" in requests.get(step.url, timeout=5).text
    return requests.post(f"{fake.url}/pay", data={"ref": CHARGE.id, "act": button}, timeout=5).text


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ("once", ["settled", "settled"]),
        ("twice", ["settled"] * 4),
        ("reversed", ["settled", "settled"]),
        ("wrong_sum", ["settled", "settled"]),
        ("never", []),
        ("forged", ["Forged", "Forged"]),
        ("stale", ["Forged", "Forged"]),
    ],
)
def test_a_payment_on_the_page_is_told_as_it_is_told_to(fake, market, told, says):
    fake.notify, heard = market
    fake.told = told
    assert HOP.return_url in on_the_page(fake, "pay")
    assert [read(fake, asked) for asked in heard] == says
    assert all(asked.headers["content-type"] == "application/json" for asked in heard)
    first = b"checkout.session.completed" if told == "reversed" else b"payment_intent.succeeded"
    assert not heard or first in heard[0].body
    assert fake.heard == [(200, "ok")] * len(says)


def read(fake: StripeFake, asked: Asked) -> str:
    try:
        [fact] = adapter(fake).read(replace(fake.word(CHARGE.id), body=asked.body, headers=asked.headers))
    except Exception as error:
        return type(error).__name__
    assert fact.amount_vnd == (92_500 if fake.told == "wrong_sum" else 185_000)
    return fact.kind


def test_who_leaves_the_page_has_not_paid_and_may_come_back(fake, market):
    fake.notify, heard = market
    assert HOP.return_url in on_the_page(fake, "cancel")
    [session] = fake.sessions.values()
    assert (heard, session["status"], requests.get(session["url"], timeout=5).status_code) == (
        [],
        "open",
        200,
    )


def test_a_page_is_shown_no_longer_than_its_session_lasts(fake):
    url = adapter(fake).start(CHARGE, HOP).url
    fake.now = lambda: NOW + timedelta(minutes=61)
    assert requests.get(url, timeout=5).status_code == 410
    assert requests.get(url + "9", timeout=5).status_code == 410


def test_a_disputed_charge_gives_nothing_back(fake):
    ref = adapter(fake).start(CHARGE, HOP).gateway_ref
    fake.pay(ref)
    back = Return(id="back-1", of=Charge(**known(ref)), amount_vnd=5_000)
    fake.dispute_word(CHARGE.id, "needs_response")
    with pytest.raises(Refused, match="charge_disputed"):
        adapter(fake).refund(back)
    fake.dispute_word(CHARGE.id, "won", "charge.dispute.closed")
    with pytest.raises(Refused, match="charge_disputed"):
        adapter(fake).refund(back)
    assert adapter(fake).refund(replace(back, sent_at=NOW)).kind == "refunded"


def known(ref: str) -> dict:
    return {"id": CHARGE.id, "amount_vnd": 185_000, "words": "x", "created_at": NOW, "gateway_ref": ref}
