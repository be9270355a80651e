"""The read side: whose listing is whose, what the public may see, what waits for approval."""

import hashlib
import json

from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Coalesce

from accounts.models import User
from common import prepared
from common.photos.pictures import Shot
from farmers import queries as farmers
from farmers.models import Household
from shop.catalogue.errors import NotYours
from shop.catalogue.models import Listing, Pack, Product
from shop.catalogue.values import ListingSheet

State = Listing.State

# Those of `public_listings`, written out since the ORM takes ten times as long to build it.
LISTING = f"""
    SELECT {farmers.SHOWN},
        listing.id, listing.storefront_id, listing.product_id, listing.grade, listing.slug, listing.title,
        listing.text, listing.state,
        (
            SELECT json_agg(
                json_build_array(pack.id, pack.label, pack.net_qty, pack.gross_g, pack.price_vnd)
                ORDER BY pack.position, pack.net_qty, pack.id
            )
            FROM catalogue_pack AS pack WHERE pack.listing_id = listing.id AND pack.is_active
        ),
        (
            {farmers.PAPERS}
            AND paper.product_code = (SELECT slug FROM catalogue_product WHERE id = listing.product_id)
        ),
        (
            SELECT json_agg({Shot.SQL} ORDER BY shown.position, shown.id)
            FROM catalogue_listingphoto AS shown JOIN photos_photo AS photo ON photo.id = shown.photo_id
            WHERE shown.listing_id = listing.id
        )
    FROM {farmers.SHOWN_FROM} JOIN catalogue_listing AS listing ON listing.storefront_id = storefront.id
    WHERE household.state = 'verified' AND listing.state IN ('published', 'paused')
        AND storefront.slug = %s AND listing.slug = %s
"""  # noqa: S608 - made of constants


def access_listing(user: User, listing_id: int) -> Listing:
    """A listing of one of the person's households, with product, storefront and household. Raises NotYours."""
    rows = Listing.objects.filter(pk=listing_id, storefront__household__memberships__user_id=user.pk or 0)
    found = rows.select_related("product__category", "storefront__household__commune").first()
    if found is None:
        raise NotYours
    return found


def public_listings() -> QuerySet[Listing]:
    """Published and paused listings of verified households, with what a page needs."""
    rows = Listing.objects.filter(
        state__in=[State.PUBLISHED, State.PAUSED], storefront__household__state=Household.State.VERIFIED
    )
    return rows.select_related("product__category", "storefront__household__commune", "storefront__photo")


def public_listing(storefront_slug: str, listing_slug: str) -> Listing:
    """A listing the public may see. Raises NotYours."""
    found = public_listings().filter(storefront__slug=storefront_slug, slug=listing_slug).first()
    if found is None:
        raise NotYours
    return found


def listing_sheet(storefront_slug: str, listing_slug: str) -> ListingSheet:
    """A listing the public may see, with what its page shows. Raises NotYours. One query."""
    found = prepared.rows(LISTING, [storefront_slug, listing_slug])
    if not found:
        raise NotYours
    *columns, packs, papers, photos = found[0]
    names = ["id", "storefront_id", "product_id", "grade", "slug", "title", "text", "state"]
    listing = Listing.from_db("default", names, columns[-len(names) :])
    listing.storefront = farmers.shown_storefront(columns[: -len(names)])
    facts = ("pk", "label", "net_qty", "gross_g", "price_vnd")
    return ListingSheet(
        listing=listing,
        packs=tuple(Pack(listing=listing, **dict(zip(facts, each, strict=True))) for each in packs or ()),
        papers=farmers.shown_papers(papers),
        photos=tuple(Shot.read(each) for each in photos or ()),
    )


def product_by_slug(slug: str) -> Product | None:
    if "\x00" in slug:
        return None
    return Product.objects.select_related("category").filter(slug=slug).first()


def waiting_listings() -> QuerySet[Listing]:
    """Listings and changes that wait for approval, the longest waiting first; `since` is when it was sent."""
    rows = Listing.objects.filter(Q(state=State.PENDING) | Q(change_waits=True))
    since = Case(
        When(change_waits=True, then=Coalesce(F("latest_revision__created_at"), F("created_at"))),
        default=Coalesce(F("submitted_at"), F("created_at")),
    )
    rows = rows.annotate(since=since).select_related("product", "storefront__household__commune")
    return rows.order_by("since", "pk")


def proposed(listing: Listing) -> Listing:
    """The listing as it will be once the waiting change is approved (title, text, photos); itself if none waits.

    The object is for reading: its rows are not those of the database.
    """
    if not listing.change_waits or listing.latest_revision is None:
        return listing
    return listing.latest_revision.as_object()


def fingerprint(listing: Listing) -> str:
    """What a moderator has looked at, in short: words, photos and packs. Another one means it changed."""
    shown = proposed(listing)
    facts = [
        listing.state,
        listing.change_waits,
        shown.title,
        shown.text,
        [row.photo_id for row in shown.photos.all()],
        list(listing.packs.filter(is_active=True).values_list("pk", "label", "net_qty", "price_vnd")),
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:24]
