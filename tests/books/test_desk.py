"""The books in the back office: from a balance to its entries, from an entry to the act; for finance only."""

import csv
import io
import re
from datetime import timedelta

import pytest

from common import dates
from config.province.groups import ROLES
from payments.books import post
from payments.books.models import Account, Entry
from payments.intake import services
from tests.builders import payments as made
from tests.payments.test_finance import staff

pytestmark = pytest.mark.django_db
BOOKS = "/quan-tri/so-sach/"


@pytest.fixture
def payment():
    payment = made.settled()
    services.give_back(payment, amount_vnd=85_000, reason="", key="a")
    return payment


@pytest.fixture
def finance(client, django_user_model):
    staff(client, django_user_model, "view_account", "view_payment", "view_refund")
    return client


def links(page, part):
    return re.findall(rf'href="({re.escape(BOOKS)}{part}[^"]*)"', page.text)


def test_from_a_balance_to_the_act_behind_it(finance, payment):
    kinds = finance.get(BOOKS)
    assert "185.000" in kinds.text and "-100.000" in kinds.text
    (escrow,) = links(kinds, "loai/escrow")
    accounts = finance.get(escrow)
    (account,) = links(accounts, "tai-khoan/")
    postings = finance.get(account)
    entries = links(postings, "but-toan/")
    assert len(entries) == 2
    entry = finance.get(entries[1])
    (behind,) = re.findall(r'href="(/quan-tri/[^"]*inspect/[^"]*)"', entry.text)
    assert finance.get(behind).status_code == 200 and str(payment.pk) in behind


def test_a_balance_at_the_end_of_a_day(finance, payment):
    yesterday = (dates.today() - timedelta(days=1)).isoformat()
    assert "185.000" not in finance.get(BOOKS, {"ngay": yesterday}).text
    assert "185.000" in finance.get(BOOKS, {"ngay": dates.today().isoformat()}).text


def test_what_stands_on_an_account_ends_with_the_day_asked_for(finance):
    today = dates.today()
    midnight = dates.at(today, 0)
    for number, when in enumerate((midnight - timedelta(microseconds=1), midnight)):
        post.settled(number, adapter="sandbox", amount_vnd=185_000 + number, at=when)
    path = f"{BOOKS}tai-khoan/{Account.objects.get(kind='gateway').pk}/"
    for day, count in ((today - timedelta(days=2), 0), (today - timedelta(days=1), 1), (today, 2)):
        asked = {"ngay": day.isoformat()}
        assert len(links(finance.get(path, asked), "but-toan/")) == count
        lines = b"".join(finance.get(f"{path}csv/", asked).streaming_content).splitlines()
        assert len(lines) == 1 + count


@pytest.mark.parametrize("day", ["", "x", "9999-12-31", "2026-02-30", "\x00"])
def test_nonsense_for_a_day_is_now(finance, payment, day):
    assert "185.000" in finance.get(BOOKS, {"ngay": day, "p": "x"}).text


def test_an_account_as_a_table(finance, payment):
    account = Account.objects.get(kind="escrow")
    answer = finance.get(f"{BOOKS}tai-khoan/{account.pk}/csv/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[-1] for row in rows[1:]] == ["85000", "-185000"]
    assert "attachment" in answer["Content-Disposition"]


def test_many_postings_are_turned_in_pages(finance):
    for _number in range(3):
        made.settled()
    account = Account.objects.get(kind="gateway")
    from payments.books import desk

    desk.ON_A_PAGE, before = 2, desk.ON_A_PAGE
    page = finance.get(f"{BOOKS}tai-khoan/{account.pk}/?p=2")
    desk.ON_A_PAGE = before
    assert len(links(page, "but-toan/")) == 1


def test_what_is_not_there(finance):
    for path in ("loai/nothing/", "tai-khoan/999999/", "tai-khoan/999999/csv/", "but-toan/999999/"):
        assert finance.get(BOOKS + path).status_code == 404


def test_others_of_the_staff_may_not(client, django_user_model, payment):
    staff(client, django_user_model, "view_payment", "change_refund", "view_entry")
    account, entry = Account.objects.get(kind="escrow").pk, Entry.objects.first().pk
    paths = ["", "loai/escrow/", f"tai-khoan/{account}/", f"tai-khoan/{account}/csv/", f"but-toan/{entry}/"]
    assert all(client.get(BOOKS + path).status_code in (302, 403) for path in paths)
    assert BOOKS not in client.get("/quan-tri/").text


def test_the_role_of_finance_sees_them_and_nobody_else_does():
    assert [role for role, rights in ROLES.items() if "books" in rights] == ["Tài chính"]
    assert ROLES["Tài chính"]["books"] == {"account": ("view",)}
