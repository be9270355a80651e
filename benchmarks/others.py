"""What other processes measure: queries of each page, and pictures."""

import json
import subprocess
import sys

from benchmarks import data
from benchmarks.bench import Bench


def queries(run: Bench) -> None:
    run.figures.take(data.inside(run.data, run.settings, "queries"))


def photo(run: Bench) -> None:
    """`benchmarks.photo` prints a row a line."""
    command = [sys.executable, "-m", "benchmarks.photo"]
    done = subprocess.run(command, check=True, cwd=data.ROOT, env=run.settings, stdout=subprocess.PIPE)
    run.figures.take({row["name"]: row["value"] for row in map(json.loads, done.stdout.splitlines())})
