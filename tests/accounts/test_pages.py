"""A person's own pages: name, addresses, ways to sign in; nobody else's."""

import pytest

from accounts.models import Address, User
from tests.accounts.steps import newest_code
from tests.builders.accounts import a_user, an_address

pytestmark = pytest.mark.django_db
OWN = ["/tai-khoan/ho-so/", "/tai-khoan/dia-chi/", "/tai-khoan/dia-chi/them/", "/tai-khoan/dang-nhap/"]
FORM = {"name": "Trần Thị Lan", "phone": "0912345678", "province_code": "20", "street": "Thôn Nà Lộc"}


@pytest.fixture
def lan(client) -> User:
    user = a_user()
    client.force_login(user)
    return user


@pytest.mark.parametrize(
    "path", [*OWN, "/tai-khoan/dang-nhap/mat-khau/", "/tai-khoan/hai-buoc/totp/activate/"]
)
def test_own_pages_ask_strangers_to_sign_in(client, path):
    answer = client.get(path)
    assert answer.status_code == 302 and answer.url.startswith("/dang-nhap/?next=")


@pytest.mark.parametrize("path", OWN)
def test_own_pages_open(client, lan, path):
    assert client.get(path).status_code == 200


def test_choosing_a_province_without_script_shows_its_communes_and_keeps_what_was_typed(client, lan):
    page = client.post("/tai-khoan/dia-chi/them/", {**FORM, "choose_province": "1"}).content.decode()
    assert "Xã Chi Lăng" in page and "Thôn Nà Lộc" in page and 'class="error"' not in page
    assert not Address.objects.exists()


def test_an_address_is_kept_with_the_names_of_its_places(client, lan):
    code = _commune("Xã Chi Lăng")
    client.post("/tai-khoan/dia-chi/them/", {**FORM, "commune_code": code})
    kept = Address.objects.get()
    assert (kept.commune_name, kept.phone, kept.is_default) == ("Xã Chi Lăng", "+84912345678", True)


def _commune(name: str) -> str:
    from common import places

    return next(place.code for place in places.communes("20") if place.name == name)


@pytest.mark.parametrize(
    "bad",
    [
        {"commune_code": "00166"},
        {"commune_code": "x" * 5000},
        {"province_code": "99", "commune_code": "00166"},
        {"phone": "113"},
        {"phone": "\x00"},
        {"name": ""},
        {"name": "a" * 5000},
        {"street": "\x00\x00"},
    ],
)
def test_a_bad_address_says_so_and_keeps_what_was_typed(client, lan, bad):
    page = client.post("/tai-khoan/dia-chi/them/", {**FORM, "commune_code": _commune("Xã Chi Lăng"), **bad})
    assert page.status_code == 422 and 'class="error"' in page.content.decode()
    assert not Address.objects.exists()


def test_one_address_is_the_main_one(client, lan):
    first, second = an_address(lan), an_address(lan, street="Số 7")
    client.post(f"/tai-khoan/dia-chi/{second.pk}/chinh/")
    assert list(lan.addresses.values_list("pk", "is_default")) == [(second.pk, True), (first.pk, False)]
    client.post(f"/tai-khoan/dia-chi/{second.pk}/xoa/")
    assert list(lan.addresses.values_list("pk", "is_default")) == [(first.pk, True)]


@pytest.mark.parametrize("act", ["", "xoa/", "chinh/"])
def test_another_persons_address_does_not_exist(client, lan, act):
    theirs = an_address(a_user())
    assert client.post(f"/tai-khoan/dia-chi/{theirs.pk}/{act}", FORM).status_code == 404
    assert Address.objects.filter(pk=theirs.pk, street=theirs.street).exists()


def test_name_and_language_are_kept(client, lan):
    answer = client.post("/tai-khoan/ho-so/", {"display_name": "Lan Anh", "language": "en"})
    lan.refresh_from_db()
    assert (lan.display_name, lan.language, answer.url) == ("Lan Anh", "en", "/en/tai-khoan/ho-so/")


def test_a_new_email_opens_the_account_only_after_its_code(client, lan):
    client.post("/tai-khoan/dang-nhap/them/", {"contact": "lan@thu.vn"})
    lan.refresh_from_db()
    assert lan.email is None
    client.post("/tai-khoan/dang-nhap/ma/", {"code": newest_code()})
    lan.refresh_from_db()
    assert lan.email == "lan@thu.vn" and lan.email_verified_at


def test_another_persons_phone_cannot_be_added(client, lan):
    other = a_user(phone="+84912345678")
    client.post("/tai-khoan/dang-nhap/them/", {"contact": "0912345678"})
    page = client.post("/tai-khoan/dang-nhap/ma/", {"code": newest_code()}, follow=True)
    other.refresh_from_db()
    assert "tài khoản khác" in page.content.decode() and other.phone == "+84912345678"


def test_the_last_way_in_cannot_be_dropped(client, lan):
    page = client.post("/tai-khoan/dang-nhap/bo/", {"which": "so-dien-thoai"}, follow=True)
    lan.refresh_from_db()
    assert lan.phone and "duy nhất" in page.content.decode()


@pytest.mark.parametrize("asked", ["20", "01", "99", "", "\x00", "x" * 3000])
def test_the_communes_of_any_text_are_an_answer(client, asked):
    page = client.get("/xa-phuong/", {"tinh": asked})
    assert page.status_code == 200 and ("Chi Lăng" in page.content.decode()) == (asked == "20")
