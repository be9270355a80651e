"""One page, three steps: who and where, how each household delivers, how it is paid. Total always in view."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import browser, proving
from accounts.errors import AccountError
from accounts.pages.sign_in import address_of
from accounts.queries import addresses_of
from accounts.services import keep_address
from common import phones, places
from shop.cart import queries as carts
from shop.cart import services as cart
from shop.cart.values import CartItem
from shop.checkout import quote
from shop.checkout.errors import CheckoutError, NothingToPlace, PhoneNotProved
from shop.checkout.place import place as place_order
from shop.checkout.place import placed
from shop.checkout.ways import ways_of, why_no_cash
from shop.market.buy import basket
from shop.market.buy.forms import KEY_LENGTH, CheckoutForm, fresh_key
from shop.market.buy.shelf import parts_with_cards
from shop.market.mine import guest
from shop.orders import links
from shop.orders.errors import NotYours
from shop.orders.models import Order
from shop.orders.queries import access_order, payments_of
from shop.orders.values import Buyer, Destination, Quote
from shop.stock.errors import StockError


@dataclass
class Visit:
    """What one request to the checkout has in hand."""

    request: HttpRequest
    form: CheckoutForm
    lines: list[CartItem]
    quote: Quote
    way: str
    trouble: str = ""
    #: proving the phone: what is said at the code's field
    code_asked: bool = False
    code_error: str = ""
    status: int = 200


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    lines = carts.lines_of(basket.owner(request))
    if request.method == "GET":
        form = CheckoutForm(initial=_known(request))
        return _page(_visit(request, form, lines))
    updating = request.POST.get("step") == "update"
    if updating and request.htmx:
        return _update(request, lines)
    form = CheckoutForm(request.POST)
    if form.is_choosing or updating or not request.POST.get("key"):
        form.forget_errors()
        return _page(_visit(request, form, lines))
    visit = _visit(request, form, lines)
    if not form.is_valid():
        visit.status = 422
        return _stay(visit)
    return _place(visit)


def _visit(request: HttpRequest, form: CheckoutForm, lines: list[CartItem]) -> Visit:
    whole = quote.make(lines, _towards(form.chosen_province), _chosen_methods(request))
    way = request.POST.get("way", "")
    return Visit(request=request, form=form, lines=lines, quote=whole, way=way)


def _update(request: HttpRequest, lines: list[CartItem]) -> HttpResponse:
    """Only what follows from a place or a way to deliver; what was typed stays where it is, on the page."""
    towards = _towards(request.POST.get("province_code", ""))
    whole = quote.make(lines, towards, _chosen_methods(request))
    return render(request, "market/checkout_update.html", _figures(whole, lines, request.POST.get("way", "")))


def _place(visit: Visit) -> HttpResponse:
    request, data = visit.request, visit.form.cleaned_data
    found = quote.only_placeable(visit.quote)
    try:
        if not found.parts:
            raise NothingToPlace
        if visit.way == "cod":
            _prove_phone(visit)
        buyer = Buyer(
            name=data["name"],
            phone=data["phone"],
            email=data["email"],
            language=get_language() or "vi",
            user_id=request.user.pk,
            destination=visit.form.destination(),
            note=data["note"],
        )
        order = place_order(found, buyer, key=_key(request), adapter=visit.way, seen_total_vnd=_seen(request))
    except PhoneNotProved as error:
        visit.trouble, visit.status, visit.code_asked = str(error), 422, True
        return browser.remember(request, _stay(visit))
    except (CheckoutError, StockError) as error:
        fresh = _visit(request, visit.form, visit.lines)
        fresh.trouble, fresh.status = str(error), 409
        return _stay(fresh)
    gone = [line.cart_line_id for part in found.parts for line in part.lines]
    cart.take_out(basket.owner(request), gone)
    basket.changed(request, lines=len(visit.lines) - len(gone))
    _keep_address(visit)
    return _leave(request, order)


def _stay(visit: Visit) -> HttpResponse:
    """What could not be placed now may have been before, by the same button: then on to that order."""
    done = placed(_key(visit.request))
    return _leave(visit.request, done) if done else _page(visit)


def _prove_phone(visit: Visit) -> None:
    """Let a proved phone pass; send a code, or judge the one that was typed. Raises PhoneNotProved."""
    request, phone = visit.request, visit.form.cleaned_data["phone"]
    token = browser.token(request)
    if proving.is_proved(phone, token, user=request.user):
        return
    typed, asked = request.POST.get("code", "").strip(), "code" in request.POST
    try:
        if typed and request.POST.get("step") != "resend":
            proving.verify(phone, typed, token)
            return
        if request.POST.get("step") != "resend" and proving.is_waiting(phone, token):
            visit.code_error = _("Bạn gõ mã sáu số đã gửi tới máy này, hoặc bấm gửi lại.") if asked else ""
            raise PhoneNotProved
        proving.start(phone, token, address=address_of(request))
    except AccountError as error:
        visit.code_error = str(error)
    raise PhoneNotProved


def _leave(request: HttpRequest, order: Order) -> HttpResponse:
    """To the payment's page, or for cash to the order itself; a guest's browser keeps the order's link."""
    target = reverse("market:order", args=[order.number])
    if payments := payments_of(order):
        target = reverse("market:pay", args=[payments[-1].reference])
    response = redirect(target)
    response.status_code = 303
    guest.remember(request, response, order.number, links.sign(order))
    return browser.remember(request, response)


