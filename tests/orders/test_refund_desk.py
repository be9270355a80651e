"""The finance desk gives back with a fault: found by number, looked at, said once, much of it by two people."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import dates
from farmers.models import BankAccount
from payments.intake.models import Refund
from payments.payouts import approval, sending
from payments.payouts.models import Payout
from shop.orders import refund_desk
from shop.orders.errors import InDispute
from shop.orders.models import PartRefund
from shop.orders.money import refund_part
from tests.books.books import sheet
from tests.builders import payouts as made
from tests.builders.payments import say
from tests.orders.test_faults import DEAR
from tests.orders.test_money import bought, completed, delivered, fresh

pytestmark = pytest.mark.django_db
DESK = "/quan-tri/tai-chinh/hoan-tien/"
ALL = ("add_refund", "approve_refund", "change_refund")


@pytest.fixture
def tuan(client, django_user_model):
    return staff(client, django_user_model, "Tuấn", *ALL)


def staff(client, django_user_model, name: str, *rights: str):
    user = made.officer(name)
    user.user_permissions.set(Permission.objects.filter(codename__in=("access_admin", *rights)))
    client.force_login(user)
    return user


def address(part) -> str:
    return f"{DESK}don/{part.order.number}/{part.position}/"


def text(answer) -> str:
    return answer.text.replace("\u00a0", " ")


def form(client, part, **changes: str) -> dict[str, str]:
    """What the page's form sends."""
    key = re.search(r'name="key" value="([0-9a-f]{32})"', client.get(address(part)).text)[1]
    wanted = {"goods_vnd": "100.000", "delivery_vnd": "", "fault": "household", "reason": "dập nhiều"}
    return {**wanted, "key": key, "step": "look", **changes}


def test_an_order_is_found_by_its_number_however_it_is_typed(client, tuan):
    part = completed(bought())
    number = part.order.number
    for typed in (number, number.lower().replace("-", " "), part.number):
        assert client.get(DESK, {"q": typed})["Location"] == f"{DESK}don/{number}/"
    assert "Không có đơn nào" in client.get(DESK, {"q": "XL-0000-0000"}).text


def test_the_parts_say_what_was_paid_and_what_is_left(client, tuan):
    part = completed(bought())
    client.post(address(part), form(client, part, step="do"))
    page = text(client.get(f"{DESK}don/{part.order.number}/"))
    assert "350.000 ₫" in page and "còn hoàn được 250.000 ₫" in page and "dập nhiều" in page


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("household", "thành dòng âm của lần chi trả tới"),
        ("carrier", "hộ tự giao: trừ vào tiền giao của hộ"),
        ("buyer", "không nợ người mua; tỉnh tự nguyện"),
        ("nobody", "Quỹ tổn thất của tỉnh"),
    ],
)
def test_it_says_who_bears_it_before_anything_happens(client, tuan, fault, said):
    part = completed(bought())
    page = text(client.post(address(part), form(client, part, fault=fault)))
    assert said in page and "100.000 ₫" in page and Refund.objects.count() == 0


@pytest.mark.parametrize("fault", ["household", "carrier", "buyer", "nobody"])
def test_a_yes_gives_back_and_leaves_the_part_as_it_is(client, tuan, fault):
    part = completed(bought())
    answer = client.post(address(part), form(client, part, fault=fault, step="do"), follow=True)
    row = PartRefund.objects.get()
    assert (row.fault, row.goods_vnd, row.refund.reason, row.refund.asked_by) == (
        fault, 100_000, "dập nhiều", tuan,
    )  # fmt: skip
    assert "Đã ghi: hoàn 100.000 ₫" in text(answer) and fresh(part).state == "completed"


