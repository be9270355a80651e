"""What must always be true of the catalogue's rows: yields the breaks it finds, as sentences for an operator."""

from collections.abc import Iterator

from common import dates
from farmers.models import Certificate, GrowingArea, Household
from shop.catalogue import rights
from shop.catalogue.models import Listing, Product


def breaks() -> Iterator[str]:
    """Codes of lower floors without a product, and listings on the market that may not be there."""
    yield from _codes(set(Product.objects.values_list("slug", flat=True)))
    yield from _listings()


def _codes(known: set[str]) -> Iterator[str]:
    papers = Certificate.objects.exclude(product_code__in=known)
    for certificate_id, code in papers.values_list("pk", "product_code"):
        yield f"certificate {certificate_id}: no product {code!r}"
    for area_id, code in GrowingArea.objects.exclude(crop_code__in=known).values_list("pk", "crop_code"):
        yield f"growing area {area_id}: no product {code!r}"
    for household_id, grows in Household.objects.values_list("pk", "grows"):
        for code in sorted(set(grows) - known):
            yield f"household {household_id}: grows no product {code!r}"


def _listings() -> Iterator[str]:
    rows = Listing.objects.filter(state=Listing.State.PUBLISHED).select_related(
        "product", "storefront__household"
    )
    for listing in rows.prefetch_related("packs", "photos"):
        if not any(pack.is_active for pack in listing.packs.all()):
            yield f"listing {listing.pk}: on the market without a pack"
        if not listing.photos.all():
            yield f"listing {listing.pk}: on the market without a photo"
        if not rights.may_use_name(listing.storefront.household, listing.product, dates.today()):
            yield f"listing {listing.pk}: has no right to the name of {listing.product.slug}"
