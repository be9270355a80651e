"""The write side of listings: each public function is one act in one transaction.

Words and photos of a listing that is on the market change by a revision that waits; price and packs at once.
"""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts.models import User
from common import dates
from common.photos import intake
from common.photos.errors import PhotoRefused
from common.vietnamese import fold, tidy
from farmers import requirements
from farmers.models import Household, Storefront
from shop.catalogue import letters, rights
from shop.catalogue.errors import (
    AgeRestricted,
    AlreadyListed,
    BadPack,
    HasLots,
    HouseholdNotVerified,
    HouseholdStopped,
    IllegalMove,
    LastPhoto,
    MovedMeanwhile,
    NameRefused,
    NotReady,
    PackNeeded,
    PhotoNotTaken,
    ReasonNeeded,
    TooManyPhotos,
)
from shop.catalogue.models import Listing, ListingEvent, ListingPhoto, Pack, Product
from shop.catalogue.moves import move
from shop.catalogue.queries import fingerprint, proposed
from shop.catalogue.signals import listing_changed

State = Listing.State
ON_MARKET = (State.PUBLISHED, State.PAUSED)
MOST_PHOTOS = 8
PRICES_VND = range(1_000, 100_000_001)
MOST_QTY = 2_000_000_000


def propose(storefront: Storefront, *, product: Product, grade: int | None, by: User) -> Listing:
    """A draft listing of the product in that grade, under the product's name.

    Raises NameRefused, AgeRestricted, HouseholdStopped, AlreadyListed (with the listing that exists).
    """
    _may_sell(storefront.household, product)
    try:
        with transaction.atomic():
            return Listing.objects.create(
                storefront=storefront,
                product=product,
                grade=grade,
                slug=_free_slug(storefront, product, grade),
                title=_first_title(product, grade),
            )
    except IntegrityError:
        twin = storefront.listings.filter(product=product, grade=grade).exclude(state=State.ARCHIVED).first()
        if twin is None:
            raise
        raise AlreadyListed(twin) from None


@transaction.atomic
def write(listing: Listing, *, title: str, text: str, by: User) -> None:
    """Change title and text; of a listing on the market the change waits for approval."""
    live = _locked(listing)
    title, text = tidy(title)[:90], text.strip()[:2000]
    if live.state in ON_MARKET:
        draft = proposed(live)
        if (draft.title, draft.text) != (title, text):
            draft.title, draft.text = title, text
            _wait(draft, by)
    elif live.state == State.ARCHIVED:
        raise IllegalMove
    else:
        Listing.objects.filter(pk=live.pk).update(title=title, text=text)
        listing.title, listing.text = title, text
    listing.refresh_from_db(fields=["change_waits", "latest_revision"])


def add_photo(listing: Listing, upload: UploadedFile, *, by: User) -> ListingPhoto:
    """Take a photo through the gate and put it last. The same file twice is kept once.

    Raises PhotoNotTaken with the sentence why, TooManyPhotos. A job opens it; `Photo.refused` if it cannot be.
    """
    try:
        file = intake.accept(upload)
    except PhotoRefused as reason:
        raise PhotoNotTaken(str(reason)) from None
    with transaction.atomic():
        live = _locked(listing)
        if live.state == State.ARCHIVED:
            raise IllegalMove
        draft = proposed(live)
        rows = list(draft.photos.select_related("photo") if draft is live else draft.photos.all())
        known = intake.fingerprint(file)
        for row in rows:
            if row.photo.file_hash == known:
                return row
        if len(rows) >= MOST_PHOTOS:
            raise TooManyPhotos
        photo = intake.store(file, title=live.title, by=by, alt=live.title)
        row = ListingPhoto(photo=photo, position=max((each.position for each in rows), default=-1) + 1)
        _put(live, draft, [*rows, row], by)
    listing.refresh_from_db(fields=["change_waits", "latest_revision"])
    return row


@transaction.atomic
def remove_photo(listing: Listing, row: ListingPhoto, *, by: User) -> None:
    """Take a photo off the listing; one that is gone already is no mistake. Raises LastPhoto on the market."""
    live = _locked(listing)
    draft = proposed(live)
    rows = list(draft.photos.all())
    left = [each for each in rows if each.photo_id != row.photo_id]
    if len(left) == len(rows):
        return
    if live.state in ON_MARKET:
        if not left:
            raise LastPhoto
        _put(live, draft, left, by)
    else:
        live.photos.filter(photo_id=row.photo_id).delete()
    listing.refresh_from_db(fields=["change_waits", "latest_revision"])