def test_the_same_form_sent_twice_gives_back_once(client, tuan):
    part = completed(bought())
    sent = form(client, part, goods_vnd="350.000", delivery_vnd="30.000", step="do")
    for _time in range(2):
        answer = client.post(address(part), sent, follow=True)
        assert "Đã ghi: hoàn 380.000 ₫" in text(answer) and "Đã hoàn hết phần này" in text(answer)
    assert Refund.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"goods_vnd": "350.001"},
        {"delivery_vnd": "30.001"},
        {"goods_vnd": "0"},
        {"goods_vnd": "-1"},
        {"goods_vnd": "1e3"},
        {"goods_vnd": "٣"},
        {"goods_vnd": "9" * 30},
        {"fault": "not_asked"},
        {"fault": ""},
        {"reason": "  "},
        {"key": "x"},
    ],
)
@pytest.mark.parametrize("step", ["look", "do"])
def test_a_form_that_is_not_right_gives_nothing_back(client, tuan, wrong, step):
    part = completed(bought())
    assert client.post(address(part), form(client, part, step=step, **wrong)).status_code == 422
    assert Refund.objects.count() == 0


def test_whoever_looks_may_go_back_and_change_it(client, tuan):
    part = completed(bought())
    page = client.post(address(part), form(client, part, step="back")).text
    assert 'value="100.000"' in page and Refund.objects.count() == 0


def test_what_is_not_delivered_or_not_paid_leads_back_with_the_reason(client, tuan):
    for part in (bought(), delivered(bought(adapter="cod"))):
        answer = client.get(address(part), follow=True)
        assert answer.redirect_chain and ("Chưa giao" in answer.text or "Chưa thu tiền" in answer.text)


def large(client, part) -> Refund:
    client.post(address(part), form(client, part, goods_vnd="3.000.000", step="do"))
    return Refund.objects.get()


def test_much_is_asked_for_and_another_person_approves(client, tuan, django_user_model):
    part = completed(bought(price_vnd=DEAR))
    look = client.post(address(part), form(client, part, goods_vnd="3.000.000"))
    assert "một người khác phải duyệt" in look.text
    refund = large(client, part)
    assert refund.state == "asked" and "một người khác phải duyệt" in client.get(DESK).text
    client.post(f"{DESK}{refund.pk}/duyet/")
    assert Refund.objects.get().state == "asked"
    mai = staff(client, django_user_model, "Mai", *ALL)
    page = text(client.get(DESK))
    assert "Duyệt hoàn 3.000.000 ₫" in page and "Tuấn đề nghị" in page and "dập nhiều" in page
    client.post(f"{DESK}{refund.pk}/duyet/")
    refund.refresh_from_db()
    assert (refund.state, refund.approved_by) == ("approved", mai)
    assert "Mai duyệt" in client.get(DESK).text


def test_the_queue_asks_as_often_however_many_wait_and_turns(client, tuan, monkeypatch):
    asked = []
    for number in range(2):
        for fault in ("household", "carrier", "nobody"):
            part = (completed if number else delivered)(bought(price_vnd=DEAR))
            client.post(address(part), form(client, part, goods_vnd="3.000.000", fault=fault, step="do"))
        client.get(DESK)
        with CaptureQueriesContext(connection) as queries:
            page = text(client.get(DESK))
        asked.append(len(queries))
        assert page.count("Rút lại đề nghị") == 3 * (number + 1)
    assert asked[0] == asked[1]
    assert "thành dòng âm" in page and "hộ nhận ít đi ngần này" in page and "Quỹ tổn thất" in page
    monkeypatch.setattr(refund_desk, "WAITING_PER_PAGE", 4)
    page = text(client.get(DESK))
    assert "Chờ người thứ hai duyệt (6)" in page and page.count("Rút lại đề nghị") == 4
    assert "?cho=2" in page and text(client.get(DESK, {"cho": "2"})).count("Rút lại đề nghị") == 2


def test_a_no_needs_its_reason(client, tuan):
    refund = large(client, completed(bought(price_vnd=DEAR)))
    client.post(f"{DESK}{refund.pk}/khong-duyet/", {"why": " "})
    assert Refund.objects.get().state == "asked"
    client.post(f"{DESK}{refund.pk}/khong-duyet/", {"why": "ghi nhầm"})
    assert Refund.objects.get().state == "rejected"


def test_who_may_enter_does_not_yet_approve(client, django_user_model, tuan):
    part = completed(bought(price_vnd=DEAR))
    refund = large(client, part)
    staff(client, django_user_model, "Mai", "add_refund")
    assert client.post(f"{DESK}{refund.pk}/duyet/").status_code in (302, 403)
    staff(client, django_user_model, "Hà", "change_refund", "approve_refund")
    assert client.get(address(part)).status_code in (302, 403)
    client.post(address(part), {"step": "do"})
    assert Refund.objects.get().state == "asked"


