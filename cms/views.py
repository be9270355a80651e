"""The door of the province's pages: Wagtail's own, with the way to a page found in fewer queries."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from wagtail import views

from cms import queries
from cms.models import HomePage


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """The page under a path in the active language; 404 when there is none.

    Wagtail would ask for the site, the language and the home one after another; what it finds it keeps on the
    request, so it is put there. All else (schedule, hooks, redirects to the Vietnamese page) is as it was.
    """
    home = _home(get_language() or settings.LANGUAGE_CODE)
    try:
        found = home.route(request, [part for part in path.split("/") if part]) if home else None
    except Http404:
        found = None
    request._wagtail_route_for_request = found
    return views.serve(request, path)


def _home(language: str) -> HomePage | None:
    """The home of a language, where there is none that of the first language."""
    homes = queries.homes()
    found = homes.get(language) or homes.get(settings.LANGUAGE_CODE)
    return HomePage.objects.filter(pk=found).first() if found else None
