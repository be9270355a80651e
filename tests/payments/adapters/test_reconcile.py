"""Reconciling: each difference is named, agreement is silent, nothing changes unless it is told to."""

import io
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from common import dates
from config.management.commands.reconcile import paced
from payments.adapters import registry
from payments.intake import audit, services
from payments.intake.breaker import SILENCES
from payments.intake.models import Circuit, Credit, Inbox, Payment, Refund, RefundEvent
from tests import cast, jobs
from tests.builders import payments as made
from tests.builders import transfers
from tests.gateways.server import dead_url
from tests.house.ground import changed, state

pytestmark = pytest.mark.django_db
HEAD = "date,credit,reference,description\n"


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def folder(settings) -> Path:
    return settings.DATA_DIR / "reconcile"


def run(*flags: str, day: date | None = None) -> tuple[str, str]:
    """What it says, and what it complains of; the last complaint is the error's own."""
    out, complaints = io.StringIO(), io.StringIO()
    try:
        call_command(
            "reconcile", f"--day={day or dates.today()}", "--rate=100", *flags, stdout=out, stderr=complaints
        )
    except CommandError as error:
        complaints.write(str(error))
    return out.getvalue(), complaints.getvalue()


def give(payment: Payment, amount_vnd: int, key: str) -> Refund:
    refund = services.give_back(payment, amount_vnd=amount_vnd, reason="hư hỏng", key=key)
    jobs.run_due()
    refund.refresh_from_db()
    return refund


# --- gateways


def test_a_day_on_which_both_agree_is_silent(site):
    payment = site.settled()
    give(payment, 85_000, "a")
    give(payment, 100_000, "b")
    site.pending()
    made.opened(adapter=site.code)
    said, complaints = run()
    assert complaints == "" and said.endswith("Gateways and books agree.\n")
    assert said.count("not compared") == (1 if site.code == "vnpay" else 0)


def test_money_that_we_did_not_hear_of_is_named_and_nothing_changes(site):
    payment = site.pending()
    site.gateway.pay(site.ref(payment))
    before = state()
    said, complaints = run()
    assert f"payment {payment.pk} ({site.code}): paid at the gateway, pending with us" in complaints
    assert complaints.endswith("1 differences.") and said == "" and changed(before) == []


def test_applied_it_is_settled_and_booked_as_if_it_had_been_told(site):
    payment = site.pending()
    site.gateway.pay(site.ref(payment))
    run()
    said, complaints = run("--apply")
    payment.refresh_from_db()
    assert (payment.state, complaints) == ("settled", "") and "1 differences were applied" in said
    assert list(audit.breaks()) == [] and run()[1] == ""


def test_money_that_the_gateway_never_had_is_named(site):
    payment = site.pending()
    made.say("settled", payment)
    _said, complaints = run("--apply")
    assert f"payment {payment.pk}" in complaints and "settled with us" in complaints
    payment.refresh_from_db()
    assert payment.state == "settled"


def test_another_sum_is_named_and_applied_waits_for_a_person(site):
    payment = site.pending()
    site.gateway.pay(site.ref(payment))
    site.gateway.orders[site.ref(payment)]["amount_vnd"] = 184_000
    assert "took 184000 VND, we asked for 185000 VND" in run()[1]
    assert not Inbox.objects.exists()
    assert "184000" in run("--apply")[1]
    payment.refresh_from_db()
    assert (payment.state, Inbox.objects.get().why) == ("pending", "mismatch")


def test_a_refund_that_we_believe_open_and_the_gateway_gave(site):
    payment = site.settled()
    site.gateway.loses_answers = True
    refund = give(payment, 85_000, "a")
    site.gateway.loses_answers = False
    assert refund.state == "sent"
    assert f"refund {refund.pk} ({site.code}): given back at the gateway, sent with us" in run()[1]
    run("--apply")
    refund.refresh_from_db()
    assert refund.state == "done" and run()[1] == ""


def test_a_refund_that_the_gateway_never_gave(site):
    payment = site.settled()
    refund = give(payment, 85_000, "a")
    site.gateway.refunds.clear()
    assert f"refund {refund.pk} ({site.code})" in run()[1]


def test_a_refund_by_hand_is_none_of_the_gateways(site):
    payment = site.settled()
    site.gateway.broken = (502, b"")
    refund = give(payment, 85_000, "a")
    site.gateway.broken = None
    Refund.objects.filter(pk=refund.pk).update(state="by_hand")
    services.refund_by_hand_done(refund, by=cast.person("tuan", "Lương Văn Tuấn"), note="chuyển khoản")
    assert RefundEvent.objects.filter(code="by hand").exists() and run()[1] == ""


def test_what_fails_at_the_gateway_while_we_wait(vnpay):
    payment = vnpay.pending()
    vnpay.gateway.cancel(payment.reference)
    assert f"payment {payment.pk} (vnpay): failed at the gateway (02), pending with us" in run()[1]


def test_money_that_the_gateway_doubts_is_a_difference_until_a_person_decides(vnpay):
    payment = vnpay.pending()
    vnpay.gateway.pay(payment.reference, "07", "07")
    assert "doubts it (07)" in run()[1]
    assert "doubts it (07)" in run("--apply")[1]
    assert Inbox.objects.get().why == "held"


def test_only_the_day_and_the_adapter_that_were_named(vnpay):
    payment = vnpay.pending()
    vnpay.gateway.pay(payment.reference)
    yesterday = dates.today() - timedelta(days=1)
    assert run(day=yesterday)[1] == "" and run("--adapter=momo")[1] == ""
    assert "1 differences" in run("--adapter=vnpay")[1]
    Payment.objects.update(created_at=dates.now() - timedelta(days=3))
    assert run("--fresh")[1] == ""


