"""The optional password, and the doors where none counts."""

import pytest

from accounts import services
from accounts.models import User
from tests.builders.accounts import a_user, staff

pytestmark = pytest.mark.django_db
PASSWORD = "hai-mươi-quả-na"


def test_a_password_opens_beside_a_proved_contact(client):
    user = a_user(phone="+84912345678", password=PASSWORD)
    answer = client.post("/dang-nhap/mat-khau/", {"contact": "0912345678", "password": PASSWORD})
    assert (answer.url, client.session["_auth_user_id"]) == ("/tai-khoan/", str(user.pk))


def test_a_password_beside_an_unproved_contact_opens_nothing(client):
    a_user(phone="+84912345678", password=PASSWORD, verified=False)
    page = client.post("/dang-nhap/mat-khau/", {"contact": "0912345678", "password": PASSWORD})
    assert page.status_code == 422 and "_auth_user_id" not in client.session


def test_the_eleventh_password_within_an_hour_is_not_looked_at(client):
    a_user(phone="+84912345678", password=PASSWORD)
    for _ in range(10):
        client.post("/dang-nhap/mat-khau/", {"contact": "0912345678", "password": "sai"})
    page = client.post("/dang-nhap/mat-khau/", {"contact": "0912345678", "password": PASSWORD})
    assert "tạm dừng" in page.content.decode() and "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "path", ["/quan-tri/login/", "/quan-tri/password_reset/", "/quan-tri/password_reset/done/"]
)
def test_wagtails_own_doors_lead_to_the_sites(client, path):
    boss = staff(phone="+84912345678", email="tuan@thu.vn", password=PASSWORD)
    answer = client.post(path + "?next=/quan-tri/pages/", {"username": boss.email, "password": PASSWORD})
    assert answer.url == "/dang-nhap/?next=%2Fquan-tri%2Fpages%2F" and "_auth_user_id" not in client.session


def test_the_administration_sends_strangers_to_the_sites_sign_in(client):
    assert client.get("/quan-tri/").url == "/dang-nhap/?next=/quan-tri/"


def test_setting_a_password_tells_the_person_and_keeps_this_session(client):
    user = a_user()
    client.force_login(user)
    assert client.post("/tai-khoan/dang-nhap/mat-khau/", {"password": PASSWORD}).status_code == 302
    user.refresh_from_db()
    assert user.check_password(PASSWORD) and client.get("/tai-khoan/ho-so/").status_code == 200
    assert user.phone in services.post.Notice.objects.get(kind="account_changed").phone


def test_a_weak_password_is_refused_with_the_reason(client):
    client.force_login(a_user())
    page = client.post("/tai-khoan/dang-nhap/mat-khau/", {"password": "12345"})
    assert page.status_code == 422 and not User.objects.get().has_usable_password()


def test_somebody_with_a_password_is_asked_for_it_before_the_ways_in_change(client):
    user = a_user(password=PASSWORD)
    client.force_login(user)
    answer = client.post("/tai-khoan/dang-nhap/them/", {"contact": "lan@thu.vn"})
    assert answer.url.startswith("/tai-khoan/xac-nhan/?next=")
    assert client.get(answer.url).status_code == 200
    goal = {"next": "/tai-khoan/dang-nhap/them/"}
    assert client.post("/tai-khoan/xac-nhan/", {"password": "sai", **goal}).status_code == 200
    assert (
        client.post("/tai-khoan/xac-nhan/", {"password": PASSWORD, **goal}).url == "/tai-khoan/dang-nhap/ma/"
    )
