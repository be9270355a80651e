"""Draws the picture that stands for a page where it is shared: 1200 × 630, a photo or a drawing, and a few words."""

import io
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import IO

from django.contrib.staticfiles import finders
from PIL import Image, ImageDraw, ImageOps

from common.photos.lettering import font, lines

WIDTH, HEIGHT = 1200, 630
QUALITY = 84
#: left of it the picture, right of it the words; below both the woven band
PICTURE_W, BAND_H = 560, 48
TEXT_X, TEXT_W = 616, 528
CREAM, GROUND, LIT = (251, 248, 241), (243, 239, 227), (253, 251, 244)
FOREST, LIME, PERSIMMON, MAIZE = (29, 69, 38), (185, 207, 106), (200, 67, 31), (224, 168, 74)
INK, SOFT = (34, 38, 31), (91, 97, 87)
#: size of the heading in pixels and its lines, the largest that fits first
HEADINGS = ((66, 2), (56, 3), (46, 4))
#: what the cut fonts can draw; an emoji in a title is left out rather than drawn as a box
UNKNOWN = re.compile(
    r"[^\u0020-\u007e\u00a0-\u00ff\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1"
    r"\u01af\u01b0\u1ea0-\u1ef9\u2010-\u2015\u2018-\u201e\u2022\u2026\u20ab]"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What stands beside the picture, from top to bottom; '' is left out. `price` is written large, `per` small."""

    brand: str
    title: str
    #: one line each
    places: tuple[str, ...] = ()
    before: str = ""
    price: str = ""
    per: str = ""


def draw(words: Words, photo: IO[bytes] | None, drawing: str) -> bytes:
    """A JPEG. `photo` is an opened file of ours; `drawing` the name of an illustration, used without one."""
    paper = Image.new("RGB", (WIDTH, HEIGHT), CREAM)
    paper.paste(_picture(photo, drawing), (0, 0))
    paper.paste(_band(), (0, HEIGHT - BAND_H))
    _write(paper, words)
    stream = io.BytesIO()
    paper.save(stream, "JPEG", quality=QUALITY, optimize=True)
    return stream.getvalue()


def _picture(photo: IO[bytes] | None, drawing: str) -> Image.Image:
    size = (PICTURE_W, HEIGHT - BAND_H)
    if photo is not None:
        image = Image.open(photo, formats=("JPEG", "WEBP"))
        image.draft("RGB", size)
        return ImageOps.fit(image.convert("RGB"), size, Image.Resampling.BICUBIC)
    image = _drawing(drawing)
    if image.mode == "RGB":
        return ImageOps.fit(image, size, Image.Resampling.BICUBIC)
    ground = _ground(size).copy()
    ground.paste(image, ((size[0] - image.width) // 2, (size[1] - image.height) // 2), image)
    return ground


@lru_cache(maxsize=40)
def _drawing(name: str) -> Image.Image:
    """Painted once by `make drawings`. A drawing that a province added since then is the basket of everybody's."""
    path = finders.find(f"img/share/{name}.webp") or finders.find("img/share/anh-ro-na.webp")
    image = Image.open(str(path), formats=("WEBP",))
    image.load()
    return image


@lru_cache(maxsize=1)
def _ground(size: tuple[int, int]) -> Image.Image:
    """Lit from the upper left, as behind a drawing on a page."""
    mask = Image.radial_gradient("L").resize((size[0] * 2, size[1] * 2), Image.Resampling.BILINEAR)
    mask = mask.crop((size[0] * 3 // 5, size[1] * 3 // 5, size[0] * 8 // 5, size[1] * 8 // 5))
    return Image.composite(Image.new("RGB", size, GROUND), Image.new("RGB", size, LIT), mask)


@lru_cache(maxsize=1)
def _band() -> Image.Image:
    """The woven band: the tile of the style sheet, four times as large, drawn large and shrunk to be smooth."""
    scale, tile = 16, Image.new("RGB", (28 * 16, 12 * 16), FOREST)
    pen = ImageDraw.Draw(tile)

    def diamond(x: float, half: float, colour: tuple[int, int, int]) -> None:
        points = ((x - half, 6), (x, 6 - half), (x + half, 6), (x, 6 + half))
        pen.polygon([(a * scale, b * scale) for a, b in points], fill=colour)

    for x, colours in ((7, (LIME, FOREST, CREAM)), (21, (PERSIMMON, CREAM, PERSIMMON))):
        for half, colour in zip((6, 3.4, 1.8), colours, strict=True):
            diamond(x, half, colour)
    for x in (0, 14, 28):
        for edge, tip in ((0, 2.4), (12, 9.6)):
            corners = ((x - 2, edge), (x + 2, edge), (x, tip))
            pen.polygon([(a * scale, b * scale) for a, b in corners], fill=MAIZE)
    tile = tile.resize((28 * BAND_H // 12, BAND_H), Image.Resampling.LANCZOS)
    band = Image.new("RGB", (WIDTH, BAND_H), FOREST)
    for left in range(0, WIDTH, tile.width):
        band.paste(tile, (left, 0))
    return band


def _write(paper: Image.Image, words: Words) -> None:
    """Brand above, price below, the heading and its place in the middle of what is left."""
    pen = ImageDraw.Draw(paper)
    mark = _drawing("mark").resize((60, 60), Image.Resampling.LANCZOS)
    paper.paste(mark, (TEXT_X - 4, 44), mark)
    pen.text((TEXT_X + 68, 74), words.brand, font=font(600, 32), fill=FOREST, anchor="lm")
    low = HEIGHT - BAND_H - 44
    if words.price:
        low = _write_price(pen, words, low)
    heading, size = _heading(drawable(words.title))
    face = font(400, 30)
    places = [line for each in words.places for line in lines(drawable(each), face, TEXT_W, 1)]
    step = round(size * 1.2)
    tall = len(heading) * step + 20 + len(places) * 42
    top = 124 + max(0, low - 124 - tall) // 2
    for line in heading:
        pen.text((TEXT_X, top), line, font=font(600, size), fill=INK)
        top += step
    top += 20
    for line in places:
        pen.text((TEXT_X, top), line, font=face, fill=SOFT)
        top += 42


def _write_price(pen: ImageDraw.ImageDraw, words: Words, low: int) -> int:
    """The line of the price on its foot; how far down the rest may reach comes back."""
    x: float = TEXT_X
    for text, weight, size, colour in (
        (words.before, 400, 32, SOFT),
        (words.price, 600, 66, FOREST),
        (words.per, 400, 34, SOFT),
    ):
        if text:
            face = font(weight, size)
            pen.text((x, low), text, font=face, fill=colour, anchor="ls")
            x += face.getlength(text) + (14 if text == words.before else 4)
    return low - 96


def _heading(title: str) -> tuple[list[str], int]:
    """The title in lines, and its size: the largest in which all of it fits."""
    for size, most in HEADINGS:
        found = lines(title, font(600, size), TEXT_W, most)
        if not found or not found[-1].endswith("…"):
            return found, size
    return found, size


def drawable(text: str) -> str:
    """Only letters that the fonts have, composed as they have them."""
    return UNKNOWN.sub("", unicodedata.normalize("NFC", text))
