"""Sao kê tháng at the desk: listed where something moved, one's own alone, on paper and as a table."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from farmers.models import Membership
from payments.books.months import Month
from tests.builders.farmers import a_user
from tests.desk.conftest import signed_in
from tests.desk.test_money import MONEY, owed, paid_part
from tests.orders.test_money import completed, fee

pytestmark = pytest.mark.django_db


def path(month: Month, ending: str) -> str:
    return f"{MONEY}sao-ke/{month}.{ending}"


@pytest.fixture
def month(sau, listing, lot) -> Month:
    """A month in which bà Sáu's household sold something."""
    fee(500)
    completed(paid_part(listing))
    return Month.running()


def table(answer) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode()
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_tab_lists_months_in_which_something_moved(desk, month):
    page = desk.get(MONEY).text
    assert f"Tháng {month.number}/{month.year}" in page and "tạm tính" in page
    assert path(month, "pdf") in page and path(month, "csv") in page
    assert path(month.previous, "pdf") not in page


def test_both_open_and_end_with_what_the_books_owe(desk, sau, month):
    paper = desk.get(path(month, "pdf"))
    assert paper.content.startswith(b"%PDF-") and paper["Content-Type"] == "application/pdf"
    assert "no-store" in paper["Cache-Control"]
    rows = table(desk.get(path(month, "csv")))
    assert int(rows[-1][-1]) == owed(sau) == 362_500
    assert rows[2][3:] == ["350000", "-17500", "0", "0", "30000", "362500"]


def test_a_closed_month_is_not_called_provisional(sau, month):
    with time_machine.travel(month.ends + timedelta(days=2)):
        page = signed_in(sau).get(MONEY).text
    assert path(month, "pdf") in page and "tạm tính" not in page


def test_the_stranger_finds_none_of_it(stranger, desk, month):
    assert [stranger.get(path(month, ending)).status_code for ending in ("pdf", "csv")] == [404, 404]
    assert path(month, "pdf") not in stranger.get(MONEY).text
    assert Client().get(path(month, "pdf")).status_code == 302


def test_a_helper_may_look_as_at_the_tab_itself(sau, month):
    helper = a_user()
    Membership.objects.create(household=sau, user=helper, role=Membership.Role.HELPER)
    client = Client()
    client.force_login(helper)
    assert client.get(path(month, "pdf")).status_code == 200


def test_two_households_of_one_person_are_kept_apart(desk, sau, hoa, month):
    Membership.objects.create(household=hoa, user=sau.members.get(), role=Membership.Role.HELPER)
    desk.post("/ban-hang/chon-ho/", {"ho": hoa.pk})
    assert desk.get(path(month, "csv")).status_code == 404
    desk.post("/ban-hang/chon-ho/", {"ho": sau.pk})
    assert desk.get(path(month, "csv")).status_code == 200


@pytest.mark.parametrize("text", ["2001-01", "2026-13", "x", "2026-1", "9999-12"])
def test_no_such_month(desk, month, text):
    assert [desk.get(f"{MONEY}sao-ke/{text}.{ending}").status_code for ending in ("pdf", "csv")] == [404, 404]


def test_it_is_only_looked_at(desk, month):
    assert [desk.post(path(month, ending)).status_code for ending in ("pdf", "csv")] == [405, 405]
