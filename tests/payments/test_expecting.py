"""payOS knows a transfer beforehand and tells of it by its number: lost, late, twice, short, or not at all."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as some

from common import dates
from payments.adapters import emv_reader
from payments.adapters.contract import Refused, Undecided, Unreachable
from payments.adapters.feeds.payos import PayOS, sign
from payments.adapters.references import BITS, number_of, reference_of, spelled
from payments.adapters.testing import CHARGE, HOP
from payments.adapters.wire import Http
from payments.intake import audit, breaker, matching, services
from payments.intake.models import Circuit, Credit, Inbox, Payment
from payments.intake.services import charges
from payments.intake.services.facts import whole
from tests import jobs
from tests.builders import payments as made
from tests.builders import transfers
from tests.builders.transfers import asked, came, credit, said
from tests.gateways.bank_fake import CHECKSUM_KEY, PayOSAccount, payos_at_home, payos_call
from tests.gateways.server import dead_url

pytestmark = pytest.mark.django_db
VECTOR = json.loads((Path(__file__).parent / "vectors/feeds.json").read_text())["payos_create"][0]


@pytest.fixture(autouse=True)
def _configured(monkeypatch):
    transfers.configure(monkeypatch)
    yield
    assert list(audit.breaks()) == []


@pytest.fixture
def account(monkeypatch):
    """payOS answers."""
    with payos_at_home() as (account, fake):
        monkeypatch.setenv("PAYMENTS_PAYOS_ENDPOINT", fake.url)
        account.fake = fake
        yield account


@pytest.fixture
def alone(monkeypatch):
    """No other feed hears of transfers."""
    monkeypatch.delenv("PAYMENTS_SEPAY_WEBHOOK_SECRET")


def payos(url: str) -> PayOS:
    config = PayOS.Config(client_id="c", api_key="k", checksum_key=CHECKSUM_KEY, endpoint=url)
    return PayOS(config, Http(1), dates.now)


def tell(call, times: int = 1) -> list[int]:
    """payOS posts; the market's answers come back."""
    post = Client().post
    return [
        post("/webhooks/payos/", call.body, content_type="application/json").status_code
        for _time in range(times)
    ]


def state(payment: Payment) -> str:
    payment.refresh_from_db()
    return payment.state


def later(minutes: int):
    return time_machine.travel(dates.now() + timedelta(minutes=minutes))


# --- numbers


@given(some.integers(0, 2**BITS - 1))
def test_a_transfer_code_is_a_number_and_back(number):
    assert number_of(spelled(number, "XL"), "XL") == number


@given(some.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=26, max_size=26))
def test_every_reference_comes_back_from_the_number_payos_knows(charge_id):
    reference = reference_of(charge_id, "XL")
    account = PayOSAccount()
    wire = Wire(account)
    adapter = PayOS(PayOS.Config(client_id="c", api_key="k", checksum_key=CHECKSUM_KEY), wire, dates.now)
    adapter.expect(replace(CHARGE, id=charge_id, gateway_ref=reference), HOP)
    (number,) = account.requests
    assert 2**BITS < number < 2**53
    (heard,) = adapter.read(payos_call(orderCode=number))
    assert heard.reference == reference


class Wire:
    """The account without a network between."""

    def __init__(self, account: PayOSAccount) -> None:
        self.account = account

    def post(self, url, body, headers):
        from payments.adapters.wire import Answer
        from tests.gateways.server import Asked

        path = url.partition("vn")[2]
        return Answer(*self.account.answer(Asked("POST", path, dict(headers), body))[:2])


def test_a_small_number_is_nobodys():
    assert [
        each.reference for each in payos("https://x.example").read(payos_call(orderCode=260_815_001))
    ] == [""]


def test_a_request_is_signed_as_published():
    fields = dict(each.split("=", 1) for each in VECTOR["raw"].split("&"))
    typed = {**fields, "amount": int(fields["amount"]), "orderCode": int(fields["orderCode"])}
    assert sign(VECTOR["key"], typed) == VECTOR["signature"]


# --- what the buyer sees


def test_the_buyer_sees_the_code_that_payos_made(account):
    payment = asked()
    (request,) = account.requests.values()
    transfer = payment.step["transfer"]
    assert (request["amount"], request["description"]) == (185_000, payment.gateway_ref[:9])
    assert (transfer["account"], transfer["bank"], transfer["note"]) == (
        account.LENT,
        "BIDV",
        f"CS{payment.gateway_ref[:9]}",
    )
    assert emv_reader.read(payment.step["payload"]).account == account.LENT
    assert payment.gateway_ref == reference_of(payment.reference, "XL")
    # The page reads the step again and makes no second request.
    services.begin(payment, made.HOP)
    assert len(account.requests) == 1


