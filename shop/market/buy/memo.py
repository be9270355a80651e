"""The small readable cookie: how many lines the cart has and the first name. Shown by a script, never trusted.

It is written only when a request has changed one of the two, so pages that may be cached stay untouched.
"""

import json
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from shop.cart import queries, services
from shop.market.buy import basket
from shop.market.mine import guest

COOKIE, DAYS = "cxl", 90


class Memo:
    """Middleware: merges a guest's cart at sign-in and renews the cookie after a change."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "signed_in", None) is not None:
            token = basket.guest_token(request)
            if token:
                services.merge(token, request.signed_in)
            response.delete_cookie(basket.COOKIE)
            self._write(request, response, request.signed_in)
        elif getattr(request, "signed_out", False):
            response.delete_cookie(COOKIE)
            # Whoever uses this browser next sees none of the orders that were opened in it.
            response.delete_cookie(guest.COOKIE)
        elif getattr(request, "cart_changed", False):
            self._write(request, response, request.user)
        return response

    def _write(self, request: HttpRequest, response: HttpResponse, user) -> None:
        count = getattr(request, "cart_lines", None)
        if count is None:
            count = queries.count_lines(basket.owner(request, user))
        name = user.get_short_name() if user.is_authenticated else ""
        value = quote(json.dumps({"n": count, "name": name}, ensure_ascii=False, separators=(",", ":")))
        response.set_cookie(COOKIE, value, max_age=DAYS * 86_400, samesite="Lax", secure=request.is_secure())
