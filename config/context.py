"""What every page's frame needs: names, contacts and languages. No session, no user, no database write."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from cms import queries
from shop.market import seo

#: mounted outside the languages: the same address in each
UNSPOKEN = "/demo/"


def site(request: HttpRequest) -> dict:
    """The frame's words and addresses; a page may say another `canonical` and other `alternates` (or `hidden`).

    `demo`, `public_url`, `foot` (about, links), `at_home`, `language_links` (this address in each language),
    `canonical_path`, `canonical` (path and query), `alternates` (hreflang, path and query).
    """
    path, plain, here = request.path, seo.bare(request.get_full_path()), get_language()
    spoken = not path.startswith(UNSPOKEN)
    links = [
        {
            "code": code,
            "name": name,
            "url": seo.in_language(plain, code) if spoken else plain,
            "current": code == here,
        }
        for code, name in settings.LANGUAGES
    ]
    return {
        "demo": settings.DEMO,
        "public_url": settings.PUBLIC_URL,
        "at_home": seo.bare(path) == "/",
        "language_links": links,
        "canonical_path": path,
        "canonical": path,
        "alternates": seo.alternates(path),
        "foot": SimpleLazyObject(queries.foot),
    }
