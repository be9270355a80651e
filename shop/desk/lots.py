"""Lots at the desk: what is left, one tap more or less, sold out, a new harvest, the QR of the box."""

import io
from dataclasses import dataclass

import segno
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common import dates
from common.templatetags.vn import quantity
from farmers.errors import NotYours
from farmers.models import Storefront
from shop.catalogue.models import Listing
from shop.catalogue.queries import access_listing
from shop.desk.forms.fields import unit_word
from shop.desk.forms.lot import CorrectForm, LotForm
from shop.desk.gate import Desk, for_household, page, posted, turn_to
from shop.stock import services as stock
from shop.stock.errors import LotTooSmall
from shop.stock.models import Lot

QR_SCALE = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class LotRow:
    """A lot with the two taps it offers: `less` and `more` are harvested quantities, so a second tap of the
    same button asks for the same figure and changes nothing, and a sale in between is not undone."""

    lot: Lot
    listing: Listing
    left: str
    step: str
    more_qty: int
    less_qty: int | None
    is_future: bool
    is_over: bool

    @property
    def unit_word(self) -> str:
        return unit_word(self.listing.product.unit)

    @property
    def sold_out(self) -> bool:
        return not self.lot.is_open or self.lot.available_qty <= 0


def rows_of(storefront: Storefront) -> list[LotRow]:
    """Lots that are still good, what can be sold first, soonest best-before first. Two queries.

    Closed lots of which nothing is left are finished and not shown.
    """
    lots = _lots().filter(listing__storefront=storefront, best_before__gte=dates.today())
    rows = [row(each) for each in lots.exclude(listing__state=Listing.State.ARCHIVED)]
    rows = [each for each in rows if each.lot.is_open or each.lot.available_qty]
    return sorted(rows, key=lambda each: (each.sold_out, each.lot.best_before))


def rows_of_listing(listing: Listing) -> list[LotRow]:
    """All lots of a listing, those that can still be sold first, at most twenty. Two queries."""
    lots = _lots().filter(listing=listing).order_by("-best_before", "-id")[:20]
    rows = [row(each) for each in lots]
    return sorted(rows, key=lambda each: (each.is_over, not each.lot.is_open, each.lot.best_before))


def row(lot: Lot) -> LotRow:
    listing, unit = lot.listing, lot.listing.product.unit
    step_qty = step(listing)
    used_qty = lot.harvested_qty - lot.available_qty
    less_qty = max(used_qty, lot.harvested_qty - step_qty)
    return LotRow(
        lot=lot,
        listing=listing,
        left=quantity(max(0, lot.available_qty), unit),
        step=quantity(step_qty, unit),
        more_qty=lot.harvested_qty + step_qty,
        less_qty=less_qty if less_qty < lot.harvested_qty else None,
        is_future=lot.harvested_on > dates.today(),
        is_over=lot.best_before < dates.today(),
    )


def step(listing: Listing) -> int:
    """One tap is one of the smallest packs on sale, at least a kilo, a litre or a piece."""
    large = 1 if listing.product.unit == "piece" else 1000
    packs = [each.net_qty for each in listing.packs.all() if each.is_active]
    return max(min(packs, default=large), large)


@require_POST
@for_household
def step_lot(request: HttpRequest, desk: Desk, lot_id: int) -> HttpResponse:
    """Set the harvested quantity that the tapped button names."""
    lot = _own(request, desk, lot_id)
    wanted = request.POST.get("thu-hoach", "")
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= 9:
        _correct(request, lot, int(wanted))
    return _back(request, lot)


@require_POST
@for_household
def correct_lot(request: HttpRequest, desk: Desk, lot_id: int) -> HttpResponse:
    """What is left is typed; what is held and sold is added to it."""
    lot = _own(request, desk, lot_id)
    form = CorrectForm(request.POST, unit=lot.listing.product.unit)
    if form.is_valid():
        used_qty = lot.harvested_qty - lot.available_qty
        _correct(request, lot, used_qty + form.cleaned_data["left"])
    else:
        messages.error(request, form.errors["left"][0])
    return _back(request, lot)


@require_POST
@for_household
def open_or_close(request: HttpRequest, desk: Desk, lot_id: int) -> HttpResponse:
    """Sold out ("hết hàng") and back; the button says which, so a second tap changes nothing."""
    lot = _own(request, desk, lot_id)
    wanted = request.POST.get("ban")
    if wanted == "co":
        stock.reopen(lot)
    elif wanted == "khong":
        stock.close(lot)
    return _back(request, lot)


@for_household
def new_lot(request: HttpRequest, desk: Desk, listing_id: int) -> HttpResponse:
    """A new harvest, filled in from the last one."""
    listing = access_listing(request.user, listing_id)
    desk = turn_to(request, desk, listing.storefront_id)
    last = listing.lots.order_by("-harvested_on", "-id").first()
    initial = {"qty": last.harvested_qty, "growing_area": last.growing_area_id} if last else {}
    form = LotForm(posted(request), listing=listing, initial=initial)
    if request.method == "POST" and form.is_valid():
        stock.open_lot(listing, by=request.user, **form.lot)
        messages.success(request, _("Đã thêm lô mới."))
        return redirect("desk:listing", listing.pk)
    status = 422 if form.is_bound else 200
    return page(request, desk, "lot_new", "listings", status, listing=listing, form=form, last=last)


@require_safe
@for_household
def qr(request: HttpRequest, desk: Desk, lot_id: int) -> HttpResponse:
    """The QR code of the lot's trace page, as an SVG file to print."""
    lot = _own(request, desk, lot_id)
    url = settings.PUBLIC_URL + reverse("market:trace", args=[lot.trace_code])
    out = io.BytesIO()
    segno.make(url, error="m").save(out, kind="svg", scale=QR_SCALE, border=4, dark="#000", light="#fff")
    response = HttpResponse(out.getvalue(), content_type="image/svg+xml")
    response["Content-Disposition"] = f'inline; filename="{lot.trace_code}.svg"'
    return response


def _lots() -> QuerySet[Lot]:
    return Lot.objects.select_related("listing__product__category").prefetch_related("listing__packs")


def _own(request: HttpRequest, desk: Desk, lot_id: int) -> Lot:
    """A lot of one of the person's households. Raises NotYours."""
    households = [each.pk for each in desk.households]
    lot = _lots().filter(pk=lot_id, listing__storefront__household__in=households).first()
    if lot is None:
        raise NotYours
    turn_to(request, desk, lot.listing.storefront_id)
    return lot


def _correct(request: HttpRequest, lot: Lot, harvested_qty: int) -> None:
    try:
        stock.correct(lot, harvested_qty=harvested_qty, by=request.user)
    except LotTooSmall as error:
        messages.error(request, str(error))


def _back(request: HttpRequest, lot: Lot) -> HttpResponse:
    """The lot's row alone for htmx, else the page the tap came from."""
    if request.htmx:  # the listing and its packs stay as they were fetched
        lot.refresh_from_db()
        context = {"row": row(lot), "back": request.POST.get("ve", ""), "alone": True}
        return render(request, "desk/lot_row.html", context)
    if request.POST.get("ve") == "tin":
        return redirect("desk:listing", lot.listing_id)
    return redirect("desk:today")
