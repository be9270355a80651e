"""Pages that look the same to everybody: no session, no user, no token, no message, so that they may be cached."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from farmers import errors as farmers
from shop.catalogue import errors as catalogue

MAX_AGE_S = 60


def public(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """GET and HEAD only; a good answer may be kept a minute by browsers and by a cache in front."""

    @wraps(view)
    def shown(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except (farmers.NotYours, catalogue.NotYours) as error:
            raise Http404 from error
        if response.status_code == 200:
            response.setdefault("Cache-Control", f"public, max-age={MAX_AGE_S}")
        return response

    return require_safe(shown)
