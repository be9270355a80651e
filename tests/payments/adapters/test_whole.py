"""What the gateways say, through the real webhook view and a real database; the replies word by word."""

import re
import tomllib
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
import time_machine

from common import dates
from payments.adapters import registry
from payments.adapters.contract import Adapter, Asks, Call, Listens, Refunds
from payments.intake import audit, services
from payments.intake.models import Inbox, Payment, Refund
from payments.intake.services import charges
from tests import jobs
from tests.builders import payments as made
from tests.gateways.vnpay_fake import signed_query
from tests.gateways.zalopay_fake import said_by_zalopay
from tests.payments.adapters.conftest import KINDS, open_site

ROOT = Path(__file__).resolve().parents[3]
CONFIRMED = {"RspCode": "00", "Message": "Confirm Success"}
SUCCESS = {"return_code": 1, "return_message": "success"}
#: HTTP status and body for each outcome
SAYS = {
    "vnpay": {
        "recorded": (200, CONFIRMED),
        "repeated": (200, {"RspCode": "02", "Message": "Order already confirmed"}),
        "unknown": (200, {"RspCode": "01", "Message": "Order not found"}),
        "mismatch": (200, {"RspCode": "04", "Message": "Invalid amount"}),
        "forged": (200, {"RspCode": "97", "Message": "Invalid signature"}),
        "broken": (200, {"RspCode": "99", "Message": "Unknown error"}),
    },
    "momo": {
        "recorded": (204, ""),
        "repeated": (204, ""),
        "unknown": (204, ""),
        "mismatch": (204, ""),
        "forged": (400, "bad signature"),
        "broken": (503, "try again"),
    },
    "zalopay": {
        "recorded": (200, SUCCESS),
        "repeated": (200, SUCCESS),
        "unknown": (200, {"return_code": 0, "return_message": "order not found"}),
        "mismatch": (200, SUCCESS),
        "forged": (200, {"return_code": -1, "return_message": "mac not equal"}),
        "broken": (200, {"return_code": 0, "return_message": "try again"}),
    },
    "stripe": {
        "recorded": (200, "ok"),
        "repeated": (200, "ok"),
        "unknown": (200, "ok"),
        "mismatch": (200, "ok"),
        "forged": (400, "bad signature"),
        "broken": (503, "try again"),
    },
}
#: what the gateway calls a payment that is there; a number unless it says otherwise
NAMES = {"stripe": r"pi_\w+"}


def said(answer) -> tuple[int, object]:
    is_json = answer.headers["Content-Type"] == "application/json"
    return answer.status_code, answer.json() if is_json else answer.content.decode()


def state(payment: Payment) -> str:
    return Payment.objects.get(pk=payment.pk).state


def after(minutes: int):
    return time_machine.travel(dates.now() + timedelta(minutes=minutes))


# --- notifications


def test_paid_and_repeated(site):
    payment = site.pending()
    site.gateway.pay(site.ref(payment))
    call = site.word(payment)
    assert said(site.hear(call)) == SAYS[site.code]["recorded"]
    assert said(site.hear(call)) == SAYS[site.code]["repeated"]
    payment.refresh_from_db()
    assert (payment.state, payment.settled_vnd) == ("settled", 185_000)
    assert re.fullmatch(NAMES.get(site.code, r"\d+"), payment.gateway_ref)
    assert (Inbox.objects.count(), payment.events.filter(to="settled").count()) == (1, 1)


def test_a_forged_word_is_not_kept_and_the_true_one_is_believed(site):
    payment = site.pending()
    site.gateway.pay(site.ref(payment))
    assert said(site.hear(site.word(payment, secret="another secret"))) == SAYS[site.code]["forged"]
    assert (Inbox.objects.count(), state(payment)) == (0, "pending")
    assert said(site.hear(site.word(payment))) == SAYS[site.code]["recorded"]
    assert state(payment) == "settled"


def test_an_order_nobody_knows_waits_for_a_person(site):
    payment = site.pending()
    site.gateway.pay(site.ref(payment))
    site.gateway.orders[site.ref(payment)[:-5] + "zzzzz"] = site.gateway.orders[site.ref(payment)]
    call = site.gateway.word(site.ref(payment)[:-5] + "zzzzz")
    assert [said(site.hear(call)), said(site.hear(call))] == [SAYS[site.code]["unknown"]] * 2
    assert (Inbox.objects.get().why, state(payment)) == ("unknown", "pending")


def test_another_sum_waits_for_a_person(site):
    payment = site.pending()
    site.gateway.pay(site.ref(payment))
    call = site.word(payment, amount_vnd=184_000)
    assert [said(site.hear(call)), said(site.hear(call))] == [SAYS[site.code]["mismatch"]] * 2
    assert (Inbox.objects.get().why, state(payment)) == ("mismatch", "pending")


