"""Taxes of a month: each household's and rule's part, what went back, and that together they are the books'."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from common import dates, tables
from farmers.models import Household, TaxCode
from payments.books import accounts
from payments.books import tax as books
from payments.books.months import Month
from payments.books.write import enter
from shop.orders import audit, tasks, tax, tax_desk, tax_paper, tax_totals
from shop.orders.models import PartRefund, SubOrder, TaxMonth
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


def reckoned(month: Month | None = None) -> TaxMonth:
    """The month's totals as the books say now."""
    month = month or Month.running()
    tax_totals.forget(month)
    assert tax_totals.reckon(month)
    return tax_totals.found(month)


def rows(month: Month | None = None) -> list[tax.OfHousehold]:
    return list(tax_totals.of_households(reckoned(month)))


def totals(month: Month | None = None) -> tax.Totals:
    found = tax_totals.totals_of(reckoned(month))
    assert found.agrees and list(audit._taxes()) == []
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
    found = tax_totals.totals_of(reckoned())
    assert not found.agrees and found.households == 0
    assert [line for line in audit.breaks() if line.startswith(f"taxes of {Month.running()}")]


def test_households_are_read_and_reckoned_page_by_page(monkeypatch):
    parts = [completed(bought(tax_class="processed")) for _number in range(5)]
    whole = rows()
    assert {each.household for each in whole} == {part.storefront.household for part in parts}
    monkeypatch.setattr(books.page, "__kwdefaults__", {"after": 0, "at_once": 2})
    monkeypatch.setattr(tax_totals, "AT_ONCE", 2)
    assert rows() == whole


def test_a_job_that_ended_early_is_gone_on_with(monkeypatch):
    parts = [completed(bought(tax_class="processed")) for _number in range(5)]
    month = Month.running()
    monkeypatch.setattr(books.page, "__kwdefaults__", {"after": 0, "at_once": 2})
    with time_machine.travel(month.ends + timedelta(days=1)):
        assert month in tax_totals.unreckoned()
        assert not tax_totals.reckon(month, seconds=-1) and tax_totals.found(month) is None
        tasks.reckon_taxes()
        row = tax_totals.found(month)
        assert (row.households, row.rows) == (len(parts), len(parts)) and month not in tax_totals.unreckoned()
        assert tax_totals.reckon(month) and tax_totals.totals_of(row).whole.due_vnd == 5 * 5_250
        assert list(audit._taxes()) == []


def test_a_month_that_runs_or_has_only_just_ended_is_not_reckoned():
    completed(bought())
    month = Month.running()
    assert month not in tax_totals.unreckoned()
    with time_machine.travel(month.ends + timedelta(minutes=9)):
        tasks.reckon_taxes()
        assert not TaxMonth.objects.filter(first_day=month.first_day).exists()
    with time_machine.travel(month.ends + timedelta(minutes=11)):
        while month in tax_totals.unreckoned():
            tasks.reckon_taxes()
        assert tax_totals.found(month).households == 1


@pytest.mark.parametrize("rows_of", [{"household": None}, {"household__isnull": False}])
def test_the_audit_finds_totals_that_are_not_the_books(rows_of):
    completed(bought(tax_class="processed"))
    row = reckoned()
    row.totals.filter(**rows_of).update(vat_vnd=7)
    assert list(audit._taxes())


def test_what_the_audit_finds_wrong_is_reckoned_anew():
    completed(bought(tax_class="processed"))
    month = Month.running()
    with time_machine.travel(month.ends + timedelta(days=1)):
        call_command("reckon_taxes", str(month))
        assert list(audit._taxes()) == []
        tax_totals.found(month).totals.update(vat_vnd=7)
        call_command("reckon_taxes", str(month))
        assert list(audit._taxes())
        call_command("reckon_taxes", str(month), "--anew")
        assert list(audit._taxes()) == [] and tax_totals.found(month).households == 1


@pytest.mark.parametrize("month", ["2026-13", "x", "2099-12"])
def test_no_month_and_one_that_is_not_over_is_not_reckoned(month):
    with pytest.raises(CommandError):
        call_command("reckon_taxes", str(month), "--anew")
    assert not TaxMonth.objects.exists()


