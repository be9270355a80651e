"""Photos as pages show them: sizes that a job has made, never made while a page is written."""

from dataclasses import dataclass

from django.templatetags.static import static

from common.photos.models import Photo, Rendition
from common.photos.signals import photo_ready

#: kind → widths of its sizes, smallest first; a square is cut round the focal point
WIDE = {width: f"width-{width}" for width in (320, 640, 1280)}
SQUARE = {width: f"fill-{width}x{width}" for width in (240, 480)}
KINDS: dict[str, dict[int, str]] = {"wide": WIDE, "card": SQUARE}
SPECS = tuple(
    [f"{spec}|format-webp" for spec in (*WIDE.values(), *SQUARE.values())]
    + [f"{spec}|format-jpeg|bgcolor-fff" for spec in (WIDE[1280], *SQUARE.values())]
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """What an <img> needs; `srcset` (WebP) may be empty. A drawing stands in while the sizes are made."""

    src: str
    srcset: str
    width: int
    height: int
    alt: str
    is_drawing: bool = False


def picture(photo: Photo | None, kind: str, *, drawing: str = "") -> Picture | None:
    """The photo in the made sizes of its kind ('wide' or 'card'); else the illustration; else None.

    Reads `photo.renditions`: prefetch `…photo__renditions` for many.
    """
    made = {row.filter_spec: row for row in photo.renditions.all()} if photo else {}
    specs = KINDS[kind]
    webps = [row for spec in specs.values() if (row := made.get(f"{spec}|format-webp"))]
    jpegs = [row for spec in specs.values() if (row := made.get(f"{spec}|format-jpeg|bgcolor-fff"))]
    shown = jpegs[-1] if jpegs else webps[-1] if webps else None
    if shown is not None and photo is not None:
        return Picture(
            src=shown.url,
            srcset=", ".join(f"{row.url} {row.width}w" for row in _distinct(webps)),
            width=shown.width,
            height=shown.height,
            alt=photo.default_alt_text,
        )
    if not drawing:
        return None
    side = 480
    address = static(f"img/illustrations/{drawing}.svg")
    return Picture(src=address, srcset="", width=side, height=side, alt="", is_drawing=True)


def make(photo: Photo) -> None:
    """Make all sizes of a photo; what is made already is left. Run by the job, never in a page view."""
    photo.get_renditions(*SPECS)
    if Photo.objects.filter(pk=photo.pk, waiting=True).update(waiting=False):
        photo_ready.send(Photo, photo_id=photo.pk)


def _distinct(rows: list[Rendition]) -> list[Rendition]:
    """A small original is not enlarged, so several sizes may be the same."""
    return list({row.width: row for row in rows}.values())
