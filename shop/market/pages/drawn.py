"""A folder of drawn pictures that cannot grow: one version of each thing, and so many things."""

import os
from hashlib import blake2b
from pathlib import Path
from uuid import uuid4

from django.conf import settings

#: 256 folders of so many pictures of about 90 KB: less than two gigabytes
MOST_A_FOLDER = 80


def find(name: str, version: str) -> Path | None:
    """The drawn picture of that thing in that version, if it is there."""
    path = _path(name, version)
    return path if path.exists() else None


def keep(name: str, version: str, data: bytes) -> None:
    """Store it instead of its earlier versions; in a full folder the oldest picture makes room."""
    path = _path(name, version)
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob(f"{path.stem.rpartition('-')[0]}-*.jpg"):
        old.unlink(missing_ok=True)
    _make_room(path.parent)
    fresh = path.with_name(f".{uuid4().hex}")
    fresh.write_bytes(data)
    os.replace(fresh, path)


def _path(name: str, version: str) -> Path:
    stem = blake2b(name.encode(), digest_size=10).hexdigest()
    return Path(settings.DATA_DIR) / "share" / stem[:2] / f"{stem}-{version}.jpg"


def _make_room(folder: Path) -> None:
    """What was drawn longest ago goes; what somebody else took away meanwhile is no matter."""
    with os.scandir(folder) as entries:
        kept = sorted((entry.stat().st_mtime_ns, entry.path) for entry in entries if entry.is_file())
    for _time, path in kept[: max(0, len(kept) + 1 - MOST_A_FOLDER)]:
        Path(path).unlink(missing_ok=True)
