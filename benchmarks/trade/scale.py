"""How long the audit takes over a million postings, and how much memory: a market of a province's size, its past posted."""

import subprocess
import sys
import time
from pathlib import Path

from benchmarks import data
from benchmarks.report import Row, say
from benchmarks.trade import checks
from config.management.commands.audit_books import ROOMS
from payments.books import carried
from payments.books.months import Month
from shop.orders import tax_totals

#: a market whose past comes to more than a million postings
SIZES = {"storefronts": 1_200, "listings": 5_000, "orders": 220_000, "seed": 20}
POSTINGS, LONGEST_S, MOST_MIB = 1_000_000, 120, 32


def measure() -> list[Row]:
    """Build the market on the empty database, add its books up, then audit it once."""
    words = [word for name, size in SIZES.items() for word in (f"--{name}", str(size))]
    command = [sys.executable, "manage.py", "build_scale_data", *words, "--no-search", "--no-sizes", "--yes"]
    subprocess.run(command, cwd=data.ROOT, check=True)
    while carried.carry():
        pass
    tax_totals.reckon(Month.running().previous)
    checks.analyze()
    return audited()


def audited() -> list[Row]:
    """What the audit of all rooms finds, how long it takes, and how far this process grows meanwhile."""
    _forget_peak()
    before_mib, begun, wrong = _mib("VmRSS"), time.monotonic(), 0
    for room in ROOMS:
        for line in room.breaks():
            wrong += 1
            if wrong <= 20:
                say(f"wrong: {line}")
    took_s, grown_mib = time.monotonic() - begun, _mib("VmHWM") - before_mib
    postings = checks.count_postings()
    return [
        Row("audit: postings", postings, "postings", POSTINGS, postings >= POSTINGS),
        Row("audit: breaks found", wrong, "breaks", 0, not wrong),
        Row("audit: time", round(took_s, 1), "s", LONGEST_S, took_s <= LONGEST_S),
        Row("audit: memory it adds", round(grown_mib, 1), "MiB", MOST_MIB, grown_mib <= MOST_MIB),
    ]


def _forget_peak() -> None:
    """From now on `VmHWM` is the highest since now."""
    Path("/proc/self/clear_refs").write_text("5")


def _mib(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024
