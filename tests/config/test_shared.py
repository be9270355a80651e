"""Who may keep what: public pages are the same bytes for everybody, everything else is kept by nobody."""

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from config.middleware import Language, Shared
from tests import cast
from tests.builders.cms import a_home
from tests.house.ground import Ground, browser, laid
from tests.house.test_rights import RIGHTS, address, routes

pytestmark = pytest.mark.django_db
#: pages that must be public; others may be, and are then looked at in the same way
PUBLIC = {
    "market:catalogue",
    "market:category",
    "market:product",
    "market:storefronts",
    "market:storefront",
    "market:listing",
    "market:trace",
    "market:trace-qr",
    "market:sitemap",
    "market:sitemap-section",
    "market:robots",
    "accounts:communes",
    "wagtail_serve",
}
#: those that are sent in pieces and so have no ETag
IN_PIECES = {"market:sitemap-section"}
QUERIES = {
    "market:catalogue": ["q=na", "xa=06463&mua=1"],
    "market:listing": ["tinh=01"],
    "accounts:communes": ["tinh=20"],
}
JUNK = {"sessionid": "a" * 32, "csrftoken": "b" * 32, "cxl": "%7B%22n%22%3A3%7D", "gio": "x", "don": "y"}


@pytest.fixture
def ground(db) -> Ground:
    a_home()
    return laid()


def addresses(ground: Ground, prefix: str = "") -> list[tuple[str, str]]:
    """(route's name, address) of everything outside the back office, with real things in the addresses."""
    slugs = {
        "market:product": ground.listing.product.slug,
        "market:category": ground.listing.product.category.slug,
        "market:storefront": ground.household.storefront.slug,
        "market:listing": ground.listing.slug,
    }
    found = []
    for name, pattern in routes():
        if name not in RIGHTS:
            continue
        known = ground.names() | {"slug": slugs.get(name, "x"), "section": "pages"}
        path = "/" if name == "wagtail_serve" else address(pattern, known)
        found.append((name, prefix + path))
        found += [(name, f"{prefix}{path}?{query}") for query in QUERIES.get(name, [])]
    return found


def is_public(answer: HttpResponse) -> bool:
    return answer.status_code == 200 and "public" in answer.get("Cache-Control", "")


def with_messages(client: Client) -> Client:
    """The same browser with a message waiting for its next page."""
    request = RequestFactory().get("/")
    storage = CookieStorage(request)
    storage.add(constants.INFO, "Bí mật của Lan")
    response = HttpResponse()
    storage.update(response)
    client.cookies.update(response.cookies)
    return client


def visitors(ground: Ground) -> list[Client]:
    """Somebody new; somebody whose browser brings junk; a buyer with cart and message; a household; an officer."""
    junk = browser()
    junk.cookies.load(JUNK)
    basket = browser()
    pack = ground.listing.packs.get().pk
    basket.post("/gio-hang/them/", {"pack": pack, "count": 1}, HTTP_ORIGIN="http://testserver")
    people = [browser(who) for who in (cast.lan(), cast.ba_sau(), cast.tuan())]
    return [junk, basket, with_messages(people[0]), *people[1:]]


def body(answer: HttpResponse) -> bytes:
    return answer.getvalue() if answer.streaming else answer.content


def test_public_pages_are_the_same_bytes_for_everybody_and_set_no_cookie(ground):
    everybody, nobody = visitors(ground), browser()
    seen = set()
    for name, path in addresses(ground):
        first = nobody.get(path)
        if not is_public(first):
            continue
        seen.add(name)
        content = body(first)
        for client in everybody:
            headers = {"HTTP_ACCEPT_LANGUAGE": "en", "HTTP_USER_AGENT": "other"}
            again = client.get(path, **headers)
            assert body(again) == content, path
            assert again.headers == first.headers, path
            assert not again.cookies, path
        varies = {each.strip() for each in first.get("Vary", "").split(",") if each.strip()}
        assert varies <= {"Accept-Encoding", "HX-Request"}, path
    assert seen >= PUBLIC


