"""What people do on the site, in their words; journeys are made of these."""

import re

from playwright.sync_api import BrowserContext, Page

BUYER = {"name": "Trần Thị Lan", "phone": "0900000101", "email": "lan@example.invalid"}
OWNER, ADMIN, STRANGER = "0900000001", "0900000200", "0900000003"


def post_box_code(context: BrowserContext) -> str:
    """The newest six-digit code in the demo's post box."""
    box = context.new_page()
    for _try in range(30):
        box.goto("/demo/hop-thu/")
        found = re.search(r"(?<!\d)(\d{6})(?!\d)", box.inner_text("main"))
        if found:
            break
        box.wait_for_timeout(200)
    box.close()
    return found.group(1)


def sign_in(page: Page, contact: str) -> None:
    page.goto("/dang-nhap/")
    page.get_by_label(re.compile("Số điện thoại hoặc email", re.I)).fill(contact)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile("/ma/"))
    type_code(page)


def type_code(page: Page) -> None:
    """Type the code of the post box; where the field sends itself when whole, there is nothing to press."""
    field = page.locator("input[autocomplete=one-time-code]")
    before = page.url
    field.fill(post_box_code(page.context))
    page.wait_for_timeout(300)
    if page.url == before and field.count():
        page.locator("main form:has(input[autocomplete=one-time-code]) button[type=submit]").first.click()


def na_listings(page: Page, households: int) -> list[str]:
    """Addresses of na Chi Lăng listings of so many different households, from the shared product's page."""
    page.goto("/san-pham/na-chi-lang/")
    links = page.locator("main a[href^='/gian-hang/']").evaluate_all(
        "found => found.map(a => a.getAttribute('href'))"
    )
    listings = [link for link in dict.fromkeys(links) if re.fullmatch(r"/gian-hang/[\w-]+/[\w-]+/", link)]
    per_household = {link.split("/")[2]: link for link in reversed(listings)}
    return list(per_household.values())[:households]


def put_na_into_the_cart(page: Page, households: int) -> None:
    """One pack of na Chi Lăng from each of so many households."""
    for link in na_listings(page, households):
        page.goto(link)
        page.get_by_role("button", name=re.compile("Thêm vào giỏ")).first.click()
        page.wait_for_url("**/gio-hang/")


def fill_who_and_where(page: Page, **changes: str) -> None:
    """Step 1 of the checkout, without JavaScript too."""
    facts = {**BUYER, **changes}
    page.goto("/thanh-toan/")
    page.locator("[name=name]").fill(facts["name"])
    page.locator("[name=phone]").fill(facts["phone"])
    page.locator("[name=email]").fill(facts["email"])
    page.locator("[name=street]").fill("Số 12, ngõ 45")
    page.locator("select[name=province_code]").select_option("01")
    button = page.get_by_role("button", name="Xem xã, phường của tỉnh này")
    if button.count():
        button.click()
    page.locator("select[name=commune_code] option").nth(50).wait_for(state="attached")
    page.locator("select[name=commune_code]").select_option(index=5)
    page.locator("#tong").get_by_text("Tổng phải trả").wait_for()


def total_vnd(page: Page) -> int:
    """The sum the buyer sees beside the button."""
    return int(re.sub(r"\D", "", page.locator("#tong .total dd").inner_text()))


def choose_way(page: Page, way: str) -> None:
    page.locator(f"input[name=way][value={way}]").check(force=True)


def place_order(page: Page) -> None:
    page.get_by_role("button", name="Đặt hàng", exact=True).click()


def at_the_bank(page: Page, button: str) -> None:
    """On the pretend bank's page, after ours has led on."""
    page.wait_for_url("**/demo/ngan-hang/**")
    page.get_by_role("button", name=button, exact=True).click()


def wait_for_order_page(page: Page) -> str:
    """The order's number, once the browser stands on its page."""
    page.wait_for_url(re.compile(r"/don-hang/[A-Z]{2}-"), timeout=30_000)
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def buy(page: Page, *, households: int = 2, bank: str = "Trả tiền") -> str:
    """The whole way of a guest who pays at once; the order's number."""
    put_na_into_the_cart(page, households)
    fill_who_and_where(page)
    choose_way(page, "sandbox")
    place_order(page)
    at_the_bank(page, bank)
    return wait_for_order_page(page)
