"""A buyer buys na Chi Lăng from two households, the whole way, and everything that can happen on it."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from common import dates
from payments.intake.models import Payment, Refund
from shop.orders.models import Order, SubOrder
from shop.stock.models import Lot
from tests.journeys import steps
from tests.journeys.conftest import DESKTOP


def paid_order() -> Order:
    return Order.objects.order_by("-id").first()


def test_a_guest_buys_from_two_households_and_pays_at_the_bank(page: Page):
    steps.put_na_into_the_cart(page, 2)
    steps.fill_who_and_where(page)
    seen_vnd = steps.total_vnd(page)
    steps.choose_way(page, "sandbox")
    steps.place_order(page)
    steps.at_the_bank(page, "Trả tiền")
    number = steps.wait_for_order_page(page)
    order = Order.objects.get(number=number)
    assert (order.state, order.total_vnd, order.suborders.count()) == ("paid", seen_vnd, 2)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã nhận tiền")
    expect(page.get_by_text("hẹn xong trước")).to_have_count(2)


def test_a_bank_on_another_origin_is_reached_and_left_again(page: Page, site: str, monkeypatch):
    """The policy names no gateway and blocks redirects after a form: our page between leads on all the same."""
    elsewhere = site.replace("localhost", "127.0.0.1")
    monkeypatch.setenv("PAYMENTS_SANDBOX_ENDPOINT", f"{elsewhere}/demo/ngan-hang/")
    steps.put_na_into_the_cart(page, 1)
    steps.fill_who_and_where(page)
    steps.choose_way(page, "sandbox")
    steps.place_order(page)
    page.wait_for_url(f"{elsewhere}/**")
    page.get_by_role("button", name="Trả tiền", exact=True).click()
    steps.wait_for_order_page(page)
    assert page.url.startswith(site) and paid_order().state == "paid"


def test_without_javascript_the_whole_purchase_works(new_visitor):
    with new_visitor(DESKTOP, java_script_enabled=False) as context:
        page = context.new_page()
        steps.put_na_into_the_cart(page, 2)
        page.goto("/thanh-toan/")
        for name, value in {**steps.BUYER, "street": "Số 12"}.items():
            page.locator(f"[name={name}]").fill(value)
        page.locator("select[name=province_code]").select_option("01")
        page.get_by_role("button", name="Xem xã, phường của tỉnh này").click()
        page.locator("select[name=commune_code]").select_option(index=5)
        steps.choose_way(page, "sandbox")
        page.get_by_role("button", name="Cập nhật cách giao và phí").click()
        assert page.locator("[name=name]").input_value() == steps.BUYER["name"]
        steps.place_order(page)
        page.get_by_role("link", name="Mở trang trả tiền").click()
        steps.at_the_bank(page, "Trả tiền")
        page.get_by_role("link", name="Quay lại chợ").click()
        for _try in range(30):
            page.reload()
            if "/don-hang/" in page.url:
                break
            page.wait_for_timeout(500)
        assert paid_order().state == "paid"


def test_a_double_click_is_one_order(page: Page):
    before = Order.objects.count()
    steps.put_na_into_the_cart(page, 1)
    steps.fill_who_and_where(page)
    steps.choose_way(page, "sandbox")
    page.get_by_role("button", name="Đặt hàng", exact=True).dblclick()
    page.wait_for_url("**/demo/ngan-hang/**")
    assert Order.objects.count() == before + 1


def test_the_back_button_after_placing_shows_the_same_order(page: Page):
    steps.put_na_into_the_cart(page, 1)
    steps.fill_who_and_where(page)
    steps.choose_way(page, "sandbox")
    steps.place_order(page)
    page.wait_for_url("**/demo/ngan-hang/**")
    placed, number = Order.objects.count(), paid_order().number
    page.go_back()
    expect(page.get_by_text(f"Đơn {number} đã đặt và đang chờ trả tiền")).to_be_visible()
    page.get_by_role("link", name="Xem đơn và trả tiền").click()
    page.get_by_role("link", name="Trả tiền").click()
    steps.at_the_bank(page, "Trả tiền")
    assert (steps.wait_for_order_page(page), Order.objects.count()) == (number, placed)


def test_a_refused_payment_can_be_tried_again(page: Page):
    steps.put_na_into_the_cart(page, 1)
    steps.fill_who_and_where(page)
    steps.choose_way(page, "sandbox")
    steps.place_order(page)
    steps.at_the_bank(page, "Từ chối trả")
    page.get_by_role("button", name="Trả lại").click(timeout=30_000)
    steps.at_the_bank(page, "Trả tiền")
    steps.wait_for_order_page(page)
    assert [use.payment.state for use in paid_order().uses.order_by("id")] == ["failed", "settled"]


def test_a_bank_that_reports_twice_is_believed_once(page: Page):
    number = steps.buy(page, households=1, bank="Trả, báo tin hai lần")
    page.wait_for_timeout(3_000)
    order = Order.objects.get(number=number)
    assert Payment.objects.get(use__order=order).settled_vnd == order.total_vnd
    assert order.suborders.get().events.filter(to="confirmed").count() == 1


@pytest.mark.parametrize("still_there", [True, False])
def test_late_money_revives_the_order_or_goes_back(page: Page, still_there: bool):
    steps.put_na_into_the_cart(page, 1)
    steps.fill_who_and_where(page)
    steps.choose_way(page, "sandbox")
    steps.place_order(page)
    page.wait_for_url("**/demo/ngan-hang/**")
    order = paid_order()
    _let_the_hold_end(order)
    if not still_there:
        lots = Lot.objects.filter(allocations__line__suborder__order=order)
        lots.update(is_open=False)
    page.get_by_role("button", name="Trả tiền", exact=True).click()
    for _try in range(60):
        page.wait_for_timeout(500)
        order.refresh_from_db()
        if order.state == "paid" or Refund.objects.filter(payment__use__order=order, state="done").exists():
            break
    refunded = Refund.objects.filter(
        payment__use__order=order, state="done", amount_vnd=order.total_vnd
    ).exists()
    assert (order.state, refunded) == (("paid", False) if still_there else ("expired", True))


def test_cash_on_delivery_proves_the_phone_once(page: Page):
    steps.put_na_into_the_cart(page, 2)
    steps.fill_who_and_where(page, phone="0900000150")
    steps.choose_way(page, "cod")
    steps.place_order(page)
    page.locator("input[autocomplete=one-time-code]").fill(steps.post_box_code(page.context))
    page.get_by_role("button", name="Xác nhận và đặt hàng").click()
    number = steps.wait_for_order_page(page)
    order = Order.objects.get(number=number)
    assert order.state == "placed" and {part.state for part in order.suborders.all()} == {"confirmed"}


def test_the_keyboard_alone_buys_the_whole_way(page: Page):
    page.goto(steps.na_listings(page, 1)[0])
    _tab_to(page, "Thêm vào giỏ")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gio-hang/")
    _tab_to(page, "Thanh toán")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thanh-toan/?tinh=")
    _type_into(page, "name", steps.BUYER["name"])
    _type_into(page, "phone", steps.BUYER["phone"])
    _choose_in(page, "province_code", "01")
    page.locator("select[name=commune_code] option").nth(50).wait_for(state="attached")
    _choose_in(page, "commune_code", "00167")
    _type_into(page, "street", "Số 12")
    page.locator("#tong").get_by_text("Tổng phải trả").wait_for()
    _tab_to_field(page, "way")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.value") == "sandbox"
    _tab_to(page, "Đặt hàng")
    page.keyboard.press("Enter")
    page.wait_for_url("**/demo/ngan-hang/**")
    _tab_to(page, "Trả tiền")
    page.keyboard.press("Enter")
    steps.wait_for_order_page(page)
    assert paid_order().state == "paid"


def test_a_way_to_pay_chosen_while_the_sum_is_reckoned_stays_chosen(page: Page):
    steps.put_na_into_the_cart(page, 1)
    steps.fill_who_and_where(page)
    waiting: list[Route] = []
    page.route("**/thanh-toan/", lambda route: waiting.append(route))
    page.locator("select[name=province_code]").select_option("48")
    while not waiting:
        page.wait_for_timeout(50)
    steps.choose_way(page, "sandbox")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        waiting[0].continue_()
    page.wait_for_timeout(500)
    assert page.locator("input[name=way][value=sandbox]").is_checked()


def test_wrong_input_is_said_and_nothing_typed_is_lost(page: Page):
    steps.put_na_into_the_cart(page, 1)
    steps.fill_who_and_where(page, phone="12345")
    steps.choose_way(page, "sandbox")
    steps.place_order(page)
    expect(page.get_by_text("số di động Việt Nam có 10 chữ số")).to_be_visible()
    assert page.locator("[name=name]").input_value() == steps.BUYER["name"]
    assert page.locator("[name=street]").input_value() == "Số 12, ngõ 45"


def test_a_guest_cancels_before_packing_and_the_money_goes_back(page: Page):
    number = steps.buy(page, households=2)
    page.get_by_text("Hủy cả đơn", exact=True).click()
    page.get_by_role("button", name="Hủy cả đơn này").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đơn đã hủy")
    order = Order.objects.get(number=number)
    refunds = Refund.objects.filter(payment__use__order=order)
    assert sum(each.amount_vnd for each in refunds) == order.total_vnd
    assert SubOrder.objects.filter(order=order, state="cancelled").count() == 2


def _let_the_hold_end(order: Order) -> None:
    """Twenty-one minutes pass for this order: its hold and its payment are over."""
    past = dates.now() - timedelta(minutes=6)
    Order.objects.filter(pk=order.pk).update(hold_ends_at=past)
    payment = order.uses.get().payment
    Payment.objects.filter(pk=payment.pk).update(expires_at=past, state="expired", next_ask_at=None)
    from shop.orders import services

    payment.refresh_from_db()
    services.payment_ended(payment)
    order.refresh_from_db()
    assert order.state == "expired"


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until the focused thing carries that name."""
    for _press in range(120):
        page.keyboard.press("Tab")
        text = page.evaluate(
            "(document.activeElement.innerText || document.activeElement.value || '').trim()"
        )
        if re.search(re.escape(name), text):
            return
    raise AssertionError(f"The keyboard never reaches {name!r}.")


def _tab_to_field(page: Page, name: str) -> None:
    """Press Tab until the field of that name has the focus."""
    for _press in range(160):
        if page.evaluate("document.activeElement.name || ''") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The keyboard never reaches the field {name!r}.")


def _type_into(page: Page, name: str, text: str) -> None:
    _tab_to_field(page, name)
    page.keyboard.type(text)


def _choose_in(page: Page, name: str, value: str) -> None:
    """Walk down the list with the arrow key to the wanted option."""
    _tab_to_field(page, name)
    steps_down = page.evaluate(
        "value => [...document.activeElement.options].findIndex(option => option.value === value)", value
    )
    for _press in range(steps_down):
        page.keyboard.press("ArrowDown")