def test_the_money_finds_its_payment_though_the_note_is_cut(account):
    payment, other = asked(), asked()
    first, _second = account.requests
    assert tell(account.pay(185_000, "FT1", first)) == [200]
    assert (state(payment), state(other), credit().payment) == ("settled", "pending", payment)
    assert matching.payment_of_note(credit().note) is None


def test_told_twice_it_counts_once_whoever_tells(account):
    payment = asked()
    call = account.pay(100_000, "FT1")
    assert tell(call, times=3) == [200] * 3
    services.ask_now(payment)
    assert (Credit.objects.count(), Inbox.objects.count(), state(payment)) == (1, 1, "pending")
    tell(account.pay(85_000, "FT2"))
    assert state(payment) == "settled"


def test_what_is_missing_is_asked_for_at_the_same_account(account):
    payment = asked()
    tell(account.pay(100_000, "FT1"))
    payment.refresh_from_db()
    step = services.rest_of(payment, made.HOP, 85_000)
    order = emv_reader.read(step.payload)
    assert (order.account, order.amount_vnd, order.purpose) == (account.LENT, 85_000, step.transfer.note)
    Payment.objects.update(step={**payment.step, "payload": "no transfer's code"})
    payment.refresh_from_db()
    with pytest.raises(Unreachable):
        services.rest_of(payment, made.HOP, 85_000)


def test_a_lost_notification_is_found_by_asking(account):
    payment = asked()
    account.pay(185_000, "FT1")
    with later(4):
        assert charges.ask_due() == 1
        jobs.run_due()
        assert state(payment) == "settled"
        assert tell(account.pay(1_000, "FT2")) == [200]
    assert [credit("FT1").state, credit("FT2").state] == ["matched", "to_return"]


def test_at_the_end_of_the_hold_payos_is_asked_once_more(account):
    payment = asked(hold_min=1)
    account.pay(185_000, "FT1")
    with later(2):
        services.expire(payment)
    assert state(payment) == "settled"


def test_payos_is_asked_at_the_end_of_what_was_cancelled(account):
    payment = asked(hold_min=30)
    services.cancel(payment)
    account.pay(185_000, "FT1")
    with later(34):
        jobs.run_due()
    assert state(payment) == "cancelled"
    with later(36):
        jobs.run_due()
    assert (state(payment), credit().payment) == ("settled", payment)
    assert payment.events.filter(late=True).count() == 1


def test_late_money_is_told_of_since_a_request_never_ends(account):
    payment = asked(hold_min=1)
    with later(7):
        services.expire(payment)
        assert state(payment) == "expired"
        tell(account.pay(185_000, "FT1"))
        assert state(payment) == "settled"
    assert payment.events.filter(late=True).count() == 1
    assert {each.path.rpartition("/")[2] for each in account.fake.asked if each.method == "POST"} == {
        "payment-requests"
    }


def test_money_for_nobody_and_the_sample_of_a_registration(account):
    asked()
    sample = {"orderCode": 123, "reference": "TF230204212323"}
    assert tell(payos_call(3_000, "VQRIO123", **sample)) == [200]
    assert not Credit.objects.exists()
    assert tell(payos_call(185_000, "mua na", "FT1", orderCode=260_815_001)) == [200]
    assert credit().state == "unmatched"


def test_a_number_of_no_payment_leaves_the_note_to_speak(account):
    payment = asked()
    tell(payos_call(185_000, f"{payment.gateway_ref} mua na", "FT1", orderCode=2**52 + 12_345))
    assert state(payment) == "settled"


def test_of_money_that_another_feed_told_of_the_one_that_knows_its_owner_decides(account):
    payment = asked()
    call = account.pay(185_000, "FT1")
    whole(
        lambda: matching.take(
            replace(said(185_000, "CSXL7K3M9QA", "FT1"), account=account.LENT), feed="sepay"
        )
    )
    assert credit().state == "unmatched"
    assert tell(call, times=2) == [200, 200]
    assert (state(payment), credit().state, Credit.objects.count()) == ("settled", "matched", 1)


def test_what_a_person_gave_back_meanwhile_stays_given_back(account, django_user_model):
    tuan = django_user_model.objects.create(email="tuan@example.invalid", is_staff=True)
    payment = asked()
    call = account.pay(185_000, "FT1")
    whole(
        lambda: matching.take(
            replace(said(185_000, "CSXL7K3M9QA", "FT1"), account=account.LENT), feed="sepay"
        )
    )
    services.credit_given_back(credit(), by=tuan, bank_ref="OUT1", note="không rõ")
    tell(call)
    assert (state(payment), credit().state) == ("pending", "returned")


