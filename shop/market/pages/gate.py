"""What the public may see of a household's goods: one place that decides."""

from django.db.models import QuerySet
from django.http import Http404

from farmers.models import Household, Storefront
from shop.catalogue.models import Listing


def storefronts() -> QuerySet[Storefront]:
    """Storefronts of verified households, with household and commune."""
    rows = Storefront.objects.filter(household__state=Household.State.VERIFIED)
    return rows.select_related("household__commune", "photo")


def storefront_or_404(slug: str) -> Storefront:
    found = storefronts().filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def listing_or_404(storefront_slug: str, slug: str) -> Listing:
    """A published or paused listing of a verified household, with product, household and commune."""
    rows = Listing.objects.filter(
        storefront__slug=storefront_slug,
        slug=slug,
        state__in=[Listing.State.PUBLISHED, Listing.State.PAUSED],
        storefront__household__state=Household.State.VERIFIED,
    )
    found = rows.select_related("product__category", "storefront__household__commune", "storefront__photo").first()
    if found is None:
        raise Http404
    return found
