"""The site's own letters, for words drawn into pictures."""

from functools import lru_cache

from django.conf import settings
from PIL import ImageFont


@lru_cache(maxsize=32)
def font(weight: int, size: int) -> ImageFont.FreeTypeFont:
    """Be Vietnam Pro in weight 400 or 600, `size` in pixels."""
    return ImageFont.truetype(settings.BASE_DIR / "static" / "fonts" / f"be-vietnam-pro-{weight}.woff2", size)


def lines(words: str, face: ImageFont.FreeTypeFont, width: int, most: int) -> list[str]:
    """The words in at most so many lines of that width in pixels; what does not fit ends in '…'."""
    made, line = [], ""
    rest = words.split()
    while rest:
        longer = f"{line} {rest[0]}".strip()
        if line and face.getlength(longer) > width:
            made.append(line)
            line = ""
            continue
        line = longer
        rest.pop(0)
    made.append(line)
    return [*made[: most - 1], _cut(made[most - 1 :], face, width)] if made[0] else []


def _cut(lines_left: list[str], face: ImageFont.FreeTypeFont, width: int) -> str:
    """The last line that may be used, shortened when something must be left out or a word is too long."""
    line = lines_left[0] if lines_left else ""
    if len(lines_left) < 2 and face.getlength(line) <= width:
        return line
    while line and face.getlength(line + "…") > width:
        line = line[:-1].rstrip()
    return line + "…"
