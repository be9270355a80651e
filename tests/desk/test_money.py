"""Tiền: what the household sees is what the books say, for the household alone; the account changes with a code."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.notices.models import Notice
from common import dates
from farmers.models import BankAccount, Membership
from payments.books import accounts, balances
from payments.payouts import approval, queries, sending
from payments.payouts.models import Payout
from shop.desk.money import rows_of, sums_of
from shop.fulfilment import hand_over
from shop.orders import earnings
from shop.orders.models import SubOrder
from shop.orders.money import Fault
from tests.builders import payouts as made
from tests.builders.farmers import a_user
from tests.builders.orders import an_order
from tests.desk.conftest import signed_in
from tests.orders.test_money import claim, completed, delivered, fee, fresh
from tests.orders.test_services import pay

pytestmark = pytest.mark.django_db
MONEY = "/ban-hang/tien/"
ACCOUNT = MONEY + "tai-khoan/"
OTHER = {"bank_bin": "970436", "account": "0071 001.234-567", "account_name": "Hoàng Thị Sáu"}


@pytest.fixture
def bank(sau) -> BankAccount:
    return BankAccount.objects.create(
        household=sau,
        bank_bin="970405",
        account="8200205123456",
        account_name="HOANG THI SAU",
        changed_at=dates.now() - timedelta(days=100),
    )


def owed(household) -> int:
    """What the books owe the household."""
    payable = balances.balance(accounts.payable(household.pk))
    return -payable - balances.balance(accounts.delivery(accounts.household(household.pk)))


def shown(household):
    return sums_of(household, queries.unpaid_of(household.pk))


def later(days: int = 14):
    return time_machine.travel(dates.now() + timedelta(days=days))


def test_a_household_without_sales_is_told_what_will_stand_here(desk, sau):
    page = desk.get(MONEY).text
    assert "Chưa có tiền nào" in page and "Thêm tài khoản nhận tiền" in page


def test_an_order_is_explained_to_the_last_dong(desk, sau, bank, listing, lot, part):
    fee(500)
    part = completed(paid_part(listing))
    claim(part, Fault.HOUSEHOLD, 70_000)
    page = desk.get(MONEY)
    rows = page.context["rows"]
    back, sale = (row.detail for row in rows)
    assert (sale.goods_vnd, sale.fee_vnd, sale.tax_vnd, sale.net_vnd, sale.delivery_vnd) == (
        350_000, 17_500, 0, 332_500, 30_000,
    )  # fmt: skip
    assert (back.goods_vnd, back.fee_vnd, back.net_vnd) == (-70_000, -3_500, -66_500)
    assert sale.goods_vnd - sale.fee_vnd - sale.tax_vnd == sale.net_vnd
    text = re.sub(r"\s+", " ", page.text)
    for word in ("350.000", "−17.500", "362.500", "+3.500", "-66.500", part.number, "Agribank"):
        assert word in text, word
    assert page.context["sums"].owed_vnd == owed(sau) == 296_000


def paid_part(listing, adapter: str = "sandbox") -> SubOrder:
    """An order of Lan's whose money came, or cash on delivery."""
    order = an_order(listing, adapter=adapter)
    if adapter != "cod":
        pay(order)
    return fresh(order.suborders.get())


def test_the_sums_equal_the_books_at_every_step(sau, bank, listing, lot):
    fee(500)
    assert shown(sau).owed_vnd == owed(sau) == 0
    part = completed(paid_part(listing))
    completed(paid_part(listing, adapter="cod"), "household")
    claim(part, Fault.HOUSEHOLD, 33_333)
    steps = [lambda: made.run(), approve, lambda: sending.send_file(by=made.officer("Mai"))]
    steps += [lambda: claim(fresh(part), Fault.HOUSEHOLD, 11_111, 5_000, key="late"), bounce, made.run]
    with later():
        for step in steps:
            before = shown(sau)
            assert before.owed_vnd == owed(sau)
            step()
            after = shown(sau)
            rows = rows_of(sau.pk, sau.storefront, [each.entry_id for each in queries.unpaid_of(sau.pk)])
            assert after.owed_vnd == owed(sau)
            assert sum(row.detail.amount_vnd for row in rows) == after.unpaid_vnd