def test_who_only_approves_sees_what_waits_and_its_order_but_enters_nothing(client, django_user_model, tuan):
    part = completed(bought(price_vnd=DEAR))
    refund = large(client, part)
    staff(client, django_user_model, "Hà", "approve_refund")
    assert "Duyệt hoàn 3.000.000 ₫" in text(client.get(DESK))
    page = text(client.get(f"{DESK}don/{part.order.number}/"))
    assert "3.000.000 ₫" in page and "Hoàn tiền phần này" not in page
    client.post(f"{DESK}{refund.pk}/duyet/")
    assert Refund.objects.get().state == "approved"


def test_who_asked_takes_it_back_without_the_right_to_approve_and_nobody_elses(client, django_user_model):
    staff(client, django_user_model, "Mai", "add_refund")
    refund = large(client, completed(bought(price_vnd=DEAR)))
    assert "Rút lại đề nghị" in client.get(DESK).text
    staff(client, django_user_model, "Hà", "add_refund")
    assert "Rút lại đề nghị" not in client.get(DESK).text and "Không duyệt" not in client.get(DESK).text
    client.post(f"{DESK}{refund.pk}/khong-duyet/", {"why": "x"})
    assert Refund.objects.get().state == "asked"
    client.force_login(refund.asked_by)
    client.post(f"{DESK}{refund.pk}/khong-duyet/", {"why": "ghi nhầm"})
    assert Refund.objects.get().state == "rejected"


def test_the_form_of_what_was_refused_does_not_say_that_it_goes_back(client, tuan):
    part = completed(bought(price_vnd=DEAR))
    sent = form(client, part, goods_vnd="3.000.000", step="do")
    client.post(address(part), sent)
    client.post(f"{DESK}{Refund.objects.get().pk}/khong-duyet/", {"why": "ghi nhầm"})
    page = text(client.post(address(part), sent, follow=True))
    assert "Đã ghi: hoàn" not in page and "không có gì được hoàn" in page and Refund.objects.count() == 1


def test_nothing_goes_back_while_the_bank_may_take_it(client, tuan):
    part = completed(bought())
    sent = form(client, part, step="do")
    say("disputed", part.order.uses.get().payment)
    page = text(client.post(address(part), sent, follow=True))
    assert "Ngân hàng đang hỏi lại" in page and Refund.objects.count() == 0
    with pytest.raises(InDispute):
        refund_part(part, goods_vnd=1, delivery_vnd=0, fault="nobody", reason="x", key="k", by=tuan)


def test_nor_is_it_approved_then(client, django_user_model, tuan):
    part = completed(bought(price_vnd=DEAR))
    refund = large(client, part)
    say("disputed", part.order.uses.get().payment)
    staff(client, django_user_model, "Mai", *ALL)
    page = text(client.post(f"{DESK}{refund.pk}/duyet/", follow=True))
    assert "Ngân hàng đang hỏi lại" in page and Refund.objects.get().state == "asked"
    say("dispute_won", part.order.uses.get().payment)
    client.post(f"{DESK}{refund.pk}/duyet/")
    assert Refund.objects.get().state == "approved"


def test_after_the_payout_it_is_a_negative_line_of_the_next(client, tuan):
    part = completed(bought())
    seller = part.storefront.household
    account = {"bank_bin": "970405", "account": "8200205123456", "account_name": "HOANG THI SAU"}
    start = dates.now()
    BankAccount.objects.create(household=seller, changed_at=start - timedelta(days=100), **account)
    with time_machine.travel(start + timedelta(days=14)):
        (paid,) = made.run()
        approval.approve(paid, by=made.officer("Mai"))
        sending.send_file(by=made.officer("Mai"))
        client.force_login(tuan)
        client.post(address(part), form(client, part, step="do"))
        assert sheet()[f"payable household:{seller.pk}"] == 100_000
    with time_machine.travel(start + timedelta(days=28)):
        made.earned(seller, 300_000)
        made.run()
        payout = Payout.objects.latest("pk")
    assert payout.amount_vnd == 200_000
    assert sorted(line.amount_vnd for line in payout.lines.all()) == [-100_000, 300_000]