def _page(visit: Visit) -> HttpResponse:
    member = visit.request.user if visit.request.user.is_authenticated else None
    context = {
        **_figures(visit.quote, visit.lines, visit.way),
        "unpaid": None if visit.quote.parts else _unpaid(visit.request),
        "form": visit.form,
        # nothing typed, and nothing known but the province: the fields are the same for everybody
        "plain": member is None and visit.request.method == "GET",
        "key": _key_of(visit),
        "trouble": visit.trouble,
        "code_asked": visit.code_asked,
        "code_error": visit.code_error,
        "addresses": addresses_of(member) if member else [],
    }
    return render(visit.request, "market/checkout.html", context, status=visit.status)


def _figures(whole: Quote, lines: list[CartItem], way: str) -> dict:
    """What each household's goods cost and how they come, the sum, and the ways to pay it."""
    placeable = quote.only_placeable(whole)
    ways = ways_of(placeable)
    return {
        "quote": placeable,
        "parts": parts_with_cards(whole, lines),
        "left_behind": sum(quote.is_stuck(part) for part in whole.parts),
        "goods_vnd": sum(part.goods_vnd for part in whole.parts if not quote.is_stuck(part)),
        "ways": ways,
        "why_no_cash": why_no_cash(placeable),
        "way": way if way in {each.code for each in ways} else "",
    }


def _unpaid(request: HttpRequest) -> Order | None:
    """The order this browser placed last, while it waits for its money: where the back button leads to."""
    number, token = next(iter(guest.tokens(request).items()), ("", ""))
    try:
        order = access_order(number, user=request.user, token=token)
    except NotYours:
        return None
    return order if order.state == Order.State.PLACED and not order.is_cod else None


def _towards(province_code: str) -> Destination | None:
    """Where to, as far as it is chosen: the province alone decides about ways and fees."""
    place = places.province_named(province_code)
    if place is None:
        return None
    return Destination(province_code=place.code, province_name=place.name, commune_code="", commune_name="")


def _chosen_methods(request: HttpRequest) -> dict[int, str]:
    """`method-<storefront id>` fields of the form."""
    fields = (
        (name.removeprefix("method-"), value)
        for name, value in request.POST.items()
        if name.startswith("method-")
    )
    return {
        int(number): value
        for number, value in fields
        if number.isascii() and number.isdigit() and len(number) < 16
    }


def _known(request: HttpRequest) -> dict[str, str]:
    """What need not be said again: the province looked at in the cart (`tinh`), a member's main address or
    the one asked for by `dia-chi`."""
    looked_at = {"key": fresh_key(), "province_code": request.GET.get("tinh", "")}
    if not request.user.is_authenticated:
        return looked_at
    user, wanted = request.user, request.GET.get("dia-chi", "")
    mine = list(addresses_of(user))
    chosen = next((each for each in mine if str(each.pk) == wanted), mine[0] if mine else None)
    known = {
        **looked_at,
        "name": user.display_name,
        "email": user.email or "",
        "phone": user.phone or "",
    }
    if chosen:
        known |= {
            name: getattr(chosen, name)
            for name in ("name", "phone", "province_code", "commune_code", "street")
        }
    known["phone"] = phones.show(known["phone"]).replace("\u00a0", " ")
    return known


def _key(request: HttpRequest) -> str:
    """The form's key, bound to whose cart it is, so that nobody meets another's order."""
    owner = basket.owner(request)
    key = request.POST.get("key", "").replace("\x00", "")[:KEY_LENGTH]
    return f"{owner.user_id or owner.token}:{key}"[:80]


def _key_of(visit: Visit) -> str:
    return visit.request.POST.get("key") or visit.form.initial.get("key") or fresh_key()


def _seen(request: HttpRequest) -> int:
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1


def _keep_address(visit: Visit) -> None:
    request, data = visit.request, visit.form.cleaned_data
    if request.user.is_authenticated and data["keep_address"]:
        fields = {"name": data["name"], "phone": data["phone"], "street": data["street"]}
        keep_address(request.user, **fields, **visit.form.place())