@transaction.atomic
def set_packs(listing: Listing, packs: Sequence[dict[str, Any]], *, by: User) -> None:
    """Make these the packs on sale: dicts of label, net_qty (product's unit), gross_g, price_vnd, in order.

    A pack is the same one when label and net quantity are; what is not named is retired, never deleted.
    Raises PackNeeded, BadPack.
    """
    live = _locked(listing)
    if not packs:
        raise PackNeeded
    for each in packs:
        _check_pack(each)
    known = {(fold(pack.label), pack.net_qty): pack for pack in live.packs.order_by("is_active", "-pk")}
    kept = []
    for position, each in enumerate(packs):
        fields = {
            "label": tidy(each["label"])[:60],
            "gross_g": each["gross_g"],
            "price_vnd": each["price_vnd"],
            "position": position,
            "is_active": True,
        }
        old = known.get((fold(fields["label"]), each["net_qty"]))
        if old is None:
            kept.append(Pack.objects.create(listing=live, net_qty=each["net_qty"], **fields).pk)
        else:
            Pack.objects.filter(pk=old.pk).update(**fields)
            kept.append(old.pk)
    live.packs.filter(is_active=True).exclude(pk__in=kept).update(is_active=False)
    _announce(live)


@transaction.atomic
def set_price(pack: Pack, price_vnd: int, *, by: User) -> None:
    """Another price, at once; what is ordered already keeps its own. Raises BadPack."""
    if price_vnd not in PRICES_VND:
        raise BadPack
    Pack.objects.filter(pk=pack.pk).update(price_vnd=price_vnd)
    pack.price_vnd = price_vnd
    _announce(pack.listing)


@transaction.atomic
def submit(listing: Listing, *, by: User) -> None:
    """Ask the province to publish it. Raises NotReady, NameRefused, IllegalMove, MovedMeanwhile."""
    live = _locked(listing)
    if live.state != listing.state:
        raise MovedMeanwhile
    missing = []
    if not live.photos.filter(photo__refused="").exists():
        missing.append(_("ảnh"))
    if not live.packs.filter(is_active=True).exists():
        missing.append(_("quy cách và giá"))
    if missing:
        raise NotReady(missing)
    _may_sell(live.storefront.household, live.product)
    move(listing, State.PENDING, by=by, submitted_at=dates.now(), returned_reason="")


@transaction.atomic
def publish(listing: Listing, *, by: User, seen: str = "") -> None:
    """Let it onto the market; of a listing that is there, approve the change that waits.

    `seen` is the fingerprint of what the officer looked at: another one raises MovedMeanwhile. Raises
    HouseholdNotVerified, NameRefused, IllegalMove.
    """
    live = _locked(listing)
    if seen and seen != fingerprint(live):
        raise MovedMeanwhile
    if live.change_waits and live.state in ON_MARKET:
        _apply(live, by)
        listing.refresh_from_db()
        letters.change_accepted(listing)
        return
    household = live.storefront.household
    if household.state != Household.State.VERIFIED or not requirements.identity_suffices(household):
        raise HouseholdNotVerified
    if live.state != State.PENDING:
        raise IllegalMove
    _may_sell(household, live.product)
    move(listing, State.PUBLISHED, by=by, published_at=live.published_at or dates.now())
    letters.published(listing)
    _announce(listing)


@transaction.atomic
def return_(listing: Listing, *, by: User, why: str, seen: str = "") -> None:
    """Give it back with reasons; one on the market leaves it, and a change that waits is dropped with it.

    Raises ReasonNeeded, IllegalMove, MovedMeanwhile.
    """
    why = why.strip()
    if not why:
        raise ReasonNeeded
    live = _locked(listing)
    if seen and seen != fingerprint(live):
        raise MovedMeanwhile
    move(listing, State.RETURNED, by=by, why=why, returned_reason=why, change_waits=False)
    letters.returned(listing, why, was_on_market=live.state in ON_MARKET)
    _announce(listing)


@transaction.atomic
def refuse_change(listing: Listing, *, by: User, why: str, seen: str = "") -> None:
    """Drop the change that waits, with the reason; the listing stays on the market as it was."""
    why = why.strip()
    if not why:
        raise ReasonNeeded
    live = _locked(listing)
    if not live.change_waits:
        raise IllegalMove
    if seen and seen != fingerprint(live):
        raise MovedMeanwhile
    Listing.objects.filter(pk=live.pk).update(change_waits=False, returned_reason=why)
    ListingEvent.objects.create(listing=live, frm=live.state, to=live.state, by=by, why=why)
    listing.refresh_from_db()
    letters.change_refused(listing, why)


