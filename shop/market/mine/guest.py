"""Which orders this browser may see without an account: a signed cookie with the links it has opened."""

from django.http import HttpRequest, HttpResponse

COOKIE, SALT, KEEP, DAYS = "don", "shop.market.mine.guest", 12, 90


def tokens(request: HttpRequest) -> dict[str, str]:
    """Order number → link token, as far as the cookie is ours."""
    raw = request.get_signed_cookie(COOKIE, default="", salt=SALT)
    pairs = [part.partition("=") for part in raw.split("&") if part]
    return {number: token for number, _sep, token in pairs}


def remember(request: HttpRequest, response: HttpResponse, number: str, token: str) -> None:
    """Keep the link in the cookie, so that it need not stay in the address."""
    known = {number: token, **{key: value for key, value in tokens(request).items() if key != number}}
    raw = "&".join(f"{key}={value}" for key, value in list(known.items())[:KEEP])
    response.set_signed_cookie(
        COOKIE,
        raw,
        salt=SALT,
        max_age=DAYS * 86_400,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
