"""A listing's photos for its gallery: only sizes that the background job has made, never made in a request."""

from dataclasses import dataclass

from common.photos.models import Photo
from common.photos.pictures import Picture, picture
from shop.catalogue.models import Listing


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """One photo, large and as a thumb."""

    photo: Photo
    large: Picture
    thumb: Picture


def gallery(listing: Listing) -> list[Frame]:
    """The listing's photos in their order. Two queries; one that still waits for its sizes is left out."""
    rows = listing.photos.select_related("photo").prefetch_related("photo__renditions").order_by("position")
    frames = []
    for row in rows:
        large, thumb = picture(row.photo, "wide"), picture(row.photo, "card")
        if large and thumb:
            frames.append(Frame(photo=row.photo, large=large, thumb=thumb))
    return frames
