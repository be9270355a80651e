"""`make drill`: processes are killed, the database goes away, gateways lie; nothing may be lost or doubled.

python -m benchmarks.drill                  all parts; writes benchmarks/results/drill.json
python -m benchmarks.drill --only kills     one part (several: repeat); writes nothing
python -m benchmarks.drill --kills 20 --seed 7
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time

from benchmarks import data, report
from benchmarks.drill import place
from benchmarks.drill.goals import GOALS, PARTS
from benchmarks.drill.run import GROUND
from benchmarks.goals import Figures
from benchmarks.report import say

KILLS, SEED = 100, 20


def main() -> int:
    asked = _arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ.update(place.fresh_keys())
    parts = asked.only or list(PARTS)
    figures = Figures(GOALS)
    try:
        _run(GROUND, asked, check=True)
        for part in parts:
            _take(part, asked, figures)
    except KeyboardInterrupt:
        say("Stopped: what there is until now.")
    rows = figures.rows(parts)
    report.table(rows)
    for line in figures.wrong:
        say(f"wrong: {line}")
    if not asked.only:
        path = report.write("drill", rows, kills=asked.kills, seed=asked.seed)
        say(f"Written: {path.relative_to(data.ROOT)}")
    return 0 if all(row.ok for row in rows) else 1


def _take(part: str, asked: argparse.Namespace, figures: Figures) -> None:
    """Run one part and take over what it found; one that breaks leaves its figures empty."""
    begun = time.monotonic()
    left = place.folder() / part / "figures.json"
    left.unlink(missing_ok=True)
    _run(part, asked, check=False)
    found = json.loads(left.read_text()) if left.exists() else {"rows": [], "wrong": []}
    figures.keep(report.Row(**row) for row in found["rows"])
    figures.wrong += found["wrong"]
    say(f"{part}: {time.monotonic() - begun:.0f} s")


def _run(part: str, asked: argparse.Namespace, *, check: bool) -> None:
    words = [part, str(asked.kills), str(asked.seed)]
    subprocess.run([sys.executable, "-m", "benchmarks.drill.run", *words], cwd=data.ROOT, check=check)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.drill", description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", choices=PARTS, help="one part; may be repeated")
    parser.add_argument("--kills", type=int, default=KILLS, help="how many processes are killed")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed, the same kills")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
