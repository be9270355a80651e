"""Taxes of a month: each household's and rule's part, what went back, and that together they are the books'."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from common import dates, tables
from farmers.models import Household
from payments.books import accounts
from payments.books import tax as books
from payments.books.months import Month
from payments.books.write import enter
from shop.orders import tax, tax_paper
from shop.orders.models import PartRefund, SubOrder
from shop.orders.money import Fault
from shop.orders.tax import Group, Taxed
from shop.stock import services as stock
from tests.builders.catalogue import a_listing, a_product
from tests.builders.orders import a_line, a_part, an_order
from tests.orders.test_money import bought, claim, completed, fee, fresh
from tests.orders.test_services import pay
from tests.payments.test_finance import staff

pytestmark = pytest.mark.django_db
TAXES, STATEMENTS = "/quan-tri/thue/", "/quan-tri/sao-ke-ho/"


def rows(month: Month | None = None) -> list[tax.OfHousehold]:
    return list(tax.of_households(month or Month.running()))


def totals(month: Month | None = None) -> tax.Totals:
    found = tax.totals_of(month or Month.running())
    assert found.agrees
    assert sum((each.taxed for each in rows(found.month)), Taxed()) == found.whole
    return found


def two_kinds(monkeypatch) -> SubOrder:
    """One part of two lines under two rules: na of one's own, and what was made of it."""
    own = a_listing(price_vnd=350_000)
    made = a_listing(
        storefront=own.storefront, product=a_product(slug="mut", name="Mứt", tax_class="processed"),
        price_vnd=100_001, title="Mứt na",
    )  # fmt: skip
    for listing in (own, made):
        stock.open_lot(listing, harvested_on=dates.today(), qty=20_000, by=None)
    lines = (a_line(own.packs.get()), a_line(made.packs.get()))
    monkeypatch.setattr(
        "tests.builders.orders.a_part", lambda each, count: replace(a_part(each), lines=lines)
    )
    order = an_order(own)
    pay(order)
    return fresh(order.suborders.get())


def test_a_sale_stands_under_its_rule_with_its_law():
    fee(500)
    part = completed(bought(tax_class="processed"))
    (row,) = rows()
    assert row.household == part.storefront.household
    assert row.group == Group(part.lines.get().withholding_id, Decimal("0.01"), Decimal("0.005"))
    assert row.taxed == Taxed(revenue_vnd=350_000, vat_vnd=3_500, income_tax_vnd=1_750)
    assert "117/2025" in tax_paper.source_of(row.group, tax.sources())
    assert totals().whole.due_vnd == 5_250


def test_what_a_refund_gives_back_stands_apart():
    part = completed(bought(tax_class="processed"))
    claim(part, Fault.HOUSEHOLD, 70_000)
    taxed = totals().whole
    assert (taxed.revenue_vnd, taxed.revenue_back_vnd, taxed.net_revenue_vnd) == (350_000, 70_000, 280_000)
    assert (taxed.vat_back_vnd, taxed.income_tax_back_vnd, taxed.due_vnd) == (700, 350, 4_200)


def test_what_is_not_the_households_fault_gives_no_tax_back():
    part = completed(bought(tax_class="processed"))
    claim(part, Fault.CARRIER, 70_000)
    claim(fresh(part), Fault.NOBODY, 70_000, key="other")
    assert totals().whole == Taxed(revenue_vnd=350_000, vat_vnd=3_500, income_tax_vnd=1_750)


def test_a_part_under_two_rules_is_shared_among_them(monkeypatch):
    part = completed(two_kinds(monkeypatch))
    claim(part, Fault.HOUSEHOLD, 33_333)
    own, made = rows()
    assert (own.group.vat_rate, made.group.vat_rate) == (0, Decimal("0.01"))
    assert (own.taxed.revenue_vnd, own.taxed.vat_vnd) == (350_000, 0)
    assert (made.taxed.revenue_vnd, made.taxed.vat_vnd, made.taxed.income_tax_vnd) == (100_001, 1_000, 500)
    assert own.taxed.revenue_back_vnd + made.taxed.revenue_back_vnd == 33_333
    assert own.taxed.vat_back_vnd == 0 < made.taxed.vat_back_vnd
    assert totals().households == 1


