"""The data: one embedded PostgreSQL below the bench's folder, one database for each size."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.report import say
from config import embedded

ROOT = Path(__file__).resolve().parents[1]
FULL, QUICK, SMALL = 500_000, 50_000, 5_000
ORDERS = 100_000
SEED = 20
#: listings a storefront has, as a province has them: 500,000 of 120,000
PER_STOREFRONT = 500_000 / 120_000
FRESHEN = "from shop.search.services import refresh_stale\nwhile refresh_stale(): pass"
#: what anybody gives a database of this size on the smallest server; all else is as the wheel brings it
SERVER = {"shared_buffers": "512MB", "max_wal_size": "4GB"}


@dataclass(frozen=True, slots=True)
class Data:
    """A database filled with so many listings, and where the rest of the bench's files lie."""

    url: str
    folder: Path
    listings: int

    def ask(self, query: str, *values: object) -> tuple:
        """The first row of a query."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(query, values).fetchone()


def folder() -> Path:
    return Path(os.environ.get("BENCH_DATA") or ROOT / ".data" / "bench").resolve()


@contextmanager
def server() -> Iterator[str]:
    """The server's address. One that runs already is left as it is, and running; else it is stopped at the end."""
    place = folder() / "postgres"
    if _runs(place):
        yield embedded.start(place)
        return
    try:
        yield embedded.start(place, **SERVER)
    finally:
        embedded.stop(place)


def _runs(place: Path) -> bool:
    """Whether a server runs on these files; a process file alone may be left from one that was killed."""
    left = place / "postmaster.pid"
    return left.exists() and Path("/proc", left.read_text().split()[0]).exists()


def ready(server: str, listings: int, environment: dict[str, str]) -> Data:
    """The database with so many listings: the one that is there, else built. Migrated either way."""
    name = "cho" if listings == FULL else f"cho_{listings}"
    url = embedded.ensure_database(server, name)
    manage(url, environment, "migrate", "--verbosity", "0")
    if not _count(url, "catalogue_listing"):
        say(f"Building {listings:,} listings in {folder()} ({name}) …")
        storefronts = max(1, round(listings / PER_STOREFRONT))
        orders = round(ORDERS * listings / FULL)
        manage(url, environment, "load_province", "20")
        sizes = ["--storefronts", storefronts, "--listings", listings, "--orders", orders, "--seed", SEED]
        manage(url, environment, "build_scale_data", *map(str, sizes), "--no-search")
    if not _count(url, "search_searchrow"):
        manage(url, environment, "rebuild_search")
    # a migration may have written tables anew; what autovacuum does within minutes
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
    # what the days since have made untrue
    manage(url, environment, "shell", "--verbosity", "0", "-c", FRESHEN)
    return Data(url=url, folder=folder(), listings=_count(url, "catalogue_listing"))


def manage(url: str, environment: dict[str, str], *words: str) -> None:
    """One command of the site on that database; what it says is shown."""
    command(url, environment, "manage.py", *words)


def command(url: str, environment: dict[str, str], *words: str) -> None:
    """Python in the project's folder on that database; what it says is shown."""
    env = {**environment, "DATABASE_URL": url}
    subprocess.run([sys.executable, *words], check=True, cwd=ROOT, env=env)


def _count(url: str, table: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - a constant


def inside(found: Data, environment: dict[str, str], module: str, *words: str) -> Any:
    """What `benchmarks.inside.<module>` prints, read as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.inside.{module}", *words],
        check=True,
        cwd=ROOT,
        env={**environment, "DATABASE_URL": found.url},
        stdout=subprocess.PIPE,
    )
    return json.loads(done.stdout)