def test_money_that_comes_late_is_still_money(site):
    payment = site.pending()
    site.gateway.broken = (500, b"")
    with after(31):
        services.expire(payment)
    with after(92):
        services.expire(payment)
    assert state(payment) == "expired"
    site.gateway.broken = None
    site.gateway.pay(site.ref(payment))
    assert said(site.hear(site.word(payment))) == SAYS[site.code]["recorded"]
    assert state(payment) == "settled" and payment.events.filter(late=True).count() == 1


@pytest.mark.parametrize("code", ["vnpay", "momo"])
def test_what_comes_out_of_order_changes_nothing(code, monkeypatch, db):
    with open_site(code, monkeypatch) as site:
        payment = site.pending()
        site.gateway.cancel(site.ref(payment))
        straggler = site.word(payment)
        site.gateway.pay(site.ref(payment))
        assert said(site.hear(site.word(payment))) == SAYS[code]["recorded"]
        assert said(site.hear(straggler)) == SAYS[code]["repeated"]
        assert state(payment) == "settled"


@pytest.mark.parametrize("code", ["vnpay", "momo"])
def test_a_buyer_who_cancels_at_the_gateway_ends_the_payment(code, monkeypatch, db):
    with open_site(code, monkeypatch) as site:
        payment = site.pending()
        site.gateway.cancel(site.ref(payment))
        assert said(site.hear(site.word(payment))) == SAYS[code]["recorded"]
        assert state(payment) == "failed"


def test_a_true_word_that_comes_as_its_gateway_never_calls_is_not_read(site):
    payment = site.pending()
    site.gateway.pay(site.ref(payment))
    call = site.word(payment)
    answer = site.hear(replace(call, method="POST" if call.method == "GET" else "GET"))
    assert (answer.status_code, answer["Allow"], Inbox.objects.count()) == (405, call.method, 0)
    assert (said(site.hear(call)), state(payment)) == (SAYS[site.code]["recorded"], "settled")


def malformed(site, payment):
    if site.code == "vnpay":
        fields = site.gateway.fields(site.ref(payment), vnp_Amount="x")
        return Call(method="GET", query=signed_query(fields))
    if site.code == "momo":
        return site.word(payment, amount="x")
    if site.code == "stripe":
        return site.word(payment, amount_total="x")
    return said_by_zalopay('{"app_id": 2553, "amount": "x"}')


def test_rightly_signed_nonsense_is_set_aside(site):
    payment = site.pending()
    site.gateway.pay(site.ref(payment))
    call = malformed(site, payment)
    assert [said(site.hear(call)), said(site.hear(call))] == [SAYS[site.code]["broken"]] * 2
    assert (Inbox.objects.get().why, state(payment)) == ("malformed", "pending")


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"[" * 50_000, b'{"signature": "\\ud800", "mac": "\\ud800"}']
)
def test_noise_is_forged_whatever_it_is(site, body):
    (method,) = registry.kinds()[site.code].traits.methods
    call = Call(method=method, body=body, query="vnp_SecureHash=%ED%A0%80&vnp_Amount=%ff")
    assert said(site.hear(call)) == SAYS[site.code]["forged"]
    assert Inbox.objects.count() == 0


SECRETS = {
    "vnpay": {"vnp_Bill_Mobile": "0900000101"},
    "momo": {"partnerUserId": "0900000101"},
    "zalopay": {"merchant_user_id": "0900000101"},
    "stripe": {"customer_details": {"phone": "0900000101"}},
}


def test_what_is_personal_is_struck_out_before_anything_is_stored(site):
    payment = site.pending()
    site.gateway.pay(site.ref(payment))
    site.hear(site.word(payment, **SECRETS[site.code]))
    assert state(payment) == "settled"
    raw = Inbox.objects.get().raw
    assert "0900000101" not in raw and "***" in raw.replace("%2A", "*") and payment.reference in raw


def test_money_that_vnpay_took_and_doubts_waits_for_a_person(vnpay):
    payment = vnpay.pending()
    vnpay.gateway.pay(payment.reference, "07", "07")
    call = vnpay.word(payment)
    assert said(vnpay.hear(call)) == SAYS["vnpay"]["recorded"]
    assert said(vnpay.hear(call)) == SAYS["vnpay"]["repeated"]
    row = Inbox.objects.get()
    assert (row.why, row.applied_at, state(payment)) == ("held", None, "pending")
    services.ask_now(payment)
    services.ask_now(payment)
    assert state(payment) == "pending" and Inbox.objects.filter(why="held").count() == 2
    vnpay.gateway.pay(payment.reference)
    assert said(vnpay.hear(vnpay.word(payment))) == SAYS["vnpay"]["recorded"]
    assert state(payment) == "settled"


