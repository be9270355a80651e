"""Hôm nay: the one job on top, the week's sales, stock by one tap."""

from datetime import timedelta

import pytest

from common import dates
from shop.catalogue.models import Listing
from shop.desk.week import week_of
from shop.orders.models import SubOrder
from tests.desk.conftest import a_paid_part

pytestmark = pytest.mark.django_db
TODAY = "/ban-hang/"


def text(answer) -> str:
    return answer.content.decode()


def test_a_new_household_is_told_how_to_begin(desk):
    assert "Gian hàng đã sẵn sàng" in text(desk.get(TODAY))


def test_new_orders_come_first(desk, part):
    shown = desk.get(TODAY)
    assert shown.context["job"].kind == "moi"
    assert "Có 1 đơn mới" in text(shown) and "1 thùng 5 kg loại 1" in text(shown)


def test_work_that_was_taken_becomes_packing(desk, part):
    SubOrder.objects.update(seen_at=dates.now())
    assert desk.get(TODAY).context["job"].kind == "dong-goi"


def test_nothing_to_do_is_said_calmly(desk, lot):
    assert "Hôm nay chưa có việc gì" in text(desk.get(TODAY))


def test_listings_that_came_back_and_drafts_wait_below(desk, part, sau, honey, listing):
    Listing.objects.filter(pk=listing.pk).update(state="returned", returned_reason="Ảnh tối")
    Listing.objects.create(storefront=sau.storefront, product=honey, slug="mat-ong", title="Mật ong")
    kinds = [job.kind for job in desk.get(TODAY).context["waiting"]]
    assert kinds == ["tra-lai", "nhap"]


def test_the_week_adds_goods_of_each_day_without_what_came_to_nothing(sau, listing, lot):
    paid, declined = a_paid_part(listing, count=2), a_paid_part(listing)
    SubOrder.objects.filter(pk=declined.pk).update(state="declined")
    last_week = a_paid_part(listing)
    SubOrder.objects.filter(pk=last_week.pk).update(confirmed_at=dates.now() - timedelta(days=7))
    week = week_of(sau.storefront, dates.today())
    assert (week.sold_vnd, week.last_week_vnd, week.more_vnd) == (paid.goods_vnd, 350_000, 350_000)


def test_the_week_is_readable_as_a_table(desk, part):
    shown = text(desk.get(TODAY))
    assert "<svg" in shown and shown.count('scope="row"') == 7


def test_plus_adds_one_pack_and_a_second_tap_of_the_same_button_nothing(desk, lot):
    for _tap in range(2):
        desk.post(f"/ban-hang/lo/{lot.pk}/buoc/", {"thu-hoach": "105000"})
    lot.refresh_from_db()
    assert lot.available_qty == 105_000


def test_minus_never_goes_below_what_is_ordered(desk, lot, part):
    answer = desk.post(f"/ban-hang/lo/{lot.pk}/buoc/", {"thu-hoach": "4000"}, follow=True)
    lot.refresh_from_db()
    assert lot.harvested_qty == 100_000 and "nhỏ hơn phần khách đã đặt" in text(answer)


@pytest.mark.parametrize("wanted", ["", "-5", "x", "9" * 30, "１２"])
def test_nonsense_quantities_change_nothing(desk, lot, wanted):
    assert desk.post(f"/ban-hang/lo/{lot.pk}/buoc/", {"thu-hoach": wanted}).status_code == 302
    lot.refresh_from_db()
    assert lot.harvested_qty == 100_000


def test_sold_out_and_back(desk, lot):
    desk.post(f"/ban-hang/lo/{lot.pk}/ban/", {"ban": "khong"})
    lot.refresh_from_db()
    assert not lot.is_open
    desk.post(f"/ban-hang/lo/{lot.pk}/ban/", {"ban": "co"})
    lot.refresh_from_db()
    assert lot.is_open


def test_htmx_gets_the_row_alone(desk, lot):
    answer = desk.post(
        f"/ban-hang/lo/{lot.pk}/buoc/", {"thu-hoach": "105000"}, headers={"HX-Request": "true"}
    )
    assert "105" in text(answer) and "<html" not in text(answer)
