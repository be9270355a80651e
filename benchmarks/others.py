"""What other processes measure: queries of each page, and pictures."""

import json
import subprocess
import sys

from benchmarks import data
from benchmarks.bench import Bench


def queries(run: Bench) -> None:
    run.figures.take(data.inside(run.data, run.settings, "queries"))


def photo(run: Bench) -> None:
    """`benchmarks.photo` measures the child process that opens pictures; it needs a process of its own too."""
    code = f"import json; from benchmarks import photo; print(json.dumps(photo.rows({run.pace.photos})))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=True, cwd=data.ROOT, env=run.settings, stdout=subprocess.PIPE)
    run.figures.take({row["name"]: row["value"] for row in json.loads(done.stdout)})
