"""What axe finds on pages in every language, light and dark, narrow and wide."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext

SIZES = ((360, 740), (1280, 900))
LANGUAGES = ("", "/en", "/zh-hans")
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
#: what is folded away is looked at too
_UNFOLD = "document.querySelectorAll('main details').forEach(each => { each.open = true })"


def look(context: BrowserContext, origin: str, path: str) -> list[str]:
    """One line per thing that axe or a sideways scroll finds on this page in its twelve looks."""
    found: list[str] = []
    page = context.new_page()
    for language in LANGUAGES:
        page.goto(origin + language + path)
        page.evaluate(_UNFOLD)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                page.wait_for_timeout(60)
                seen = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
                lines = [rule["id"] for rule in seen.response["violations"] for _node in rule["nodes"]]
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    lines.append("scrolls sideways")
                found += [f"{language}{path} {width} {scheme}: {line}" for line in lines]
    page.close()
    return found
