"""Plug-ins are found by Python entry points; ours are registered exactly as a stranger's."""

from functools import cache
from importlib.metadata import entry_points
from typing import Any


@cache
def load(group: str) -> dict[str, Any]:
    """Name → loaded object of every entry point in `cho_xu_lang.<group>`, sorted by name."""
    found = entry_points(group=f"cho_xu_lang.{group}")
    return {point.name: point.load() for point in sorted(found, key=lambda point: point.name)}
