"""Frozen values that farmers hand to the doors."""

from dataclasses import dataclass

from common.photos.pictures import Shot
from farmers.models import Certificate, Storefront


@dataclass(frozen=True, kw_only=True, slots=True)
class StorefrontSheet:
    """What a storefront's page shows of it: `papers` are the verified ones, also those that do not count today."""

    storefront: Storefront
    papers: tuple[Certificate, ...]
    #: of all growing areas
    area_m2: int
    photo: Shot | None
