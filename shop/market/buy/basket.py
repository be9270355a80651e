"""Whose cart a request speaks of: the member's, or the guest's by a signed cookie."""

from django.http import HttpRequest, HttpResponse

from shop.cart import services
from shop.cart.values import Owner

COOKIE, SALT, DAYS = "gio", "shop.market.buy.basket", 90


def guest_token(request: HttpRequest) -> str:
    """The token of the guest's cart, or '' when the cookie is not there or not ours."""
    return request.get_signed_cookie(COOKIE, default="", salt=SALT)


def owner(request: HttpRequest, user=None) -> Owner:
    user = user or request.user
    if user.is_authenticated:
        return Owner(user_id=user.pk)
    return Owner(token=getattr(request, "new_cart_token", "") or guest_token(request))


def owner_to_write(request: HttpRequest) -> Owner:
    """The same, with a fresh token for a guest who has no cart yet; `keep` puts it into the answer."""
    found = owner(request)
    if not found.user_id and not found.token:
        request.new_cart_token = services.new_token()
        found = Owner(token=request.new_cart_token)
    changed(request)
    return found


def changed(request: HttpRequest, *, lines: int | None = None) -> None:
    """Note that the cart is not as it was, and how many lines it has now, where that is known."""
    request.cart_changed, request.cart_lines = True, lines


def keep(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Give a new guest's token to the browser."""
    if token := getattr(request, "new_cart_token", ""):
        response.set_signed_cookie(
            COOKIE,
            token,
            salt=SALT,
            max_age=DAYS * 86_400,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response
