"""One's own listings: price at once, words by approval, lots, pause, archive, the QR of the box."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.photos.models import Photo, Rendition
from farmers.models import Storefront
from shop.catalogue import services as catalogue
from shop.catalogue.models import Listing, Pack, Product
from shop.stock import services as stock
from shop.stock.models import Lot
from tests import cast
from tests.builders.catalogue import an_upload, jpeg
from tests.desk.conftest import tomorrow

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def path(listing) -> str:
    return f"/ban-hang/tin/{listing.pk}/"


def prices(**changes) -> dict:
    facts = {
        "so-goi": "2",
        "goi-0-on": "on",
        "goi-0-label": "Thùng 5 kg loại 1",
        "goi-0-net_qty": "5",
        "goi-0-gross_g": "5,8",
        "goi-0-price_vnd": "390.000",
    }
    return {**facts, **changes}


def test_a_new_price_holds_at_once_and_the_pack_stays_the_same(desk, listing, path):
    pack = listing.packs.get()
    desk.post(path + "gia/", prices())
    assert Pack.objects.get().pk == pack.pk and Pack.objects.get().price_vnd == 390_000


def test_saving_prices_twice_changes_nothing_more(desk, path):
    own = {"goi-1-label": "Sọt 20 kg", "goi-1-net_qty": "20", "goi-1-price_vnd": "1.200.000"}
    for _tap in range(2):
        assert desk.post(path + "gia/", prices(**own)).status_code == 302
    assert Pack.objects.filter(is_active=True).count() == 2


def test_two_packs_of_one_name_are_refused(desk, path):
    own = {"goi-1-label": "thùng 5 kg LOẠI 1", "goi-1-net_qty": "6", "goi-1-price_vnd": "400.000"}
    answer = desk.post(path + "gia/", prices(**own))
    assert answer.status_code == 422 and "trùng tên" in text(answer)


def test_new_words_of_a_published_listing_wait(desk, listing, path):
    desk.post(path + "loi/", {"title": "Na dai núi đá", "text": "Hái sớm."})
    listing.refresh_from_db()
    assert listing.title == "Na dai loại 1" and listing.change_waits
    assert "Na dai núi đá" in text(desk.get(path + "loi/"))


def test_words_without_a_title_keep_the_story(desk, path):
    answer = desk.post(path + "loi/", {"title": " ", "text": "Hái lúc năm giờ sáng."})
    assert answer.status_code == 422 and "Hái lúc năm giờ sáng." in text(answer)


def test_a_new_lot_is_filled_in_from_the_last(desk, lot, path):
    assert 'value="100"' in text(desk.get(path + "lo-moi/"))


def test_a_new_lot_of_tomorrow_is_a_pre_order(desk, path):
    desk.post(path + "lo-moi/", {"qty": "50", "when": "ngay-mai"})
    lot = Lot.objects.get()
    assert (lot.harvested_on, lot.harvested_qty) == (tomorrow(), 50_000)


def test_the_true_quantity_left_is_typed(desk, lot, part):
    desk.post(f"/ban-hang/lo/{lot.pk}/sua/", {"left": "12,5", "ve": "tin"})
    lot.refresh_from_db()
    assert (lot.available_qty, lot.reserved_qty) == (12_500, 5_000)


def test_a_wrong_quantity_is_explained(desk, lot):
    answer = desk.post(f"/ban-hang/lo/{lot.pk}/sua/", {"left": "nhiều", "ve": "tin"}, follow=True)
    assert "Số lượng chỉ gồm chữ số" in text(answer)


def test_pause_and_sell_again(desk, listing, path):
    desk.post(path + "tam-ngung/")
    assert Listing.objects.get().state == "paused"
    desk.post(path + "ban-lai/")
    assert Listing.objects.get().state == "published"


def test_pausing_twice_says_so(desk, path):
    desk.post(path + "tam-ngung/")
    answer = desk.post(path + "tam-ngung/", follow=True)
    assert answer.status_code == 200 and "Tin đang ở bước khác" in text(answer)


def test_archiving_asks_first(desk, path):
    assert "Đơn đã đặt vẫn giữ nguyên" in text(desk.get(path + "cat/"))
    desk.post(path + "cat/")
    assert Listing.objects.get().state == "archived"


def test_the_qr_code_is_a_file_of_svg(desk, lot):
    answer = desk.get(f"/ban-hang/lo/{lot.pk}/qr.svg")
    assert answer["Content-Type"] == "image/svg+xml" and answer.content.startswith(b"<?xml")


def test_ten_listings_cost_no_more_queries_than_one(desk, sau, listing, lot):
    desk.get("/ban-hang/tin/")
    with CaptureQueriesContext(connection) as one:
        desk.get("/ban-hang/tin/")
    for number in range(10):
        product = Product.objects.create(
            slug=f"p{number}",
            name=f"P{number}",
            category=listing.product.category,
            shelf_life_days=5,
            max_transit_days=2,
        )
        another = Listing.objects.create(
            storefront=sau.storefront,
            product=product,
            slug=f"p{number}",
            title=f"P{number}",
            state="published",
        )
        Pack.objects.create(listing=another, label="Túi", net_qty=1000, gross_g=1100, price_vnd=50_000)
        stock.open_lot(another, harvested_on=tomorrow(), qty=5000, by=None)
    with CaptureQueriesContext(connection) as many:
        desk.get("/ban-hang/tin/")
    assert len(many) == len(one)


def test_the_storefront_is_written(desk, methods):
    data = {
        "story": "Vườn trên núi.",
        "methods": ["post", "coach"],
        "on_holiday_until": tomorrow().isoformat(),
    }
    desk.post("/ban-hang/gian-hang/", data)
    front = Storefront.objects.get()
    assert (front.story, front.methods, front.on_holiday_until) == (
        "Vườn trên núi.",
        ["post", "coach"],
        tomorrow(),
    )


def test_a_storefront_without_delivery_is_refused_and_the_story_kept(desk, methods):
    answer = desk.post("/ban-hang/gian-hang/", {"story": "Vườn trên núi."})
    assert answer.status_code == 422 and "Vườn trên núi." in text(answer)
    assert "Chọn ít nhất một cách giao" in text(answer)


def a_photo_added(desk, path) -> Photo:
    desk.post(path + "anh/", {"anh": an_upload(jpeg("orange"), "moi.jpg")})
    return Photo.objects.latest("pk")


def test_a_new_photo_of_a_published_listing_waits_and_is_shown(desk, listing, path):
    new = a_photo_added(desk, path)
    page = text(desk.get(path + "anh/"))
    assert f"/anh/{new.pk}/bo/" in page and page.count('<span class="badge info">chờ duyệt</span>') == 1
    assert [row.photo_id for row in Listing.objects.get().photos.all()] != [new.pk]


def test_a_photo_that_waits_can_be_taken_away_again(desk, listing, path):
    new = a_photo_added(desk, path)
    assert desk.post(f"{path}anh/{new.pk}/bo/", {"ve": "tin"}).status_code == 302
    assert f"/anh/{new.pk}/bo/" not in text(desk.get(path + "anh/"))
    assert Listing.objects.get().photos.count() == 1


def test_looking_at_photos_makes_no_sizes(desk, listing, path):
    a_photo_added(desk, path)
    desk.get(path + "anh/")
    assert not Rendition.objects.exists()


@pytest.mark.parametrize("step", ["", "anh/", "loi/"])
def test_why_a_change_was_refused_stands_where_it_is_mended(desk, listing, path, step):
    a_photo_added(desk, path)
    catalogue.refuse_change(Listing.objects.get(), by=cast.tuan(), why="Ảnh có số điện thoại.")
    assert "Ảnh có số điện thoại." in text(desk.get(path + step))
    assert "đang bán" in text(desk.get(path))


@pytest.fixture
def draft(listing) -> Listing:
    Listing.objects.update(state="draft", submitted_at=None, published_at=None)
    return listing


def test_a_draft_is_thrown_away_after_asking(desk, draft, path):
    assert "mất hẳn" in text(desk.get(path + "bo/")) and Listing.objects.exists()
    assert desk.post(path + "bo/")["Location"] == "/ban-hang/tin/"
    assert not Listing.objects.exists() and not Pack.objects.exists()


def test_a_draft_with_a_lot_stays(desk, draft, lot, path):
    assert "đã có lô hàng" in text(desk.post(path + "bo/", follow=True))
    assert Listing.objects.exists()


def test_what_was_ever_sent_is_not_thrown_away(desk, listing, path):
    assert desk.get(path + "bo/").status_code == 302
    desk.post(path + "bo/")
    Listing.objects.update(state="draft")
    desk.post(path + "bo/")
    assert Listing.objects.exists()
