"""What a file says of itself in its first boxes: kind and size, read in microseconds. Nothing is decoded here.

A header can lie; whoever decodes (`decode.py`) looks again. This is for answering the sender at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from common.photos.errors import BrokenPhoto, NotAPhoto

HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
#: more boxes or segments than any camera writes: somebody wants to keep us busy
MOST_PARTS = 1000
#: JPEG's start-of-frame markers; C4, C8 and CC between them are something else
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
BARE = frozenset({0x01, *range(0xD0, 0xD9)})
SCAN, END = 0xDA, b"\xff\xd9"


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """`kind` is JPEG, PNG, WEBP or HEIF; width and height in pixels, before any turning."""

    kind: str
    width: int
    height: int


def read(raw: bytes) -> Header:
    """The kind by the first bytes and the size by the header. Raises NotAPhoto, BrokenPhoto (cut short)."""
    if raw.startswith(b"\xff\xd8\xff"):
        kind, size = "JPEG", _jpeg(raw)
    elif raw.startswith(b"\x89PNG\r\n\x1a\n"):
        kind, size = "PNG", _png(raw)
    elif raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        kind, size = "WEBP", _webp(raw)
    elif raw[4:8] == b"ftyp" and raw[8:12] in HEIF_BRANDS:
        kind, size = "HEIF", _heif(raw)
    else:
        raise NotAPhoto
    return Header(kind=kind, width=size[0], height=size[1])


def _number(raw: bytes, start: int, length: int) -> int:
    if start + length > len(raw):
        raise BrokenPhoto
    return int.from_bytes(raw[start : start + length], "big")


def _jpeg(raw: bytes) -> tuple[int, int]:
    """Walk over the segments to the frame's; the picture must also come to its end mark."""
    place, size = 2, None
    for _part in range(MOST_PARTS):
        while _number(raw, place, 2) == 0xFFFF:
            place += 1
        if raw[place] != 0xFF:
            raise BrokenPhoto
        marker = raw[place + 1]
        if marker == SCAN:
            break
        if marker in FRAMES:
            size = _number(raw, place + 7, 2), _number(raw, place + 5, 2)
        place += 2 if marker in BARE else 2 + _number(raw, place + 2, 2)
    if size is None or raw.rfind(END, place) < 0:
        raise BrokenPhoto
    return size


def _png(raw: bytes) -> tuple[int, int]:
    if raw[12:16] != b"IHDR" or raw.rfind(b"IEND") < 24:
        raise BrokenPhoto
    return _number(raw, 16, 4), _number(raw, 20, 4)


def _webp(raw: bytes) -> tuple[int, int]:
    """Three kinds of first chunk: lossy, lossless, extended."""
    if int.from_bytes(raw[4:8], "little") + 8 > len(raw) or len(raw) < 30:
        raise BrokenPhoto
    chunk = raw[12:16]
    if chunk == b"VP8 ":
        return int.from_bytes(raw[26:28], "little") & 0x3FFF, int.from_bytes(raw[28:30], "little") & 0x3FFF
    if chunk == b"VP8L":
        bits = int.from_bytes(raw[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8X":
        return int.from_bytes(raw[24:27], "little") + 1, int.from_bytes(raw[27:30], "little") + 1
    raise BrokenPhoto


def _heif(raw: bytes) -> tuple[int, int]:
    """The largest size among the properties: the tiles and thumbnails of a photo have smaller ones.

    A HEIF file without an HEVC picture (AVIF, for one) is none of ours.
    """
    top = dict(_boxes(raw, 0, len(raw)))
    if b"meta" not in top:
        raise BrokenPhoto
    start, end = top[b"meta"]
    inside = dict(_boxes(raw, start + 4, end))
    properties = dict(_boxes(raw, *inside[b"iprp"])) if b"iprp" in inside else {}
    found = list(_boxes(raw, *properties[b"ipco"])) if b"ipco" in properties else []
    if not any(name == b"hvcC" for name, _span in found):
        raise NotAPhoto
    sizes = [
        (_number(raw, span[0] + 4, 4), _number(raw, span[0] + 8, 4))
        for name, span in found
        if name == b"ispe"
    ]
    if not sizes:
        raise BrokenPhoto
    return max(sizes, key=lambda size: size[0] * size[1])


def _boxes(raw: bytes, start: int, end: int) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """(name, (start, end) of the content) of each box in that stretch. Raises BrokenPhoto when one is cut short."""
    for _part in range(MOST_PARTS):
        if start + 8 > end:
            return
        size, head = _number(raw, start, 4), 8
        if size == 1:
            size, head = _number(raw, start + 8, 8), 16
        elif size == 0:
            size = end - start
        if size < head or start + size > end:
            raise BrokenPhoto
        yield raw[start + 4 : start + 8], (start + head, start + size)
        start += size
    raise BrokenPhoto
