"""The named points of the acts of money and goods, as they stand in the code."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("common", "accounts", "farmers", "payments", "shop", "cms", "config")


@cache
def everywhere() -> tuple[str, ...]:
    """Every name that `steer` is called with, sorted."""
    return tuple(sorted({name for path in _files() for name in _named(path)}))


def _files() -> Iterator[Path]:
    for floor in FLOORS:
        yield from (ROOT / floor).rglob("*.py")


def _named(path: Path) -> Iterator[str]:
    text = path.read_text()
    if "steer(" not in text:
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "steer" and node.args:
            yield ast.literal_eval(node.args[0])
