"""A photo of 12 megapixels to its three sizes, in the process that opens uploads: `python -m benchmarks.photo`.

What is counted is the processor time of that process, its start included, as seconds of one core: the middle one of
several turns. The photo is made up, of noise in several grains, so that it is as hard to encode as one of leaves.
"""

import io
import json
import random
import resource
import statistics
import sys
from collections.abc import Callable

import pillow_heif
from PIL import Image

from common.photos import darkroom
from common.photos.darkroom import SQUARE, WIDE

SIZE = (4032, 3024)
#: width of a grain in pixels → how much of it shows through
GRAINS = {512: 0.55, 96: 0.4, 16: 0.22, 3: 0.12}
TURNS = 5
JPEG_LIMIT_MS, HEIC_LIMIT_MS = 350, 1000


def rows(turns: int = TURNS) -> list[dict]:
    """Rows of {"name", "value", "unit", "goal", "ok"}; the last two are what a real upload takes, all ten files."""
    image = _scene()
    jpeg, heic = _encoded(image, "JPEG", quality=90), _heic(image)
    three = {"master": False, "wide": WIDE}
    everything = {"wide": WIDE, "square": SQUARE}
    return [
        _row("photo: 12 megapixels to three sizes", JPEG_LIMIT_MS, lambda: _ms(jpeg, turns, three)),
        _row("photo: 12 megapixels of HEIC to three sizes", HEIC_LIMIT_MS, lambda: _ms(heic, turns, three)),
        _row("photo: 12 megapixels to all it is kept in", None, lambda: _ms(jpeg, turns, everything)),
        _row("photo: 12 megapixels of HEIC to all it is kept in", None, lambda: _ms(heic, turns, everything)),
    ]


def _row(name: str, limit: int | None, measure: Callable[[], float]) -> dict:
    value = round(measure())
    return {
        "name": name,
        "value": value,
        "unit": "ms of one core",
        "goal": limit,
        "ok": limit is None or value <= limit,
    }


def _ms(file: bytes, turns: int, plan: dict) -> float:
    """Milliseconds of one core that the child process takes for one file, the median of so many turns."""
    return statistics.median(_once(file, plan) for _turn in range(turns)) * 1000


def _once(file: bytes, plan: dict) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    made = list(darkroom.develop(io.BytesIO(file), **plan))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if sum(each.name.startswith("wide") and each.form == "webp" for each in made) != len(WIDE):
        raise SystemExit("The photo has not come back in its three sizes.")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _scene() -> Image.Image:
    dice = random.Random(20)  # noqa: S311 - the same picture each time
    bands = []
    for _band in range(3):
        band = Image.new("L", SIZE, 128)
        for grain, strength in GRAINS.items():
            width, height = SIZE[0] // grain + 2, SIZE[1] // grain + 2
            noise = Image.frombytes("L", (width, height), dice.randbytes(width * height))
            band = Image.blend(band, noise.resize(SIZE, Image.Resampling.BICUBIC), strength)
        bands.append(band)
    return Image.merge("RGB", bands)


def _encoded(image: Image.Image, form: str, **how: int) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **how)
    return stream.getvalue()


def _heic(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    pillow_heif.from_pillow(image).save(stream, quality=60, enc_params={"preset": "superfast"})
    return stream.getvalue()


if __name__ == "__main__":
    for row in rows():
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
