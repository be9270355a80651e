"""MoMo, the real client over HTTP against a pretended MoMo that checks our signatures."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from payments.adapters.contract import (
    Call,
    Fact,
    Forged,
    Outcome,
    Redirect,
    Refused,
    Unreachable,
)
from payments.adapters.momo import CREATE, FAILED, IPN, OF_THE_CALL, QUERY, REFUND, MoMo
from payments.adapters.testing import CHARGE, HOP, NOW
from payments.adapters.wire import Http
from tests.gateways.momo_fake import ACCESS, PARTNER, SECRET, MoMoFake, signature
from tests.gateways.server import dead_url
from tests.gateways.wallet import at_home
from tests.payments.adapters.fakes import FakeContract, back

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "momo.json").read_text())
ORDERS = {"create": CREATE, "ipn": IPN, "url-encoded": IPN, "query": QUERY, "refund": REFUND}
KNOWN = [each for each in VECTORS if each["name"].split(" ")[0].strip(",") in ORDERS]
IPNS = [each for each in KNOWN if each["name"].startswith("ipn")]
WHOLE = {"amount", "transId", "resultCode", "responseTime"}


def adapter(url: str = "https://momo.example", timeout_s: float = 2, **config) -> MoMo:
    facts = {"partner_code": PARTNER, "access_key": ACCESS, "secret_key": SECRET, "endpoint": url}
    return MoMo(MoMo.Config(**{**facts, **config}), Http(timeout_s), lambda: NOW)


def fields_of(vector: dict) -> dict:
    """The fields of a vector's raw text; a value may hold `&` and `=`, a name not."""
    order = ORDERS[vector["name"].split(" ")[0].strip(",")]
    raw, found = vector["raw"], {}
    for name, following in zip(order, [*order[1:], None], strict=True):
        raw = raw.removeprefix(f"{name}=")
        value, _mark, rest = raw.partition(f"&{following}=") if following else (raw, "", "")
        found[name], raw = value, f"{following}={rest}"
    return found


def ipn(vector: dict) -> Call:
    said = {name: int(value) if name in WHOLE else value for name, value in fields_of(vector).items()}
    said.pop("accessKey")
    return Call(body=json.dumps(said | {"signature": vector["signature"]}, ensure_ascii=False).encode())


@pytest.fixture
def home():
    with at_home(MoMoFake(now=lambda: NOW)) as fake:
        yield fake, adapter(fake.url)


@pytest.fixture
def paid(home):
    fake, ours = home
    ours.start(CHARGE, HOP)
    fake.pay(CHARGE.id)
    return fake, ours, replace(CHARGE, gateway_ref="4014083433")


class TestContract(FakeContract):
    def unreachable(self):
        return adapter(dead_url())

    def calls(self):
        good = next(each for each in IPNS if each["name"] == "ipn success")
        fact = Fact(
            kind="settled",
            about="XL7K3M9Q-02",
            event_id=good["signature"],
            amount_vnd=185_000,
            gateway_ref="4014083433",
            code="0",
        )
        return [(ipn(good), [fact])]

    def forgeries(self):
        return [ipn(each) for each in IPNS if not each["valid"]]

    def charges_made(self):
        return len(self.fake.orders)

    def settled(self):
        self.ours.start(CHARGE, HOP)
        self.fake.pay(CHARGE.id)
        return replace(CHARGE, gateway_ref="4014083433")


# --- vectors


@pytest.mark.parametrize("vector", KNOWN, ids=lambda vector: vector["name"])
def test_the_signature_of_every_vector(vector):
    fields = fields_of(vector)
    order = ORDERS[vector["name"].split(" ")[0].strip(",")]
    ours = adapter(access_key=vector["access_key"], secret_key=vector["secret"])
    assert "&".join(f"{name}={fields[name]}" for name in order) == vector["raw"]
    assert (ours._sign(fields, order) == vector["signature"]) is vector["valid"]


@pytest.mark.parametrize("vector", IPNS, ids=lambda vector: vector["name"])
def test_ipn_vectors(vector):
    if not vector["valid"]:
        with pytest.raises(Forged):
            adapter().read(ipn(vector))
        return
    [fact] = adapter().read(ipn(vector))
    expect = {"ask": "pending"}.get(vector.get("expect"), vector.get("expect", "settled"))
    assert (fact.kind, fact.about) == (expect, "XL7K3M9Q-02")


# --- paying


def test_the_buyer_sees_a_qr_code_or_goes_to_the_page(home):
    fake, ours = home
    step = ours.start(CHARGE, HOP)
    assert step.payload == f"momo://app?action=payWithApp&orderId={CHARGE.id}"
    assert step.deeplink == f"{fake.url}/page?t={CHARGE.id}"
    fake.shows_qr = False
    assert ours.start(replace(CHARGE, id="another"), HOP) == Redirect(url=f"{fake.url}/page?t=another")


