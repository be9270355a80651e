"""The site's own letters, for words drawn into pictures."""

from functools import lru_cache

from django.conf import settings
from PIL import ImageFont

#: how finely lines are made even, in pixels
STEP = 12


@lru_cache(maxsize=32)
def font(weight: int, size: int) -> ImageFont.FreeTypeFont:
    """Be Vietnam Pro in weight 400 or 600, `size` in pixels."""
    return ImageFont.truetype(settings.BASE_DIR / "static" / "fonts" / f"be-vietnam-pro-{weight}.woff2", size)


def lines(words: str, face: ImageFont.FreeTypeFont, width: int, most: int) -> list[str]:
    """The words in at most so many lines of that width in pixels; what does not fit ends in '…'.

    A word that would stand alone in the last line takes others along.
    """
    made = _broken(words, face, width)
    if len(made) > most or any(face.getlength(line) > width for line in made):
        kept = made[:most]
        kept[-1] = _cut(kept[-1], face, width, more=len(made) > most)
        return [line if face.getlength(line) <= width else _cut(line, face, width) for line in kept]
    if len(made) < 2 or " " in made[-1]:
        return made
    for narrower in range(width - STEP, width // 2, -STEP):
        even = _broken(words, face, narrower)
        if len(even) > len(made) or any(face.getlength(line) > narrower for line in even):
            break
        made = even
    return made


def _broken(words: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """As many words in each line as it takes; a word alone may be longer."""
    made: list[str] = []
    for word in words.split():
        longer = f"{made[-1]} {word}" if made else word
        if made and face.getlength(longer) <= width:
            made[-1] = longer
        else:
            made.append(word)
    return made


def _cut(line: str, face: ImageFont.FreeTypeFont, width: int, *, more: bool = True) -> str:
    """The line with '…' behind it, when `more` is left out or it is too long."""
    if not more and face.getlength(line) <= width:
        return line
    while line and face.getlength(line + "…") > width:
        line = line[:-1].rstrip()
    return line + "…"
