"""The table, and the file that stands for it."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: what it is, how much in which unit, what it should be, and whether it is.

    A figure without a goal is for readers. `value` is None for what could not run.
    """

    name: str
    value: float | None
    unit: str
    goal: float | None
    ok: bool


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def table(rows: Iterable[Row]) -> None:
    """Print the rows, a miss marked in front."""
    rows = list(rows)
    wide = max((len(row.name) for row in rows), default=0)
    say("")
    for row in rows:
        mark = "  " if row.ok else "✗ "
        value = "—" if row.value is None else _figure(row.value)
        goal = "" if row.goal is None else f"goal {_figure(row.goal)}"
        say(f"{mark}{row.name:<{wide}}  {value:>10} {row.unit:<14} {goal}".rstrip())
    judged = [row for row in rows if row.goal is not None]
    say(f"\n{sum(row.ok for row in judged)} of {len(judged)} goals met; {machine()}")


def write(name: str, rows: Iterable[Row], *, folder: Path = RESULTS, **facts: int) -> Path:
    """benchmarks/results/<name>.json; `facts` say of what size the run was."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {
        "commit": commit(),
        "machine": machine(),
        **facts,
        "rows": [asdict(row) for row in rows],
    }
    path = folder / f"{name}.json"
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return path


def commit() -> str:
    """The commit measured, with a plus sign when files differ from it."""
    head = _git("rev-parse", "--short=12", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ":!benchmarks/results")
    return head + ("+" if changed else "")


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "CPU")
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} × {model}, {memory_gib:.0f} GiB, Python {platform.python_version()}"


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], capture_output=True, text=True, cwd=RESULTS.parent, check=False)
    return done.stdout.strip()


def _figure(value: float) -> str:
    return f"{value:,.3f}".rstrip("0").rstrip(".")