@given(
    amount_vnd=st.integers(-(10**9), 10**9), weights=st.lists(st.integers(0, 10**9), min_size=1, max_size=5)
)
def test_shares_add_up_and_go_one_way(amount_vnd, weights):
    found = tax._shared(amount_vnd, tuple(weights))
    assert sum(found) == amount_vnd
    assert all(each * amount_vnd >= 0 for each in found)


# The table and the paper


def table(month: Month) -> list[list[str]]:
    text = "".join(tables.lines(tax_paper.table_of(reckoned(month))))
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_table_adds_up_to_the_paper_and_the_books(monkeypatch):
    for part in (completed(bought(tax_class="processed")), completed(two_kinds(monkeypatch))):
        claim(part, Fault.HOUSEHOLD, 70_000)
    head, *found, whole = table(Month.running())
    assert len(found) == 3 and len({len(row) for row in (head, *found, whole)}) == 1
    columns = [sum(int(cell) for cell in column) for column in zip(*[row[9:] for row in found], strict=True)]
    assert columns == [int(cell) for cell in whole[9:]]
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
    assert row[1] == '\'=HYPERLINK("http://x")' and row[5] == "Xã Chi Lăng"


def test_a_household_stands_under_the_number_that_the_tax_office_knows_it_by():
    known, unknown = (completed(bought()).storefront.household for _number in range(2))
    TaxCode.objects.create(household=known, code="0123456789-001")
    _head, *rows, _whole = table(Month.running())
    assert {row[0]: row[2] for row in rows} == {str(known.pk): "'0123456789-001", str(unknown.pk): ""}


@pytest.mark.parametrize(
    ("rate", "words"), [("0.01", "1 %"), ("0.005", "0,5 %"), ("0", "0 %"), ("0.015", "1,5 %")]
)
def test_rates_as_people_write_them(rate, words):
    assert tax_paper.percent(Decimal(rate)) == words.replace(" ", "\u00a0")


# The desk


@pytest.fixture
def month():
    """The running month; what is shown of it is shown when it is over."""
    return Month.running()


def paths(part: SubOrder, month: Month) -> list[str]:
    home = f"{STATEMENTS}{part.storefront.household_id}/"
    taxes = [f"{TAXES}?thang={month}", f"{TAXES}{month}/csv/", f"{TAXES}{month}/pdf/"]
    return [*taxes, STATEMENTS, home, f"{home}{month}/csv/", f"{home}{month}/pdf/"]


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_finance_sees_the_month_and_takes_it_along(client, django_user_model, month):
    part = completed(bought(tax_class="processed"))
    reckoned(month)
    with time_machine.travel(month.ends + timedelta(days=1)):
        staff(client, django_user_model, "view_account")
        page = client.get(TAXES).text
        home = f"{STATEMENTS}{part.storefront.household_id}/"
        for words in ("117/2025", "350.000", "3.500", "1.750", "Lập lúc", "Cộng 1 hộ", home):
            assert words in page, words
        assert "khác với sổ sách" not in page and "Đang lập" not in page
        assert home in client.get(STATEMENTS, {"q": part.storefront.household.name}).text
        assert f"{home}{month}/pdf/" in client.get(home).text
        for path in paths(part, month):
            answer = client.get(path)
            assert answer.status_code == 200 and body(answer), path
            if path.endswith(("csv/", "pdf/")):
                assert "no-store" in answer["Cache-Control"]
        assert body(client.get(f"{TAXES}{month}/csv/")).decode().count("350000") == 2


def test_a_month_that_runs_says_what_the_whole_province_withheld(client, django_user_model, month):
    part = completed(bought(tax_class="processed"))
    staff(client, django_user_model, "view_account")
    page = client.get(TAXES, {"thang": str(month)}).text
    assert "3.500" in page and "Tháng chưa hết" in page and "csv/" not in page and "117/2025" not in page
    assert all(client.get(path).status_code == 404 for path in paths(part, month)[1:3])