@pytest.mark.parametrize("amount_vnd", [0, 999, 50_000_001])
def test_a_sum_momo_does_not_take_is_refused_without_a_call(home, amount_vnd):
    fake, ours = home
    with pytest.raises(Refused):
        ours.start(replace(CHARGE, amount_vnd=amount_vnd), HOP)
    assert fake.orders == {}


@pytest.mark.parametrize("code", sorted(OF_THE_CALL | {7000, 7002, 1000, 77}))
def test_codes_that_speak_of_the_call_never_fail_a_payment(paid, code):
    fake, ours, _charge = paid
    said = {"partnerCode": PARTNER, "orderId": CHARGE.id, "amount": 185_000, "transId": 0, "resultCode": code}
    fake.broken = (422 if code == 7000 else 200, json.dumps(said).encode())
    with pytest.raises(Unreachable):
        ours.start(CHARGE, HOP)
    try:
        assert ours.ask(CHARGE).kind == "pending"
    except Unreachable:
        assert code in OF_THE_CALL


def test_authorised_is_paid_once_momo_says_so_when_asked(home):
    fake, ours = home
    ours.start(CHARGE, HOP)
    fake.pay(CHARGE.id, 9000)
    [heard] = ours.read(fake.word(CHARGE.id))
    asked = ours.ask(CHARGE)
    assert (heard.kind, asked.kind, asked.code, asked.amount_vnd) == ("pending", "settled", "9000", 185_000)


@pytest.mark.parametrize("code", sorted(FAILED))
def test_final_codes_fail_a_payment(home, code):
    fake, ours = home
    ours.start(CHARGE, HOP)
    fake.cancel(CHARGE.id, code)
    [heard] = ours.read(fake.word(CHARGE.id))
    asked = ours.ask(CHARGE)
    assert (heard.kind, asked.kind) == ("failed", "failed")
    assert heard.code == asked.code == ("expired" if code == 1005 else str(code))
    fake.broken = (200, json.dumps({"resultCode": code}).encode())
    with pytest.raises(Refused):
        ours.start(CHARGE, HOP)


def test_asking_tells_open_unknown_and_paid(home):
    fake, ours = home
    assert ours.ask(CHARGE).code == "unknown"
    ours.start(CHARGE, HOP)
    assert (ours.ask(CHARGE).kind, ours.ask(CHARGE).gateway_ref) == ("pending", "")
    fake.pay(CHARGE.id)
    fact = ours.ask(CHARGE)
    assert (fact.kind, fact.amount_vnd, fact.gateway_ref) == ("settled", 185_000, "4014083433")


@pytest.mark.parametrize(
    "broken",
    [(500, b"{}"), (200, b"<html>"), (200, b"[]"), (200, b"{}"), (302, b"{}"), (200, b'{"resultCode": "0"}'),
     (200, b'{"resultCode": true}'), (200, b'{"resultCode": 0}'),
     (200, b'{"resultCode": 0, "partnerCode": "MOMO", "orderId": "another", "amount": 1, "transId": 1}')],
)  # fmt: skip
def test_an_answer_that_cannot_be_trusted_decides_nothing(paid, broken):
    fake, ours, charge = paid
    fake.broken = broken
    calls = [ours.ask, lambda _charge: ours.refund(back(charge)), lambda _charge: ours.ask(back(charge))]
    for call in [lambda each: ours.start(each, HOP), *calls]:
        with pytest.raises(Unreachable):
            call(charge)


def test_an_answer_too_late_is_unknown(home):
    fake, _ours = home
    fake.slow_s = 0.6
    with pytest.raises(Unreachable):
        adapter(fake.url, timeout_s=0.2).start(CHARGE, HOP)


def test_a_wrong_key_is_unknown_and_no_failed_payment(home):
    fake, _ours = home
    with pytest.raises(Unreachable):
        adapter(fake.url, secret_key="0123456789abcdef").start(CHARGE, HOP)


# --- what it says

TEXT = some.text(alphabet=some.characters(codec="utf-8"), max_size=40)


@given(message=TEXT, words=TEXT, extra=TEXT, kind=TEXT)
def test_whatever_momo_signs_we_believe(message, words, extra, kind):
    fake = MoMoFake(now=lambda: NOW)
    fake.orders["x"] = {
        "amount_vnd": 185_000,
        "words": words,
        "request": "x",
        "code": 0,
        "number": 4_014_083_433,
    }
    [fact] = adapter().read(fake.word("x", message=message, extraData=extra, payType=kind))
    assert (fact.kind, fact.about, fact.amount_vnd) == ("settled", "x", 185_000)


