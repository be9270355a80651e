"""A guest pays by bank transfer: the page shows how, and turns by itself when the bank's word is there."""

import re

import pytest
from playwright.sync_api import Page, expect

from payments.intake.models import Credit, Payment
from shop.orders.models import Order
from tests.builders import transfers
from tests.gateways.bank_fake import Bank
from tests.journeys import steps
from tests.journeys.conftest import DESKTOP
from tests.journeys.test_axe import inspect


@pytest.fixture(autouse=True)
def _configured(monkeypatch):
    transfers.configure(monkeypatch)


def to_the_code(page: Page) -> Order:
    """One box of na Chi Lăng, as far as the page with the code."""
    steps.put_na_into_the_cart(page, 1)
    steps.fill_who_and_where(page)
    steps.choose_way(page, "vietqr")
    steps.place_order(page)
    page.get_by_role("img", name=re.compile("Mã VietQR")).wait_for()
    return Order.objects.order_by("-id").first()


def note_on(page: Page) -> str:
    return page.locator(".transfer-lines .code").inner_text()


def test_a_guest_pays_by_transfer_and_the_page_turns_by_itself(page: Page, site: str):
    order = to_the_code(page)
    answers = Bank(site).transfer(order.total_vnd, note_on(page), glued=True, times=2)
    assert [(each.status_code, each.text) for each in answers] == [(200, '{"success": true}')] * 2
    number = steps.wait_for_order_page(page)
    order.refresh_from_db()
    assert (number, order.state, Credit.objects.count()) == (order.number, "paid", 1)


def test_too_little_is_said_and_the_rest_settles_it(page: Page, site: str):
    order, bank = to_the_code(page), Bank(site)
    assert bank.transfer(1_000, note_on(page), forged=True)[0].status_code == 401
    bank.transfer(50_000, note_on(page), feed="payos")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Chuyển thêm", timeout=15_000)
    expect(page.get_by_role("status").first).to_contain_text("Đã nhận 50.000")
    assert inspect(page) == []
    bank.transfer(order.total_vnd - 50_000 + 7_000, note_on(page))
    steps.wait_for_order_page(page)
    expect(page.get_by_text("Bạn đã chuyển 7.000")).to_be_visible()


def test_what_is_copied_is_said(page: Page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    order = to_the_code(page)
    for name, text in (
        ("Chép số tài khoản", transfers.ACCOUNT),
        ("Chép số tiền", str(order.total_vnd)),
        ("Chép nội dung chuyển khoản", note_on(page)),
    ):
        page.get_by_role("button", name=name).click()
        expect(page.locator("copy-button [role=status]", has_text=f"Đã chép: {text}")).to_have_count(1)
        assert page.evaluate("navigator.clipboard.readText()") == text
    assert inspect(page) == []


def test_without_javascript_the_page_is_read_again(new_visitor, site: str, page: Page):
    order = to_the_code(page)
    reference = Payment.objects.get(use__order=order).reference
    with new_visitor(DESKTOP, java_script_enabled=False) as context:
        plain = context.new_page()
        plain.goto(f"/thanh-toan/{reference}/")
        expect(plain.get_by_role("button", name=re.compile("^Chép"))).to_have_count(0)
        Bank(site).transfer(order.total_vnd, note_on(plain))
        plain.get_by_role("link", name="Tôi đã chuyển, xem lại").click()
        plain.wait_for_url(f"**/don-hang/{order.number}/")