def approve():
    approval.approve(Payout.objects.get(state="draft"), by=made.officer("Mai"))


def bounce():
    sending.bounce(Payout.objects.get(state="sent"), by=made.officer("Mai"), reason="Sai số tài khoản")


def test_a_payout_says_which_orders_and_adds_up(desk, sau, bank, listing, lot):
    part = completed(paid_part(listing))
    with later():
        (payout,) = made.run()
        approve()
        sending.send_file(by=made.officer("Mai"))
        desk = signed_in(sau)
        assert "Đã chuyển hôm nay" in desk.get(MONEY).text
        page = desk.get(f"{MONEY}lan/{payout.reference}/")
        assert part.number in page.text and "…3456" in page.text and payout.account not in page.text
        assert sum(row.detail.amount_vnd for row in page.context["rows"]) == payout.amount_vnd == 380_000
        bounce()
        page = desk.get(f"{MONEY}lan/{payout.reference}/")
        assert "Sai số tài khoản" in page.text and "Tiền không mất" in page.text
        assert "Ngân hàng trả lại" in desk.get(MONEY).text and "Sai số tài khoản" in desk.get(ACCOUNT).text


def test_what_arrived_and_came_back_later_is_said_and_owed_again(desk, sau, bank, listing, lot):
    completed(paid_part(listing))
    with later():
        (payout,) = made.run()
        approve()
        sending.send_file(by=made.officer("Mai"))
        sending.settle(payout, by=made.officer("Mai"))
        desk = signed_in(sau)
        page = desk.get(MONEY)
        assert "Đã về tài khoản" in page.text and page.context["sums"].owed_vnd == 0
        sending.bounce(made.fresh(payout), by=made.officer("Mai"), reason="Tài khoản đã đóng")
        page = desk.get(MONEY)
        assert page.context["sums"].owed_vnd == page.context["sums"].unpaid_vnd == 380_000
        assert "Đã về tài khoản" not in page.text and "Ngân hàng trả lại" in page.text
        assert "Tài khoản đã đóng" in desk.get(f"{MONEY}lan/{payout.reference}/").text


def test_what_is_sold_and_not_earned_is_expected_exactly_as_it_will_be(desk, sau, bank, listing, lot, part):
    fee(500)
    early = delivered(paid_part(listing))
    claim(early, Fault.HOUSEHOLD, 33_333, 1_000)
    cash = delivered(paid_part(listing, adapter="cod"), "household")
    expected = {each.suborder.pk: each.amount_vnd for each in earnings.expected_of(sau.storefront)}
    assert set(expected) == {part.pk, early.pk, cash.pk}
    assert desk.get(MONEY).context["expected_vnd"] == sum(expected.values())
    for each in (early, cash):
        before = owed(sau)
        hand_over.complete(fresh(each))
        assert owed(sau) - before == expected[each.pk]
    assert expected[cash.pk] == -17_500


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"held_until": dates.now() + timedelta(days=90)}, "vừa đổi tài khoản"),
        ({"held_why": "báo mất máy"}, "tạm giữ tiền"),
    ],
)
def test_why_no_money_comes_is_said(desk, sau, bank, listing, lot, change, says):
    completed(paid_part(listing))
    BankAccount.objects.update(**change)
    assert says in desk.get(MONEY).text
    BankAccount.objects.all().delete()
    assert "Chưa có tài khoản nhận tiền" in desk.get(MONEY).text


