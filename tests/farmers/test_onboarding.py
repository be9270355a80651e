"""The way in as a person walks it: one page, without JavaScript, nothing typed is lost."""

import pytest
from django.urls import reverse

from farmers import services
from farmers.models import Household
from tests import cast
from tests.builders.farmers import CHI_LANG, a_commune

pytestmark = pytest.mark.django_db
GOOD = {
    "name": "Hộ bà Sáu",
    "commune": "06463",
    "address_line": "Thôn Lạng Nắc",
    "grows": ["na-chi-lang"],
    "terms": "1",
}


@pytest.fixture
def address():
    a_commune(*CHI_LANG)
    return reverse("farmers:apply")


@pytest.fixture
def her(client, address):
    client.force_login(cast.ba_sau())
    return client


def test_a_guest_is_asked_to_sign_in_first(client, address):
    answer = client.get(address)
    assert answer.status_code == 302 and "next=/ban-hang/dang-ky/" in answer["Location"]


def test_the_form_groups_communes_by_former_district(her, address):
    page = her.get(address).content.decode()
    assert '<optgroup label="Chi Lăng cũ">' in page and "Xã Chi Lăng" in page
    assert "Na Chi Lăng" in page and "Rượu Mẫu Sơn" not in page


def test_sent_and_then_the_page_says_where_it_stands(her, address):
    assert her.post(address, GOOD)["Location"] == address
    page = her.get(address).content.decode()
    assert "Đã gửi hồ sơ" in page and "Thôn Lạng Nắc" in page
    assert Household.objects.get().state == "submitted"


def test_pressing_twice_or_going_back_makes_no_second(her, address):
    her.post(address, GOOD)
    her.post(address, GOOD | {"name": "Hộ khác"})
    assert Household.objects.get().name == "Hộ bà Sáu"


def test_a_returned_application_says_why_and_keeps_what_was_typed(her, address):
    her.post(address, GOOD)
    services.return_(Household.objects.get(), by=cast.tuan(), why="Ghi rõ <b>thôn</b>.")
    page = her.get(address).content.decode()
    assert "Ghi rõ &lt;b&gt;thôn&lt;/b&gt;." in page and 'value="Thôn Lạng Nắc"' in page
    her.post(address, GOOD | {"address_line": "Thôn Quán Thanh"})
    assert Household.objects.get().state == "submitted"


@pytest.mark.parametrize(
    "bad",
    [
        {"name": ""},
        {"name": " \t "},
        {"name": "n" * 81},
        {"name": "\x00"},
        {"commune": ""},
        {"commune": "99999"},
        {"commune": "' OR 1=1"},
        {"grows": []},
        {"grows": ["ma-tuy"]},
        {"grows": ["ruou-mau-son"]},
        {"address_line": "t" * 161},
        {"terms": ""},
    ],
)
def test_bad_answers_say_what_is_wrong_and_keep_the_rest(her, address, bad):
    answer = her.post(address, GOOD | bad)
    page = answer.content.decode()
    assert answer.status_code == 422 and "Còn chỗ cần xem lại" in page
    assert Household.objects.count() == 0
    if "name" not in bad:
        assert 'value="Hộ bà Sáu"' in page


def test_hostile_words_are_shown_as_words(her, address):
    her.post(address, GOOD | {"name": "<script>alert(1)</script>"})
    assert "<script>alert(1)" not in her.get(address).content.decode()


def test_the_desk_is_open_while_the_application_waits(her, address):
    her.post(address, GOOD)
    assert reverse("desk:today") in her.get(address).content.decode()