def test_what_goes_back_later_is_of_the_month_in_which_it_does():
    part = completed(bought(tax_class="processed"))
    month = Month.running()
    before = totals(month)
    with time_machine.travel(month.ends + timedelta(days=3)):
        claim(part, Fault.HOUSEHOLD, 350_000)
        assert totals(month) == before
        later = totals(month.next).whole
    assert later == Taxed(revenue_back_vnd=350_000, vat_back_vnd=3_500, income_tax_back_vnd=1_750)
    assert later.due_vnd == -5_250


def test_a_refund_that_moved_no_household_is_still_its_households():
    part = completed(bought(tax_class="processed"))
    refund = claim(part, Fault.CARRIER, 10)
    PartRefund.objects.filter(refund=refund).update(fault=Fault.HOUSEHOLD)
    enter(
        "refund_approved", f"refund:{refund.pk}", {accounts.VAT: 1, accounts.COMMISSION: -1}, act="rounding"
    )
    (row,) = rows()
    assert (row.household, row.taxed.vat_back_vnd) == (part.storefront.household, 1)
    with time_machine.travel(Month.running().ends + timedelta(days=1)):
        enter(
            "refund_approved", f"refund:{refund.pk}", {accounts.VAT: 1, accounts.COMMISSION: -1}, act="later"
        )
        (row,) = rows()
        assert (row.household, row.taxed) == (part.storefront.household, Taxed(vat_back_vnd=1))
        totals()


def test_what_nobody_can_be_asked_for_is_shown_as_a_difference():
    enter("refund_approved", "refund:99999999", {accounts.VAT: 1, accounts.COMMISSION: -1})
    found = tax.totals_of(Month.running())
    assert not found.agrees and found.households == 0


def test_households_are_read_page_by_page(monkeypatch):
    parts = [completed(bought(tax_class="processed")) for _number in range(5)]
    whole = rows()
    assert {each.household for each in whole} == {part.storefront.household for part in parts}
    with CaptureQueriesContext(connection) as at_once:
        rows()
    monkeypatch.setattr(books.pages, "__kwdefaults__", {"at_once": 2})
    with CaptureQueriesContext(connection) as in_pages:
        assert rows() == whole
    assert len(at_once) < len(in_pages) < 3 * len(at_once) + 5


@given(
    amount_vnd=st.integers(-(10**9), 10**9), weights=st.lists(st.integers(0, 10**9), min_size=1, max_size=5)
)
def test_shares_add_up_and_go_one_way(amount_vnd, weights):
    found = tax._shared(amount_vnd, tuple(weights))
    assert sum(found) == amount_vnd
    assert all(each * amount_vnd >= 0 for each in found)


# The table and the paper


def table(month: Month) -> list[list[str]]:
    text = "".join(tables.lines(tax_paper.table_of(month)))
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_table_adds_up_to_the_paper_and_the_books(monkeypatch):
    for part in (completed(bought(tax_class="processed")), completed(two_kinds(monkeypatch))):
        claim(part, Fault.HOUSEHOLD, 70_000)
    head, *found, whole = table(Month.running())
    assert len(found) == 3 and len({len(row) for row in (head, *found, whole)}) == 1
    columns = [sum(int(cell) for cell in column) for column in zip(*[row[8:] for row in found], strict=True)]
    assert columns == [int(cell) for cell in whole[8:]]
    data = tax_paper.data_of(totals())
    assert [dong(cell) for cell in data["sums"][2:]] == columns
    assert [sum(dong(row[place]) for row in data["rows"]) for place in range(2, 11)] == columns
    moved = books.moved(Month.running())
    assert (columns[4], columns[7]) == (moved.vat_vnd, moved.income_tax_vnd)
    assert tax_paper.pdf_of(totals()).startswith(b"%PDF-")


