"""In production nobody can make a process fall: there is nothing that listens."""

import ast
import json
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

from benchmarks.drill import points
from benchmarks.drill.inside import fall
from tests.config.test_settings import start

ROOT = Path(__file__).resolve().parents[2]
LISTENERS = "from common import steer; import json; print(json.dumps(sorted(steer._listeners)))"


def test_production_has_no_listener_whatever_the_environment_says(django_db_setup, tmp_path):
    for point in points.everywhere():
        fall.lay(tmp_path, "web", point)
    said = start(
        ["shell", "--no-imports", "-c", LISTENERS], DATA_DIR=str(tmp_path), PROCESS="web", STEER_KILL="all"
    )
    assert json.loads(said.stdout.splitlines()[-1]) == [], said.stderr


def test_nothing_that_is_installed_listens_or_reads_the_environment_there():
    for floor in points.FLOORS:
        for path in (ROOT / floor).rglob("*.py"):
            calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
            names = {ast.unparse(node.func) for node in calls}
            assert not {"listen", "steer.listen"} & names, path
    assert "environ" not in (ROOT / "common" / "steer.py").read_text()
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]
    assert not any("benchmarks".startswith(each.rstrip("*")) for each in packages["include"])


def test_a_point_costs_nothing_that_a_person_could_notice():
    measure = (
        "import timeit; from common.steer import steer;"
        "print(min(timeit.repeat(lambda: steer('after:stock.reserve'), number=100_000, repeat=5)) / 100_000)"
    )
    took_s = float(
        subprocess.run([sys.executable, "-c", measure], cwd=ROOT, capture_output=True, check=True).stdout
    )
    assert took_s < 0.000_005


def test_one_process_falls_where_a_trap_lies_and_the_next_one_passes(tmp_path):
    grave = fall.lay(tmp_path, "web", "after:x")
    code = (
        "import sys; from pathlib import Path; from benchmarks.drill.inside import fall;"
        "fall.pass_by(Path(sys.argv[1]), sys.argv[2], 'after:x')"
    )

    def passes(process: str) -> int:
        return subprocess.run(
            [sys.executable, "-c", code, str(tmp_path), process], cwd=ROOT, check=False
        ).returncode

    assert (passes("worker"), grave.exists()) == (0, False)
    assert (passes("web"), grave.exists()) == (-signal.SIGKILL, True)
    assert passes("web") == 0
