"""Đăng bán: three screens from nothing to "đã gửi duyệt", and every way to stumble."""

import pytest

from shop.catalogue.models import Listing, Pack
from shop.stock.models import Lot
from tests.builders.catalogue import an_upload
from tests.desk.conftest import tomorrow

pytestmark = pytest.mark.django_db
START = "/ban-hang/dang-ban/"


def text(answer) -> str:
    return answer.content.decode()


def packs_data(**changes) -> dict:
    facts = {
        "so-goi": "2",
        "goi-0-on": "on",
        "goi-0-label": "Thùng 5 kg loại 1",
        "goi-0-net_qty": "5",
        "goi-0-gross_g": "5,8",
        "goi-0-price_vnd": "350.000",
        "qty": "120",
        "when": "hom-nay",
    }
    return {**facts, **changes}


@pytest.fixture
def draft(desk, na) -> Listing:
    desk.post(START, {"san-pham": "na-dai", "loai": "1"})
    return Listing.objects.get()


@pytest.fixture
def ready(desk, draft) -> Listing:
    desk.post(f"{START}{draft.pk}/anh/", {"anh": an_upload()})
    return draft


def test_from_the_first_screen_to_sent_for_approval(desk, na):
    first = desk.post(START, {"san-pham": "na-dai", "loai": "1"})
    listing = Listing.objects.get()
    assert first["Location"] == f"{START}{listing.pk}/anh/"
    desk.post(f"{START}{listing.pk}/anh/", {"anh": an_upload()})
    last = desk.post(f"{START}{listing.pk}/gia/", packs_data(), follow=True)
    listing.refresh_from_db()
    assert listing.state == "pending" and "Đã gửi duyệt" in text(last)
    assert (Pack.objects.get().price_vnd, Lot.objects.get().harvested_qty) == (350_000, 120_000)


def test_what_the_household_grows_stands_first(desk, na, honey):
    found = desk.get(START).context["found"]
    assert [each.slug for each in found.own] == ["na-dai"]


def test_a_name_of_others_is_offered_only_when_asked_for(desk, na, honey):
    honey.right = {"communes": ["99999"], "certificate": None, "plain": None}
    honey.save(update_fields=["right"])
    everything, asked = desk.get(START).context["found"], desk.get(START, {"q": "mật"}).context["found"]
    assert honey not in (*everything.own, *everything.in_season, *everything.others)
    assert honey in (*asked.in_season, *asked.others)


def test_search_needs_no_diacritics(desk, na, honey):
    found = desk.get(START, {"q": "mat ong"}).context["found"]
    assert [each.slug for each in (*found.own, *found.in_season, *found.others)] == ["mat-ong-rung"]


def test_a_search_without_result_says_what_to_do(desk, na):
    assert "Chưa có sản phẩm nào tên “xoài”" in text(desk.get(START, {"q": "xoài"}))


@pytest.mark.parametrize(
    "data", [{}, {"san-pham": "khong-co"}, {"san-pham": "na-dai"}, {"san-pham": "na-dai", "loai": "9"}]
)
def test_product_and_grade_are_asked_for(desk, na, data):
    assert desk.post(START, data).status_code == 422
    assert not Listing.objects.exists()


def test_a_product_without_grades_asks_for_none(desk, honey):
    desk.post(START, {"san-pham": "mat-ong-rung", "loai": "2"})
    assert Listing.objects.get().grade is None


def test_a_refused_name_offers_the_plain_product(desk, na, honey):
    na.right = {"communes": ["99999"], "certificate": None, "plain": honey.slug}
    na.save(update_fields=["right"])
    answer = desk.post(START, {"san-pham": "na-dai", "loai": "1"})
    assert answer.status_code == 422 and "Bán dưới tên Mật ong rừng" in text(answer)


def test_the_same_product_again_goes_on_with_the_draft(desk, draft):
    answer = desk.post(START, {"san-pham": "na-dai", "loai": "1"})
    assert answer["Location"] == f"{START}{draft.pk}/anh/"
    assert Listing.objects.count() == 1


def test_a_listing_on_the_market_is_opened_instead(desk, draft):
    Listing.objects.update(state="published")
    answer = desk.post(START, {"san-pham": "na-dai", "loai": "1"})
    assert answer["Location"] == f"/ban-hang/tin/{draft.pk}/"


