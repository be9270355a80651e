"""A household lists, packs and delivers; a new one joins; what cannot be delivered is paid back."""

import re
from io import BytesIO

from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from farmers.models import Household
from payments.intake.models import Refund
from shop.catalogue.models import Listing
from shop.orders.models import SubOrder
from tests.journeys import steps
from tests.journeys.conftest import DESKTOP

NEWCOMER = "0900000777"


def test_goods_a_household_lists_are_found_and_shown_once_the_province_approves(page: Page, new_visitor):
    steps.sign_in(page, steps.OWNER)
    list_red_peanuts(page)
    listing = Listing.objects.get(product__slug="lac-do", state="pending")
    address = f"/gian-hang/{listing.storefront.slug}/{listing.slug}/"
    assert page.request.get(address).status == 404
    with new_visitor(DESKTOP) as context:
        desk = admin_desk(context, "tin-cho-duyet/")
        desk.get_by_role("link", name=listing.title).click()
        press(desk, "Duyệt, cho lên chợ")
    with new_visitor() as context:
        buyer = context.new_page()
        for place in ("/san-pham/?q=lac+do", f"/gian-hang/{listing.storefront.slug}/"):
            buyer.goto(place)
            buyer.locator(f"main a[href='{address}']").first.click()
            expect(buyer.get_by_role("button", name=re.compile("Thêm vào giỏ")).first).to_be_visible()


def test_a_new_household_is_returned_with_reasons_then_verified(page: Page, new_visitor):
    steps.sign_in(page, NEWCOMER)
    page.wait_for_url("**/ten/**")
    apply(page, "Hộ trồng na bà Bảy")
    with new_visitor(DESKTOP) as context:
        desk = admin_desk(context, "ho-cho-xac-minh/")
        desk.get_by_role("link", name="Hộ trồng na bà Bảy").click()
        review = desk.url
        give_back(desk, "Ghi giúp tên thôn.")
        page.goto("/ban-hang/dang-ky/")
        expect(page.get_by_text("Ghi giúp tên thôn.")).to_be_visible()
        page.get_by_label("Thôn, bản").fill("Thôn mẫu 9")
        press(page, "Gửi hồ sơ")
        desk.goto(review)
        verify(desk)
    page.goto("/ban-hang/dang-ky/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nhà mình đã được bán hàng")
    assert Household.objects.get(name="Hộ trồng na bà Bảy").address_line == "Thôn mẫu 9"


def test_what_a_household_cannot_deliver_is_paid_back(page: Page, new_visitor):
    number = steps.buy(page, households=1)
    part = SubOrder.objects.get(order__number=number)
    with new_visitor() as context:
        desk = signed_in(context, owner_phone(part))
        desk.goto(f"/ban-hang/don/{number}/1/khong-giao-duoc/")
        desk.get_by_label("Mưa bão, chưa hái được").check()
        press(desk, "Hủy đơn và báo khách")
    refunds = Refund.objects.filter(payment__use__order__number=number)
    for _try in range(30):
        if refunds.filter(state="done").exists():
            break
        page.wait_for_timeout(300)
    page.reload()
    expect(page.get_by_text("về nơi bạn đã trả").first).to_contain_text("Đã hoàn")
    assert [refund.amount_vnd for refund in refunds] == [part.total_vnd]


def test_a_parcel_goes_its_whole_way(page: Page, new_visitor):
    number = steps.buy(page, households=1)
    part = SubOrder.objects.get(order__number=number)
    with new_visitor() as context:
        desk = signed_in(context, owner_phone(part))
        for act in ("Nhận việc", "Đã đóng gói"):
            desk.goto(f"/ban-hang/don/{number}/1/")
            press(desk, act)
        desk.goto(f"/ban-hang/don/{number}/1/")
        desk.get_by_label("Ai chở hàng?").fill("Bưu điện")
        desk.get_by_label("Mã vận đơn").fill("DEMO123")
        press(desk, "Đã giao đi")
    page.reload()
    expect(page.get_by_text("DEMO123")).to_be_visible()
    press(page, "Đã nhận được hàng")
    states = part.events.order_by("id").values_list("to", flat=True)
    assert list(states)[-3:] == ["packed", "shipped", "delivered"]


def list_red_peanuts(page: Page) -> None:
    """The three screens of the wizard, with a photo."""
    page.goto("/ban-hang/dang-ban/?q=lạc")
    page.get_by_text("Lạc đỏ", exact=True).click()
    page.get_by_role("button", name="Tiếp: chụp ảnh").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "lac.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    expect(page.locator("[data-list] img").first).to_be_visible()
    page.get_by_role("button", name="Tiếp: giá và số lượng").click()
    page.locator("#qty").fill("40")
    page.get_by_role("button", name="Gửi duyệt").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã gửi duyệt")


def photo() -> bytes:
    """A photograph as a phone makes it."""
    file = BytesIO()
    Image.effect_noise((1200, 900), 60).convert("RGB").save(file, "JPEG", quality=85)
    return file.getvalue()


def signed_in(context: BrowserContext, phone: str) -> Page:
    page = context.new_page()
    steps.sign_in(page, phone)
    page.wait_for_url(re.compile("/tai-khoan/|/ten/"))
    return page


def admin_desk(context: BrowserContext, place: str) -> Page:
    """The province's queue at that address under /quan-tri/."""
    page = signed_in(context, steps.ADMIN)
    page.goto(f"/quan-tri/{place}")
    return page


def apply(page: Page, name: str) -> None:
    """The four questions, with the hamlet left out."""
    page.goto("/ban-hang/dang-ky/")
    page.get_by_label("Tên hộ").fill(name)
    page.locator("[name=commune]").select_option("06463")
    page.locator("label.chip", has_text="Na Chi Lăng").click()
    page.get_by_label("Nhà mình đọc rồi và đồng ý").check()
    press(page, "Gửi hồ sơ")
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã gửi hồ sơ")


def give_back(desk: Page, why: str) -> None:
    desk.get_by_text("Trả lại, nhờ bổ sung").click()
    desk.get_by_label("Cần bổ sung gì?").fill(why)
    press(desk, "Trả lại")


def verify(desk: Page) -> None:
    """Tuấn has seen the identity paper and verifies."""
    desk.get_by_label("Định danh").select_option("paper")
    press(desk, "Ghi")
    press(desk, "Xác minh hộ này")


def press(page: Page, button: str) -> None:
    """Press it and wait for the page that follows."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def owner_phone(part: SubOrder) -> str:
    """The phone, as its owner types it, of the household that packs this part."""
    owner = part.storefront.household.memberships.get(role="owner").user
    return "0" + owner.phone.removeprefix("+84")
