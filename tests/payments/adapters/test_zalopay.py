"""ZaloPay, the real client over HTTP against a pretended ZaloPay that checks our signatures."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import datetime, timedelta
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
from payments.adapters.testing import CHARGE, HOP, NOW
from payments.adapters.wire import Http, hmac_hex
from payments.adapters.zalopay import ZaloPay
from tests.gateways.server import dead_url
from tests.gateways.wallet import at_home
from tests.gateways.zalopay_fake import APP_ID, KEY1, KEY2, ZaloPayFake, said_by_zalopay
from tests.payments.adapters.fakes import FakeContract, back

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "zalopay.json").read_text())
CALLBACKS = [each for each in VECTORS if "callback" in each["name"]]
REF = f"260815_{CHARGE.id}"


def adapter(
    url: str = "https://zalopay.example", now: datetime = NOW, timeout_s: float = 2, **config
) -> ZaloPay:
    facts = {"app_id": APP_ID, "key1": KEY1, "key2": KEY2, "endpoint": url}
    return ZaloPay(ZaloPay.Config(**{**facts, **config}), Http(timeout_s), lambda: now)


def callback(vector: dict) -> Call:
    return Call(body=json.dumps({"data": vector["raw"], "mac": vector["mac"], "type": 1}).encode())


@pytest.fixture
def home():
    with at_home(ZaloPayFake(now=lambda: NOW)) as fake:
        yield fake, adapter(fake.url)


@pytest.fixture
def paid(home):
    fake, ours = home
    ours.start(CHARGE, HOP)
    fake.pay(REF)
    return fake, ours, replace(CHARGE, gateway_ref="260815000000001")


class TestContract(FakeContract):
    def unreachable(self):
        return adapter(dead_url())

    def calls(self):
        facts = {
            "published callback": ("2553_1598435687208", 10_000, "200904000000389"),
            "callback": ("XL7K3M9Q03", 185_000, "260815000000123"),
        }
        found = []
        for each in CALLBACKS:
            if each["name"] in facts:
                about, amount_vnd, ref = facts[each["name"]]
                fact = Fact(
                    kind="settled",
                    about=about,
                    event_id=each["mac"],
                    amount_vnd=amount_vnd,
                    gateway_ref=ref,
                    code="1",
                )
                found.append((callback(each), [fact]))
        return found

    def forgeries(self):
        return [callback(each) for each in CALLBACKS if not each["valid"]]

    def charges_made(self):
        return len(self.fake.orders)

    def settled(self):
        self.ours.start(CHARGE, HOP)
        self.fake.pay(REF)
        return replace(CHARGE, gateway_ref="260815000000001")

    def test_start_repeated_with_one_id_makes_one_charge(self):
        """ZaloPay says the address once; a second opening is neither a second order nor a failure."""
        self.ours.start(CHARGE, HOP)
        with pytest.raises(Unreachable):
            self.ours.start(CHARGE, HOP)
        assert self.charges_made() == 1


# --- vectors


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_mac_of_every_vector(vector):
    assert (hmac_hex(vector["key"], vector["raw"].encode()) == vector["mac"]) is vector["valid"]


@pytest.mark.parametrize(
    "vector", [each for each in VECTORS if each["key"] == KEY1 and each["name"] != "refund with a fee"],
    ids=lambda vector: vector["name"],
)  # fmt: skip
def test_what_we_sign_is_joined_as_in_the_vectors(vector):
    assert adapter()._mac(*vector["raw"].split("|")) == vector["mac"]


@pytest.mark.parametrize("vector", CALLBACKS, ids=lambda vector: vector["name"])
def test_callback_vectors(vector):
    if vector["valid"]:
        assert [fact.kind for fact in adapter().read(callback(vector))] == ["settled"]
    else:
        with pytest.raises(Forged):
            adapter().read(callback(vector))


# --- paying


def test_the_order_carries_the_day_of_vietnam_and_the_end_of_the_hold(home):
    fake, ours = home
    early = datetime.fromisoformat("2026-08-14T17:30:00+00:00")
    fake.now = lambda: early
    charge = replace(CHARGE, created_at=early, expires_at=early + timedelta(minutes=15))
    adapter(fake.url, early).start(charge, HOP)
    said = fake.orders[REF]["said"]
    assert (said["expire_duration_seconds"], said["amount"]) == ("900", "185000")
    assert json.loads(said["embed_data"]) == {"redirecturl": HOP.return_url}
    assert len(f"260815_{CHARGE.id}") <= 40
    assert ours.ask(charge).kind == "pending"


def test_the_buyer_sees_a_qr_code_or_goes_to_the_page(home):
    fake, ours = home
    step = ours.start(CHARGE, HOP)
    assert REF in step.payload and step.deeplink == f"{fake.url}/page?t={REF}"
    fake.shows_qr = False
    assert isinstance(ours.start(replace(CHARGE, id="another"), HOP), Redirect)


def test_a_sum_zalopay_does_not_take_is_refused(home):
    fake, ours = home
    with pytest.raises(Refused):
        ours.start(replace(CHARGE, amount_vnd=999), HOP)
    assert fake.orders == {}


@pytest.mark.parametrize("sub", [-401, -402, -429, -500, -999])
def test_codes_that_speak_of_the_call_never_fail_a_payment(paid, sub):
    fake, ours, charge = paid
    fake.broken = (200, json.dumps({"return_code": 2, "sub_return_code": sub}).encode())
    calls = [ours.ask, lambda _charge: ours.refund(back(charge)), lambda _charge: ours.ask(back(charge))]
    for call in [lambda each: ours.start(each, HOP), *calls]:
        with pytest.raises(Unreachable):
            call(charge)


@pytest.mark.parametrize(
    ("sub", "kind", "code"),
    [
        (-54, "failed", "expired"),
        (-63, "pending", "-63"),
        (-101, "pending", "unknown"),
        (-7777, "pending", "-7777"),
    ],
)
def test_only_an_expired_order_has_failed(home, sub, kind, code):
    fake, ours = home
    ours.start(CHARGE, HOP)
    fake.cancel(REF, sub)
    fact = ours.ask(CHARGE)
    assert (fact.kind, fact.code) == (kind, code)


def test_asking_tells_unknown_open_and_paid(home):
    fake, ours = home
    assert ours.ask(CHARGE).code == "unknown"
    ours.start(CHARGE, HOP)
    assert ours.ask(CHARGE).kind == "pending"
    fake.pay(REF)
    fact = ours.ask(CHARGE)
    assert (fact.kind, fact.amount_vnd, fact.gateway_ref) == ("settled", 185_000, "260815000000001")


@pytest.mark.parametrize(
    "broken",
    [(500, b"{}"), (200, b"<html>"), (200, b"[]"), (200, b"{}"), (302, b"{}"), (200, b'{"return_code": "1"}'),
     (200, b'{"return_code": true}'), (200, b'{"return_code": 0}'), (200, b'{"return_code": 1, "refund_id": "x"}')],
)  # fmt: skip
def test_an_answer_that_cannot_be_trusted_decides_nothing(paid, broken):
    fake, ours, charge = paid
    fake.broken = broken
    calls = [ours.ask, lambda _charge: ours.refund(back(charge)), lambda _charge: ours.ask(back(charge))]
    for call in [lambda each: ours.start(each, HOP), *calls]:
        with pytest.raises(Unreachable):
            call(charge)


def test_an_answer_too_late_and_a_wrong_key_are_unknown(home):
    fake, _ours = home
    with pytest.raises(Unreachable):
        adapter(fake.url, key1="0123456789abcdef").start(CHARGE, HOP)
    fake.slow_s = 0.6
    with pytest.raises(Unreachable):
        adapter(fake.url, timeout_s=0.2).start(CHARGE, HOP)


# --- what it says


@given(
    words=some.text(alphabet=some.characters(codec="utf-8"), max_size=40),
    amount_vnd=some.integers(1, 10**9),
    about=some.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=1, max_size=33),
)
def test_whatever_zalopay_signs_we_believe(words, amount_vnd, about):
    data = json.dumps(
        {
            "app_id": 2553,
            "app_trans_id": f"260815_{about}",
            "amount": amount_vnd,
            "item": words,
            "zp_trans_id": 7,
        },
        ensure_ascii=False,
    )
    proof = hmac.new(KEY2.encode(), data.encode(), hashlib.sha256).hexdigest()
    [fact] = adapter().read(Call(body=json.dumps({"mac": proof, "data": data}).encode()))
    assert (fact.about, fact.amount_vnd, fact.event_id) == (about, amount_vnd, proof)


@pytest.mark.parametrize(
    "data",
    ["x", "[]", "7", "null", "{}", "[" * 5000, '{"app_id": 2553}',
     '{"app_id": 2553, "app_trans_id": "1_x", "amount": "1", "zp_trans_id": 1}',
     '{"app_id": 2553, "app_trans_id": "1_x", "amount": true, "zp_trans_id": 1}',
     '{"app_id": 2553, "app_trans_id": "1x", "amount": 1, "zp_trans_id": 1}',
     '{"app_id": 2553, "app_trans_id": 1, "amount": 1, "zp_trans_id": 1}',
     '{"app_id": 2553, "app_trans_id": "1_x", "amount": 1, "zp_trans_id": "1"}'],
)  # fmt: skip
def test_rightly_signed_nonsense_is_no_forgery(data):
    with pytest.raises((KeyError, TypeError, ValueError, RecursionError)):
        adapter().read(said_by_zalopay(data))


def test_another_shop_and_key1_are_forged():
    data = '{"app_id": 1, "app_trans_id": "1_x", "amount": 1, "zp_trans_id": 1}'
    for call in (said_by_zalopay(data), said_by_zalopay(data.replace("1,", "2553,", 1), KEY1)):
        with pytest.raises(Forged):
            adapter().read(call)


def test_return_codes_are_numbers_and_a_repeated_call_hears_success():
    said = {outcome: json.loads(reply.body)["return_code"] for outcome, reply in ZaloPay.answers.items()}
    assert said == {
        Outcome.RECORDED: 1,
        Outcome.REPEATED: 1,
        Outcome.UNKNOWN: 0,
        Outcome.MISMATCH: 1,
        Outcome.FORGED: -1,
        Outcome.BROKEN: 0,
    }


# --- giving back


def test_refunds_in_parts_never_exceed_the_whole(paid):
    fake, ours, charge = paid
    assert ours.refund(back(charge, 100_000)).kind == "refunded"
    assert ours.refund(back(charge, 85_000, "back-2")).kind == "refunded"
    with pytest.raises(Refused):
        ours.refund(back(charge, 1_000, "back-3"))
    assert [name[:12] for name in fake.refunds] == ["260815_2553_", "260815_2553_"]


def test_a_number_of_ours_fits_the_longest_a_refund_may_have(paid):
    _fake, _ours, charge = paid
    assert len(adapter(app_id="1234567")._refund_id(back(charge, name="b" * 26))) <= 45


@pytest.mark.parametrize(
    ("code", "sub", "kind"),
    [(3, -1, "pending"), (3, 2, "pending"), (1, 1, "refunded"), (2, -32, "refund_failed")],
)
def test_a_refund_may_wait_or_fail(paid, code, sub, kind):
    fake, ours, charge = paid
    ours.refund(back(charge))
    [row] = fake.refunds.values()
    row |= {"code": code, "sub": sub}
    assert ours.ask(back(charge)).kind == kind


def test_a_refund_whose_answer_was_lost_is_found_by_its_number(paid):
    fake, ours, charge = paid
    fake.loses_answers = True
    with pytest.raises(Unreachable):
        ours.refund(back(charge))
    fake.loses_answers = False
    assert ours.refund(back(charge)).kind == "refunded"
    assert (ours.ask(back(charge)).kind, len(fake.refunds)) == ("refunded", 1)


def test_a_refund_asked_yesterday_and_sent_today_carries_today(paid):
    fake, ours, charge = paid
    tomorrow = NOW + timedelta(days=1)
    fake.now = lambda: tomorrow
    late = adapter(fake.url, tomorrow)
    assert late.refund(back(charge, sent_at=tomorrow)).kind == "refunded"
    with pytest.raises(Refused):
        ours.refund(back(charge, name="back-2", sent_at=NOW))


# --- configuration


def test_problems_are_said_in_plain_words():
    assert adapter().problems() == []
    wrong = adapter("zalopay", app_id="x", key1="x", key2="x").problems()
    assert len(wrong) == 4 and all("PAYMENTS_ZALOPAY_" in each for each in wrong)


def test_the_pretended_zalopay_numbers_each_payment_by_itself():
    """Two that were paid one after the other are two: what goes back of one is not counted for the other."""
    fake = ZaloPayFake(orders={"260815_a": {}, "260815_b": {}})
    fake.pay("260815_a")
    fake.pay("260815_b")
    assert fake.orders["260815_a"]["number"] != fake.orders["260815_b"]["number"]
