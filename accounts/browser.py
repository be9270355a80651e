"""A random token that names this browser for a year, in a signed cookie that no script can read."""

import secrets

from django.http import HttpRequest, HttpResponse

COOKIE, SALT, DAYS = "may", "accounts.browser", 365


def token(request: HttpRequest) -> str:
    """The browser's token; a fresh one for a browser without (hand the answer to `remember` then)."""
    known = request.get_signed_cookie(COOKIE, default="", salt=SALT)
    fresh = getattr(request, "_browser_token", "")
    request._browser_token = known or fresh or secrets.token_urlsafe(24)
    return request._browser_token


def remember(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Put the token into the answer, if the browser does not bring it already."""
    if not request.get_signed_cookie(COOKIE, default="", salt=SALT):
        response.set_signed_cookie(
            COOKIE,
            token(request),
            salt=SALT,
            max_age=DAYS * 86_400,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response
