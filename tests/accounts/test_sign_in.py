"""A code to phone or email opens the account, or makes one; nothing else does."""

from datetime import timedelta

import pytest
import time_machine

from accounts.models import Code, User
from accounts.notices.models import Notice
from common import dates
from tests.accounts.steps import ask, newest_code, sign_in, type_in, wrong
from tests.builders.accounts import a_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "field", "kept"),
    [("0912 345 678", "phone", "+84912345678"), ("Lan@Thu.vn", "email", "lan@thu.vn")],
)
def test_a_new_person_signs_up_by_the_same_code(client, typed, field, kept):
    answer = sign_in(client, typed)
    user = User.objects.get()
    assert getattr(user, field) == kept and getattr(user, f"{field}_verified_at")
    assert answer.url == "/dang-nhap/ten/?next=%2Ftai-khoan%2F"
    assert client.session["_auth_user_id"] == str(user.pk)


def test_nobody_exists_before_the_code_is_right(client):
    ask(client, "0912345678")
    type_in(client, wrong(newest_code()))
    assert not User.objects.exists()


def test_a_known_person_signs_in_and_goes_where_they_wanted(client):
    user = a_user(phone="+84912345678")
    answer = sign_in(client, "+84 912.345.678", next="/ban-hang/")
    assert (answer.url, client.session["_auth_user_id"]) == ("/ban-hang/", str(user.pk))


@pytest.mark.parametrize(
    "goal", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_next_never_leaves_the_site(client, goal):
    a_user(phone="+84912345678")
    assert sign_in(client, "0912345678", next=goal).url == "/tai-khoan/"


def test_the_name_is_asked_once(client):
    sign_in(client, "0912345678")
    answer = client.post("/dang-nhap/ten/", {"display_name": "  Trần   Thị Lan ", "next": "/gio-hang/"})
    assert (answer.url, User.objects.get().display_name) == ("/gio-hang/", "Trần Thị Lan")


def test_known_and_unknown_contacts_get_the_same_answer(client):
    a_user(phone="+84912345678")
    known, unknown = ask(client, "0912345678"), ask(client, "0912345679")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url) == (302, "/dang-nhap/ma/")


def test_a_wrong_code_says_how_many_tries_are_left(client):
    ask(client, "0912345678")
    page = type_in(client, wrong(newest_code()))
    assert page.status_code == 422 and "Bạn còn 4 lần thử" in page.content.decode()


def test_after_five_wrong_guesses_the_right_code_is_worthless(client):
    ask(client, "0912345678")
    for _ in range(5):
        page = type_in(client, wrong(newest_code()))
    assert "Gửi mã mới" in page.content.decode()
    assert type_in(client, newest_code()).status_code == 422 and not User.objects.exists()


def test_a_code_expires_after_ten_minutes(client):
    ask(client, "0912345678")
    with time_machine.travel(dates.now() + timedelta(minutes=11)):
        assert "không dùng được nữa" in type_in(client, newest_code()).content.decode()
    assert not User.objects.exists()


def test_a_code_works_once(client, django_user_model):
    ask(client, "0912345678")
    kept = dict(client.session)
    code = newest_code()
    type_in(client, code)
    client.logout()
    session = client.session
    session.update(kept)
    session.save()
    assert type_in(client, code).url == "/dang-nhap/"


def test_a_code_belongs_to_the_browser_that_asked(client):
    ask(client, "0912345678")
    del client.cookies["may"]
    assert type_in(client, newest_code()).url == "/dang-nhap/"


def test_a_new_code_ends_the_old_one(client):
    ask(client, "0912345678")
    old = newest_code()
    client.post("/dang-nhap/ma/", {"again": "1"})
    assert old == newest_code() or type_in(client, old).status_code == 422
    assert type_in(client, newest_code()).status_code == 302


def test_the_seventh_code_within_an_hour_is_not_sent(client):
    pages = [ask(client, "0912345678") for _ in range(7)]
    assert [page.status_code for page in pages] == [302] * 6 + [422]
    assert "tạm dừng" in pages[-1].content.decode() and Notice.objects.count() == 6


def test_the_limit_is_over_after_the_hour(client):
    for _ in range(6):
        ask(client, "0912345678")
    with time_machine.travel(dates.now() + timedelta(minutes=61)):
        assert ask(client, "0912345678").status_code == 302


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "0" * 5000, "09\x0012345678", "😀", "lan@", "@", "12345", "a" * 300 + "@b.vn", "‮0912345678"],
)
def test_what_is_no_contact_gets_a_sentence(client, typed):
    page = ask(client, typed)
    assert page.status_code == 422 and 'class="error"' in page.content.decode()
    assert not Code.objects.exists()


@pytest.mark.parametrize("typed", ["", "\x00", "😀😀😀😀😀😀", "9" * 5000, "abcdef", "１２３４５６"])
def test_what_is_no_code_is_only_a_wrong_code(client, typed):
    ask(client, "0912345678")
    page = type_in(client, typed)
    assert page.status_code == 422 and "Mã chưa đúng" in page.content.decode()


def test_the_code_page_without_a_code_leads_back(client):
    assert client.get("/dang-nhap/ma/").url == "/dang-nhap/"


def test_somebody_locked_out_is_told_and_not_signed_in(client):
    a_user(phone="+84912345678", is_active=False)
    assert sign_in(client, "0912345678").url == "/dang-nhap/tam-khoa/"
    assert "_auth_user_id" not in client.session
    assert client.get("/dang-nhap/tam-khoa/").status_code == 403


def test_an_unproved_phone_opens_nothing(client):
    """Somebody else's account holds Lan's number unproved: Lan gets an account of her own."""
    other = a_user(phone="+84912345678", email="other@thu.vn")
    User.objects.filter(pk=other.pk).update(phone_verified_at=None)
    sign_in(client, "0912345678")
    other.refresh_from_db()
    assert other.phone is None and client.session["_auth_user_id"] != str(other.pk)


def test_an_invited_person_takes_the_account_by_proving_it(client):
    invited = a_user(phone="+84912345678", verified=False)
    sign_in(client, "0912345678")
    invited.refresh_from_db()
    assert client.session["_auth_user_id"] == str(invited.pk) and invited.phone_verified_at


def test_signing_out_is_a_post(client):
    client.force_login(a_user())
    assert client.get("/dang-xuat/").status_code == 200 and "_auth_user_id" in client.session
    assert client.post("/dang-xuat/").url == "/" and "_auth_user_id" not in client.session
