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
    listing = Listing.objects.get(storefront__household__memberships__user__phone="+84900000001", product__slug="lac-do")
    address = f"/gian-hang/{listing.storefront.slug}/{listing.slug}/"
    assert page.request.get(address).status == 404
    with new_visitor(DESKTOP) as context:
        desk = admin_desk(context, "tin-cho-duyet/")
        desk.get_by_role("row").filter(has_text=listing.storefront.name).get_by_role("link", name=listing.title).click()
        desk.get_by_role("button", name="Duyệt, cho lên chợ").click()
        desk.wait_for_load_state()
    with new_visitor() as context:
        buyer = context.new_page()
        buyer.goto("/san-pham/?q=lac+do")
        buyer.locator(f"main a[href='{address}']").first.click()
        expect(buyer.get_by_role("button", name=re.compile("Thêm vào giỏ")).first).to_be_visible()
        buyer.goto(f"/gian-hang/{listing.storefront.slug}/")
        expect(buyer.locator(f"main a[href='{address}']").first).to_be_visible()


def test_a_new_household_is_returned_with_reasons_then_verified(page: Page, new_visitor):
    steps.sign_in(page, NEWCOMER)
    page.wait_for_url("**/ten/**")
    page.goto("/ban-hang/dang-ky/")
    page.get_by_label("Tên hộ").fill("Hộ trồng na bà Bảy")
    page.locator("[name=commune]").select_option("06463")
    page.locator("label.chip", has_text="Na Chi Lăng").click()
    page.get_by_label("Nhà mình đọc rồi và đồng ý").check()
    page.get_by_role("button", name="Gửi hồ sơ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã gửi hồ sơ")
    with new_visitor(DESKTOP) as context:
        desk = admin_desk(context, "ho-cho-xac-minh/")
        desk.get_by_role("link", name="Hộ trồng na bà Bảy").click()
        review = desk.url
        desk.get_by_text("Trả lại, nhờ bổ sung").click()
        desk.get_by_label("Cần bổ sung gì?").fill("Ghi giúp tên thôn.")
        desk.get_by_role("button", name="Trả lại", exact=True).click()
        desk.wait_for_load_state()
        page.goto("/ban-hang/dang-ky/")
        expect(page.get_by_text("Ghi giúp tên thôn.")).to_be_visible()
        page.get_by_label("Thôn, bản").fill("Thôn mẫu 9")
        page.get_by_role("button", name="Gửi hồ sơ").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Đã gửi hồ sơ")
        verify(desk, review)
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
        desk.get_by_role("button", name="Hủy đơn và báo khách").click()
        desk.wait_for_url(re.compile("/ban-hang/(?!.*khong-giao-duoc)"))
    for _try in range(30):
        if Refund.objects.filter(payment__use__order__number=number, state="done").exists():
            break
        page.wait_for_timeout(300)
    page.reload()
    expect(page.get_by_text("về nơi bạn đã trả").first).to_contain_text("Đã hoàn")
    assert Refund.objects.get(payment__use__order__number=number).amount_vnd == part.total_vnd


def test_a_parcel_goes_its_whole_way(page: Page, new_visitor):
    number = steps.buy(page, households=1)
    part = SubOrder.objects.get(order__number=number)
    with new_visitor() as context:
        desk = signed_in(context, owner_phone(part))
        desk.goto(f"/ban-hang/don/{number}/1/")
        desk.get_by_role("button", name="Nhận việc").click()
        desk.goto(f"/ban-hang/don/{number}/1/")
        desk.get_by_role("button", name="Đã đóng gói").click()
        desk.goto(f"/ban-hang/don/{number}/1/")
        desk.get_by_label("Ai chở hàng?").fill("Bưu điện")
        desk.get_by_label("Mã vận đơn").fill("DEMO123")
        desk.get_by_role("button", name="Đã giao đi").click()
        desk.wait_for_load_state()
    page.reload()
    expect(page.get_by_text("DEMO123")).to_be_visible()
    page.get_by_role("button", name="Đã nhận được hàng").click()
    page.wait_for_load_state()
    part.refresh_from_db()
    assert [event.to for event in part.events.order_by("id")][-3:] == ["packed", "shipped", "delivered"]


def list_red_peanuts(page: Page) -> None:
    """The three screens of the wizard, with a photo."""
    page.goto("/ban-hang/dang-ban/?q=lạc")
    page.get_by_text("Lạc đỏ", exact=True).click()
    page.get_by_role("button", name="Tiếp: chụp ảnh").click()
    page.locator("input[type=file]").set_input_files({"name": "lac.jpg", "mimeType": "image/jpeg", "buffer": photo()})
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


def verify(desk: Page, review: str) -> None:
    """Tuấn has seen the identity paper and verifies."""
    desk.goto(review)
    desk.get_by_label("Định danh").select_option("paper")
    desk.get_by_role("button", name="Ghi", exact=True).click()
    desk.wait_for_load_state()
    desk.get_by_role("button", name="Xác minh hộ này").click()
    desk.wait_for_load_state()


def owner_phone(part: SubOrder) -> str:
    """The phone, as its owner types it, of the household that packs this part."""
    owner = part.storefront.household.memberships.get(role="owner").user
    return "0" + owner.phone.removeprefix("+84")
