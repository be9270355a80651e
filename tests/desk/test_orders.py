"""Each step of an order at the desk; a second tap never does harm."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.orders.models import SubOrder
from tests.desk.conftest import a_paid_part, at

pytestmark = pytest.mark.django_db


def state() -> str:
    return SubOrder.objects.get().state


def text(answer) -> str:
    return answer.content.decode()


def test_one_tap_takes_all_new_orders(desk, listing, lot):
    parts = [a_paid_part(listing), a_paid_part(listing)]
    answer = desk.post("/ban-hang/don/nhan-viec/", {"don": [each.number for each in parts]}, follow=True)
    assert SubOrder.objects.filter(seen_at__isnull=False).count() == 2
    assert "Đã nhận việc 2 đơn." in text(answer)


def test_taking_twice_keeps_the_first_time(desk, part):
    desk.post("/ban-hang/don/nhan-viec/", {"don": part.number})
    first = SubOrder.objects.get().seen_at
    desk.post("/ban-hang/don/nhan-viec/", {"don": part.number})
    assert SubOrder.objects.get().seen_at == first


@pytest.mark.parametrize("name", ["", "XL", "XL-1/x", "/", "XL-7K3M-9QAB/99999"])
def test_taking_nonsense_finds_nothing(desk, part, name):
    assert desk.post("/ban-hang/don/nhan-viec/", {"don": name}).status_code in {302, 404}
    assert SubOrder.objects.get().seen_at is None


def test_the_whole_way_of_a_parcel(desk, part):
    desk.post("/ban-hang/don/nhan-viec/", {"don": part.number})
    desk.post(at(part, "dong-goi/"))
    desk.post(at(part, "giao-di/"), {"carrier": "Xe khách Hùng", "tracking": "12B-123.45"})
    shown = text(desk.get(at(part)))
    desk.post(at(part, "da-giao/"))
    assert "12B-123.45" in shown
    assert state() == "delivered"


def test_packing_twice_says_so_and_changes_nothing(desk, part, lot):
    desk.post(at(part, "dong-goi/"))
    answer = desk.post(at(part, "dong-goi/"), follow=True)
    lot.refresh_from_db()
    assert "Đơn này đang ở bước khác" in text(answer)
    assert (state(), lot.sold_qty) == ("packed", 5000)


def test_handing_over_needs_a_carrier_and_keeps_what_was_typed(desk, part):
    desk.post(at(part, "dong-goi/"))
    answer = desk.post(at(part, "giao-di/"), {"carrier": "", "tracking": "VTP-77"})
    assert answer.status_code == 422
    assert "VTP-77" in text(answer) and "Ghi ai chở hàng." in text(answer)
    assert state() == "packed"


def test_cash_on_delivery_asks_who_took_the_money(desk, cash_part):
    desk.post(at(cash_part, "dong-goi/"))
    desk.post(at(cash_part, "giao-di/"), {"carrier": "Bưu điện"})
    asked = desk.post(at(cash_part, "da-giao/"))
    assert asked.status_code == 422 and "Chọn ai đã thu tiền" in text(asked)
    desk.post(at(cash_part, "da-giao/"), {"cash_by": "carrier"})
    assert (state(), SubOrder.objects.get().cash_by) == ("delivered", "carrier")


def test_cash_of_a_parcel_the_buyer_called_delivered_can_still_be_said(desk, cash_part):
    SubOrder.objects.update(state="delivered", delivered_at=cash_part.confirmed_at)
    assert "1 đơn chưa báo thu tiền" in text(desk.get("/ban-hang/"))
    desk.post(at(cash_part, "da-giao/"), {"cash_by": "household"})
    assert SubOrder.objects.get().cash_by == "household"


def test_cannot_fulfil_gives_the_goods_free_and_shrinks_the_lot(desk, part, lot):
    answer = desk.post(at(part, "khong-giao-duoc/"), {"reason": "hong", f"lot-{lot.pk}": "12,5"})
    lot.refresh_from_db()
    assert answer.status_code == 302 and state() == "declined"
    assert (lot.available_qty, lot.reserved_qty) == (12_500, 0)
    assert SubOrder.objects.get().end_reason == "Hàng bị hỏng, không đạt"


def test_cannot_fulfil_asks_to_count_when_the_goods_are_short(desk, part):
    answer = desk.post(at(part, "khong-giao-duoc/"), {"reason": "thieu-hang", "words": "sâu ăn"})
    assert answer.status_code == 422 and state() == "confirmed"
    assert "hết thì ghi 0" in text(answer) and "sâu ăn" in text(answer)


def test_another_reason_needs_words(desk, part):
    answer = desk.post(at(part, "khong-giao-duoc/"), {"reason": "khac"})
    assert answer.status_code == 422 and "Ghi vài chữ để khách hiểu." in text(answer)


def test_declining_twice_leads_back_with_a_word(desk, part):
    desk.post(at(part, "khong-giao-duoc/"), {"reason": "khong-lam-kip"})
    answer = desk.post(at(part, "khong-giao-duoc/"), {"reason": "khong-lam-kip"}, follow=True)
    assert answer.status_code == 200 and "đã sang bước khác" in text(answer)


def test_goods_that_come_back_end_the_order(desk, part):
    desk.post(at(part, "dong-goi/"))
    desk.post(at(part, "giao-di/"), {"carrier": "Bưu điện"})
    desk.post(at(part, "quay-ve/"), {"refused": "1"})
    assert state() == "returned"


def test_the_household_sees_name_phone_and_address_and_nothing_else(desk, part):
    shown = text(desk.get(at(part)))
    assert "Trần Thị Lan" in shown and "0900" in shown and "Số 12, ngõ 45" in shown
    assert "lan@example.invalid" not in shown


def test_an_ended_order_hides_phone_and_address(desk, part):
    desk.post(at(part, "khong-giao-duoc/"), {"reason": "khong-lam-kip"})
    shown = text(desk.get(at(part)))
    assert "Số 12, ngõ 45" not in shown and "tel:" not in shown


@pytest.mark.parametrize("tab", ["moi", "dong-goi", "giao-di", "dang-giao", "da-giao", "khong-giao", "x"])
def test_every_tab_opens(desk, part, tab):
    assert desk.get(f"/ban-hang/don/?muc={tab}&trang=-3").status_code == 200


@pytest.mark.parametrize("path", ["/ban-hang/", "/ban-hang/don/", "/ban-hang/don/?muc=moi"])
def test_fifty_orders_cost_no_more_queries_than_one(desk, listing, lot, path):
    a_paid_part(listing)
    desk.get(path)
    with CaptureQueriesContext(connection) as one:
        desk.get(path)
    for _each in range(15):
        a_paid_part(listing)
    with CaptureQueriesContext(connection) as many:
        desk.get(path)
    assert len(many) == len(one)