@transaction.atomic
def pause(listing: Listing, *, by: User) -> None:
    """Take it off the market for a while; what is ordered stays ordered."""
    move(listing, State.PAUSED, by=by)
    _announce(listing)


@transaction.atomic
def resume(listing: Listing, *, by: User) -> None:
    """Sell again what was paused. Raises IllegalMove, NameRefused, HouseholdStopped."""
    if listing.state != State.PAUSED:
        raise IllegalMove
    _may_sell(listing.storefront.household, listing.product)
    move(listing, State.PUBLISHED, by=by)
    _announce(listing)


@transaction.atomic
def archive(listing: Listing, *, by: User) -> None:
    """Put it away for good; the household may list the product anew."""
    move(listing, State.ARCHIVED, by=by, change_waits=False)
    _announce(listing)


@transaction.atomic
def discard(listing: Listing, *, by: User) -> None:
    """Throw away a draft that was never sent; nothing of it stays. Raises IllegalMove, HasLots.

    Two taps: the second finds nothing, and that is no mistake.
    """
    live = Listing.objects.select_for_update(of=("self",)).filter(pk=listing.pk).first()
    if live is None:
        return
    if live.state != State.DRAFT or live.submitted_at is not None:
        raise IllegalMove
    try:
        live.delete()
    except ProtectedError:
        raise HasLots from None


@transaction.atomic
def show_photo(photo_id: int) -> None:
    """The sizes of a photo are made: listings that carry it look different from now on."""
    for listing in Listing.objects.filter(photos__photo=photo_id, state__in=ON_MARKET).distinct():
        _announce(listing)


def _may_sell(household: Household, product: Product) -> None:
    if household.state == Household.State.SUSPENDED:
        raise HouseholdStopped
    if product.age_restricted:
        raise AgeRestricted
    if not rights.may_use_name(household, product, dates.today()):
        raise NameRefused(product, rights.plain_name_of(product))


def _first_title(product: Product, grade: int | None) -> str:
    """The product's Vietnamese name, whatever language the desk is read in: a household's words are Vietnamese."""
    name = product.name_vi or product.name
    return name[:90] if grade is None else f"{name} loại {grade}"[:90]


def _locked(listing: Listing) -> Listing:
    """The row as it is now, held until the act is done."""
    return (
        Listing.objects.select_for_update(of=("self",)).select_related("latest_revision").get(pk=listing.pk)
    )


def _put(live: Listing, draft: Listing, rows: list[ListingPhoto], by: User) -> None:
    """Make these the photos: at once before it is on the market, else as a change that waits."""
    if live.state in ON_MARKET:
        draft.photos.set(rows)
        _wait(draft, by)
        return
    fresh = [row for row in rows if row.pk is None]
    for row in fresh:
        row.listing = live
    ListingPhoto.objects.bulk_create(fresh)


def _wait(draft: Listing, by: User) -> None:
    """Store what was changed in memory as the revision that waits for approval."""
    draft.save_revision(user=by, clean=False)
    Listing.objects.filter(pk=draft.pk).update(change_waits=True, returned_reason="")


def _apply(live: Listing, by: User) -> None:
    """Copy title, text and photos of the waiting revision, and nothing else of it."""
    draft = proposed(live)
    photos = [(row.photo_id, row.position) for row in draft.photos.all()]
    live.photos.all().delete()
    ListingPhoto.objects.bulk_create(
        ListingPhoto(listing_id=live.pk, photo_id=photo_id, position=position)
        for photo_id, position in photos
    )
    Listing.objects.filter(pk=live.pk).update(
        title=draft.title, text=draft.text, change_waits=False, returned_reason=""
    )
    ListingEvent.objects.create(listing=live, frm=live.state, to=live.state, by=by)
    _announce(live)


def _check_pack(pack: dict[str, Any]) -> None:
    quantities = (pack["net_qty"], pack["gross_g"])
    if pack["price_vnd"] not in PRICES_VND or not all(0 < each <= MOST_QTY for each in quantities):
        raise BadPack
    if not tidy(pack["label"]):
        raise BadPack


def _free_slug(storefront: Storefront, product: Product, grade: int | None) -> str:
    stem = product.slug if grade is None else f"{product.slug}-loai-{grade}"
    taken = set(storefront.listings.filter(slug__startswith=stem).values_list("slug", flat=True))
    slug, number = stem, 1
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug


def _announce(listing: Listing) -> None:
    listing_changed.send(Listing, listing_id=listing.pk)
