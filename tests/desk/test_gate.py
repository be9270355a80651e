"""Who may sit at a desk: members of the household, and nobody else at all."""

import pytest
from django.test import Client

from farmers.models import Membership
from shop.orders.models import SubOrder
from tests.desk.conftest import at, signed_in

pytestmark = pytest.mark.django_db

PAGES = ["", "tin/", "don/", "dang-ban/", "gian-hang/", "chung-nhan/", "chung-nhan/them/", "chon-ho/"]
PAGES += ["tien/", "tien/tai-khoan/", "tien/ma-so-thue/"]
LISTING_PAGES = ["", "gia/", "loi/", "anh/", "lo-moi/", "cat/"]
LISTING_ACTS = [
    "gia/",
    "loi/",
    "anh/",
    "anh/1/bo/",
    "lo-moi/",
    "tam-ngung/",
    "ban-lai/",
    "gui-duyet/",
    "cat/",
    "bo/",
]
ORDER_ACTS = ["dong-goi/", "khong-giao-duoc/", "giao-di/", "da-giao/", "quay-ve/"]


@pytest.mark.parametrize("path", PAGES)
def test_a_guest_signs_in_first(client, path):
    answer = client.get(f"/ban-hang/{path}")
    assert answer.status_code == 302 and f"next=/ban-hang/{path}" in answer["Location"]


def test_a_person_without_a_household_is_led_to_the_application(db, django_user_model):
    client = Client()
    user = django_user_model.objects.create_user(phone="+84900000777")
    client.force_login(user)
    assert client.get("/ban-hang/")["Location"] == "/ban-hang/dang-ky/"


def test_a_person_of_two_households_chooses_and_stays_there(sau, hoa, listing):
    Membership.objects.create(household=hoa, user=sau.members.get(), role="helper")
    client = signed_in(sau)
    assert client.get("/ban-hang/")["Location"] == "/ban-hang/chon-ho/"
    client.post("/ban-hang/chon-ho/", {"ho": hoa.pk})
    assert b"Na dai" not in client.get("/ban-hang/tin/").content


def test_a_link_from_a_letter_turns_to_the_right_household(sau, hoa, part):
    Membership.objects.create(household=hoa, user=sau.members.get(), role="helper")
    client = signed_in(sau)
    client.post("/ban-hang/chon-ho/", {"ho": hoa.pk})
    answer = client.get(at(part))
    assert answer.status_code == 200 and answer.context["desk"].household == sau


def test_nobody_chooses_a_household_of_others(sau, hoa):
    client = signed_in(sau)
    client.post("/ban-hang/chon-ho/", {"ho": hoa.pk})
    assert client.get("/ban-hang/").context["desk"].household == sau


@pytest.mark.parametrize("path", PAGES)
def test_a_member_sees_every_page_and_it_is_kept_by_nobody(desk, listing, path):
    answer = desk.get(f"/ban-hang/{path}")
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("path", LISTING_PAGES)
def test_the_stranger_finds_no_listing_of_others(stranger, desk, listing, path):
    assert desk.get(f"/ban-hang/tin/{listing.pk}/{path}").status_code == 200
    assert stranger.get(f"/ban-hang/tin/{listing.pk}/{path}").status_code == 404


@pytest.mark.parametrize("path", LISTING_ACTS)
def test_the_stranger_changes_no_listing_of_others(stranger, listing, path):
    assert stranger.post(f"/ban-hang/tin/{listing.pk}/{path}").status_code == 404


@pytest.mark.parametrize("step", ["anh", "gia", "xong"])
def test_the_stranger_cannot_go_on_with_others_drafts(stranger, listing, step):
    assert stranger.get(f"/ban-hang/dang-ban/{listing.pk}/{step}/").status_code == 404


@pytest.mark.parametrize("act", ["buoc/", "sua/", "ban/"])
def test_the_stranger_changes_no_lot_of_others(stranger, lot, act):
    data = {"thu-hoach": "1", "left": "1", "ban": "khong"}
    assert stranger.post(f"/ban-hang/lo/{lot.pk}/{act}", data).status_code == 404
    lot.refresh_from_db()
    assert (lot.harvested_qty, lot.is_open) == (100_000, True)


def test_the_stranger_gets_no_qr_code_of_others(stranger, lot):
    assert stranger.get(f"/ban-hang/lo/{lot.pk}/qr.svg").status_code == 404


def test_the_stranger_finds_no_order_of_others(stranger, part):
    assert stranger.get(at(part)).status_code == 404


@pytest.mark.parametrize("act", ORDER_ACTS)
def test_the_stranger_moves_no_order_of_others(stranger, part, act):
    assert stranger.post(at(part, act), {"reason": "hong", "refused": "1", "carrier": "x"}).status_code == 404
    assert SubOrder.objects.get().state == "confirmed"


def test_the_stranger_takes_no_work_of_others(stranger, part):
    assert stranger.post("/ban-hang/don/nhan-viec/", {"don": part.number}).status_code == 404
    assert SubOrder.objects.get().seen_at is None


def test_an_order_that_is_not_paid_is_not_the_households_yet(desk, part):
    SubOrder.objects.filter(pk=part.pk).update(state="awaiting_payment", confirmed_at=None, pack_by=None)
    assert desk.get(at(part)).status_code == 404