# --- asking and giving back


def test_a_lost_notification_is_found_by_asking(site):
    payment = site.pending()
    services.ask_now(payment)
    assert state(payment) == "pending"
    site.gateway.pay(site.ref(payment))
    services.ask_now(payment)
    payment.refresh_from_db()
    assert (payment.state, payment.settled_vnd) == ("settled", 185_000)
    assert said(site.hear(site.word(payment))) == SAYS[site.code]["repeated"]


@pytest.mark.parametrize(("code", "kind"), [("momo", "show_qr"), ("stripe", "redirect")])
def test_an_answer_that_comes_too_late_leaves_the_start_to_a_job(code, kind, monkeypatch, db):
    with open_site(code, monkeypatch) as site:
        monkeypatch.setattr(charges, "HASTY_S", 0.2)
        site.gateway.slow_s = 0.6
        payment = made.opened(adapter=code)
        assert services.begin(payment, site.hop) is None
        assert state(payment) == "created"
        site.gateway.slow_s = 0
        with after(1):
            jobs.run_due()
        payment.refresh_from_db()
        assert (payment.state, payment.step["kind"], len(site.gateway.orders)) == ("pending", kind, 1)


def give(payment, amount_vnd, key):
    return services.give_back(payment, amount_vnd=amount_vnd, reason="hư hỏng", key=key)


def test_money_goes_back_in_parts_and_once(site):
    payment = site.settled()
    give(payment, 85_000, "a")
    jobs.run_due()
    refund = give(payment, 100_000, "b")
    jobs.run_due()
    services.send(refund)
    services.follow(refund)
    payment.refresh_from_db()
    assert [row.state for row in Refund.objects.all()] == ["done", "done"]
    assert (payment.refunded_vnd, len(site.gateway.refunds)) == (185_000, 2)
    assert list(audit.breaks()) == []


def test_a_refund_whose_answer_was_lost_is_asked_about_and_given_once(site):
    payment = site.settled()
    refund = give(payment, 85_000, "a")
    site.gateway.loses_answers = True
    jobs.run_due()
    refund.refresh_from_db()
    assert (refund.state, len(site.gateway.refunds)) == ("sent", 1)
    site.gateway.loses_answers = False
    services.follow(refund)
    refund.refresh_from_db()
    assert (refund.state, len(site.gateway.refunds)) == ("done", 1)


def test_a_refund_that_never_arrived_is_sent_again(site):
    payment = site.settled()
    refund = give(payment, 85_000, "a")
    site.gateway.broken = (502, b"")
    jobs.run_due()
    assert site.gateway.refunds == {}
    site.gateway.broken = None
    services.follow(refund)
    refund.refresh_from_db()
    assert (refund.state, len(site.gateway.refunds)) == ("done", 1)


def test_two_refunds_of_one_sum_are_told_apart(vnpay):
    payment = vnpay.settled()
    first = give(payment, 85_000, "a")
    jobs.run_due()
    second = give(payment, 85_000, "b")
    vnpay.gateway.broken = (502, b"")
    jobs.run_due()
    vnpay.gateway.broken = None
    services.follow(second)
    for refund in (first, second):
        refund.refresh_from_db()
    assert (first.state, second.state, len(vnpay.gateway.refunds)) == ("done", "done", 2)


# --- being there


@pytest.mark.parametrize("code", list(KINDS))
def test_each_is_registered_as_a_strangers_would_be(code):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    module, _colon, name = project["entry-points"]["cho_xu_lang.payment_adapters"][code].partition(":")
    kind = getattr(import_module(module), name)
    assert kind.code == code and all(
        issubclass(kind, each) for each in (Asks, Listens, Refunds) if each is not Listens
    )
    assert kind.answers and hasattr(kind, "start")


def test_each_is_offered_once_it_is_configured(site):
    [ours] = [each for each in registry.offered(185_000) if each.code == site.code]
    assert isinstance(ours, Adapter) and isinstance(ours, Listens)
    assert site.code not in [each.code for each in registry.offered(999)]
    others = set(KINDS) - {site.code}
    assert others <= registry.troubles().keys()


def test_a_report_of_trouble_names_no_secret(site, monkeypatch):
    monkeypatch.setenv(f"PAYMENTS_{site.code}_ENDPOINT".upper(), "ftp://x")
    monkeypatch.setenv("PAYMENTS_VNPAY_API_URL", "ftp://x")
    [trouble] = registry.troubles()[site.code]
    assert "https://" in trouble and "ftp" not in trouble
