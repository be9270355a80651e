"""`make audit`: serve the demo as in production, look at it with axe and Lighthouse, print and write the figures.

python -m benchmarks.audit               everything; writes benchmarks/results/audit.json
python -m benchmarks.audit --only axe    or lighthouse; writes nothing
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, sync_playwright

from benchmarks import data, report, site
from benchmarks.audit import axe, front, lighthouse
from benchmarks.report import Row, say
from config import chromium, embedded

FOLDER = Path(os.environ.setdefault("BENCH_DATA", str(data.ROOT / ".data" / "audit"))).resolve()
#: figure → (goal, whether less is better)
BYTES = {"HTML": 15, "JavaScript": 30, "CSS": 25, "fonts": 60}
ALL_BYTES, LCP_S, CLS, TBT_MS = 120, 2.0, 0.01, 0
PERFORMANCE, PERFECT = 98, 100


@dataclass(frozen=True, slots=True)
class Site:
    origin: str
    public: dict[str, str]
    desk: dict[str, str]
    session: str


def main() -> int:
    asked = _arguments()
    rows: list[Row] = []
    with _site() as found, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox"])
        buyer, owner = _buyer(browser.new_context(), found), _owner(browser.new_context(), found)
        if asked.only != "lighthouse":
            rows += _axe(buyer, owner, found)
        if asked.only != "axe":
            rows += _lighthouse(buyer, found)
    report.table(rows)
    if not asked.only:
        path = report.write("audit", rows, listings=0)
        say(f"Written: {path.relative_to(data.ROOT)}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.audit", description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=["axe", "lighthouse"], help="one part; writes nothing")
    return parser.parse_args()


@contextmanager
def _site() -> Iterator[Site]:
    """The demo's data behind production's settings, and the proxy in front."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    url = embedded.ensure_database(embedded.start(FOLDER / "postgres"), "cho")
    port = site.free_port()
    origin = f"http://127.0.0.1:{port}"
    settings = site.environment() | {
        "DATABASE_URL": url,
        "DATA_DIR": str(FOLDER),
        "PUBLIC_URL": origin,
        "ALLOWED_HOSTS": "127.0.0.1",
    }
    demo = settings | {"DJANGO_SETTINGS_MODULE": "config.settings.demo"}
    _run(demo, "manage.py", "prepare_demo")
    _run(settings, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    said = json.loads(_run(settings, "-m", "benchmarks.audit.addresses"))
    with site.serve(site.SITE, settings) as web, front.before(web.port, FOLDER / "media", port):
        yield Site(origin=origin, **said)


def _run(settings: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=data.ROOT, env=settings, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def _buyer(context: BrowserContext, found: Site) -> BrowserContext:
    """A guest with one listing in the cart."""
    page = context.new_page()
    page.goto(found.origin + found.public["listing"])
    page.locator(
        "form[action*='gio-hang'] button[type=submit], form[action*='gio-hang'] button:not([type])"
    ).first.click()
    page.wait_for_load_state()
    page.close()
    return context


def _owner(context: BrowserContext, found: Site) -> BrowserContext:
    cookie = {
        "name": "__Host-sessionid",
        "value": found.session,
        "url": found.origin.replace("http:", "https:"),
    }
    context.add_cookies([cookie])
    return context


def _axe(buyer: BrowserContext, owner: BrowserContext, found: Site) -> list[Row]:
    rows = []
    pages = [(buyer, name, path) for name, path in found.public.items()]
    pages += [(buyer, "cart", "/gio-hang/"), (buyer, "checkout", "/thanh-toan/")]
    pages += [(owner, name, path) for name, path in found.desk.items()]
    for context, name, path in pages:
        troubles = axe.look(context, found.origin, path)
        for line in troubles:
            say(f"axe: {line}")
        rows.append(
            Row(f"axe: {name}, 3 languages, 2 schemes, 2 widths", len(troubles), "found", 0, not troubles)
        )
    return rows


def _lighthouse(buyer: BrowserContext, found: Site) -> list[Row]:
    if not lighthouse.is_there():
        return [Row("Lighthouse (needs Node's npx)", None, "", PERFORMANCE, False)]
    cart = "; ".join(f"{each['name']}={each['value']}" for each in buyer.cookies())
    public = {
        name: found.public[name]
        for name in ("home", "catalogue", "search", "product", "listing", "storefront")
    }
    visits = [(name, path, "", name != "search") for name, path in public.items()]
    visits += [("cart", "/gio-hang/", cart, False), ("checkout", "/thanh-toan/", cart, False)]
    visits.append(("desk", found.desk["desk"], f"__Host-sessionid={found.session}", False))
    rows: list[Row] = []
    for name, path, cookies, is_indexed in visits:
        page = lighthouse.look(found.origin + path, chromium=chromium.find(), cookies=cookies)
        for line in page.failed:
            say(f"Lighthouse: {name}: {line}")
        rows += _scores(name, page, is_indexed)
    return rows


def _scores(name: str, page: lighthouse.Page, is_indexed: bool) -> Iterator[Row]:
    asked = [("performance", page.performance, PERFORMANCE), ("accessibility", page.accessibility, PERFECT)]
    asked.append(("best practices", page.best_practices, PERFECT))
    asked += [("SEO", page.seo, PERFECT)] if is_indexed else []
    for what, value, goal in asked:
        yield Row(f"{name}: {what}", value, "of 100", goal, value >= goal)
    yield Row(f"{name}: LCP, simulated", round(page.lcp_s, 2), "s", LCP_S, page.lcp_s <= LCP_S)
    yield Row(f"{name}: CLS", round(page.cls, 4), "", CLS, page.cls <= CLS)
    yield Row(f"{name}: TBT", round(page.tbt_ms), "ms", TBT_MS, page.tbt_ms <= TBT_MS)
    whole = sum(page.bytes.values()) / 1024
    yield Row(f"{name}: bytes without pictures", round(whole, 1), "KiB", ALL_BYTES, whole <= ALL_BYTES)
    for kind, goal in BYTES.items():
        size = page.bytes.get(kind, 0) / 1024
        yield Row(f"{name}: {kind}", round(size, 1), "KiB", goal, size <= goal)


if __name__ == "__main__":
    sys.exit(main())
