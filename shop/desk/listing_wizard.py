"""Đăng bán in three screens: product, photos, packs and harvest. The draft listing keeps every step."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from common import dates
from shop.catalogue import services as catalogue
from shop.catalogue.errors import AgeRestricted, AlreadyListed, CatalogueError, NameRefused
from shop.catalogue.models import Listing, Product
from shop.catalogue.queries import access_listing, product_by_slug
from shop.desk.choices import choices, grades_of
from shop.desk.forms.lot import LotForm
from shop.desk.forms.packs import PacksForm
from shop.desk.gate import Desk, for_household, page, posted, turn_to
from shop.desk.going import going_price
from shop.desk.photos import is_picker, photo_list, photo_rows, take_photos
from shop.stock import services as stock

UNFINISHED = (Listing.State.DRAFT, Listing.State.RETURNED)


@for_household
def product(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Screen 1: what do we sell?"""
    if request.method == "POST":
        return _propose(request, desk)
    if request.htmx:
        return render(request, "desk/wizard_choices.html", _choices(request, desk))
    return _product_page(request, desk)


@for_household
def photos(request: HttpRequest, desk: Desk, listing_id: int) -> HttpResponse:
    """Screen 2: photos. Going on keeps what is there; sending asks for at least one."""
    listing = access_listing(request.user, listing_id)
    desk = turn_to(request, desk, listing.storefront_id)
    if "tiep" in request.POST:
        return redirect("desk:wizard-packs", listing.pk)
    problems: list[str] = []
    if request.method == "POST":
        problems = take_photos(request, listing)
        if not problems and not is_picker(request):
            return redirect("desk:wizard-photos", listing.pk)
    if is_picker(request):
        return photo_list(request, listing, "dang", problems)
    context = {"step": 2, "listing": listing, "photos": photo_rows(listing), "problems": problems}
    return page(request, desk, "wizard_photos", "listings", 422 if problems else 200, **context)


@for_household
def packs(request: HttpRequest, desk: Desk, listing_id: int) -> HttpResponse:
    """Screen 3: price of each pack, how much, picked when; then it goes to the province for approval."""
    listing = access_listing(request.user, listing_id)
    desk = turn_to(request, desk, listing.storefront_id)
    if listing.state not in UNFINISHED:
        return redirect("desk:wizard-done", listing.pk)
    data = posted(request)
    packs_form = PacksForm(listing, data)
    lot_form = LotForm(data, listing=listing)
    error = ""
    if data is not None:
        packs_valid, lot_valid = packs_form.is_valid(), lot_form.is_valid()
        if packs_valid and lot_valid:
            error = _send(listing, packs_form, lot_form, request.user)
            if not error:
                return redirect("desk:wizard-done", listing.pk)
    return page(
        request,
        desk,
        "wizard_packs",
        "listings",
        200 if data is None else 422,
        step=3,
        listing=listing,
        packs_form=packs_form,
        lot_form=lot_form,
        error=error,
        has_photos=listing.photos.filter(photo__refused="").exists(),
        going=going_price(listing),
    )


@require_safe
@for_household
def done(request: HttpRequest, desk: Desk, listing_id: int) -> HttpResponse:
    listing = access_listing(request.user, listing_id)
    desk = turn_to(request, desk, listing.storefront_id)
    if listing.state in UNFINISHED:
        return redirect("desk:wizard-packs", listing.pk)
    return page(request, desk, "wizard_done", "listings", listing=listing)


def _propose(request: HttpRequest, desk: Desk) -> HttpResponse:
    chosen = product_by_slug(request.POST.get("san-pham", ""))
    if chosen is None:
        return _product_page(request, desk, error=_("Chọn một sản phẩm để bán."))
    grade = request.POST.get("loai", "")
    if grades_of(chosen) and grade not in {"1", "2", "3"}:
        return _product_page(request, desk, chosen=chosen, error=_("Chọn loại để khách biết quả to hay nhỏ."))
    number = int(grade) if grades_of(chosen) else None
    try:
        listing = catalogue.propose(desk.storefront, product=chosen, grade=number, by=request.user)
    except NameRefused as refused:
        refusal = {"error": str(refused), "plain": refused.plain}
        return _product_page(request, desk, chosen=chosen, grade=grade, **refusal)
    except AlreadyListed as error:
        return _go_on(request, error.listing)
    except AgeRestricted as error:
        return _product_page(request, desk, error=str(error))
    return redirect("desk:wizard-photos", listing.pk)


def _go_on(request: HttpRequest, listing: Listing) -> HttpResponse:
    """The household has this listing already: a draft goes on where it stopped, else it is opened."""
    if listing.state not in UNFINISHED:
        messages.info(request, _("Nhà mình đã có tin này. Có hàng mới thì thêm lô mới ngay dưới đây."))
        return redirect("desk:listing", listing.pk)
    messages.info(request, _("Tin này đang đăng dở. Bà con làm tiếp nhé."))
    return redirect("desk:wizard-packs" if listing.photos.exists() else "desk:wizard-photos", listing.pk)


def _product_page(
    request: HttpRequest,
    desk: Desk,
    *,
    chosen: Product | None = None,
    error: str = "",
    plain: Product | None = None,
    grade: str = "",
) -> HttpResponse:
    drafts = Listing.objects.filter(storefront=desk.storefront, state=Listing.State.DRAFT)
    return page(
        request,
        desk,
        "wizard_product",
        "listings",
        422 if error else 200,
        step=1,
        **_choices(request, desk),
        chosen=chosen,
        error=error,
        plain=plain,
        grade=grade,
        drafts=drafts.select_related("product__category").order_by("-created_at")[:3],
    )


def _choices(request: HttpRequest, desk: Desk) -> dict:
    wish = (request.POST.get("q") or request.GET.get("q") or "")[:60]
    found = choices(desk.household, day=dates.today(), wish=wish)
    everything = (*found.own, *found.in_season, *found.others)
    name = desk.household.commune.name
    return {
        "found": found,
        "wish": wish,
        "commune": name[:1].lower() + name[1:],
        "graded": {each.slug for each in everything if grades_of(each)},
    }


@transaction.atomic
def _send_all(listing: Listing, packs_form: PacksForm, lot_form: LotForm, by: User) -> None:
    """Packs, first lot and the request for approval together. `submit` is last but decides: a second tap of
    the button finds the listing pending, and its lot is not kept."""
    catalogue.set_packs(listing, packs_form.packs, by=by)
    stock.open_lot(listing, by=by, **lot_form.lot)
    catalogue.submit(listing, by=by)


def _send(listing: Listing, packs_form: PacksForm, lot_form: LotForm, by: User) -> str:
    """Send it to approval; a sentence comes back when it cannot be sent.

    Two taps at once: the slower one finds the listing sent, keeps nothing of its own, and that is no error.
    """
    try:
        _send_all(listing, packs_form, lot_form, by)
    except CatalogueError as error:
        listing.refresh_from_db(fields=["state"])
        return str(error) if listing.state in UNFINISHED else ""
    return ""
