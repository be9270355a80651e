"""Whether a form was sent by our own page, told without a token, for pages that anybody may keep."""

from urllib.parse import urlsplit

from django.http import HttpRequest


def is_own(request: HttpRequest) -> bool | None:
    """True: our own page. False: another site's. None: the browser does not say (then ask with a token)."""
    own = f"{request.scheme}://{request.get_host()}"
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin == own
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    referer = request.headers.get("Referer")
    if referer:
        try:
            parts = urlsplit(referer)
        except ValueError:
            return False
        return f"{parts.scheme}://{parts.netloc}" == own
    return None
