"""What every page's frame needs: names, contacts and languages. No session, no user, no database write."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from cms import queries


def site(request: HttpRequest) -> dict:
    """`demo`, `public_url`, `foot` (about, links) and `language_links`: this page in each language."""
    path = request.get_full_path()
    links = [
        {"code": code, "name": name, "url": translate_url(path, code), "current": code == get_language()}
        for code, name in settings.LANGUAGES
    ]
    return {
        "demo": settings.DEMO,
        "public_url": settings.PUBLIC_URL,
        "language_links": links,
        "canonical_path": request.path,
        "foot": SimpleLazyObject(queries.foot),
    }
