"""Photos as pages show them: sizes that a job has made, never made while a page is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.templatetags.static import static

from common.photos.darkroom import SQUARE, WIDE
from common.photos.models import Photo, Rendition

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


class Made(NamedTuple):
    """A size of a photo that has been made: how Wagtail names it, its name in the storage, and its pixels."""

    filter_spec: str
    name: str
    width: int
    height: int

    @property
    def url(self) -> str:
        return Rendition._meta.get_field("file").storage.url(self.name)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """A photo with its sizes as a written query reads it. `own` is the name of the file that we encoded, or ''."""

    alt: str
    tiny: str
    own: str
    made: tuple[Made, ...]

    #: a photo (its table named `photo`) as JSON for `Shot.read`
    SQL = """
        json_build_object(
            'alt', COALESCE(NULLIF(photo.alt, ''), photo.title),
            'tiny', photo.tiny,
            'own', CASE WHEN photo.developed THEN photo.file ELSE '' END,
            'made', (
                SELECT json_agg(json_build_array(size.filter_spec, size.file, size.width, size.height))
                FROM photos_rendition AS size WHERE size.image_id = photo.id
            )
        )
    """

    @classmethod
    def read(cls, data: dict[str, Any]) -> "Shot":
        made = tuple(Made(*each) for each in data["made"] or ())
        return cls(alt=data["alt"], tiny=data["tiny"], own=data["own"], made=made)

    def picture(self, kind: str) -> Picture | None:
        """The photo in the sizes of its kind ('wide' or 'card'), or None while they are made."""
        return _shown(kind, self.made, self.alt, self.tiny)


def picture(photo: Photo | None, kind: str, *, drawing: str = "") -> Picture | None:
    """The photo in the made sizes of its kind ('wide' or 'card'); else the illustration; else None.

    Reads `photo.renditions`: prefetch `…photo__renditions` for many.
    """
    if photo is not None:
        made = [Made(row.filter_spec, row.file.name, row.width, row.height) for row in photo.renditions.all()]
        shown = _shown(kind, made, photo.default_alt_text, photo.tiny)
        if shown is not None:
            return shown
    if not drawing:
        return None
    side = 480
    address = static(f"img/illustrations/{drawing}.svg")
    return Picture(src=address, srcset="", width=side, height=side, alt="", is_drawing=True)


def _shown(kind: str, made: Iterable[Made], alt: str, tiny: str) -> Picture | None:
    by_spec, specs = {each.filter_spec: each for each in made}, KINDS[kind]
    webps = [each for spec in specs.values() if (each := by_spec.get(f"{spec}|{WEBP}"))]
    shown = by_spec.get(f"{specs[max(specs)]}|{JPEG}") or (webps[-1] if webps else None)
    if shown is None:
        return None
    return Picture(
        src=shown.url,
        srcset=", ".join(f"{each.url} {each.width}w" for each in webps),
        width=shown.width,
        height=shown.height,
        alt=alt,
        tiny=tiny,
        name=shown.name,
    )
