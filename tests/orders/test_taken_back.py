"""Refunds of parts that a chargeback crossed: who bears what, after the desk has closed them."""

import pytest
from django.contrib.auth.models import Permission

from accounts.notices.models import Notice
from payments.books import audit as books_audit
from payments.intake import audit as intake_audit
from payments.intake import services as intake
from payments.intake.errors import OverRefund
from payments.intake.models import Refund
from shop.fulfilment import hand_over
from shop.orders import audit as orders_audit
from shop.orders import services
from shop.orders.money import Fault, refund_part
from shop.stock import audit as stock_audit
from tests.books.books import sheet
from tests.builders import payments as made
from tests.builders.payouts import officer
from tests.orders.test_money import bought, completed, delivered, fresh

pytestmark = pytest.mark.django_db
AUDITS = (books_audit, intake_audit, orders_audit, stock_audit)


def cross(part) -> Refund:
    """The bank takes all of it back, the gateway refuses the refund of the part, the desk closes that."""
    payment = part.order.uses.get().payment
    Refund.objects.update(state="sent", next_ask_at=None)
    made.say("dispute_lost", payment)
    refund = Refund.objects.get()
    made.say("refund_failed", payment, about=refund.reference, event_id="no")
    return intake.bank_gave_back(refund, by=officer("Tuấn"), note="dp_1")


def claim(part, goods_vnd: int = 100_000) -> None:
    words = {"delivery_vnd": 0, "fault": Fault.HOUSEHOLD, "reason": "dập", "key": "claim-1", "by": None}
    refund_part(part, goods_vnd=goods_vnd, **words)


def breaks() -> list[str]:
    return [each for audit in AUDITS for each in audit.breaks()]


def test_a_cancelled_order_costs_the_loss_fund_nothing():
    part = bought()
    services.cancel_by_buyer(part.order, by=None)
    cross(part)
    assert sheet() == {} and breaks() == []
    assert not Notice.objects.filter(kind="order_refund_by_hand").exists(), "nobody will transfer it by hand"


@pytest.mark.parametrize("when", ["delivered", "completed", "completed in between"])
def test_a_household_bears_its_fault_as_it_was_approved(when):
    part = completed(bought()) if when == "completed" else delivered(bought())
    claim(part)
    if when == "completed in between":
        hand_over.complete(fresh(part))
    cross(part)
    if when == "delivered":
        hand_over.complete(fresh(part))
    books = sheet()
    assert books["loss_fund"] == 280_000 and books.get("gateway sandbox", 0) == 0 and breaks() == []


def test_what_the_bank_left_of_a_cancelled_part_a_person_gives_back(client):
    part, tuan = bought(), officer("Tuấn")
    payment = part.order.uses.get().payment
    made.say("dispute_lost", payment, amount_vnd=80_000)
    tuan.user_permissions.set(
        Permission.objects.filter(codename__in=("access_admin", "add_refund", "change_refund"))
    )
    client.force_login(tuan)
    desk = client.get("/quan-tri/tai-chinh/tranh-chap/").text.replace("\u00a0", " ")
    assert "bị rút 80.000 ₫ trong 380.000 ₫" in desk and "nhiều nhất 300.000 ₫" in desk
    path = f"/quan-tri/tai-chinh/hoan-tien/don/{part.order.number}/"
    assert "hủy phần này trước" in client.get(path).text
    services.cancel_by_buyer(part.order, by=None)
    page = client.get(path)
    assert page.status_code == 200 and "Chưa giao" not in page.text
    with pytest.raises(OverRefund):
        claim(part, 300_001)
    claim(part, 300_000)
    Refund.objects.update(state="sent", next_ask_at=None)
    made.say("refunded", payment, about=Refund.objects.get().reference, amount_vnd=300_000)
    assert sheet() == {} and breaks() == []


def test_a_part_is_earned_whole_when_the_bank_took_only_some():
    part = delivered(bought())
    made.say("dispute_lost", part.order.uses.get().payment, amount_vnd=80_000)
    hand_over.complete(fresh(part))
    assert sheet()["loss_fund"] == 80_000 and sheet()["gateway sandbox"] == 300_000 and breaks() == []
    (letter,) = Notice.objects.filter(kind="order_disputed")
    assert "80.000" in letter.text
