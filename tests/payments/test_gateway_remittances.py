"""What gateways send to our bank: each statement once, never more than the gateway holds, in the books at once."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from common import dates
from config.province.groups import load_groups
from payments.adapters.sandbox import Sandbox
from payments.books import links
from payments.books.models import Entry
from payments.intake import audit, queries, services
from payments.intake.errors import (
    BadDay,
    BadNumber,
    BadSums,
    NoGateway,
    PaymentError,
    RemitsTooMuch,
    RemittedBefore,
)
from payments.intake.models import GatewayRemittance
from payments.intake.services import Wish
from tests.books.books import lines, sheet
from tests.builders import payments as made
from tests.builders.payouts import officer

pytestmark = pytest.mark.django_db
DESK = "/quan-tri/tai-chinh/cong-chuyen-ve/"


@pytest.fixture(autouse=True)
def _clean():
    yield
    assert list(audit.breaks()) == []


def remits(number: str = "BK-11", gross_vnd: int = 185_000, fee_vnd: int = 2_000, **changes):
    facts = {
        "adapter": "sandbox",
        "number": number,
        "gross_vnd": gross_vnd,
        "fee_vnd": fee_vnd,
        "bank_vnd": gross_vnd - fee_vnd,
        "day": dates.today(),
        **changes,
    }
    return services.gateway_remits(facts.pop("adapter"), by=officer("Tuấn"), **facts)


def test_what_the_gateway_held_is_in_our_bank_less_its_fee():
    payment = made.settled()
    found = remits(" bk 11.a ")
    assert found.number == "BK11.A"
    assert lines("gateway_remits:remittance:sandbox:BK11.A") == {
        "bank": 183_000, "fees sandbox": 2_000, "gateway sandbox": -185_000,
    }  # fmt: skip
    assert sheet() == {"bank": 183_000, "fees sandbox": 2_000, f"escrow payment:{payment.pk}": -185_000}
    call_command("audit_books")


def test_a_statement_is_entered_once_however_it_is_written():
    made.settled(), made.settled()
    remits("BK-11")
    for number in ("bk-11", " BK - 11 "):
        with pytest.raises(RemittedBefore):
            remits(number, 1_000, 0)
    remits("BK-12")
    assert GatewayRemittance.objects.count() == 2 and sheet()["bank"] == 366_000


def test_it_never_sends_more_than_it_holds():
    made.settled()
    with pytest.raises(RemitsTooMuch):
        remits(gross_vnd=185_001)
    remits(gross_vnd=100_000)
    with pytest.raises(RemitsTooMuch):
        remits("BK-12", gross_vnd=85_001)
    remits("BK-12", gross_vnd=85_000)
    assert "gateway sandbox" not in sheet()


def test_what_went_back_to_a_buyer_cannot_be_sent_to_us_too():
    payment = made.settled()
    refund = services.give_back(payment, amount_vnd=85_000, reason="x", key="k")
    services.apply(made.fact("refunded", payment, about=refund.reference, amount_vnd=85_000))
    with pytest.raises(RemitsTooMuch):
        remits(gross_vnd=100_001)
    remits(gross_vnd=100_000)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"number": ""}, BadNumber),
        ({"number": "a/b"}, BadNumber),
        ({"number": "x" * 41}, BadNumber),
        ({"number": "bảng"}, BadNumber),
        ({"gross_vnd": 0, "fee_vnd": 0}, BadSums),
        ({"fee_vnd": -1}, BadSums),
        ({"fee_vnd": 185_001}, BadSums),
        ({"bank_vnd": 1}, BadSums),
        ({"day": dates.today() + timedelta(days=2)}, BadDay),
        ({"day": dates.today().replace(year=1999)}, BadDay),
        ({"adapter": "momo"}, NoGateway),
        ({"adapter": "\u0301"}, NoGateway),
    ],
)
def test_nonsense_is_refused_and_writes_nothing(changes, error):
    made.settled()
    with pytest.raises(error):
        remits(**changes)
    assert not GatewayRemittance.objects.exists() and "bank" not in sheet()


def test_it_is_posted_on_the_day_the_money_came():
    made.settled()
    day = dates.today() - timedelta(days=3)
    remits(day=day)
    assert dates.local(Entry.objects.get(kind="gateway_remits").at).date() == day


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"bank_vnd": 1}, "gateway_remittance_adds_up"),
        ({"gross_vnd": 0, "bank_vnd": 0, "fee_vnd": 0}, "gateway_remittance_moves_money"),
        ({"bank_vnd": 185_001, "fee_vnd": -1}, "gateway_remittance_moves_money"),
        ({"number": "BK-12"}, "gateway_remittance_once_per_number"),
    ],
)
def test_the_database_keeps_the_rules(change, rule):
    made.settled(), made.settled()
    remits("BK-12")
    first = remits("BK-11")
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        GatewayRemittance.objects.filter(pk=first.pk).update(**change)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    statements=some.lists(
        some.tuples(some.sampled_from(["A", "B", "C"]), some.integers(0, 400_000), some.integers(0, 5_000)),
        max_size=8,
    )
)
def test_whatever_is_entered_clearing_is_what_was_settled_less_what_was_sent(statements):
    with transaction.atomic():
        made.settled(), made.settled()
        for number, gross_vnd, fee_vnd in statements:
            try:
                remits(number, gross_vnd, fee_vnd)
            except PaymentError:
                continue
        sent_vnd = sum(each.gross_vnd for each in GatewayRemittance.objects.all())
        assert sheet().get("gateway sandbox", 0) == 370_000 - sent_vnd >= 0
        assert list(audit.breaks()) == []
        transaction.set_rollback(True)


# The page


def browser(*rights: str) -> Client:
    user = officer("Tuấn")
    user.user_permissions.set(Permission.objects.filter(codename__in=("access_admin", *rights)))
    client = Client()
    client.force_login(user)
    return client


ALL = ("view_gatewayremittance", "add_gatewayremittance", "view_account")
FORM = {
    "adapter": "sandbox",
    "number": "BK-11",
    "gross_vnd": "185.000",
    "fee_vnd": "0",
    "bank_vnd": "185.000",
    "day": dates.today().isoformat(),
    "note": "sao kê tháng 11",
}


def test_gateways_are_called_as_people_call_them():
    made.settled()
    client, name = browser(*ALL), str(Sandbox.label)
    services.choose("sandbox", Wish(labels={"vi": "Ngân hàng tập"}), by=officer("Hà"))
    assert '<option value="sandbox">Ngân hàng tập</option>' in client.get(DESK).text
    assert "của Ngân hàng tập đã về ngân hàng" in client.post(DESK, FORM, follow=True).text
    for address in (DESK, f"{DESK}sandbox/BK-11/"):
        page = re.sub(r'"[^"]*"', "", client.get(address).text.partition("<main")[2])
        assert "Ngân hàng tập" in page and "sandbox" not in page and name not in page


def test_finance_enters_a_statement_and_finds_it_in_the_books():
    made.settled()
    client = browser(*ALL)
    assert "185.000" in client.get(DESK).text
    page = client.post(DESK, FORM, follow=True)
    assert "đã về ngân hàng" in page.text and "sao kê tháng 11" in page.text
    entry = Entry.objects.get(kind="gateway_remits")
    one = client.get(f"{DESK}sandbox/BK-11/")
    assert f"/but-toan/{entry.pk}/" in one.text
    assert links.page_of(entry.about) == f"{DESK}sandbox/BK-11/"
    assert f'href="{DESK}sandbox/BK-11/"' in client.get(f"/quan-tri/so-sach/but-toan/{entry.pk}/").text
    assert "đã được ghi" in client.post(DESK, FORM).text and queries.clearing().get().balance_vnd == 0


@pytest.mark.parametrize(
    "change",
    [
        {"gross_vnd": ""},
        {"gross_vnd": "x"},
        {"fee_vnd": ""},
        {"fee_vnd": "\x00"},
        {"bank_vnd": "9" * 30},
        {"gross_vnd": "185.001", "bank_vnd": "185.001"},
        {"day": ""},
        {"day": "0000-00-00"},
        {"day": "9999-12-31"},
        {"number": "<b>"},
        {"adapter": "momo"},
    ],
)
def test_bad_input_says_why_and_keeps_what_was_typed(change):
    made.settled()
    answer = browser(*ALL).post(DESK, {**FORM, **change})
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert 'value="sao kê tháng 11"' in answer.text and not GatewayRemittance.objects.exists()
    if "number" not in change:
        assert 'value="BK-11"' in answer.text


def test_who_may_not_enter_or_see_does_not():
    made.settled()
    looks = browser("view_gatewayremittance")
    assert 'name="gross_vnd"' not in looks.get(DESK).text
    looks.post(DESK, FORM)
    other = browser("change_refund")
    assert other.get(DESK).status_code in (302, 403) and other.get(f"{DESK}sandbox/1/").status_code in (
        302,
        403,
    )
    other.post(DESK, FORM)
    assert not GatewayRemittance.objects.exists()


@pytest.mark.parametrize("path", ["sandbox/KHONG/", "khong/BK-11/", "sandbox/%00/", "sandbox/é/"])
def test_what_is_not_there_is_not_found(path):
    made.settled()
    remits()
    assert browser(*ALL).get(DESK + path).status_code == 404


def test_the_role_of_finance_may_enter_it():
    load_groups()
    mine = Permission.objects.filter(group__name="Tài chính", content_type__model="gatewayremittance")
    assert set(mine.values_list("codename", flat=True)) == {"view_gatewayremittance", "add_gatewayremittance"}