def test_a_bad_photo_says_why_and_keeps_the_good_ones(desk, draft):
    bad = an_upload(b"no picture", "x.jpg")
    answer = desk.post(f"{START}{draft.pk}/anh/", {"anh": [an_upload(), bad]})
    assert answer.status_code == 422 and draft.photos.count() == 1
    assert "không phải ảnh" in text(answer)


def test_the_picker_gets_the_list_alone(desk, draft):
    answer = desk.post(f"{START}{draft.pk}/anh/", {"anh": an_upload()}, headers={"X-Photo-Picker": "1"})
    assert answer.status_code == 200 and "<html" not in text(answer) and "Bỏ ảnh 1" in text(answer)


def test_a_photo_taken_away_twice_is_gone_once(desk, ready):
    path = f"/ban-hang/tin/{ready.pk}/anh/{ready.photos.get().photo_id}/bo/"
    for _tap in range(2):
        assert desk.post(path, {"ve": "dang"}).status_code == 302
    assert not ready.photos.exists()


def test_without_a_photo_it_is_not_sent_and_nothing_typed_is_lost(desk, draft):
    answer = desk.post(f"{START}{draft.pk}/gia/", packs_data(qty="77"))
    assert answer.status_code == 422 and "Tin còn thiếu: ảnh" in text(answer)
    assert 'value="77"' in text(answer) and not Lot.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"goi-0-price_vnd": "350"}, "Bà con muốn ghi 350.000"),
        ({"goi-0-price_vnd": "ba trăm"}, "Giá chỉ gồm chữ số"),
        ({"goi-0-price_vnd": ""}, "Ghi giá cho quy cách này"),
        ({"goi-0-on": ""}, "Chọn ít nhất một quy cách"),
        ({"qty": ""}, "Ghi số lượng còn bán"),
        ({"qty": "-5"}, "Số lượng phải lớn hơn 0"),
        ({"qty": "9999999"}, "Số này lớn quá"),
        ({"when": "khac"}, "Chọn ngày hái"),
        ({"when": "khac", "harvested_on": "2020-01-01"}, "đã quá hạn ngon"),
        ({"when": "khac", "harvested_on": "2099-01-01"}, "120 ngày tới"),
        ({"when": "khac", "harvested_on": "hôm kia"}, "Ngày chưa đúng"),
        ({"growing_area": "999"}, ""),
    ],
)
def test_bad_input_keeps_what_was_typed(desk, ready, change, words):
    answer = desk.post(f"{START}{ready.pk}/gia/", packs_data(**change))
    assert answer.status_code == 422 and words in text(answer)
    for typed in change.values():
        assert not typed or typed in text(answer) or typed == "999"
    assert not Lot.objects.exists()


def test_a_pack_of_ones_own_counts_as_soon_as_it_is_typed(desk, ready):
    own = {"goi-1-label": "Sọt 20 kg", "goi-1-net_qty": "20", "goi-1-price_vnd": "1.200.000"}
    desk.post(f"{START}{ready.pk}/gia/", packs_data(**own))
    sack = Pack.objects.get(net_qty=20_000)
    assert (sack.label, sack.price_vnd, sack.gross_g) == ("Sọt 20 kg", 1_200_000, 23_000)


def test_a_future_harvest_is_a_pre_order(desk, ready):
    desk.post(f"{START}{ready.pk}/gia/", packs_data(when="ngay-mai"))
    lot = Lot.objects.get()
    assert lot.harvested_on == tomorrow() and lot.cut_off_at is not None


def test_sending_twice_makes_one_lot(desk, ready):
    for _tap in range(2):
        answer = desk.post(f"{START}{ready.pk}/gia/", packs_data())
        assert answer["Location"] == f"{START}{ready.pk}/xong/"
    assert Lot.objects.count() == 1


def test_a_draft_goes_on_where_it_stopped(desk, ready):
    assert desk.get(START).context["drafts"][0] == ready
    assert desk.get(f"{START}{ready.pk}/xong/")["Location"] == f"{START}{ready.pk}/gia/"


def test_the_going_price_is_that_of_other_households(desk, ready, hoa, na):
    other = Listing.objects.create(
        storefront=hoa.storefront, product=na, grade=1, slug="na", title="Na", state="published"
    )
    Pack.objects.create(listing=other, label="Túi", net_qty=2000, gross_g=2300, price_vnd=140_000)
    going = desk.get(f"{START}{ready.pk}/gia/").context["going"]
    assert (going.low_vnd, going.high_vnd) == (70_000, 70_000)
