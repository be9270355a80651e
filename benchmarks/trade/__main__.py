"""`python -m benchmarks.trade`: a month of trade through the real services, and the audit over a million postings.

python -m benchmarks.trade                 50 households, 5,000 orders; writes benchmarks/results/trade.json
python -m benchmarks.trade --orders 250    a smaller month; writes nothing
python -m benchmarks.trade --only desk     one part, as the finance desk over five million postings; writes nothing
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time

import psycopg

from benchmarks import data, report
from benchmarks.report import Row, say
from config import embedded

ORDERS, HOUSEHOLDS, SEED = 5_000, 50, 20
PARTS = ("month", "audit", "desk")
#: the desk asks five million postings, which take a quarter of an hour to make
WHOLE = ("month", "audit")


def main() -> int:
    asked = _arguments()
    # so that whoever ends the bench ends its server too
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    rows: list[Row] = []
    with data.server() as server:
        for part in asked.only or WHOLE:
            rows += _run(server, part, asked)
    report.table(rows)
    if not asked.only and asked.orders == ORDERS:
        facts = {"orders": asked.orders, "households": HOUSEHOLDS, "seed": asked.seed}
        say(f"Written: {report.write('trade', rows, **facts).relative_to(data.ROOT)}")
    return 0 if all(row.ok for row in rows) else 1


def _run(server: str, part: str, asked: argparse.Namespace) -> list[Row]:
    """One part in a process and on an empty database of its own; what it found comes back."""
    found, begun = data.folder() / f"trade-{part}.json", time.monotonic()
    found.unlink(missing_ok=True)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": _empty(server, f"trade_{part}"),
        "DATA_DIR": str(data.folder()),
        "LOG_LEVEL": "ERROR",
    }
    words = [part, str(asked.orders), str(HOUSEHOLDS), str(asked.seed), str(found)]
    subprocess.run(
        [sys.executable, "-m", "benchmarks.trade.run", *words], cwd=data.ROOT, env=environment, check=True
    )
    say(f"{part}: {time.monotonic() - begun:.0f} s")
    return [Row(**row) for row in json.loads(found.read_text())]


def _empty(server: str, name: str) -> str:
    """The address of a database with nothing in it. Commits do not wait for the disk: nobody pulls a plug here."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        url = embedded.ensure_database(server, name)
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    return url


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.trade", description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=ORDERS, help="orders of the month")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed, the same month")
    parser.add_argument("--only", action="append", choices=PARTS, help="one part; may be repeated")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
