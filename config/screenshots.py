"""Draw docs/screenshots/ again from a running demo: `make demo` in one window, `make screenshots` in another."""

import os
import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from config.chromium import find

BASE = os.environ.get("PUBLIC_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
SIZES = {"360": {"width": 360, "height": 740}, "1280": {"width": 1280, "height": 900}}
OWNER = "0900000001"
FIRST_SCREEN = {"home", "catalogue", "listing"}


def shoot(page: Page, name: str, size: str) -> None:
    """One picture: the first screen of pages that are long, the whole of the others."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.screenshot(path=FOLDER / f"{name}-{size}.png", full_page=name not in FIRST_SCREEN)


def sign_in(page: Page, contact: str) -> None:
    """By code, which the demo's post box shows."""
    page.goto("/dang-nhap/")
    page.get_by_label(re.compile("điện thoại")).fill(contact)
    page.locator("main form button[type=submit]").first.click()
    box = page.context.new_page()
    box.goto("/demo/hop-thu/")
    code = re.search(r"\b(\d{6})\b", box.inner_text("main")).group(1)
    box.close()
    page.locator("input[autocomplete=one-time-code]").fill(code)  # the field sends itself when whole
    page.wait_for_url(lambda url: "/ma/" not in url)


def shopping(browser: Browser, size: str) -> None:
    page = browser.new_context(base_url=BASE, viewport=SIZES[size], locale="vi-VN").new_page()
    page.goto("/")
    shoot(page, "home", size)
    page.goto("/san-pham/?q=na+chi+lang")
    shoot(page, "catalogue", size)
    page.locator("main a[href*='/gian-hang/']").first.click()
    shoot(page, "listing", size)
    page.get_by_role("button", name=re.compile("Thêm vào giỏ")).first.click()
    page.goto("/gio-hang/")
    shoot(page, "cart", size)
    page.goto("/thanh-toan/")
    shoot(page, "checkout", size)


def selling(browser: Browser, size: str) -> None:
    page = browser.new_context(base_url=BASE, viewport=SIZES[size], locale="vi-VN").new_page()
    sign_in(page, OWNER)
    page.goto("/ban-hang/")
    shoot(page, "desk", size)


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox", "--disable-gpu"])
        for size in SIZES:
            shopping(browser, size)
            selling(browser, size)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
