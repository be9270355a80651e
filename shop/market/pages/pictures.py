"""Photos as pages show them: only sizes that the background job has made already, never made in a request."""

from dataclasses import dataclass

from shop.catalogue.models import Listing
from shop.search.build import made


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """One photo for the gallery, large and as a thumb; `webp` may be empty."""

    alt: str
    large: dict
    thumb: dict


def gallery(listing: Listing) -> list[Picture]:
    """The listing's photos in their order. Two queries; one that is still waiting for its sizes is left out."""
    rows = listing.photos.select_related("photo").prefetch_related("photo__renditions").order_by("position")
    found = []
    for row in rows:
        large, thumb = made(row.photo, 1200), made(row.photo, 240)
        if large:
            found.append(Picture(alt=row.photo.default_alt_text, large=large, thumb=thumb))
    return found
