"""The household's tax code: what is one, who may see and set it, and that no dump of the database tells it."""

import pytest
from django.db import connection

from accounts.models import User
from common import dates
from farmers import tax_codes
from farmers.errors import NotYours
from farmers.models import Membership, TaxCode
from tests import cast
from tests.payments.test_finance import staff

pytestmark = pytest.mark.django_db
PAGE, MONEY = "/ban-hang/tien/ma-so-thue/", "/ban-hang/tien/"
CODE = "0123456789-001"


@pytest.fixture
def helper(client, sau) -> User:
    person = User.objects.create_user(
        phone="+84900000308", phone_verified_at=dates.now(), display_name="Lý Thị Bé"
    )
    Membership.objects.create(household=sau, user=person, role=Membership.Role.HELPER)
    client.force_login(person)
    return person


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0123456789", "0123456789"),
        (" 0123.456.789 ", "0123456789"),
        ("0123456789-001", CODE),
        ("0123456789001", CODE),
        ("0123 456 789 – 001", CODE),
        ("020085001234", "020085001234"),
        ("020 085 001 234", "020085001234"),
    ],
)
def test_what_is_a_tax_code(desk, sau, typed, kept):
    assert desk.post(PAGE, {"tax_code": typed}).url == MONEY
    assert tax_codes.of_household(sau) == kept
    assert kept in desk.get(PAGE).text


@pytest.mark.parametrize(
    "typed",
    [
        "x",
        "012345678",
        "01234567890",
        "0123456789-01",
        "02008500123-4",
        "0123456789-0011",
        "٠١٢٣٤٥٦٧٨٩",
        "1" * 60,
    ],
)
def test_what_is_none_is_said_and_changes_nothing(desk, sau, typed):
    desk.post(PAGE, {"tax_code": CODE})
    page = desk.post(PAGE, {"tax_code": typed})
    assert page.status_code == 422 and "Bà con xem lại giúp" in page.text
    assert tax_codes.of_household(sau) == CODE


def test_it_can_be_taken_back(desk, sau):
    desk.post(PAGE, {"tax_code": CODE})
    desk.post(PAGE, {"tax_code": " "})
    assert tax_codes.of_household(sau) == "" and not TaxCode.objects.exists()


def test_who_helps_neither_sees_nor_sets_it(client, desk, sau, helper):
    desk.post(PAGE, {"tax_code": CODE})
    page = client.get(PAGE)
    assert page.status_code == 200 and CODE not in page.text and "<form class=" not in page.text
    assert client.post(PAGE, {"tax_code": "0123456789"}).status_code == 404
    assert CODE not in client.get(MONEY).text and tax_codes.of_household(sau) == CODE


def test_nor_does_another_household(desk, stranger, sau):
    desk.post(PAGE, {"tax_code": CODE})
    assert CODE not in stranger.get(PAGE).text
    stranger.post(PAGE, {"tax_code": "0987654321"})
    assert tax_codes.of_household(sau) == CODE
    with pytest.raises(NotYours):
        tax_codes.write(sau, "0987654321", by=cast.lan())


def test_nor_do_the_staff_who_look_after_households(client, django_user_model, desk, sau):
    desk.post(PAGE, {"tax_code": CODE})
    staff(client, django_user_model, "view_household", "change_household")
    page = client.get(f"/quan-tri/snippets/farmers/household/inspect/{sau.pk}/", follow=True)
    assert CODE not in page.text


def test_a_dump_of_the_database_does_not_tell_it(desk, sau):
    desk.post(PAGE, {"tax_code": CODE})
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM farmers_taxcode")
        (kept,) = cursor.fetchone()
    assert CODE not in kept and "0123456789" not in kept