def test_little_money_and_debts_are_said(desk, sau, bank, settings):
    made.earned(sau, 20_000)
    assert "Chưa đủ 50.000" in desk.get(MONEY).text
    made.taken_back(sau, 50_000)
    page = desk.get(MONEY).text
    assert "còn nợ chợ" in page and "trừ dần" in page


def test_a_payout_of_others_is_not_found(desk, stranger, sau, bank):
    made.earned(sau)
    (payout,) = made.run()
    path = f"{MONEY}lan/{payout.reference}/"
    assert desk.get(path).status_code == 200 and stranger.get(path).status_code == 404
    assert desk.get(f"{MONEY}lan/khong-co/").status_code == 404
    assert "300.000" not in stranger.get(MONEY).text


def test_pages_ask_a_bounded_number_of_queries(desk, sau, bank, django_assert_max_num_queries):
    for number in range(40):
        made.earned(sau, 10_000 + number)
    desk.get(MONEY)
    with django_assert_max_num_queries(24):
        assert len(desk.get(MONEY).context["rows"]) == 30
    assert len(desk.get(f"{MONEY}?trang=2").context["rows"]) == 10


def code() -> str:
    return re.search(r"\d{6}", Notice.objects.filter(kind="code").latest("pk").text)[0]


def test_the_owner_changes_the_account_with_a_code(desk, sau, bank):
    answer = desk.post(ACCOUNT, OTHER)
    assert answer["Location"] == f"{ACCOUNT}ma/"
    page = desk.get(f"{ACCOUNT}ma/").text
    assert "0071001234567" in page and "Vietcombank" in page
    wrong = "000000" if code() != "000000" else "111111"
    answer = desk.post(f"{ACCOUNT}ma/", {"code": wrong})
    assert answer.status_code == 422 and "còn 4 lần" in answer.text
    desk.post(f"{ACCOUNT}ma/", {"again": "1"})
    page = desk.post(f"{ACCOUNT}ma/", {"code": code()}, follow=True).text
    assert "Đã đổi tài khoản" in page and "…4567" in page and "giữ tiền tới" in page
    assert BankAccount.objects.get().account == "0071001234567"
    assert desk.get(f"{ACCOUNT}ma/").status_code == 302


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"bank_bin": ""}, "Chọn ngân hàng"),
        ({"bank_bin": "123456"}, "không có trong danh sách"),
        ({"account": "12 34"}, "6 đến 19"),
        ({"account": "12345678901234567890"}, "6 đến 19"),
        ({"account": "0071001234567<"}, "6 đến 19"),
        ({"account_name": "  "}, "Ghi tên chủ tài khoản"),
        ({"account_name": "黎"}, "Ghi tên chủ tài khoản"),
        ({"bank_bin": "970405", "account": "8200205123456"}, "không có gì phải đổi"),
    ],
)
def test_a_wrong_account_is_refused_in_words_and_keeps_what_was_typed(desk, sau, bank, change, says):
    answer = desk.post(ACCOUNT, {**OTHER, **change})
    assert answer.status_code == 422 and says in answer.text
    assert {**OTHER, **change}["account"].replace("<", "&lt;") in answer.text
    assert not Notice.objects.filter(kind="code").exists()


def test_a_helper_sees_the_money_and_changes_no_account(sau, bank):
    helper = a_user()
    Membership.objects.create(household=sau, user=helper, role=Membership.Role.HELPER)
    client = Client()
    client.force_login(helper)
    assert client.get(MONEY).status_code == 200
    assert "Chỉ chủ hộ" in client.get(ACCOUNT).text
    assert client.post(ACCOUNT, OTHER).status_code == 404
    assert BankAccount.objects.get().account == "8200205123456"


def test_the_strangers_session_cannot_finish_it(desk, stranger, sau, hoa, bank):
    desk.post(ACCOUNT, OTHER)
    assert stranger.post(f"{ACCOUNT}ma/", {"code": code()}).status_code == 302
    assert BankAccount.objects.get().account == "8200205123456"
