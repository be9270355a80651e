"""The cart: put in, look, change. Grouped by household; each trouble is said where it is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from accounts.queries import addresses_of
from common import places
from shop.cart import queries, services
from shop.cart.errors import CartError
from shop.checkout import quote
from shop.market.buy import basket, origin
from shop.market.buy.shelf import parts_with_cards
from shop.orders.values import Destination


@csrf_exempt
@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """Put a pack into the cart, from a page that carries no token: guarded by where the form came from."""
    if request.method != "POST":
        return redirect("market:cart")
    known = origin.is_own(request)
    if known is False:
        return render(request, "market/cart_refused.html", status=403)
    if known is None:
        return render(request, "market/cart_confirm.html", {"pack": _pack(request), "count": _count(request)})
    return _add(request)


@never_cache
def confirm(request: HttpRequest) -> HttpResponse:
    """The same with Django's token, for browsers that do not say where a form comes from."""
    return _add(request) if request.method == "POST" else redirect("market:cart")


@never_cache
@require_GET
def cart(request: HttpRequest) -> HttpResponse:
    return _page(request)


@never_cache
def change(request: HttpRequest) -> HttpResponse:
    """A new count for one line; 0, or the button "Bỏ ra", takes it out."""
    if request.method != "POST":
        return redirect("market:cart")
    count = 0 if "out" in request.POST else _count(request)
    try:
        services.set_count(basket.owner_to_write(request), _number(request.POST.get("line")), count)
    except CartError as error:
        # htmx swaps only what is answered as a success.
        return _page(request, trouble=str(error), status=200 if request.htmx else 422)
    return _see_other(reverse("market:cart"))


def _add(request: HttpRequest) -> HttpResponse:
    owner = basket.owner_to_write(request)
    try:
        added = services.add(owner, _pack(request), _count(request))
    except CartError as error:
        return basket.keep(request, _page(request, trouble=str(error), status=422))
    basket.changed(request, lines=added.lines)
    if request.htmx:
        response = render(request, "market/cart_added.html")
        response["HX-Trigger-After-Settle"] = "cart:changed"
    else:
        back = request.POST.get("next", "")
        safe = (
            back.startswith("/")
            and back.isprintable()
            and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
        )
        response = _see_other(back if safe else reverse("market:cart"))
    return basket.keep(request, response)


def _see_other(target: str) -> HttpResponse:
    response = redirect(target)
    response.status_code = 303
    return response


def _page(request: HttpRequest, *, trouble: str = "", status: int = 200) -> HttpResponse:
    lines = queries.lines_of(basket.owner(request))
    place = _place(request)
    found = quote.make(lines, _towards(place))
    sound = [part for part in found.parts if not quote.is_stuck(part)]
    context = {
        "parts": parts_with_cards(found, lines),
        "goods_vnd": sum(part.goods_vnd for part in sound),
        "delivery_vnd": sum(part.delivery_vnd for part in sound),
        "placeable": bool(sound),
        "left_behind": len(found.parts) - len(sound),
        "places": places.provinces(),
        "place": place,
        "trouble": trouble,
    }
    response = render(request, "market/cart.html", context, status=status)
    if request.htmx:
        response["HX-Trigger-After-Settle"] = "cart:changed"
    return response


def _place(request: HttpRequest) -> places.Place | None:
    """The province asked for, else where a member's first address is."""
    code = request.GET.get("tinh")
    if code is None and request.user.is_authenticated:
        code = next((each.province_code for each in addresses_of(request.user)[:1]), "")
    return places.province_named(code or "")


def _towards(place: places.Place | None) -> Destination | None:
    if place is None:
        return None
    return Destination(province_code=place.code, province_name=place.name, commune_code="", commune_name="")


def _pack(request: HttpRequest) -> int:
    return _number(request.POST.get("pack"))


def _count(request: HttpRequest) -> int:
    """What was typed as a whole number; nonsense becomes 0 or a number out of range, which the act refuses."""
    text = request.POST.get("count", "1").strip() or "1"
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else -1


def _number(text: str | None) -> int:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