@given(words=TEXT, url=TEXT)
def test_whatever_we_ask_the_other_side_finds_it_signed(words, url):
    body = adapter()._order(replace(CHARGE, words=words), replace(HOP, return_url=f"https://x/{url}"))
    said = body | {"partnerCode": PARTNER}
    assert adapter()._sign(said, CREATE) == signature("create", said)


@pytest.mark.parametrize(
    "change",
    [{"amount": "x"}, {"amount": 1.5}, {"amount": -1}, {"amount": None}, {"resultCode": ""}, {"resultCode": True},
     {"orderId": ""}, {"orderId": 7.5}, {"transId": "x"}, {"transId": None}, {"amount": {}}, {"resultCode": []}],
)  # fmt: skip
def test_rightly_signed_nonsense_is_no_forgery(paid, change):
    fake, ours, _charge = paid
    said = fake.fields(CHARGE.id) | change
    known = {**said, "accessKey": ACCESS}
    raw = "&".join(f"{name}={'' if known[name] is None else known[name]}" for name in IPN)
    said["signature"] = hmac.new(SECRET.encode(), raw.encode(), hashlib.sha256).hexdigest()
    try:
        facts = ours.read(Call(body=json.dumps(said).encode()))
    except (KeyError, TypeError, ValueError):
        return
    assert change == {"orderId": 7.5} and facts[0].about == "7.5"


def test_another_shop_is_forged(paid):
    fake, ours, _charge = paid
    with pytest.raises(Forged):
        ours.read(fake.word(CHARGE.id, partnerCode="ANOTHER"))
    with pytest.raises(Forged):
        ours.read(fake.word(CHARGE.id, secret="another"))


def test_proven_words_are_answered_by_204_and_nothing_else():
    proven = (Outcome.RECORDED, Outcome.REPEATED, Outcome.UNKNOWN, Outcome.MISMATCH)
    assert {(MoMo.answers[each].status, MoMo.answers[each].body) for each in proven} == {(204, "")}
    assert MoMo.answers[Outcome.FORGED].status == 400


# --- giving back


def test_refunds_in_parts_never_exceed_the_whole(paid):
    _fake, ours, charge = paid
    first = ours.refund(back(charge, 100_000))
    assert (first.kind, first.amount_vnd, first.gateway_ref) == ("refunded", 100_000, "4100000000")
    assert ours.refund(back(charge, 85_000, "back-2")).kind == "refunded"
    refused = ours.refund(back(charge, 1_000, "back-3"))
    assert (refused.kind, refused.code) == ("refund_failed", "1081")


def test_what_momo_cannot_give_back_is_refused(home):
    fake, ours = home
    ours.start(CHARGE, HOP)
    for impossible in (back(CHARGE, 999), back(CHARGE)):
        with pytest.raises(Refused):
            ours.refund(impossible)
    assert fake.refunds == {}


def test_a_number_of_momo_that_we_never_heard_is_asked_for(paid):
    _fake, ours, _charge = paid
    assert ours.refund(back(CHARGE)).kind == "refunded"


@pytest.mark.parametrize(
    ("code", "kind"), [(7002, "pending"), (1000, "pending"), (1080, "refund_failed"), (1088, "refund_failed")]
)
def test_a_refund_may_wait_or_fail(paid, code, kind):
    fake, ours, charge = paid
    fake.refund_code = code
    assert (ours.refund(back(charge)).kind, ours.ask(back(charge)).kind) == (kind, kind)


def test_a_refund_whose_answer_was_lost_is_found_by_its_number(paid):
    fake, ours, charge = paid
    fake.loses_answers = True
    with pytest.raises(Unreachable):
        ours.refund(back(charge))
    fake.loses_answers = False
    fact = ours.ask(back(charge))
    assert (fact.kind, fact.amount_vnd, len(fake.refunds)) == ("refunded", 5_000, 1)


def test_a_second_sending_has_a_number_of_its_own(paid):
    fake, ours, charge = paid
    fake.refund_code = 1080
    ours.refund(back(charge))
    fake.refund_code = 0
    assert ours.refund(back(charge, sent_at=NOW + timedelta(hours=2))).kind == "refunded"
    assert len(fake.refunds) == 2


# --- configuration


def test_problems_are_said_in_plain_words():
    assert adapter().problems() == []
    wrong = adapter("momo", partner_code="a b", access_key="x", secret_key="x").problems()
    assert len(wrong) == 4 and all("PAYMENTS_MOMO_" in each for each in wrong)
