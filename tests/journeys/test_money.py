"""A household reads what it gets and why, and sends its money to another account."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from common import dates
from farmers.models import BankAccount, Household
from payments.payouts import approval, periods, proposal, sending
from tests.builders.payouts import officer
from tests.journeys import steps
from tests.journeys.conftest import DESKTOP, PHONE


def her_household() -> Household:
    return Household.objects.get(memberships__user__phone=f"+84{steps.OWNER[1:]}", memberships__role="owner")


def paid_out(household: Household) -> None:
    """The week before the last was paid out to her; the last one waits."""
    first, last = (day - timedelta(days=7) for day in periods.last_week())
    BankAccount.objects.update(changed_at=dates.now() - timedelta(days=99))
    payout = proposal.propose_for(household.pk, first, last, by=officer("Tuấn"))
    approval.approve(payout, by=officer("Mai"))
    sending.send_file(by=officer("Mai"))


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["360", "1280"])
def test_she_reads_why_it_is_so_much_and_changes_her_account(page: Page, size):
    page.set_viewport_size(size)
    household = her_household()
    paid_out(household)
    steps.sign_in(page, steps.OWNER)
    page.wait_for_url(re.compile("/tai-khoan/"))
    page.goto("/ban-hang/")
    page.get_by_role("link", name="Tiền", exact=True).locator("visible=true").first.click()
    expect(page.get_by_role("heading", name="Nhà mình sẽ nhận")).to_be_visible()
    row = page.locator(".money-row").first
    row.locator("summary").click()
    expect(row.get_by_text("Nhà mình nhận").or_(row.get_by_text("Trừ của nhà mình"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("link", name=re.compile("^Xem CT-")).first.click()
    expect(page.get_by_role("heading", name="Gồm những đơn nào")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.goto("/ban-hang/tien/tai-khoan/")
    page.get_by_label("Ngân hàng").select_option("970436")
    page.get_by_label("Số tài khoản").fill("0071 001 234 567")
    page.get_by_label("Tên chủ tài khoản").fill("Hoàng Thị Sáu")
    page.get_by_role("button", name="Gửi mã xác nhận cho tôi").click()
    page.wait_for_url("**/tai-khoan/ma/")
    expect(page.get_by_text("0071001234567")).to_be_visible()
    steps.type_code(page)
    expect(page.get_by_text("Đã đổi tài khoản")).to_be_visible()
    page.goto("/ban-hang/tien/")
    expect(page.get_by_text("vừa đổi tài khoản")).to_be_visible()
    assert BankAccount.objects.get(household=household).account == "0071001234567"
