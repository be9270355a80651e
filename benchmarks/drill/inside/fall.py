"""A process that passes a point at which it was told to fall kills itself, as the kernel or a power cut would.

The drill lays a trap: an empty file `traps/<process>:<point>`. Who passes first takes it away and falls; it
leaves `fallen/<process>:<point>` with its process id.
"""

import os
import signal
from pathlib import Path


def trap_of(folder: Path, process: str, point: str) -> Path:
    return folder / "traps" / f"{process}:{point}"


def grave_of(folder: Path, process: str, point: str) -> Path:
    return folder / "fallen" / f"{process}:{point}"


def lay(folder: Path, process: str, point: str) -> Path:
    """Whichever process of that kind passes the point next falls there; the file it will leave comes back."""
    trap, grave = trap_of(folder, process, point), grave_of(folder, process, point)
    for path in (trap, grave):
        path.parent.mkdir(parents=True, exist_ok=True)
    grave.unlink(missing_ok=True)
    trap.touch()
    return grave


def pass_by(folder: Path, process: str, point: str) -> None:
    """Fall, if a trap lies here; only one of several falls."""
    try:
        trap_of(folder, process, point).unlink()
    except FileNotFoundError:
        return
    grave_of(folder, process, point).write_text(str(os.getpid()))
    os.kill(os.getpid(), signal.SIGKILL)
