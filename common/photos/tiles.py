"""What stands in for a photo of which there are no pixels (yet): a plain tile with a few words."""

import io
from functools import lru_cache

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from django.utils.translation import override
from PIL import Image, ImageDraw

from common.photos.lettering import font

SIZE = (640, 480)
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
    draw.text((SIZE[0] / 2, SIZE[1] / 2), words, font=font(600, 36), fill=INK, anchor="mm")
    stream = io.BytesIO()
    image.quantize(16).save(stream, "PNG", optimize=True)
    return stream.getvalue()
