"""The folder of reference data in use: what makes it this province and not another."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings


def folder() -> Path:
    return Path(settings.PROVINCE_DIR)


@cache
def read(name: str) -> Any:
    """One JSON file of the province's folder, read once per process."""
    return json.loads((folder() / name).read_text(encoding="utf-8"))


def about() -> dict:
    """`province.json`: code, name, order_prefix, centre and what else the texts need."""
    return read("province.json")


def order_prefix() -> str:
    """Two letters before every order number of this province, for example 'XL'."""
    return about()["order_prefix"]


@cache
def holidays() -> frozenset[str]:
    """ISO dates on which nobody works."""
    return frozenset(read("holidays.json")["days"])
