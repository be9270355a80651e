"""Tin bán: the household's own listings, and one of them: price, words, photos, lots, pause, archive."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common import dates
from common.photos.models import Photo
from common.photos.pictures import Picture, picture
from shop.catalogue import services as catalogue
from shop.catalogue.errors import CatalogueError
from shop.catalogue.models import Listing, Pack
from shop.catalogue.queries import access_listing, proposed
from shop.desk.forms.listing import WordsForm
from shop.desk.forms.packs import PacksForm
from shop.desk.gate import Desk, for_household, page, posted, turn_to
from shop.desk.going import going_price
from shop.desk.lots import rows_of_listing
from shop.stock.queries import sellable_lots

State = Listing.State
#: the order in which the groups are shown: what needs a hand first
GROUPS = (State.RETURNED, State.DRAFT, State.PENDING, State.PUBLISHED, State.PAUSED, State.ARCHIVED)


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingRow:
    listing: Listing
    packs: tuple[Pack, ...]
    #: what can be bought of it now, in the product's unit
    left_qty: int
    picture: Picture | None
    is_unfinished: bool

    @property
    def cheapest(self) -> Pack | None:
        return min(self.packs, key=lambda each: each.price_vnd, default=None)


@require_safe
@for_household
def listings(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Own listings by state, with stock and price. Four queries, however many there are."""
    rows, shows_all = _rows(desk), "cat" in request.GET
    groups = [(state, [each for each in rows if each.listing.state == state]) for state in GROUPS]
    archived = groups[-1][1]
    if not shows_all:
        groups.pop()
    return page(
        request,
        desk,
        "listings",
        "listings",
        groups=[(state.label, found) for state, found in groups if found],
        has_archived=bool(archived) and not shows_all,
    )


@require_safe
@for_household
def listing(request: HttpRequest, desk: Desk, listing_id: int) -> HttpResponse:
    desk, found = _own(request, desk, listing_id)
    return page(
        request,
        desk,
        "listing",
        "listings",
        listing=found,
        packs=found.packs.filter(is_active=True),
        lots=rows_of_listing(found),
        is_unfinished=found.state in (State.DRAFT, State.RETURNED),
    )


@for_household
def packs(request: HttpRequest, desk: Desk, listing_id: int) -> HttpResponse:
    """Packs and prices; both change at once, for what is already ordered nothing changes."""
    desk, found = _own(request, desk, listing_id)
    form = PacksForm(found, posted(request))
    if form.is_bound and form.is_valid():
        try:
            catalogue.set_packs(found, form.packs, by=request.user)
        except CatalogueError as error:
            form.error = str(error)
        else:
            messages.success(request, _("Đã lưu giá. Giá mới có hiệu lực ngay, đơn đã đặt giữ giá cũ."))
            return redirect("desk:listing", found.pk)
    status = 422 if form.is_bound else 200
    context = {"listing": found, "packs_form": form, "going": going_price(found)}
    return page(request, desk, "listing_packs", "listings", status, **context)


@for_household
def words(request: HttpRequest, desk: Desk, listing_id: int) -> HttpResponse:
    """Title and story; of a published listing the change waits for approval, the old words stay meanwhile."""
    desk, found = _own(request, desk, listing_id)
    now = proposed(found)
    form = WordsForm(posted(request), initial={"title": now.title, "text": now.text})
    if request.method == "POST" and form.is_valid():
        catalogue.write(found, by=request.user, **form.cleaned_data)
        if found.state in (State.PUBLISHED, State.PAUSED):
            messages.success(request, _("Đã gửi lời mới. Cán bộ xem xong thì lên chợ; lời cũ vẫn hiện."))
        else:
            messages.success(request, _("Đã lưu lời."))
        return redirect("desk:listing", found.pk)
    status = 422 if form.is_bound else 200
    return page(request, desk, "listing_words", "listings", status, listing=found, form=form)


@require_POST
@for_household
def pause(request: HttpRequest, desk: Desk, listing_id: int) -> HttpResponse:
    done = _("Đã tạm ngừng bán. Khách không thấy tin này nữa.")
    return _move(request, desk, listing_id, catalogue.pause, done)


@require_POST
@for_household
def resume(request: HttpRequest, desk: Desk, listing_id: int) -> HttpResponse:
    return _move(request, desk, listing_id, catalogue.resume, _("Tin đã bán lại."))


@require_POST
@for_household
def submit(request: HttpRequest, desk: Desk, listing_id: int) -> HttpResponse:
    """Send a returned listing again, when its words and photos were what had to change."""
    return _move(request, desk, listing_id, catalogue.submit, _("Đã gửi duyệt lại."))


@for_household
def archive(request: HttpRequest, desk: Desk, listing_id: int) -> HttpResponse:
    """Put a listing away for good; the page says what stays."""
    if request.method == "POST":
        return _move(request, desk, listing_id, catalogue.archive, _("Đã cất tin. Đơn cũ vẫn còn nguyên."))
    desk, found = _own(request, desk, listing_id)
    return page(request, desk, "listing_archive", "listings", listing=found)


@for_household
def discard(request: HttpRequest, desk: Desk, listing_id: int) -> HttpResponse:
    """Throw away a draft; the page asks first. Other listings have no such page: they are put away."""
    desk, found = _own(request, desk, listing_id)
    if request.method != "POST":
        if found.state != State.DRAFT:
            return redirect("desk:listing", found.pk)
        return page(request, desk, "listing_discard", "listings", listing=found)
    try:
        catalogue.discard(found, by=request.user)
    except CatalogueError as error:
        messages.warning(request, str(error))
        return redirect("desk:listing", found.pk)
    messages.success(request, _("Đã bỏ bản nháp."))
    return redirect("desk:listings")


def _own(request: HttpRequest, desk: Desk, listing_id: int) -> tuple[Desk, Listing]:
    found = access_listing(request.user, listing_id)
    return turn_to(request, desk, found.storefront_id), found


def _move(
    request: HttpRequest, desk: Desk, listing_id: int, act: Callable[..., object], done: str
) -> HttpResponse:
    _desk, found = _own(request, desk, listing_id)
    try:
        act(found, by=request.user)
    except CatalogueError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, done)
    return redirect("desk:listing", found.pk)


def _rows(desk: Desk) -> list[ListingRow]:
    found = list(_with_things(Listing.objects.filter(storefront=desk.storefront)))
    lots = sellable_lots([each.pk for each in found], dates.now())
    return [
        ListingRow(
            listing=each,
            packs=tuple(pack for pack in each.packs.all() if pack.is_active),
            left_qty=sum(lot.available_qty for lot in lots[each.pk]),
            picture=picture(_first_photo(each), "card", drawing=each.product.drawing),
            is_unfinished=each.state in (State.DRAFT, State.RETURNED),
        )
        for each in found
    ]


def _first_photo(listing: Listing) -> Photo | None:
    return next((each.photo for each in listing.photos.all()), None)


def _with_things(rows: QuerySet[Listing]) -> QuerySet[Listing]:
    rows = rows.select_related("product__category").order_by("title")
    return rows.prefetch_related("packs", "photos__photo__renditions")
