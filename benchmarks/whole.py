"""What a newcomer waits for: `make demo` from nothing to the first page, and the test suite."""

import os
import signal
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks import data, site
from benchmarks.bench import Bench
from benchmarks.report import say

LONGEST_S = 900


def demo(run: Bench) -> None:
    """The committed tree in an empty folder: install, load, first page; stopped and started again."""
    with tempfile.TemporaryDirectory(prefix="cho-fresh-") as place:
        folder = Path(place)
        archive = subprocess.run(["git", "archive", "HEAD"], check=True, cwd=data.ROOT, capture_output=True)
        subprocess.run(["tar", "-x", "-C", place], input=archive.stdout, check=True)
        run.figures.put("make demo, fresh: first page", _first_page(folder))
        run.figures.put("make demo, again: first page", _first_page(folder))


def tests(run: Bench) -> None:
    """The whole suite as `make test` runs it, on as many cores as there are."""
    command = [str(data.ROOT / ".venv" / "bin" / "pytest"), "-q", "-n", "2", "--dist", "worksteal"]
    begun = time.monotonic()
    done = subprocess.run(command, cwd=data.ROOT, capture_output=True, text=True, check=False)
    took = time.monotonic() - begun
    wrong = [] if done.returncode == 0 else done.stdout.strip().splitlines()[-1:]
    run.figures.put("test suite", took, wrong=wrong)


def _first_page(folder: Path) -> float:
    """Seconds from `make demo` to its first page; it is stopped then."""
    port = site.free_port()
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    # the demo's own choices, not the bench's
    env |= {"PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}", "DATA_DIR": str(folder / ".data")}
    begun = time.monotonic()
    process = subprocess.Popen(
        ["make", "demo"], cwd=folder, env=env, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        while time.monotonic() - begun < LONGEST_S and process.poll() is None:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
                return time.monotonic() - begun
            except OSError:
                time.sleep(0.1)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)
    say("make demo did not show a page.")
    raise SystemExit(1)
