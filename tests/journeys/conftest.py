"""A whole site for a person in a browser: demo data on 15 August 2026, a worker, and real HTTP."""

import os
import threading
from collections.abc import Iterator

import pytest
import time_machine
from django.core.management import call_command
from django.db import close_old_connections, connection
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from config.chromium import find
from shop.stock import audit
from tests import databases, jobs

# Playwright's loop runs in this thread: Django must not mistake it for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
DAY = "2026-08-15T09:00:00+07:00"
DEMO = "cho_demo"
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.browser)


def _load() -> None:
    call_command("load_province", "20", verbosity=0)
    call_command("load_demo", verbosity=0)
    jobs.run_due(limit=5000)


@pytest.fixture
def site(django_db_setup, django_db_blocker, settings) -> Iterator[str]:
    """The address of a running site with the demo's data; stock is audited when the journey is over."""
    with time_machine.travel(DAY, tick=True), django_db_blocker.unblock():
        databases.make_template(DEMO, _load, base=databases.TEMPLATE)
        with databases.borrowed(DEMO):
            server = LiveServer("localhost")
            settings.PUBLIC_URL = server.url
            os.environ["PUBLIC_URL"] = server.url
            stop = threading.Event()
            worker = threading.Thread(target=_work, args=[stop], daemon=True)
            worker.start()
            yield server.url
            stop.set()
            worker.join(timeout=20)
            server.stop()
            broken = list(audit.breaks())
            connection.close()
    assert broken == []


def _work(stop: threading.Event) -> None:
    while not stop.wait(0.2):
        close_old_connections()
        jobs.run_due()
    connection.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium: Browser, site: str) -> Iterator[BrowserContext]:
    """A phone in somebody's hand; every page that breaks the policy or throws fails the journey."""
    with _context(chromium, site, PHONE) as context:
        yield context


@pytest.fixture
def page(visitor: BrowserContext) -> Page:
    return visitor.new_page()


class _context:
    def __init__(self, browser: Browser, site: str, size: dict, **options) -> None:
        self.context = browser.new_context(base_url=site, viewport=size, locale="vi-VN", **options)
        self.context.set_default_timeout(10_000)
        self.troubles: list[str] = []
        self.context.on("weberror", lambda error: self.troubles.append(str(error.error)))
        self.context.on("console", self._hear)

    def _hear(self, message) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.troubles.append(message.text)

    def __enter__(self) -> BrowserContext:
        return self.context

    def __exit__(self, kind, *_rest) -> None:
        self.context.close()
        if kind is None:
            assert self.troubles == []


@pytest.fixture
def new_visitor(chromium: Browser, site: str):
    """Another person at the same time: `with new_visitor(DESKTOP, java_script_enabled=False) as context`."""
    return lambda size=PHONE, **options: _context(chromium, site, size, **options)
