"""Refunds with a fault: who bears them, who hears of them, and what a second person's yes changes."""

import pytest
from django.core.management import call_command

from accounts.notices.models import Notice
from common import dates
from payments.intake import services as intake
from payments.intake.errors import OverRefund
from payments.intake.models import Payment, Refund
from shop.fulfilment import hand_over
from shop.orders import queries
from shop.orders.errors import NotDelivered
from shop.orders.money import Fault, approve_refund, left_of, needs_two, refund_part, room_of
from shop.stock import services as stock
from tests.books.books import lines, sheet
from tests.builders.catalogue import a_listing
from tests.builders.orders import an_order
from tests.builders.payouts import officer
from tests.orders.test_money import accounts_of, bought, completed, delivered, fee, fresh

pytestmark = pytest.mark.django_db
DEAR = 5_000_000


def ask(part, goods_vnd: int = 3_000_000, fault: str = Fault.HOUSEHOLD, delivery_vnd: int = 0) -> Refund:
    """More than one person decides."""
    return refund_part(
        part,
        goods_vnd=goods_vnd,
        delivery_vnd=delivery_vnd,
        fault=fault,
        reason="dập nhiều",
        key="desk-1",
        by=officer("Tuấn"),
    )


def letters(kind: str) -> list[str]:
    return [each.text.replace("\u00a0", " ") for each in Notice.objects.filter(kind=kind)]


@pytest.mark.parametrize("when", [delivered, completed])
def test_what_is_the_buyers_fault_and_given_all_the_same_is_the_loss_funds(when):
    part = when(bought())
    ask(part, 100_000, Fault.BUYER)
    if part.state == "delivered":
        hand_over.complete(fresh(part))
    payable, _delivery, escrow = accounts_of(part)
    found = sheet()
    assert (found["loss_fund"], found[payable], found.get(escrow, 0)) == (100_000, -350_000, 0)
    call_command("audit_books")


def test_small_ones_of_all_parcels_of_an_order_add_up_to_a_large_one():
    sellers = [a_listing(price_vnd=1_500_000) for _seller in range(2)]
    for listing in sellers:
        stock.open_lot(listing, harvested_on=dates.today(), qty=20_000, by=None)
    order = an_order(*sellers, adapter="cod")
    first, second = (delivered(part, "household") for part in order.suborders.all())
    assert first.uses.get().payment_id != second.uses.get().payment_id
    tuan, mai = officer("Tuấn"), officer("Mai")
    facts = {"delivery_vnd": 0, "fault": Fault.NOBODY, "reason": "dập", "key": "desk-1"}
    assert not needs_two(second, 1_200_000, by=mai)
    assert refund_part(first, goods_vnd=1_200_000, by=tuan, **facts).state == "approved"
    assert needs_two(second, 1_200_000, by=mai)
    assert refund_part(second, goods_vnd=1_200_000, by=mai, **facts).state == "asked"


def test_what_is_not_delivered_is_cancelled_instead():
    part = bought()
    with pytest.raises(NotDelivered):
        ask(part, 100_000)
    assert Refund.objects.count() == 0


def test_what_waits_for_a_second_person_is_still_earned_and_keeps_its_room():
    part = delivered(bought(price_vnd=DEAR))
    ask(part)
    assert (left_of(part).goods_vnd, room_of(part).goods_vnd) == (DEAR, DEAR - 3_000_000)
    with pytest.raises(OverRefund):
        refund_part(
            part, goods_vnd=2_000_001, delivery_vnd=0, fault=Fault.NOBODY, reason="x", key="2", by=None
        )
    hand_over.complete(fresh(part))
    assert sheet()[accounts_of(part)[0]] == -DEAR
    call_command("audit_books")


def test_who_bears_it_is_reckoned_when_it_is_approved():
    """Asked before completion, approved after it: those who earned meanwhile give back, in proportion."""
    fee(500)
    part = delivered(bought(price_vnd=DEAR, tax_class="processed"))
    refund = ask(part)
    hand_over.complete(fresh(part))
    approve_refund(refund, by=officer("Mai"))
    assert lines(f"refund_approved:refund:{refund.pk}") == {
        accounts_of(part)[0]: 2_805_000, "commission": 150_000, "tax vat": 30_000, "tax income": 15_000,
        f"refunds_due refund:{refund.pk}": -3_000_000,
    }  # fmt: skip
    assert fresh(part).state == "completed"
    call_command("audit_books")


def test_a_no_leaves_the_books_and_the_household_as_they_were():
    part = completed(bought(price_vnd=DEAR))
    before = sheet()
    intake.reject_refund(ask(part), by=officer("Mai"), why="ảnh không phải hàng này")
    assert sheet() == before and room_of(part).goods_vnd == DEAR
    assert letters("order_refund_approved") == letters("household_refund") == []
    call_command("audit_books")


def test_the_buyer_sees_no_promise_before_the_second_yes():
    part = delivered(bought(price_vnd=DEAR))
    refund = ask(part)
    assert queries.refunds_of(fresh(part).order) == []
    approve_refund(refund, by=officer("Mai"))
    assert queries.refunds_of(fresh(part).order) == [refund]


def test_buyer_and_household_hear_of_it_when_it_is_approved_and_not_before():
    part = delivered(bought(price_vnd=DEAR))
    refund = ask(part)
    assert letters("order_refund_approved") == letters("household_refund") == []
    approve_refund(refund, by=officer("Mai"))
    (buyer,), (household,) = letters("order_refund_approved"), letters("household_refund")
    assert "3.000.000 ₫" in buyer and "dập nhiều" in buyer and "Tiền về nơi bạn đã trả" in buyer
    assert "giảm 3.000.000 ₫" in household and part.number in household


@pytest.mark.parametrize(
    ("fault", "carrier", "said"),
    [
        (Fault.HOUSEHOLD, "own", "giảm 95.000 ₫"),
        (Fault.CARRIER, "own", "Nhà mình tự giao, nên 100.000 ₫"),
        (Fault.CARRIER, "ghn", "vẫn nhận đủ tiền"),
        (Fault.NOBODY, "own", "vẫn nhận đủ tiền"),
        (Fault.BUYER, "own", "vẫn nhận đủ tiền"),
    ],
)
def test_the_household_reads_what_it_costs_it(fault, carrier, said):
    fee(500)
    part = bought()
    type(part).objects.filter(pk=part.pk).update(carrier=carrier)
    ask(completed(part), 100_000, fault)
    assert said in letters("household_refund")[0]


def test_who_paid_cash_reads_that_a_person_brings_it():
    part = delivered(bought(adapter="cod"), "household")
    ask(part, 100_000, Fault.NOBODY)
    assert "trả tiền mặt" in letters("order_refund_approved")[0]


def test_who_paid_in_a_way_that_gives_nothing_back_reads_that_a_person_brings_it():
    part = completed(bought())
    Payment.objects.update(adapter="vietqr")
    ask(part, 100_000, Fault.NOBODY)
    (letter,) = letters("order_refund_approved")
    assert "Cán bộ tỉnh liên hệ" in letter and "Tiền về nơi" not in letter and "tiền mặt" not in letter
