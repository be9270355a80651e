""" "Báo tôi khi có", the whole way: from a product out of season through the post box to the letter and its link."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from common import dates
from shop.catalogue.models import Listing, Product
from shop.search.models import SearchRow
from shop.stock import services
from shop.stock.models import Lot
from tests.journeys import steps
from tests.journeys.conftest import DESKTOP
from tests.journeys.test_axe import inspect

GUEST, OTHER = "lan.cho@example.invalid", "mai.cho@example.invalid"


@pytest.fixture
def sold_out(site: str) -> Listing:
    """The one listing of a product of which nothing can be bought now."""
    open_ = SearchRow.objects.exclude(standing=SearchRow.Standing.SOLD_OUT).values("product")
    product = Product.objects.exclude(pk__in=open_).filter(age_restricted=False, listings__isnull=False)
    return Listing.objects.filter(product__in=product, state=Listing.State.PUBLISHED).first()


def waits_for(page: Page, listing: Listing, contact: str) -> None:
    """A guest asks from the product's page, after having typed nonsense once."""
    page.goto(f"/san-pham/{listing.product.slug}/")
    page.get_by_role("button", name="Báo tôi khi có").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Báo tôi khi có")
    field = page.get_by_label(re.compile("Số điện thoại hoặc email"))
    field.fill("lan@")
    page.get_by_role("button", name="Báo tôi khi có").click()
    expect(field).to_have_value("lan@")
    field.fill(contact)
    page.get_by_role("button", name="Báo tôi khi có").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Còn một bước")
    expect(page.get_by_text(contact)).to_be_visible()


def open_letter(page: Page, contact: str, subject: str) -> None:
    """The newest letter of that subject in the demo's post box, unfolded."""
    letter = page.locator("article").filter(has_text=subject).first
    for _try in range(40):
        page.goto(f"/demo/hop-thu/?toi={contact}")
        if letter.count():
            break
        page.wait_for_timeout(250)
    letter.get_by_text("Đọc thư").click()


def follow(page: Page, contact: str, subject: str, path: str) -> None:
    """The link to `path` in that letter."""
    open_letter(page, contact, subject)
    page.locator(f"article a[href*='{path}']").first.click()


def harvest(listing: Listing) -> Lot:
    return services.open_lot(listing, harvested_on=dates.today(), qty=50_000, by=None)


def test_a_guest_waits_confirms_and_is_told_once(page: Page, sold_out: Listing):
    waits_for(page, sold_out, GUEST)
    follow(page, GUEST, "Xác nhận: báo bạn khi có", "/bao-khi-co/thu/")
    assert GUEST not in page.url and inspect(page) == []
    page.get_by_role("button", name="Xác nhận").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("chúng tôi sẽ báo bạn")
    assert inspect(page) == []
    harvest(sold_out)
    follow(page, GUEST, "Đã có", f"/san-pham/{sold_out.product.slug}/")
    expect(page).to_have_url(re.compile(f"/san-pham/{sold_out.product.slug}/$"))
    harvest(sold_out)
    page.wait_for_timeout(1_500)
    page.goto(f"/demo/hop-thu/?toi={GUEST}")
    expect(page.locator("article").filter(has_text="Đã có")).to_have_count(1)


def test_the_link_of_the_letter_stops_it_elsewhere_without_javascript(
    page: Page, sold_out: Listing, new_visitor
):
    waits_for(page, sold_out, OTHER)
    with new_visitor(DESKTOP, java_script_enabled=False) as context:
        elsewhere = context.new_page()
        follow(elsewhere, OTHER, "Xác nhận: báo bạn khi có", "/bao-khi-co/thu/")
        elsewhere.get_by_role("button", name="Xác nhận").click()
        elsewhere.get_by_role("button", name="Thôi, đừng báo nữa").click()
        expect(elsewhere.get_by_role("heading", level=1)).to_contain_text("Đã dừng")
    harvest(sold_out)
    page.wait_for_timeout(1_500)
    page.goto(f"/demo/hop-thu/?toi={OTHER}")
    expect(page.locator("article").filter(has_text="Đã có")).to_have_count(0)


def test_a_member_taps_once_and_stops_in_the_account(visitor: BrowserContext, sold_out: Listing):
    page = visitor.new_page()
    steps.sign_in(page, "0900000101")
    page.wait_for_url("**/tai-khoan/")
    page.goto(f"/gian-hang/{sold_out.storefront.slug}/{sold_out.slug}/")
    page.get_by_role("button", name="Báo tôi khi có").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bạn đang chờ")
    assert inspect(page) == []
    page.goto("/tai-khoan/")
    assert inspect(page) == []
    page.get_by_role("button", name="Thôi, đừng báo nữa").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã dừng")
    page.goto("/tai-khoan/")
    expect(page.get_by_role("button", name="Thôi, đừng báo nữa")).to_have_count(0)


def test_the_pages_of_waiting_hold_what_axe_asks(page: Page, sold_out: Listing):
    for language in ("", "/en", "/zh-hans"):
        page.goto(f"{language}/bao-khi-co/san-pham/{sold_out.product.slug}/")
        assert inspect(page) == []
    waits_for(page, sold_out, GUEST)
    assert inspect(page) == []
    for address in (
        f"/san-pham/{sold_out.product.slug}/",
        f"/gian-hang/{sold_out.storefront.slug}/{sold_out.slug}/",
    ):
        page.goto(address)
        assert inspect(page) == []
