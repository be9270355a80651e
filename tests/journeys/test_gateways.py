"""A guest pays at a gateway that stands elsewhere: by redirect (VNPay, Stripe) and by QR code (MoMo, ZaloPay)."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from payments.intake.models import Inbox, Payment
from shop.orders.models import Order
from tests.gateways.wallet import Wallet, at_home
from tests.journeys import steps
from tests.payments.adapters.conftest import KINDS, environment


def gateway(code: str, site: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wallet]:
    with at_home(KINDS[code]()) as wallet:
        for name, value in environment(code, wallet.url).items():
            monkeypatch.setenv(name, value)
        wallet.notify = f"{site}/webhooks/{code}/"
        yield wallet


@pytest.fixture
def vnpay(site: str, monkeypatch) -> Iterator[Wallet]:
    yield from gateway("vnpay", site, monkeypatch)


@pytest.fixture
def stripe(site: str, monkeypatch) -> Iterator[Wallet]:
    yield from gateway("stripe", site, monkeypatch)


@pytest.fixture(params=["momo", "zalopay"])
def qr_wallet(request, site: str, monkeypatch) -> Iterator[tuple[str, Wallet]]:
    for wallet in gateway(request.param, site, monkeypatch):
        yield request.param, wallet


def order_a_pack(page: Page, way: str) -> Order:
    steps.put_na_into_the_cart(page, 1)
    steps.fill_who_and_where(page)
    steps.choose_way(page, way)
    steps.place_order(page)
    page.wait_for_url("**/thanh-toan/**")
    return Order.objects.order_by("-id").first()


def at_the_gateway(page: Page, wallet: Wallet, button: str) -> None:
    page.wait_for_url(f"{wallet.url}/**")
    page.get_by_role("button", name=button, exact=True).click()


def settled_vnd(order: Order) -> list[int]:
    return [payment.settled_vnd for payment in Payment.objects.filter(use__order=order).order_by("id")]


def test_a_guest_pays_on_the_page_of_vnpay(page: Page, vnpay: Wallet):
    order_a_pack(page, "vnpay")
    at_the_gateway(page, vnpay, "Trả")
    order = Order.objects.get(number=steps.wait_for_order_page(page))
    assert (order.state, settled_vnd(order)) == ("paid", [order.total_vnd])
    assert vnpay.heard == [(200, '{"RspCode": "00", "Message": "Confirm Success"}')]
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã nhận tiền")


def test_who_cancels_at_vnpay_can_try_again(page: Page, vnpay: Wallet):
    order_a_pack(page, "vnpay")
    at_the_gateway(page, vnpay, "Không trả")
    page.get_by_role("button", name="Trả lại").click(timeout=30_000)
    at_the_gateway(page, vnpay, "Trả")
    order = Order.objects.get(number=steps.wait_for_order_page(page))
    assert (order.state, settled_vnd(order)) == ("paid", [0, order.total_vnd])


def test_a_notification_of_vnpay_that_never_comes_is_asked_for(page: Page, vnpay: Wallet):
    vnpay.told = "never"
    order_a_pack(page, "vnpay")
    at_the_gateway(page, vnpay, "Trả")
    order = Order.objects.get(number=steps.wait_for_order_page(page))
    assert (order.state, vnpay.heard) == ("paid", [])


def test_a_browser_that_comes_back_is_not_believed(page: Page, vnpay: Wallet):
    vnpay.told = "forged"
    order = order_a_pack(page, "vnpay")
    page.wait_for_url(f"{vnpay.url}/**")
    [ref] = vnpay.orders
    vnpay.orders[ref] |= {"response": "00", "number": "14512345"}
    page.goto(vnpay.back_url(ref))
    expect(page.get_by_text("Đang xác nhận").first).to_be_visible()
    page.wait_for_timeout(2_000)
    order.refresh_from_db()
    assert (order.state, settled_vnd(order)) == ("placed", [0])


@pytest.mark.parametrize("told", ["reversed", "twice", "never"])
def test_a_guest_pays_by_card_on_the_page_of_stripe(page: Page, stripe: Wallet, told: str):
    stripe.told = told
    order_a_pack(page, "stripe")
    at_the_gateway(page, stripe, "Trả")
    order = Order.objects.get(number=steps.wait_for_order_page(page))
    assert (order.state, settled_vnd(order)) == ("paid", [order.total_vnd])
    assert stripe.heard == [(200, "ok")] * {"reversed": 2, "twice": 4, "never": 0}[told]
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã nhận tiền")


def test_who_leaves_the_page_of_stripe_may_go_back_there_and_pay(page: Page, stripe: Wallet):
    order_a_pack(page, "stripe")
    at_the_gateway(page, stripe, "Không trả")
    page.get_by_role("link", name="Mở lại trang trả tiền").click(timeout=30_000)
    at_the_gateway(page, stripe, "Trả")
    order = Order.objects.get(number=steps.wait_for_order_page(page))
    assert (order.state, settled_vnd(order)) == ("paid", [order.total_vnd])
    assert len(stripe.sessions) == 1


def test_a_guest_sees_a_qr_code_and_pays_in_the_wallet(page: Page, qr_wallet):
    code, wallet = qr_wallet
    wallet.told = "twice"
    order_a_pack(page, code)
    expect(page.get_by_alt_text("Mã QR để trả tiền")).to_be_visible()
    page.get_by_role("link", name="Mở ứng dụng để trả").click()
    at_the_gateway(page, wallet, "Trả")
    order = Order.objects.get(number=steps.wait_for_order_page(page))
    assert (order.state, settled_vnd(order)) == ("paid", [order.total_vnd])
    assert len(wallet.heard) == 2 and wallet.heard[0] == wallet.heard[1]
    assert Inbox.objects.filter(adapter=code).count() == 1
