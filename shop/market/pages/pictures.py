"""A listing's photos for its gallery: only sizes that the background job has made, never made in a request."""

from collections.abc import Iterable
from dataclasses import dataclass

from common.photos.pictures import Picture, Shot


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """One photo, large and as a thumb."""

    large: Picture
    thumb: Picture


def gallery(shots: Iterable[Shot]) -> list[Frame]:
    """The photos in their order; one that still waits for its sizes is left out."""
    frames = []
    for shot in shots:
        large, thumb = shot.picture("wide"), shot.picture("card")
        if large and thumb:
            frames.append(Frame(large=large, thumb=thumb))
    return frames
