"""A household's monthly statement: the same đồng in the books, in the table and on the paper, and no buyer in it."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from fontTools.ttLib import TTFont

from common import dates, papers
from farmers.models import BankAccount, Household
from payments.books import balances
from payments.books.months import Month
from payments.books.statements import accounts_of
from payments.payouts import approval, sending
from payments.payouts.models import Payout
from shop.orders import statement_paper
from shop.orders.models import SubOrder
from shop.orders.money import Fault
from shop.orders.statements import Sheet, sheet_of
from tests.builders import payouts as made
from tests.orders.test_money import bought, claim, completed, fee, fresh

pytestmark = pytest.mark.django_db
VIETNAMESE = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ"


@pytest.fixture
def part() -> SubOrder:
    """Sold with a fee and taxes, a fifth of it given back since."""
    fee(500)
    part = completed(bought(tax_class="processed"))
    claim(part, Fault.HOUSEHOLD, 70_000)
    return fresh(part)


@pytest.fixture
def home(part) -> Household:
    household = part.storefront.household
    BankAccount.objects.create(
        household=household, bank_bin="970405", account="8200205123456", account_name="A",
        changed_at=dates.now() - timedelta(days=100),
    )  # fmt: skip
    return household


def this_month(household: Household) -> Sheet:
    return sheet_of(household, Month.running())


def paid_and_bounced() -> Payout:
    """The household's money is sent, and the bank sends it back."""
    made.run()
    approval.approve(Payout.objects.get(), by=made.officer("Mai"))
    sending.send_file(by=made.officer("Mai"))
    return sending.bounce(Payout.objects.get(), by=made.officer("Mai"), reason="Sai số tài khoản")


def dong(words: str) -> int:
    """'−17.500' → -17500; nothing is nothing."""
    return int(words.replace(".", "").replace("−", "-") or 0)


def test_every_line_is_explained_to_the_last_dong(home, part):
    sale, back = this_month(home).rows
    assert (sale.title, sale.number) == ("1 thùng 5 kg", part.number)
    assert (sale.goods_vnd, sale.fee_vnd, sale.vat_vnd, sale.income_tax_vnd, sale.delivery_vnd, sale.amount_vnd) == (
        350_000, -17_500, -3_500, -1_750, 30_000, 357_250,
    )  # fmt: skip
    assert (back.title, back.number) == ("Hoàn lại khách", part.number)
    assert (back.goods_vnd, back.fee_vnd, back.vat_vnd, back.income_tax_vnd, back.amount_vnd) == (
        -70_000, 3_500, 700, 350, -65_450,
    )  # fmt: skip


def test_payouts_and_cash_stand_by_their_own_names(home, part):
    with time_machine.travel(dates.now() + timedelta(days=14)):
        payout = paid_and_bounced()
        rows = this_month(home).rows[-2:]
    assert [(row.title, row.number, row.amount_vnd) for row in rows] == [
        ("Chợ chuyển tiền", payout.reference, -payout.amount_vnd),
        ("Ngân hàng trả lại lần chuyển", payout.reference, payout.amount_vnd),
    ]
    assert all(row.goods_vnd is None and row.fee_vnd is None for row in rows)
    cash = completed(bought(adapter="cod"), "household")
    household = cash.storefront.household
    _sale, kept = this_month(household).rows
    assert (kept.title, kept.number, kept.amount_vnd) == ("Tiền mặt nhà mình đã cầm", cash.number, -380_000)


def test_the_table_adds_up_from_top_to_bottom(home):
    head, *rows = statement_paper.table_of(this_month(home))
    amounts = [row[-1] for row in rows]
    assert sum(amounts[:-1]) == amounts[-1] == -sum(balances.balance(each) for each in accounts_of(home.pk))
    assert len({len(row) for row in (head, *rows)}) == 1
    for row in rows[1:-1]:
        assert sum(each or 0 for each in row[3:8]) == row[8]


