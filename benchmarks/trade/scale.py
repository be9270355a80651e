"""How long the audit takes over a million postings, and how much memory: a market of a province's size, its past posted."""

import resource
import subprocess
import sys
import time

from benchmarks import data
from benchmarks.report import Row, say
from benchmarks.trade import checks
from config.management.commands.audit_books import ROOMS

#: a market whose past comes to more than a million postings
SIZES = {"storefronts": 1_200, "listings": 5_000, "orders": 220_000, "seed": 20}
POSTINGS, LONGEST_S, MOST_MIB = 1_000_000, 120, 32


def measure() -> list[Row]:
    """Build it in another process, so that this one's memory is the audit's alone; then run the audit once."""
    words = [word for name, size in SIZES.items() for word in (f"--{name}", str(size))]
    command = [sys.executable, "manage.py", "build_scale_data", *words, "--no-search", "--no-sizes", "--yes"]
    subprocess.run(command, cwd=data.ROOT, check=True)
    checks.analyze()
    # the first rows bring along what Python and the driver need once
    list(ROOMS[0].breaks())
    before, begun, wrong = _peak_mib(), time.monotonic(), []
    for room in ROOMS:
        wrong += list(room.breaks())
    took_s, grown_mib = time.monotonic() - begun, _peak_mib() - before
    for line in wrong[:20]:
        say(f"wrong: {line}")
    postings = checks.count_postings()
    return [
        Row("audit: postings", postings, "postings", POSTINGS, postings >= POSTINGS),
        Row("audit: breaks found", len(wrong), "breaks", 0, not wrong),
        Row("audit: time", round(took_s, 1), "s", LONGEST_S, took_s <= LONGEST_S),
        Row("audit: memory it adds", round(grown_mib, 1), "MiB", MOST_MIB, grown_mib <= MOST_MIB),
    ]


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
