"""Photos of a listing at the desk: each is kept as soon as it has come, a bad one says why."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.photos.errors import refusal
from common.photos.models import Photo
from common.photos.pictures import picture
from shop.catalogue import services as catalogue
from shop.catalogue.errors import CatalogueError
from shop.catalogue.models import Listing
from shop.catalogue.queries import access_listing, proposed
from shop.desk.gate import Desk, for_household, page, turn_to


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoRow:
    photo_id: int
    #: its square size, or a tile while there is none
    src: str
    #: buyers do not see it before an officer has
    is_pending: bool
    #: it is being opened; a moment later its size is there
    is_waiting: bool
    #: why it could not be opened, or ''
    problem: str


def photo_rows(listing: Listing) -> list[PhotoRow]:
    """The listing's photos in their order, a change that waits for approval included. Four queries."""
    ids = [row.photo_id for row in proposed(listing).photos.all()]
    shown = set(listing.photos.values_list("photo_id", flat=True)) if listing.change_waits else set(ids)
    photos = Photo.objects.filter(pk__in=ids).prefetch_related("renditions")
    rows = {each.pk: _row(each, is_pending=each.pk not in shown) for each in photos}
    return [rows[each] for each in ids if each in rows]


def take_photos(request: HttpRequest, listing: Listing) -> list[str]:
    """Keep every photo that is good; for the others a sentence each comes back."""
    uploads = request.FILES.getlist("anh")[: catalogue.MOST_PHOTOS]
    if not uploads:
        return [_("Chưa có ảnh nào. Bà con chụp hoặc chọn một ảnh rồi bấm lại.")]
    problems = []
    for upload in uploads:
        try:
            catalogue.add_photo(listing, upload, by=request.user)
        except CatalogueError as error:
            problems.append(str(error))
    return problems


def is_picker(request: HttpRequest) -> bool:
    """The photo picker and htmx want the list alone, also when the picker looks again."""
    return bool(request.htmx) or "X-Photo-Picker" in request.headers


def photo_list(request: HttpRequest, listing: Listing, back: str, problems: list[str]) -> HttpResponse:
    """The photos alone; `back` says to which page a photo's button returns without a script."""
    context = {"listing": listing, "photos": photo_rows(listing), "problems": problems, "back": back}
    return render(request, "desk/photo_list.html", context)


@for_household
def listing_photos(request: HttpRequest, desk: Desk, listing_id: int) -> HttpResponse:
    listing = access_listing(request.user, listing_id)
    desk = turn_to(request, desk, listing.storefront_id)
    problems: list[str] = []
    if request.method == "POST":
        problems = take_photos(request, listing)
        if not problems and not is_picker(request):
            return redirect("desk:listing-photos", listing.pk)
    if is_picker(request):
        return photo_list(request, listing, "tin", problems)
    context = {"listing": listing, "photos": photo_rows(listing), "problems": problems}
    return page(request, desk, "listing_photos", "listings", 422 if problems else 200, **context)


@require_POST
@for_household
def drop_photo(request: HttpRequest, desk: Desk, listing_id: int, photo_id: int) -> HttpResponse:
    """Take a photo away; taking it away twice changes nothing."""
    listing = access_listing(request.user, listing_id)
    back = request.POST.get("ve", "")
    problems = []
    row = next((each for each in proposed(listing).photos.all() if each.photo_id == photo_id), None)
    if row is not None:
        try:
            catalogue.remove_photo(listing, row, by=request.user)
        except CatalogueError as error:
            problems.append(str(error))
    if is_picker(request):
        return photo_list(request, listing, back, problems)
    if problems:
        desk = turn_to(request, desk, listing.storefront_id)
        context = {"listing": listing, "photos": photo_rows(listing), "problems": problems}
        return page(request, desk, "listing_photos", "listings", 422, **context)
    return redirect("desk:wizard-photos" if back == "dang" else "desk:listing-photos", listing.pk)


def _row(photo: Photo, *, is_pending: bool) -> PhotoRow:
    made = picture(photo, "card")
    return PhotoRow(
        photo_id=photo.pk,
        src=made.src if made else photo.file.url,
        is_pending=is_pending,
        is_waiting=photo.waiting and not made,
        problem=str(refusal(photo.refused)) if photo.refused else "",
    )