def test_looking_at_public_pages_opens_no_session(ground):
    client = browser()
    for name, path in addresses(ground):
        if name in PUBLIC:
            client.get(path)
    assert not client.cookies


def test_whatever_is_not_public_is_kept_by_nobody(ground):
    """Pages, redirects, refusals and errors of every route of the site, for a guest, a buyer and a household."""
    for who in (None, cast.lan(), cast.ba_sau()):
        client = browser(who)
        for _name, path in addresses(ground):
            for answer in (client.get(path), *([] if who else [client.post(path)])):
                if not is_public(answer):
                    control = answer["Cache-Control"]
                    assert "no-store" in control and "public" not in control, (path, answer.status_code)


def test_the_back_office_is_kept_by_nobody(ground):
    client = browser(cast.tuan())
    for path in ("/quan-tri/", "/quan-tri/pages/", "/quan-tri/ho-cho-xac-minh/", "/quan-tri/khong-co/"):
        assert "no-store" in client.get(path)["Cache-Control"], path


def test_a_public_page_has_a_weak_etag_and_is_not_sent_twice(ground):
    client, seen = browser(), set()
    for name, path in addresses(ground):
        first = client.get(path)
        if not is_public(first) or first.streaming:
            continue
        seen.add(name)
        assert first["ETag"].startswith('W/"'), path
        again = client.get(path, HTTP_IF_NONE_MATCH=first["ETag"])
        assert (again.status_code, again.content) == (304, b""), path
        assert again["ETag"] == first["ETag"] and again["Cache-Control"] == first["Cache-Control"], path
        assert client.get(path, HTTP_IF_NONE_MATCH='W/"another"').status_code == 200, path
    assert seen >= PUBLIC - IN_PIECES


def test_another_page_has_another_etag(ground):
    client = browser()
    tags = [client.get(path)["ETag"] for path in ("/san-pham/", "/gian-hang/", "/en/san-pham/")]
    assert len(set(tags)) == 3


@pytest.mark.parametrize("prefix, language", [("", "vi"), ("/en", "en"), ("/zh-hans", "zh-hans")])
def test_the_language_is_that_of_the_path_whatever_the_browser_prefers(ground, prefix, language):
    for preferred in ("en-GB,en;q=0.9", "zh-CN", "vi", "xx", ""):
        answer = browser().get(f"{prefix}/san-pham/", HTTP_ACCEPT_LANGUAGE=preferred)
        assert answer["Content-Language"] == language
        assert f'<html lang="{language}">' in answer.content.decode()
        assert "Accept-Language" not in answer.get("Vary", "")


def _shared(view) -> HttpResponse:
    return Shared(view)(RequestFactory().get("/"))


def test_a_public_page_that_has_looked_at_a_cookie_is_told_to_nobodys_cache(caplog):
    def cookie(_request: HttpRequest) -> HttpResponse:
        response = HttpResponse("Lan", headers={"Cache-Control": "public, max-age=60"})
        response.set_cookie("x", "1")
        return response

    def session(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("Lan", headers={"Cache-Control": "public, max-age=60", "Vary": "Cookie"})

    for view in (cookie, session):
        answer = _shared(view)
        assert answer["Cache-Control"] == "private, no-store" and "ETag" not in answer
    assert caplog.text.count("looked at a cookie") == 2


def test_a_page_that_says_nothing_is_kept_by_nobody():
    assert _shared(lambda _request: HttpResponse("Lan"))["Cache-Control"] == "private, no-store"


def test_the_language_middleware_knows_only_our_languages():
    seen = {}
    for path in ("/", "/en/", "/zh-hans/x/", "/fr/", "/vi/", "/EN/"):
        Language(lambda request: HttpResponse(translation.get_language()))(
            request := RequestFactory().get(path)
        )
        seen[path] = request.LANGUAGE_CODE
    assert seen == {
        "/": "vi",
        "/en/": "en",
        "/zh-hans/x/": "zh-hans",
        "/fr/": "vi",
        "/vi/": "vi",
        "/EN/": "vi",
    }
