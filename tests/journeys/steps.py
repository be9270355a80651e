"""What people do on the site, in their words; journeys are made of these."""

import re

from playwright.sync_api import BrowserContext, Page, expect

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


def put_na_into_the_cart(page: Page, households: int) -> None:
    """One pack of na Chi Lăng from each of so many households, found through the shared product."""
    page.goto("/san-pham/na-chi-lang/")
    links = page.locator("main a[href^='/gian-hang/']").evaluate_all("found => found.map(a => a.getAttribute('href'))")
    listings = [link for link in dict.fromkeys(links) if re.fullmatch(r"/gian-hang/[\w-]+/[\w-]+/", link)]
    per_household = {link.split("/")[2]: link for link in reversed(listings)}
    for link in list(per_household.values())[:households]:
        page.goto(link)
        page.get_by_role("button", name=re.compile("Thêm vào giỏ")).first.click()
        expect(page.locator("body")).to_contain_text(re.compile("giỏ", re.I))
        page.wait_for_load_state("networkidle")


def fill_destination(page: Page) -> None:
    page.goto("/thanh-toan/")
    page.get_by_label(re.compile("Họ và tên")).fill(BUYER["name"])
    page.get_by_label(re.compile("Số điện thoại")).fill(BUYER["phone"])
    page.locator("select[name=province_code]").select_option("01")