def test_the_paper_says_the_dong_of_the_table(home):
    with time_machine.travel(dates.now() + timedelta(days=14)):
        paid_and_bounced()
    for month in (Month.running(), Month.of(dates.now() + timedelta(days=14))):
        sheet = sheet_of(home, month)
        table, data = statement_paper.table_of(sheet), statement_paper.data_of(sheet)
        written = [[cell or 0 for cell in row[3:]] for row in table[2:-1]]
        assert [[dong(cell) for cell in row[3:]] for row in data["rows"]] == written
        assert [dong(cell) for cell in data["sums"][3:]] == [
            sum(column) for column in zip(*written, strict=True)
        ]
        opening, *between, closing = (dong(words) for _name, words, _weight in data["summary"])
        assert (opening, closing) == (table[1][-1], table[-1][-1]) and opening + sum(between) == closing


def test_no_buyer_stands_in_it(home, part):
    sheet, order = this_month(home), part.order
    words = json.dumps([statement_paper.table_of(sheet), statement_paper.data_of(sheet)], ensure_ascii=False)
    assert order.number in words
    for secret in (
        order.name,
        order.phone,
        order.phone.replace("+84", "0"),
        order.email,
        order.street,
        "Cầu Giấy",
    ):
        assert secret not in words


def test_a_closed_month_is_printed_the_same_for_ever(home):
    month = Month.running()
    with time_machine.travel(month.ends + timedelta(days=1)):
        before = statement_paper.pdf_of(sheet_of(home, month))
        assert "Tạm tính" not in json.dumps(
            statement_paper.data_of(sheet_of(home, month)), ensure_ascii=False
        )
    with time_machine.travel(month.ends + timedelta(days=200)):
        assert statement_paper.pdf_of(sheet_of(home, month)) == before
    assert before.startswith(b"%PDF-") and len(before) > 10_000


def test_the_running_month_says_that_it_is_not_over(home):
    assert "Tạm tính" in statement_paper.data_of(this_month(home))["note"]
    assert statement_paper.pdf_of(this_month(home)).startswith(b"%PDF-")


@pytest.mark.parametrize("name", ['#panic("x")', "*đậm* _nghiêng_ $x$ @ref <nhãn> // \\ #", '"}]'])
def test_a_name_is_text_and_never_markup(home, name):
    Household.objects.filter(pk=home.pk).update(name=name)
    home.refresh_from_db()
    data = statement_paper.data_of(this_month(home))
    assert data["who"] == name
    assert len(papers.pictures("statement", data, ppi=40)) == 1


def test_every_letter_of_vietnamese_is_in_the_letters_of_papers(home):
    data = json.dumps(statement_paper.data_of(this_month(home)), ensure_ascii=False)
    for font in papers.fonts():
        known = TTFont(font).getBestCmap()
        missing = {each for each in VIETNAMESE + VIETNAMESE.upper() + data + "₫−–…" if ord(each) not in known}
        assert missing == set()


def test_words_are_really_printed(home):
    assert papers._fonts().families() == ["Be Vietnam Pro"]
    data = statement_paper.data_of(this_month(home))
    found = []
    for who in ("ẵ", "ẳ", "\u2003"):
        (page,) = papers.pictures("statement", {**data, "who": who}, ppi=60)
        found.append(page)
    assert len(set(found)) == 3


def test_who_reads_english_has_it_in_english_and_chinese_falls_back(home):
    with translation.override("zh-hans"):
        assert papers.language() == "vi"
        statement_paper.pdf_of(this_month(home))
    with translation.override("en"):
        assert statement_paper.data_of(this_month(home))["language"] == "en"


def test_an_empty_month_is_a_paper_too(home):
    empty = sheet_of(home, Month(2001, 1))
    assert empty.rows == () and [row[-1] for row in statement_paper.table_of(empty)[1:]] == [0, 0]
    assert statement_paper.pdf_of(empty).startswith(b"%PDF-")


def test_ten_queries_however_many_acts(home, part):
    for number in range(5):
        claim(part, Fault.HOUSEHOLD, 1_000, key=f"more-{number}")
    home = Household.objects.select_related("storefront").get(pk=home.pk)
    with CaptureQueriesContext(connection) as queries:
        assert len(this_month(home).rows) == 7
    assert len(queries) <= 10