def test_what_was_settled_on_the_day_belongs_to_it_whenever_it_was_created(vnpay):
    made.say("settled", vnpay.pending())
    Payment.objects.update(created_at=dates.now() - timedelta(days=3))
    assert "settled with us" in run()[1]


# --- silence, pace, going on


def test_a_silent_gateway_is_neither_agreement_nor_difference_and_is_left_alone(site, monkeypatch):
    payments = [site.pending() for _time in range(SILENCES + 3)]
    asked = []
    monkeypatch.setattr(registry.kinds()[site.code], "ask", _silent(asked))
    said, complaints = run()
    assert len(asked) == SILENCES and complaints.count("did not answer") == len(payments)
    assert complaints.endswith("0 differences, 8 not answered: run it again to go on.") and said == ""
    assert not Circuit.objects.filter(silences__gt=0).exists()


def _silent(asked: list):
    from payments.adapters.contract import Unreachable

    def ask(self, about):
        asked.append(about.id)
        raise Unreachable("nobody")

    return ask


def test_a_dead_address_over_the_wire(vnpay, monkeypatch):
    vnpay.pending()
    monkeypatch.setenv("PAYMENTS_VNPAY_API_URL", dead_url())
    assert "0 differences, 1 not answered" in run()[1]


def test_it_goes_on_where_it_was_cut_off(vnpay, folder, monkeypatch):
    first, second, third = (vnpay.pending() for _time in range(3))
    vnpay.gateway.pay(first.reference)
    asked, true_ask = [], registry.kinds()["vnpay"].ask

    def dies(self, about):
        asked.append(about.id)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return true_ask(self, about)

    monkeypatch.setattr(registry.kinds()["vnpay"], "ask", dies)
    with pytest.raises(KeyboardInterrupt):
        run()
    [kept] = folder.iterdir()
    kept.write_text(kept.read_text() + '{"name": "paym')
    _said, complaints = run()
    assert asked == [each.reference for each in (first, second, second, third)]
    assert "paid at the gateway" in complaints and complaints.endswith("1 differences.")
    assert list(folder.iterdir()) == []


def test_fresh_asks_everything_again(vnpay, folder):
    payment = vnpay.pending()
    folder.mkdir()
    (folder / f"{dates.today()}-all.jsonl").write_text(
        json.dumps({"name": f"payment {payment.pk}", "difference": "of old"})
    )
    assert "of old" in run()[1]
    (folder / f"{dates.today()}-all.jsonl").write_text(
        json.dumps({"name": f"payment {payment.pk}", "difference": "of old"})
    )
    assert run("--fresh")[1] == ""


def test_no_more_questions_a_second_than_allowed(monkeypatch):
    now, slept = [100.0], []
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr(
        "time.sleep", lambda seconds: (slept.append(seconds), now.__setitem__(0, now[0] + seconds))
    )
    pause = paced(4)
    for _time in range(3):
        pause()
    assert slept == pytest.approx([0.25, 0.25])


@pytest.mark.parametrize("flags", [["--day=15/08/2026"], ["--rate=0"], ["--adapter=nobody"]])
def test_what_makes_no_sense_is_refused(flags):
    with pytest.raises(CommandError):
        call_command("reconcile", *([] if "--day" in flags[0] else [f"--day={dates.today()}"]), *flags)


def test_a_gateway_whose_keys_are_gone_is_said(vnpay, monkeypatch):
    vnpay.pending()
    monkeypatch.delenv("PAYMENTS_VNPAY_HASH_SECRET")
    assert "its gateway is not configured" in run()[1]


# --- the bank account


@pytest.fixture
def _account(monkeypatch):
    transfers.configure(monkeypatch)
    with time_machine.travel("2026-08-15T12:00:00+07:00", tick=False):
        yield


def upload(lines: str, *, book: bool = False):
    tuan = cast.person("tuan", "Lương Văn Tuấn")
    statement = services.check_statement(
        (HEAD + lines).encode(), name="x.csv", account=transfers.ACCOUNT, by=tuan
    )
    if book:
        services.book_statement(statement, by=tuan)
        jobs.run_due()


@pytest.mark.usefixtures("_account")
def test_a_statement_that_says_what_the_feed_said():
    payment = transfers.asked()
    transfers.came(185_000, payment.gateway_ref)
    upload(f"15/08/2026 11:59,185.000,FT1,{payment.gateway_ref}\n16/08/2026,1.000,FT7,mai\n")
    assert run() == ("Gateways and books agree.\n", "")


@pytest.mark.usefixtures("_account")
def test_each_way_a_statement_can_differ():
    transfers.came(5_000, "cũ", "FT1")
    transfers.came(6_000, "feed", "FT2")
    upload("15/08/2026,6.000,FT1,cũ\n15/08/2026,7.000,FT3,mua na\n")
    before = state()
    _said, complaints = run()
    assert "FT1 cannot be booked" in complaints
    assert "7000 (FT3) is on the statement, not with us" in complaints
    assert "6000 (FT2) is with us, and no statement of the day has it" in complaints
    assert complaints.endswith("3 differences.") and changed(before) == []


@pytest.mark.usefixtures("_account")
def test_a_sum_that_was_changed_after_booking():
    upload("15/08/2026,7.000,FT3,mua na\n", book=True)
    assert run()[1] == ""
    Credit.objects.update(amount_vnd=8_000)
    assert "FT3: 7000 on the statement, 8000 with us" in run()[1]


@pytest.mark.usefixtures("_account")
def test_a_day_without_a_statement_is_said_and_no_difference():
    transfers.came(5_000, "cũ", "FT1")
    said, complaints = run()
    assert "no statement of this day is uploaded" in said and complaints == ""
    assert "statement" not in run("--adapter=vnpay")[0]