def dong(words: str) -> int:
    return int(words.replace(".", "").replace("−", "-"))


def test_a_name_that_is_a_formula_is_defused():
    part = completed(bought())
    Household.objects.filter(pk=part.storefront.household_id).update(name='=HYPERLINK("http://x")')
    _head, row, _whole = table(Month.running())
    assert row[1] == '\'=HYPERLINK("http://x")' and row[4] == "Xã Chi Lăng"


@pytest.mark.parametrize(
    ("rate", "words"), [("0.01", "1 %"), ("0.005", "0,5 %"), ("0", "0 %"), ("0.015", "1,5 %")]
)
def test_rates_as_people_write_them(rate, words):
    assert tax_paper.percent(Decimal(rate)) == words.replace(" ", "\u00a0")


# The desk


def paths(part: SubOrder) -> list[str]:
    month, home = Month.running(), f"{STATEMENTS}{part.storefront.household_id}/"
    taxes = [TAXES, f"{TAXES}{month}/csv/", f"{TAXES}{month}/pdf/"]
    return [*taxes, STATEMENTS, home, f"{home}{month}/csv/", f"{home}{month}/pdf/"]


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_finance_sees_the_month_and_takes_it_along(client, django_user_model):
    part = completed(bought(tax_class="processed"))
    staff(client, django_user_model, "view_account")
    page = client.get(TAXES, {"thang": str(Month.running())}).text
    for words in ("117/2025", "350.000", "3.500", "1.750", "Tạm tính", "Cộng 1 hộ"):
        assert words in page, words
    assert "khác với sổ sách" not in page
    listed = client.get(STATEMENTS, {"q": part.storefront.household.name}).text
    home = f"{STATEMENTS}{part.storefront.household_id}/"
    assert home in listed and f"{home}{Month.running()}/pdf/" in client.get(home).text
    for path in paths(part):
        answer = client.get(path)
        assert answer.status_code == 200 and body(answer), path
        if path.endswith(("csv/", "pdf/")):
            assert "no-store" in answer["Cache-Control"]
    assert body(client.get(f"{TAXES}{Month.running()}/csv/")).decode().count("350000") == 2


def test_a_difference_to_the_books_is_told(client, django_user_model):
    enter("refund_approved", "refund:99999999", {accounts.VAT: 1, accounts.COMMISSION: -1})
    staff(client, django_user_model, "view_account")
    assert "khác với sổ sách" in client.get(TAXES, {"thang": str(Month.running())}).text


@pytest.mark.parametrize("month", ["", "x", "2026-13", "\x00", "2026-1"])
def test_nonsense_for_a_month(client, django_user_model, month):
    staff(client, django_user_model, "view_account")
    assert f'value="{Month.running().previous}"' in client.get(TAXES, {"thang": month}).text
    if month and month != "\x00":
        assert client.get(f"{TAXES}{month}/csv/").status_code == 404
        assert client.get(f"{STATEMENTS}1/{month}/pdf/").status_code == 404


def test_others_of_the_staff_may_not(client, django_user_model):
    part = completed(bought())
    staff(client, django_user_model, "view_order", "view_payment", "view_household")
    assert all(client.get(path).status_code in (302, 403) for path in paths(part))
    assert TAXES not in client.get("/quan-tri/").text


def test_searching_for_a_household(client, django_user_model):
    part = completed(bought())
    home = part.storefront.household
    staff(client, django_user_model, "view_account")
    assert f"{STATEMENTS}{home.pk}/" in client.get(STATEMENTS, {"q": str(home.pk)}).text
    for words in ("không ai", "\x00", "9" * 30, str(home.pk + 1)):
        assert (f"{STATEMENTS}{home.pk}/" in client.get(STATEMENTS, {"q": words}).text) == (words == "\x00")
