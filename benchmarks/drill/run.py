"""One part of the drill in a process of its own: `python -m benchmarks.drill.run <part> <kills> <seed>`.

Django can be set up once in a process, and each part has a database of its own; so the parent reads what a
part found from `figures.json` in the part's folder.
"""

import json
import os
import sys
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path

import django

from benchmarks.drill import place
from benchmarks.drill.goals import GOALS
from benchmarks.goals import Figures

GROUND = "ground"
#: parts whose function stands in a module of another name
MODULES = {"commit": "lost_commit", "gateways": "liars"}


@dataclass(frozen=True, slots=True)
class Task:
    """Where a part runs and how much it does."""

    folder: Path
    url: str
    settings: dict[str, str]
    kills: int
    seed: int


def main(part: str, kills: int, seed: int) -> int:
    mine = place.folder() / part
    keys = {name: os.environ[name] for name in ("SECRET_KEY", "FIELD_KEYS")}
    if part == GROUND:
        with place.empty_database(mine) as url:
            _set_up(mine, keys, url)
            import_module("django.core.management").call_command("migrate", verbosity=0)
            import_module("benchmarks.drill.ground").fill()
        return 0
    figures = Figures(GOALS)
    with place.database(place.folder() / GROUND, mine) as url:
        settings = _set_up(mine, keys, url)
        drill = import_module(f"benchmarks.drill.{MODULES.get(part, part)}").drill
        try:
            drill(Task(mine, url, settings, kills, seed), figures)
        finally:
            found = {"rows": [asdict(row) for row in figures.known()], "wrong": figures.wrong}
            (mine / "figures.json").write_text(json.dumps(found, ensure_ascii=False))
    return 0


def _set_up(mine: Path, keys: dict[str, str], url: str) -> dict[str, str]:
    settings = place.environment(mine, keys)
    os.environ.update({**settings, "DATABASE_URL": url})
    django.setup()
    return settings


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
