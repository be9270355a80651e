"""Frozen values that the catalogue hands to the doors."""

from dataclasses import dataclass

from common.photos.pictures import Shot
from farmers.models import Certificate
from shop.catalogue.models import Listing, Pack


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingSheet:
    """What a listing's page shows of it. `listing` comes with storefront, household and commune, without its product.

    `packs` are those on sale, `papers` the verified ones for its product, also those that do not count today.
    """

    listing: Listing
    packs: tuple[Pack, ...]
    papers: tuple[Certificate, ...]
    photos: tuple[Shot, ...]
