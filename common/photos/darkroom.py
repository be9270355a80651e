"""Sends a file to the child process that decodes it (`decode.py`) and takes the prints that come back.

Neither the file nor the prints ever fill this process: both go through temporary files.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO

import PIL

from common.photos.errors import BrokenPhoto, refusal

CHILD = Path(__file__).with_name("decode.py")
LIBRARY = str(Path(PIL.__file__).parent.parent)
PATIENCE_S = 12
#: widths and sides in pixels that pages take, smallest first: a gallery 360 to 620 px wide, a card 158 to 280, on
#: screens of one, two and three dots a pixel
WIDE, SQUARE = (320, 768, 1280), (160, 320, 480)
#: one arena: the limit of memory is on addresses, and each thread's arena would take 64 MiB of them
ENVIRONMENT = {"MALLOC_ARENA_MAX": "1"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Print:
    """One encoded picture: `name` is 'master', 'tiny', 'wide-320', 'square-480' …, `form` its file ending."""

    name: str
    form: str
    width: int
    height: int
    data: bytes


def develop(
    source: IO[bytes],
    *,
    master: bool = True,
    wide: Sequence[int] = (),
    square: Sequence[int] = (),
    focus: tuple[int, int] | None = None,
) -> Iterator[Print]:
    """The prints of a file one after the other. Raises a PhotoRefused, and then there is no print at all.

    `wide` are widths and `square` sides in pixels, small to large; `focus` is a point of the file in pixels.
    """
    plan = json.dumps({"master": master, "wide": list(wide), "square": list(square), "focus": focus})
    command = [sys.executable, "-I", "-S", str(CHILD), plan, LIBRARY]
    with TemporaryFile() as into, TemporaryFile() as out:
        source.seek(0)
        copyfileobj(source, into)
        into.seek(0)
        try:
            done = subprocess.run(
                command,
                stdin=into,
                stdout=out,
                stderr=subprocess.DEVNULL,
                timeout=PATIENCE_S,
                check=False,
                env=ENVIRONMENT,
            )
        except subprocess.TimeoutExpired:
            raise BrokenPhoto from None
        out.seek(0)
        if done.returncode != 0:
            raise refusal(_reason(out))
        end = os.fstat(out.fileno()).st_size
        while out.tell() < end:
            yield _print(out)


def _reason(out: IO[bytes]) -> str:
    _refused, _space, reason = out.readline(80).decode("ascii", "replace").strip().partition(" ")
    return reason


def _print(out: IO[bytes]) -> Print:
    try:
        name, form, *numbers = out.readline(80).decode("ascii").split()
        width, height, size = (int(each) for each in numbers)
    except ValueError:
        raise BrokenPhoto from None
    data = out.read(size)
    if len(data) != size:
        raise BrokenPhoto
    return Print(name=name, form=form, width=width, height=height, data=data)
