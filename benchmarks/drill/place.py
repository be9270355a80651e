"""Where a drill takes place: folders, keys, and a database server of its own. Knows nothing of Django."""

import base64
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import data, site
from config import embedded

DATABASE = "cho"
SETTINGS = "benchmarks.drill.settings"


def folder() -> Path:
    """Below it each part has a folder of its own."""
    return Path(os.environ.get("DRILL_DATA") or data.ROOT / ".data" / "drill").resolve()


def fresh_keys() -> dict[str, str]:
    """Secrets that all processes of one run share."""
    field_key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return {"SECRET_KEY": secrets.token_urlsafe(48), "FIELD_KEYS": field_key}


def environment(mine: Path, keys: dict[str, str]) -> dict[str, str]:
    """The drilled site's environment but for the database's address and the gateways' keys."""
    mine.mkdir(parents=True, exist_ok=True)
    return {
        **site.environment(),
        **keys,
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "DATA_DIR": str(mine),
        "BENCH_DATA": str(mine),
        "PAGE_CACHE_S": "0",
        "LOG_LEVEL": "INFO",
    }


@contextmanager
def empty_database(mine: Path) -> Iterator[str]:
    """A new server without anything in it; its address."""
    shutil.rmtree(mine, ignore_errors=True)
    with _server(mine) as url:
        yield url


@contextmanager
def database(ground: Path, mine: Path) -> Iterator[str]:
    """A server of its own on a copy of the ground's files; its address."""
    shutil.rmtree(mine, ignore_errors=True)
    mine.mkdir(parents=True)
    # whoever owns the files owns the copy: PostgreSQL refuses any other
    subprocess.run(["cp", "-a", str(ground / "postgres"), str(mine)], check=True)
    with _server(mine) as url:
        yield url


@contextmanager
def _server(mine: Path) -> Iterator[str]:
    try:
        yield embedded.ensure_database(embedded.start(mine / "postgres"), DATABASE)
    finally:
        embedded.stop(mine / "postgres")


def wait_for_silence(files: Path, *, seconds: float = 30) -> None:
    """Until no process of a killed server works on these files any more: only then another may."""
    end = time.monotonic() + seconds
    while any(str(files) in _words(each) for each in Path("/proc").glob("[0-9]*")):
        if time.monotonic() > end:
            raise TimeoutError("The killed server's processes live on.")
        time.sleep(0.1)
    # a machine that starts anew has no process of that number; here it may stand in the table of processes still
    for left in (files / "postmaster.pid", *files.glob(".s.PGSQL.*.lock")):
        left.unlink(missing_ok=True)


def _words(process: Path) -> str:
    """A process's command line, and where it works when it is one of PostgreSQL's."""
    try:
        words = (process / "cmdline").read_text()
        return str((process / "cwd").resolve()) if words.startswith("postgres:") else ""
    except OSError:
        return ""