def test_a_month_that_is_over_is_coming_until_a_job_has_made_it(client, django_user_model, month):
    completed(bought(tax_class="processed"))
    with time_machine.travel(month.ends + timedelta(days=1)):
        staff(client, django_user_model, "view_account")
        page = client.get(TAXES).text
        assert "Đang lập" in page and 'http-equiv="refresh"' in page and "3.500" in page
        while month in tax_totals.unreckoned():
            tasks.reckon_taxes()
        page = client.get(TAXES).text
        assert "Đang lập" not in page and 'http-equiv="refresh"' not in page and "117/2025" in page


def test_a_month_that_cannot_be_reckoned_says_why_until_it_goes_on(
    client, django_user_model, month, monkeypatch
):
    completed(bought(tax_class="processed"))

    def broken(_acts):
        raise ValueError("of entry 7 nobody knows a rule <b>")

    with time_machine.travel(month.ends + timedelta(days=1)):
        staff(client, django_user_model, "view_account")
        with monkeypatch.context() as patch:
            patch.setattr(tax, "summed", broken)
            for _minute in range(2):
                tasks.reckon_taxes()
        page = client.get(TAXES).text
        assert "Chưa lập được" in page and "ValueError: of entry 7 nobody knows a rule &lt;b&gt;" in page
        assert "không phải chờ" not in page and tax_totals.found(month) is None
        while month in tax_totals.unreckoned():
            tasks.reckon_taxes()
        page = client.get(TAXES).text
        assert "Chưa lập được" not in page and "117/2025" in page
        assert tax_totals.found(month).trouble == ""


def test_pages_of_households_ask_the_same_number_of_queries(client, django_user_model, month, monkeypatch):
    monkeypatch.setattr(tax_desk, "PER_PAGE", 2)
    homes = [completed(bought(tax_class="processed")).storefront.household for _number in range(5)]
    reckoned(month)
    with time_machine.travel(month.ends + timedelta(days=1)):
        staff(client, django_user_model, "view_account")
        client.get(TAXES)
        seen, counts = [], set()
        for number in (1, 2, 3):
            with CaptureQueriesContext(connection) as queries:
                page = client.get(TAXES, {"thang": str(month), "p": number})
            counts.add(len(queries))
            seen += [row["household"] for row in page.context["households"]]
            assert not [each for each in queries if touches_books(each["sql"])]
    assert seen == sorted(homes, key=lambda home: home.pk) and len(counts) == 1


def touches_books(query: str) -> bool:
    """Whether it reads postings otherwise than those after the last that were added up."""
    return "books_posting" in query and "posting.entry_id > " not in query


def test_a_difference_to_the_books_is_told(client, django_user_model, month):
    enter("refund_approved", "refund:99999999", {accounts.VAT: 1, accounts.COMMISSION: -1})
    reckoned(month)
    staff(client, django_user_model, "view_account")
    assert "khác với sổ sách" in client.get(TAXES, {"thang": str(month)}).text


@pytest.mark.parametrize("month", ["", "x", "2026-13", "\x00", "2026-1"])
def test_nonsense_for_a_month(client, django_user_model, month):
    staff(client, django_user_model, "view_account")
    assert f'value="{Month.running().previous}"' in client.get(TAXES, {"thang": month}).text
    if month and month != "\x00":
        assert client.get(f"{TAXES}{month}/csv/").status_code == 404
        assert client.get(f"{STATEMENTS}1/{month}/pdf/").status_code == 404


def test_others_of_the_staff_may_not(client, django_user_model, month):
    part = completed(bought())
    reckoned(month)
    staff(client, django_user_model, "view_order", "view_payment", "view_household")
    assert all(client.get(path).status_code in (302, 403) for path in paths(part, month))
    assert TAXES not in client.get("/quan-tri/").text


def test_searching_for_a_household(client, django_user_model):
    part = completed(bought())
    home = part.storefront.household
    staff(client, django_user_model, "view_account")
    assert f"{STATEMENTS}{home.pk}/" in client.get(STATEMENTS, {"q": str(home.pk)}).text
    for words in ("không ai", "\x00", "9" * 30, str(home.pk + 1)):
        assert (f"{STATEMENTS}{home.pk}/" in client.get(STATEMENTS, {"q": words}).text) == (words == "\x00")
