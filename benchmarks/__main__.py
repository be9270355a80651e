"""`make bench`: measure the site at the size of a province and print the table of goals.

python -m benchmarks                 500,000 listings; writes benchmarks/results/bench.json
python -m benchmarks --quick         50,000 listings in three minutes; writes bench-quick.json
python -m benchmarks --only pages    one part (several: repeat); writes nothing
python -m benchmarks --growth        the catalogue at 5,000, 50,000 and 500,000 listings
"""

import argparse
import signal
import sys
import time
import traceback

from benchmarks import data, growth, memory, orders, others, pages, report, search, servers, site, whole
from benchmarks.bench import FULL, QUICK, Bench
from benchmarks.goals import PARTS, Figures
from benchmarks.report import say

MEASURES = {
    "servers": servers.measure,
    "pages": pages.measure,
    "search": search.measure,
    "suggestions": search.suggestions,
    "queries": others.queries,
    "cart": orders.cart,
    "orders": orders.place,
    "purchase": orders.purchase,
    "memory": memory.measure,
    "growth": growth.measure,
    "photo": others.photo,
    "demo": whole.demo,
    "tests": whole.tests,
}
#: what takes longer than three minutes by itself
SLOW = ("demo", "tests")


def main() -> int:
    asked = _arguments()
    # so that whoever ends the bench ends its servers too
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = site.environment()
    listings = asked.listings or (data.QUICK if asked.quick else data.FULL)
    with data.server() as server:
        found = data.ready(server, listings, settings)
        site.collect_static(found.url, settings)
        run = Bench(found, settings, QUICK if asked.quick else FULL, Figures())
        if asked.profile or asked.growth:
            return _look(run, asked)
        parts = asked.only or [part for part in PARTS if not (asked.quick and part in SLOW)]
        try:
            ended = _measure(run, parts)
        finally:
            run.close()
    rows = run.figures.rows(parts)
    report.table(rows)
    for line in run.figures.wrong:
        say(f"wrong answer: {line}")
    if ended and not asked.only:
        path = report.write("bench-quick" if asked.quick else "bench", rows, listings=found.listings)
        say(f"Written: {path.relative_to(data.ROOT)}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help=f"{data.QUICK:,} listings, three minutes")
    parser.add_argument("--listings", type=int, help="another size")
    parser.add_argument("--only", action="append", choices=PARTS, help="one part; may be repeated")
    parser.add_argument("--growth", action="store_true", help="print how the catalogue grows")
    parser.add_argument(
        "--profile", action="append", metavar="ADDRESS", help="print where a page's time goes"
    )
    return parser.parse_args()


def _look(run: Bench, asked: argparse.Namespace) -> int:
    """What prints something else than the table."""
    if asked.profile:
        environment = {**run.settings, "PROCESS": "web"}
        data.command(run.data.url, environment, "-m", "benchmarks.inside.profile", *asked.profile)
    if asked.growth:
        growth.table(run)
    return 0


def _measure(run: Bench, parts: list[str]) -> bool:
    """The parts one after the other; what breaks in one is told and leaves its figures empty. False when stopped."""
    try:
        for part in parts:
            begun = time.monotonic()
            _guarded(part, run)
            say(f"{part}: {time.monotonic() - begun:.0f} s")
    except KeyboardInterrupt:
        say("Stopped: what there is until now.")
        return False
    return True


def _guarded(part: str, run: Bench) -> None:
    try:
        MEASURES[part](run)
    except (Exception, SystemExit):
        traceback.print_exc()


if __name__ == "__main__":
    sys.exit(main())
