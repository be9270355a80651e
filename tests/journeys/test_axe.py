"""Pages hold WCAG 2.2 AA as far as axe can tell, narrow and wide, light and dark, and none scrolls sideways."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from shop.orders.models import SubOrder
from shop.stock.models import Lot
from tests.journeys import steps
from tests.journeys.conftest import DESKTOP, PHONE

AXE = Axe()
ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
#: the colour scheme changes colours only
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
MISSING = "/khong-co/"
PUBLIC = (
    "/",
    "/san-pham/",
    "/san-pham/?q=khong+co+gi+ca",
    "/san-pham/na-chi-lang/",
    "/gian-hang/",
    "/dang-nhap/",
    "/demo/kit/",
)
ACCOUNT = (
    "/tai-khoan/",
    "/tai-khoan/don-hang/",
    "/tai-khoan/ho-so/",
    "/tai-khoan/dia-chi/",
    "/tai-khoan/dang-nhap/",
    "/ban-hang/dang-ky/",
)
DESK = ("/ban-hang/", "/ban-hang/tin/", "/ban-hang/gian-hang/", "/ban-hang/don/", "/ban-hang/dang-ban/")
DESK += ("/ban-hang/tien/", "/ban-hang/tien/tai-khoan/", "/ban-hang/tien/ma-so-thue/")
#: what is folded away is looked at too
UNFOLD = "document.querySelectorAll('main details').forEach(each => { each.open = true })"


def test_pages_that_everybody_sees(page: Page):
    listing = steps.na_listings(page, 1)[0]
    storefront = "/".join(listing.split("/")[:3]) + "/"
    lot = f"/truy-xuat/{Lot.objects.filter(listing__product__slug='na-chi-lang').first().trace_code}/"
    assert troubles(page, *PUBLIC, listing, storefront, lot, MISSING) == []


def test_pages_of_a_purchase(page: Page):
    steps.put_na_into_the_cart(page, 2)
    assert troubles(page, "/gio-hang/", "/thanh-toan/") == []
    steps.fill_who_and_where(page)
    assert inspect(page) == []
    steps.choose_way(page, "sandbox")
    steps.place_order(page)
    page.wait_for_url("**/demo/ngan-hang/**")
    steps.at_the_bank(page, "Trả tiền")
    number = steps.wait_for_order_page(page)
    assert troubles(page, f"/don-hang/{number}/", "/gio-hang/") == []


def test_pages_of_an_account(page: Page):
    steps.sign_in(page, "0900000101")
    page.wait_for_url("**/tai-khoan/")
    assert troubles(page, *ACCOUNT) == []


def test_pages_of_a_household(page: Page):
    steps.sign_in(page, steps.OWNER)
    page.wait_for_url("**/tai-khoan/")
    part = SubOrder.objects.filter(
        storefront__household__memberships__user__phone="+84900000001", state="confirmed"
    ).first()
    listing = part.lines.first().pack.listing_id
    order = f"/ban-hang/don/{part.order.number}/{part.position}/"
    assert troubles(page, *DESK, f"/ban-hang/tin/{listing}/", order, f"{order}khong-giao-duoc/") == []
    assert troubles(page, *wizard_screens(page)) == []


def test_pages_in_other_languages(page: Page):
    steps.put_na_into_the_cart(page, 1)
    listing = steps.na_listings(page, 1)[0]
    for language in ("/en", "/zh-hans"):
        assert troubles(page, f"{language}/", language + listing, f"{language}/thanh-toan/") == []


def wizard_screens(page: Page) -> list[str]:
    """Screens 2 and 3 of a draft that the household has begun."""
    page.goto("/ban-hang/dang-ban/?q=lạc")
    page.get_by_text("Lạc đỏ", exact=True).click()
    page.get_by_role("button", name="Tiếp: chụp ảnh").click()
    page.wait_for_url("**/anh/")
    return [page.url, page.url.replace("/anh/", "/gia/")]


def troubles(page: Page, *addresses: str) -> list[str]:
    """What axe finds on these pages, in the four looks they have; [] is what a page should say."""
    found: list[str] = []
    for address in addresses:
        answer = page.goto(address)
        assert answer.ok or address == MISSING
        page.evaluate(UNFOLD)
        found += [f"{address} {each}" for each in inspect(page)]
    return found


def inspect(page: Page) -> list[str]:
    """The same of the page where it stands; it is left as narrow and light as it was."""
    found: list[str] = []
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        for scheme, rules in (("dark", COLOURS), ("light", ALL)):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.wait_for_timeout(60)
            found += [f"{size['width']} {scheme}: {each}" for each in look(page, rules)]
    return found


def look(page: Page, rules: dict) -> list[str]:
    """The page as it stands now."""
    results = AXE.run(page, options={"runOnly": rules, "resultTypes": ["violations"]}).response["violations"]
    found = [
        f"{rule['id']} {short(node['html'])} {node['failureSummary']}"
        for rule in results
        for node in rule["nodes"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("scrolls sideways")
    return found


def short(text: str) -> str:
    return re.sub(r"\s+", " ", text)[:160]
