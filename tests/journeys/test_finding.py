"""Finding goods: hints while typing, pages that are there before the tap, and a way back to where one was."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.test_axe import ALL, COLOURS, look

SAVES_DATA = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"


def box(page: Page) -> Locator:
    """The search box of the page that can be seen."""
    return page.locator(".search input[type=search]:visible").first


def hints(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Gợi ý")


def asked(page: Page, part: str) -> list[str]:
    """Addresses with this part that the page asks for from now on."""
    found: list[str] = []
    page.on("request", lambda request: part in request.url and found.append(request.url))
    return found


def test_typing_shows_hints_and_the_keyboard_opens_one(page: Page):
    page.goto("/san-pham/")
    box(page).press_sequentially("na chi", delay=40)
    expect(hints(page).get_by_role("option").first).to_be_visible()
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    box(page).press("ArrowDown")
    chosen = hints(page).get_by_role("option", selected=True)
    expect(chosen).to_have_count(1)
    assert box(page).get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    address = chosen.get_attribute("href")
    box(page).press("Enter")
    page.wait_for_url(f"**{address}")


def test_escape_closes_the_hints_and_keeps_the_words(page: Page):
    page.goto("/gian-hang/")
    field = page.get_by_label("Tên hộ, món hàng hoặc thôn xóm")
    field.press_sequentially("chi lang", delay=40)
    expect(hints(page)).to_be_visible()
    field.press("Escape")
    expect(hints(page)).to_be_hidden()
    expect(field).to_have_value("chi lang")
    field.press("Enter")
    page.wait_for_url("**/gian-hang/?q=chi+lang**")


def test_a_hint_can_be_tapped(page: Page):
    page.goto("/")
    box(page).press_sequentially("hoa hoi", delay=40)
    hints(page).get_by_role("option").first.click()
    page.wait_for_url("**/san-pham/**")


def test_quick_typing_asks_once_and_the_same_words_are_known(page: Page):
    page.goto("/san-pham/")
    requests = asked(page, "/goi-y/")
    box(page).press_sequentially("na chi lang", delay=10)
    expect(hints(page)).to_be_visible()
    assert len(requests) <= 2
    box(page).press("Escape")
    box(page).press("ArrowDown")
    expect(hints(page)).to_be_visible()
    assert len(requests) <= 2


def test_without_javascript_the_box_just_searches(new_visitor):
    with new_visitor(PHONE, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/san-pham/")
        box(page).fill("na chi lang")
        box(page).press("Enter")
        page.wait_for_url("**/san-pham/?q=na+chi+lang")
        expect(page.locator("search-hints").first).to_be_hidden()
        expect(page.locator(".card").first).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_open_hints_hold_wcag(new_visitor, size):
    with new_visitor(size) as context:
        page = context.new_page()
        page.goto("/san-pham/")
        box(page).press_sequentially("chi", delay=40)
        expect(hints(page)).to_be_visible()
        box(page).press("ArrowDown")
        for scheme, rules in (("dark", COLOURS), ("light", ALL)):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert look(page, rules) == []


def test_the_next_page_is_fetched_when_it_is_meant(new_visitor):
    with new_visitor(DESKTOP) as context:
        page = context.new_page()
        page.goto("/san-pham/")
        following = page.get_by_role("link", name="Trang sau")
        address = following.get_attribute("href")
        requests = asked(page, address)
        following.hover()
        page.wait_for_timeout(600)
        assert len(requests) == 1, "fetched ahead, once"
        following.click()
        page.wait_for_url(f"**{address}")
        page.get_by_role("link", name="Về đầu").click()
        page.wait_for_url("**/san-pham/")


def test_whoever_saves_data_gets_nothing_ahead(new_visitor):
    with new_visitor(DESKTOP) as context:
        page = context.new_page()
        page.add_init_script(SAVES_DATA)
        page.goto("/san-pham/")
        following = page.get_by_role("link", name="Trang sau")
        requests = asked(page, following.get_attribute("href"))
        following.hover()
        page.wait_for_timeout(600)
        assert requests == []


def test_back_returns_to_where_one_was(page: Page):
    page.goto("/san-pham/?sap-xep=moi")
    card = page.locator(".card h3 a").nth(12)
    card.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    assert before > 500
    card.click()
    page.wait_for_url("**/gian-hang/**")
    page.go_back()
    page.wait_for_url("**/san-pham/?sap-xep=moi")
    page.wait_for_timeout(300)
    assert abs(page.evaluate("scrollY") - before) < 60


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_the_map_of_communes_leads_to_their_households(new_visitor, size):
    with new_visitor(size) as context:
        page = context.new_page()
        page.goto("/gian-hang/")
        if size == PHONE:
            page.get_by_role("link", name="Chọn xã trên bản đồ").click()
        tile = page.locator(".tile a", has_text="Chi Lăng").first
        expect(tile).to_be_visible()
        room = tile.bounding_box()
        assert room["height"] >= 44 and room["width"] >= 44
        assert look(page, ALL) == []
        tile.click()
        page.wait_for_url("**/gian-hang/?xa=06463")
        expect(page.get_by_role("heading", level=1)).to_have_text("Gian hàng ở Xã Chi Lăng")
