"""What stands in for a photo of which there are no pixels (yet): a plain tile with a few words."""

import io
from functools import lru_cache

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from django.utils.translation import override
from PIL import Image, ImageDraw

from common.photos.lettering import font, lines

SIZE = (640, 480)
#: large enough to be read on a thumb of the tile
LETTERS = 76
GROUND, INK = (243, 239, 227), (91, 97, 87)


def waiting() -> ContentFile:
    """The tile of a photo that a job will open."""
    with override("vi"):
        return ContentFile(_tile(_("Ảnh đang được xử lý")), name="cho.png")


def refused() -> ContentFile:
    """The tile of a photo that could not be opened."""
    with override("vi"):
        return ContentFile(_tile(_("Ảnh này không mở được")), name="hong.png")


@lru_cache(maxsize=4)
def _tile(words: str) -> bytes:
    image = Image.new("RGB", SIZE, GROUND)
    draw = ImageDraw.Draw(image)
    face = font(600, LETTERS)
    text = "\n".join(lines(words, face, SIZE[1] - 2 * LETTERS // 3, 3))
    draw.multiline_text((SIZE[0] / 2, SIZE[1] / 2), text, font=face, fill=INK, anchor="mm", align="center")
    stream = io.BytesIO()
    image.quantize(16).save(stream, "PNG", optimize=True)
    return stream.getvalue()
