"""Photos as pages show them: sizes that a job has made, never made while a page is written."""

from dataclasses import dataclass

from django.templatetags.static import static

from common.photos.darkroom import SQUARE, WIDE
from common.photos.models import Photo

#: kind → width in pixels → how Wagtail names that size
KINDS: dict[str, dict[int, str]] = {
    "wide": {width: f"width-{width}" for width in WIDE},
    "card": {side: f"fill-{side}x{side}" for side in SQUARE},
}
WEBP, JPEG = "format-webp", "format-jpeg|bgcolor-fff"


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """What an <img> needs; `srcset` (WebP) may be empty. A drawing stands in while the sizes are made."""

    src: str
    srcset: str
    width: int
    height: int
    alt: str
    #: base64 of a WebP of a few dozen bytes, or ''
    tiny: str = ""
    #: name in the storage of the file behind `src`, or '' for a drawing
    name: str = ""
    is_drawing: bool = False


def picture(photo: Photo | None, kind: str, *, drawing: str = "") -> Picture | None:
    """The photo in the made sizes of its kind ('wide' or 'card'); else the illustration; else None.

    Reads `photo.renditions`: prefetch `…photo__renditions` for many.
    """
    made = {row.filter_spec: row for row in photo.renditions.all()} if photo else {}
    specs = KINDS[kind]
    webps = [row for spec in specs.values() if (row := made.get(f"{spec}|{WEBP}"))]
    shown = made.get(f"{specs[max(specs)]}|{JPEG}") or (webps[-1] if webps else None)
    if shown is not None and photo is not None:
        return Picture(
            src=shown.url,
            srcset=", ".join(f"{row.url} {row.width}w" for row in webps),
            width=shown.width,
            height=shown.height,
            alt=photo.default_alt_text,
            tiny=photo.tiny,
            name=shown.file.name,
        )
    if not drawing:
        return None
    side = 480
    address = static(f"img/illustrations/{drawing}.svg")
    return Picture(src=address, srcset="", width=side, height=side, alt="", is_drawing=True)