# --- when payOS does not answer


def test_an_answer_that_was_lost_is_asked_for_under_the_next_number(account):
    account.loses = 1
    charge = replace(CHARGE, gateway_ref=reference_of(CHARGE.id, "XL"))
    adapter = payos(account.fake.url)
    with pytest.raises(Unreachable):
        adapter.expect(charge, HOP)
    adapter.expect(charge, HOP)
    first, second = account.requests
    account.pay(100_000, "FT1", first)
    account.pay(85_000, "FT2", second)
    assert [(each.bank_ref, each.reference) for each in adapter.look(charge)] == [
        ("FT1", charge.gateway_ref), ("FT2", charge.gateway_ref)]  # fmt: skip
    for _time in range(2):
        adapter.expect(charge, HOP)
    with pytest.raises(Undecided):
        adapter.expect(charge, HOP)


@pytest.mark.parametrize(
    "changes", [{"amount": 1_000}, {"orderCode": 7}, {"accountNumber": "666"}, {"qrCode": None}]
)
def test_an_answer_that_was_changed_on_its_way_shows_nothing(account, changes):
    account.changes = changes
    with pytest.raises(Unreachable):
        payos(account.fake.url).expect(replace(CHARGE, gateway_ref=reference_of(CHARGE.id, "XL")), HOP)


def test_an_answer_about_another_sum_shows_nothing_however_well_signed(account):
    charge = replace(CHARGE, gateway_ref=reference_of(CHARGE.id, "XL"))
    make = account._make
    account._make = lambda said: (
        make(said),
        account._say("00", "success", orderCode=said["orderCode"], amount=1_000),
    )[1]
    with pytest.raises(Unreachable):
        payos(account.fake.url).expect(charge, HOP)


def test_a_wrong_key_is_refused(account):
    adapter = payos(account.fake.url)
    adapter.config = replace(adapter.config, api_key="another")
    charge = replace(CHARGE, gateway_ref=reference_of(CHARGE.id, "XL"))
    for ask in (lambda: adapter.expect(charge, HOP), lambda: adapter.look(charge)):
        with pytest.raises(Refused, match="401"):
            ask()


def test_while_payos_is_away_another_feed_hears_of_the_plain_transfer(monkeypatch):
    payment = asked()
    assert (payment.step["transfer"]["account"], "feed" in payment.step) == (transfers.ACCOUNT, False)
    came(185_000, payment.gateway_ref)
    assert state(payment) == "settled"
    assert Circuit.objects.get().adapter == "payos"


def test_where_nobody_else_hears_of_it_the_start_is_left_to_its_job(alone, monkeypatch):
    payment = made.opened(adapter="vietqr")
    assert services.begin(payment, made.HOP) is None
    assert (state(payment), payment.step, jobs.waiting("payments.start_again")) == ("created", None, 1)
    with payos_at_home() as (account, fake):
        monkeypatch.setenv("PAYMENTS_PAYOS_ENDPOINT", fake.url)
        services.start_again(payment.pk, made.HOP)
        assert state(payment) == "pending"
        tell(account.pay(185_000, "FT1"))
    assert state(payment) == "settled"


def test_where_nobody_else_hears_of_it_a_refusal_ends_the_attempt(alone, account, monkeypatch):
    monkeypatch.setenv("PAYMENTS_PAYOS_API_KEY", "another")
    payment = made.opened(adapter="vietqr")
    services.begin(payment, made.HOP)
    assert (state(payment), payment.events.last().code) == ("failed", "401")


def test_silent_for_long_payos_costs_no_buyer_a_second(account):
    account.broken = True
    for _time in range(breaker.SILENCES):
        asked()
    before = len(account.fake.asked)
    payment = asked()
    assert (len(account.fake.asked), "feed" in payment.step) == (before, False)


def test_a_payment_whose_feed_is_gone_still_ends(account, monkeypatch):
    payment = asked(hold_min=1)
    monkeypatch.delenv("PAYMENTS_PAYOS_API_KEY")
    with later(7):
        services.expire(payment)
    assert state(payment) == "expired"


def test_payos_that_does_not_answer_at_the_end_is_tried_for_an_hour(account, monkeypatch):
    payment = asked(hold_min=1)
    monkeypatch.setenv("PAYMENTS_PAYOS_ENDPOINT", dead_url())
    with later(7):
        services.expire(payment)
        assert state(payment) == "pending"
    with later(70):
        services.expire(payment)
    assert state(payment) == "expired"
