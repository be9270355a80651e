"""Staff: a second factor in production, and people's pages in the administration."""

import os
import subprocess
import sys

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import Group, Permission

from accounts.models import User
from tests.accounts.steps import sign_in
from tests.builders.accounts import a_user, staff

pytestmark = pytest.mark.django_db
SECRETS = {
    "SECRET_KEY": "x" * 60,
    "FIELD_KEYS": "dGVzdC1vbmx5LWtleS1vZi0zMi1ieXRlcy1sb25nISE=",
    "PUBLIC_URL": "https://cho.example",
    "ALLOWED_HOSTS": "cho.example",
    "DATABASE_URL": "postgresql://u@h/d",
    "EMAIL_HOST": "mail.example",
    "MAIL_FROM": "a@cho.example",
}


@pytest.fixture
def tuan(client) -> User:
    user = staff(phone="+84912345678")
    client.force_login(user)
    return user


def test_production_demands_the_second_factor():
    ask = "from config.settings import production as s; print(s.STAFF_NEED_SECOND_FACTOR, s.DEMO)"
    told = subprocess.run(
        [sys.executable, "-c", ask], env={**os.environ, **SECRETS}, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["True", "False"]


def test_where_it_is_demanded_staff_without_an_app_are_led_to_set_one_up(client, tuan, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    assert client.get("/quan-tri/").url == "/tai-khoan/hai-buoc/totp/activate/?next=%2Fquan-tri%2F"
    page = client.get("/tai-khoan/hai-buoc/totp/activate/")
    assert page.status_code == 200 and "Bật ứng dụng xác thực" in page.content.decode()


def test_with_an_app_the_administration_opens(client, tuan, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    totp.TOTP.activate(tuan, totp.generate_totp_secret())
    assert client.get("/quan-tri/").status_code == 200


def test_after_the_code_the_app_is_asked_before_anybody_is_signed_in(client):
    boss = staff(phone="+84912345678")
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(boss, secret)
    assert sign_in(client, "0912345678", next="/quan-tri/").url == "/tai-khoan/hai-buoc/authenticate/"
    assert "_auth_user_id" not in client.session
    assert "Bước thứ hai" in client.get("/tai-khoan/hai-buoc/authenticate/").content.decode()
    code = totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
    answer = client.post("/tai-khoan/hai-buoc/authenticate/", {"code": code})
    assert (answer.url, client.session["_auth_user_id"]) == ("/quan-tri/", str(boss.pk))


def test_the_secret_of_an_app_lies_encrypted(tuan):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(tuan, secret)
    assert secret not in str(Authenticator.objects.get().data)


def test_the_administration_makes_and_changes_people(client, tuan):
    group = Group.objects.create(name="Kiểm duyệt")
    form = {
        "display_name": "Hoàng Văn Minh",
        "phone": "0912 000 111",
        "email": "",
        "language": "vi",
        "groups": [group.pk],
    }
    assert client.get("/quan-tri/users/").status_code == 200
    assert client.get("/quan-tri/users/new/").status_code == 200
    assert client.post("/quan-tri/users/new/", form).status_code == 302
    minh = User.objects.get(phone="+84912000111")
    assert (
        minh.is_staff and minh.email is None and not minh.phone_verified_at and not minh.has_usable_password()
    )
    changed = {**form, "display_name": "Hoàng Minh", "is_active": "on"}
    assert client.get(f"/quan-tri/users/edit/{minh.pk}/").status_code == 200
    assert client.post(f"/quan-tri/users/edit/{minh.pk}/", changed).status_code == 302
    minh.refresh_from_db()
    assert minh.display_name == "Hoàng Minh"


def test_a_person_needs_a_phone_or_an_email(client, tuan):
    page = client.post("/quan-tri/users/new/", {"display_name": "Ai đó", "language": "vi"})
    assert page.status_code == 200 and "Cần số điện thoại hoặc email" in page.content.decode()


def test_buyers_do_not_enter_the_administration(client):
    client.force_login(a_user())
    assert client.get("/quan-tri/").status_code in (302, 403)


def test_people_are_found_by_name_and_phone(client, tuan):
    a_user(phone="+84912000222", display_name="Hoàng Thị Sáu")
    for words in ("Sáu", "12000222"):
        assert "Hoàng Thị Sáu" in client.get("/quan-tri/users/", {"q": words}).content.decode()


def test_somebody_who_manages_people_makes_no_administrator_and_changes_none(client, tuan):
    helper = a_user(is_staff=True)
    helper.user_permissions.set(
        Permission.objects.filter(codename__in=["access_admin", "change_user", "add_user"])
    )
    client.force_login(helper)
    other = a_user(phone="+84912000333")
    form = {
        "display_name": "X",
        "phone": "0912000333",
        "language": "vi",
        "is_superuser": "on",
        "is_active": "on",
    }
    client.post(f"/quan-tri/users/edit/{other.pk}/", form)
    other.refresh_from_db()
    assert other.display_name == "X" and not other.is_superuser
    assert client.post(f"/quan-tri/users/edit/{tuan.pk}/", {**form, "phone": "0912000444"}).status_code in (
        302,
        403,
    )
    tuan.refresh_from_db()
    assert tuan.phone == "+84912345678"
    assert client.get("/quan-tri/users/new/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/quan-tri/account/", "/quan-tri/groups/", "/quan-tri/users/?is_superuser=true"]
)
def test_wagtails_own_pages_of_people_open(client, tuan, path):
    assert client.get(path).status_code == 200


def test_staff_change_their_own_name_in_the_administration(client, tuan):
    form = {
        "name_email-display_name": "Lê Tuấn",
        "locale-preferred_language": "vi",
        "locale-current_time_zone": "Asia/Ho_Chi_Minh",
    }
    theme = {
        "theme-theme": "system",
        "theme-density": "default",
        "theme-contrast": "system",
        "theme-keyboard_shortcuts": "on",
    }
    client.post("/quan-tri/account/", {**form, **theme})
    tuan.refresh_from_db()
    assert tuan.display_name == "Lê Tuấn"


def test_the_first_superuser_made_on_the_server_signs_in_by_their_email(client):
    User.objects.create_superuser(email="Tuan@cho.example.vn")
    sign_in(client, "tuan@cho.example.vn")
    assert client.get("/quan-tri/").status_code == 200
