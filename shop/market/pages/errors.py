"""What a person sees when something is wrong: what happened, what is safe, what to do. No session, no database."""

import logging
from collections.abc import Callable
from functools import wraps

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from psycopg.errors import QueryCanceled

from shop.market.pages.names import names
from shop.search import text

log = logging.getLogger(__name__)
#: seconds after which a browser or a robot may ask again for what took too long
AGAIN_S = 10


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Rendered without the request: whatever broke may break again."""
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or old: nothing was done, going back and sending it again is safe."""
    return render(request, "400.html", status=403)


def in_time(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A search that the database gave up on shows what was typed and other ways on, not an error."""

    @wraps(view)
    def shown(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except OperationalError as error:
            if not isinstance(error.__cause__, QueryCanceled):
                raise
            log.warning("A search took too long at %s", request.path)
            return too_slow(request)

    return shown


def too_slow(request: HttpRequest) -> HttpResponse:
    """503, not to be kept: the search box with what was typed, the kinds of goods, and when to try again."""
    typed = text.tidy(request.GET.get("q", ""))
    context = {
        "wish": {"q": typed},
        "categories": names().categories.items(),
        "again": request.get_full_path(),
    }
    response = render(request, "market/catalogue_slow.html", context, status=503)
    response["Retry-After"] = str(AGAIN_S)
    response["Cache-Control"] = "no-store"
    return response
