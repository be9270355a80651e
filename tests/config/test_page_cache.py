"""The page cache in front of Django: the same bytes for everybody, bounded, and never anything of a person."""

import gzip
import threading
from collections.abc import Iterable

import pytest

from config import page_cache
from config.page_cache import Entry, PageCache, Shelf, accepts_gzip, without_tracking

PUBLIC = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "public, max-age=60"),
    ("ETag", 'W/"abc"'),
]
PAGE = "Na Chi Lăng hái sáng nay. ".encode() * 100


class Answer:
    """What Django hands to the server: an iterable that says whether it comes in pieces, and wants to be closed."""

    def __init__(self, body: Iterable[bytes], *, streaming: bool = False) -> None:
        self.body, self.streaming, self.closed = body, streaming, False

    def __iter__(self):
        return iter(self.body)

    def close(self) -> None:
        self.closed = True


class Site:
    """An application that counts its calls; what it answers can be changed under way."""

    def __init__(self, *headers, body: bytes = PAGE, status: str = "200 OK") -> None:
        self.headers, self.body, self.status = list(headers) or PUBLIC, body, status
        self.calls: list[dict] = []
        self.last: Answer | None = None

    def __call__(self, environ, start_response):
        self.calls.append(environ)
        start_response(self.status, [*self.headers, ("Content-Length", str(len(self.body)))])
        self.last = Answer([self.body])
        return self.last


def ask(cache, path="/san-pham/", *, query="", method="GET", scheme="https", host="cho.vn", **headers):
    """(status, {header: value}, body) of one request; header names as WSGI writes them."""
    heard = []
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "wsgi.url_scheme": scheme,
        "HTTP_HOST": host, **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
    }  # fmt: skip
    result = cache(environ, lambda *said: heard.append(said))
    body = b"".join(result)
    page_cache.close(result)
    status, said = heard[-1][:2]
    return status, dict(said), body


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(page_cache, "monotonic", lambda: now[0])
    return now


def test_a_public_page_is_made_once_and_its_age_is_said(clock):
    site = Site()
    cache = PageCache(site, keep_s=60)
    first = ask(cache)
    clock[0] += 30
    second = ask(cache)
    assert len(site.calls) == 1 and site.last.closed
    assert first[2] == second[2] == PAGE
    assert (first[1]["Age"], second[1]["Age"]) == ("0", "30")
    clock[0] += 31
    ask(cache)
    assert len(site.calls) == 2


def test_with_zero_seconds_nothing_is_kept_but_pages_are_compressed():
    site = Site()
    cache = PageCache(site, keep_s=0)
    for _ in range(2):
        status, headers, body = ask(cache, accept_encoding="gzip, br")
    assert len(site.calls) == 2 and status == "200 OK"
    assert headers["Content-Encoding"] == "gzip" and gzip.decompress(body) == PAGE


@pytest.mark.parametrize(
    "headers",
    [
        [("Content-Type", "text/html"), ("Cache-Control", "private, no-store")],
        [("Content-Type", "text/html")],
        [*PUBLIC, ("Set-Cookie", "sessionid=1")],
        [*PUBLIC, ("Vary", "Cookie")],
        [*PUBLIC, ("Vary", "Accept-Encoding, Accept-Language")],
        [PUBLIC[0], ("Cache-Control", "public, no-store")],
        [*PUBLIC, ("Content-Encoding", "br")],
    ],
)
def test_what_is_not_plainly_for_everybody_is_neither_kept_nor_compressed(headers):
    site = Site(*headers)
    cache = PageCache(site, keep_s=60)
    for _ in range(2):
        _status, said, body = ask(cache, accept_encoding="gzip")
        assert body == PAGE and said.get("Content-Encoding") != "gzip"
    assert len(site.calls) == 2 and len(cache.plain) == 0


@pytest.mark.parametrize(
    "status", ["404 Not Found", "302 Found", "500 Internal Server Error", "304 Not Modified"]
)
def test_only_good_answers_are_kept(status):
    site = Site(status=status)
    cache = PageCache(site, keep_s=60)
    ask(cache)
    ask(cache)
    assert len(site.calls) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"host": "www.cho.vn"},
        {"scheme": "http"},
        {"path": "/en/san-pham/"},
        {"query": "xa=06463"},
        {"hx_request": "true"},
    ],
)
def test_another_address_is_another_page(other):
    site = Site()
    cache = PageCache(site, keep_s=60)
    ask(cache)
    ask(cache, **other)
    assert len(site.calls) == 2


def test_cookies_languages_and_sign_ins_make_no_other_page():
    site = Site()
    cache = PageCache(site, keep_s=60)
    bodies = {
        ask(cache, cookie=each, accept_language=each)[2] for each in ("", "sessionid=abc; csrftoken=def")
    }
    assert len(site.calls) == 1 and bodies == {PAGE}


def test_the_proxys_word_about_https_is_read_as_yes_or_no():
    site = Site()
    cache = PageCache(site, keep_s=60, scheme_header="HTTP_X_FORWARDED_PROTO")
    for said in ("https", "https, http", "http", "gopher", "x" * 50):
        ask(cache, x_forwarded_proto=said)
    assert len(site.calls) == 2


def test_posts_and_static_files_go_straight_through():
    site = Site()
    cache = PageCache(site, keep_s=60, passes=("/static/",))
    for _ in range(2):
        ask(cache, method="POST")
        ask(cache, "/static/css/tokens.css", if_none_match='"x"')
    assert len(site.calls) == 4 and site.calls[-1]["HTTP_IF_NONE_MATCH"] == '"x"'


def test_head_has_the_headers_and_no_body():
    cache = PageCache(Site(), keep_s=60)
    _status, whole, _body = ask(cache)
    status, headers, body = ask(cache, method="HEAD")
    assert (status, body) == ("200 OK", b"")
    assert headers["Content-Length"] == whole["Content-Length"] == str(len(PAGE))


def test_a_head_that_finds_nothing_keeps_nothing_and_hides_no_later_page(clock):
    site = Site()
    cache = PageCache(site, keep_s=60)
    ask(cache, method="HEAD")
    ask(cache)
    clock[0] += 61
    ask(cache, method="HEAD")
    assert [call["REQUEST_METHOD"] for call in site.calls] == ["HEAD", "GET", "HEAD"]
    site.body = b"new" * 500
    assert ask(cache)[2] == site.body


@pytest.mark.parametrize("known", ['W/"abc"', '"abc"', '"x", W/"abc"', "*"])
def test_whoever_has_the_page_hears_so_and_the_page_is_kept_all_the_same(known):
    site = Site()
    cache = PageCache(site, keep_s=60)
    for _ in range(2):
        status, headers, body = ask(cache, if_none_match=known)
        assert (status, body) == ("304 Not Modified", b"")
        assert headers["ETag"] == 'W/"abc"' and headers["Cache-Control"] == "public, max-age=60"
    assert ask(cache)[2] == PAGE
    assert len(site.calls) == 1 and "HTTP_IF_NONE_MATCH" not in site.calls[0]
    assert ask(cache, if_none_match='"other"')[0] == "200 OK"


def test_each_gets_the_encoding_asked_for_whoever_came_first():
    for order in (("gzip", ""), ("", "gzip")):
        cache = PageCache(Site(), keep_s=60)
        for wanted in order * 2:
            _status, headers, body = ask(cache, accept_encoding=wanted)
            assert headers["Vary"] == "Accept-Encoding"
            assert headers.get("Content-Encoding", "") == wanted
            assert headers["Content-Length"] == str(len(body))
            assert (gzip.decompress(body) if wanted else body) == PAGE


@pytest.mark.parametrize(
    "said, wanted",
    [("", False), ("br", False), ("gzip", True), ("deflate, gzip;q=1.0, *;q=0.5", True), ("gzip;q=0", False),
     ("gzip; q=0.0, br", False), ("gzip;q=0.5", True), ("identity", False)],
)  # fmt: skip
def test_gzip_is_sent_to_those_who_read_it(said, wanted):
    assert accepts_gzip({"HTTP_ACCEPT_ENCODING": said}) is wanted


def test_pictures_and_short_answers_are_not_compressed():
    for site in (Site(("Content-Type", "image/webp"), PUBLIC[1]), Site(*PUBLIC, body=b"short")):
        headers = ask(PageCache(site, keep_s=60), accept_encoding="gzip")[1]
        assert "Content-Encoding" not in headers and "Vary" not in headers


@pytest.mark.parametrize(
    "query, kept",
    [
        ("fbclid=abc", ""), ("xa=06463&utm_source=zalo&utm_medium=x", "xa=06463"), ("q=na&gclid=1&sau=2.3", "q=na&sau=2.3"),
        ("q=utm_source", "q=utm_source"), ("xa=1", "xa=1"), ("utm_source", "utm_source"),
    ],
)  # fmt: skip
def test_what_advertisers_put_behind_an_address_makes_no_page_of_its_own(query, kept):
    assert without_tracking(query) == kept
    site = Site()
    cache = PageCache(site, keep_s=60)
    ask(cache, query=kept)
    ask(cache, query=query)
    assert len(site.calls) == 1 and site.calls[0]["QUERY_STRING"] == kept


def test_invented_searches_push_out_neither_pages_nor_searches_that_are_asked_for(monkeypatch):
    site = Site()
    cache = PageCache(site, keep_s=60)
    cache.plain, cache.queries = Shelf(20 * 6_000), Shelf(20 * 6_000)
    good = [("/san-pham/", ""), ("/", ""), ("/san-pham/", "q=na"), ("/san-pham/", "xa=06463")]
    for _ in range(3):
        for path, query in good:
            ask(cache, path, query=query)
    for number in range(20_000):
        ask(cache, query=f"q={number}")
        if number % 1_000 == 0:
            for path, query in good:
                ask(cache, path, query=query)
    made = len(site.calls)
    for path, query in good:
        ask(cache, path, query=query)
    assert len(site.calls) == made
    assert cache.queries.bytes <= 20 * 6_000 and len(cache.queries) <= 20
    assert len(cache.queries._asked) <= Shelf.COUNTED + 1


def test_a_page_asked_for_more_often_takes_the_place_of_one_forgotten():
    site = Site()
    cache = PageCache(site, keep_s=60)
    cache.plain = Shelf(2 * 6_000)
    for path in ("/a/", "/b/", "/c/"):
        ask(cache, path)
    ask(cache, "/c/")
    made = len(site.calls)
    ask(cache, "/c/")
    assert len(site.calls) == made


def test_endless_queries_and_huge_pages_are_not_kept():
    site = Site()
    cache = PageCache(site, keep_s=60)
    ask(cache, query="q=" + "a" * 10_000)
    site.body = b"a" * (page_cache.MOST_BODY + 1)
    assert len(ask(cache, "/huge/")[2]) == len(site.body)
    assert len(cache.plain) == len(cache.queries) == 0


def test_while_one_makes_an_old_page_anew_the_others_get_the_old_one(clock):
    inside, go_on = threading.Event(), threading.Event()
    site = Site()
    cache = PageCache(site, keep_s=60)
    ask(cache)
    clock[0] += 61
    site.body = b"new" * 500
    answer = site.__call__

    def slow(environ, start_response):
        inside.set()
        go_on.wait(5)
        return answer(environ, start_response)

    cache.application = slow
    maker = threading.Thread(target=ask, args=[cache])
    maker.start()
    assert inside.wait(5)
    assert ask(cache)[2] == PAGE
    go_on.set()
    maker.join()
    assert ask(cache)[2] == site.body


def test_while_the_site_fails_an_old_page_is_better_than_none_but_not_for_ever(clock):
    site = Site()
    cache = PageCache(site, keep_s=60)
    ask(cache)
    site.status, site.headers, site.body = "503 Service Unavailable", [("Cache-Control", "no-store")], b"away"
    clock[0] += 300
    status, headers, body = ask(cache)
    assert (status, body, headers["Age"]) == ("200 OK", PAGE, "300")
    clock[0] += 301
    assert ask(cache)[0] == "503 Service Unavailable"


def test_a_page_that_went_away_is_forgotten(clock):
    site = Site()
    cache = PageCache(site, keep_s=60)
    ask(cache)
    site.status = "404 Not Found"
    clock[0] += 61
    assert ask(cache)[0] == "404 Not Found"
    assert len(cache.plain) == 0 and cache.plain.bytes == 0


def test_a_page_says_how_long_and_never_longer_than_it_wants(clock):
    site = Site(PUBLIC[0], ("Cache-Control", "public, max-age=10"))
    cache = PageCache(site, keep_s=60)
    ask(cache)
    clock[0] += 11
    ask(cache)
    assert len(site.calls) == 2


def test_an_answer_in_pieces_is_compressed_piece_by_piece_and_not_kept():
    pieces = [b"<urlset>", *(b"<url>%d</url>" % number * 400 for number in range(50)), b"</urlset>"]
    seen = []

    def site(_environ, start_response):
        start_response("200 OK", [("Content-Type", "application/xml"), PUBLIC[1]])
        return Answer((seen.append(piece) or piece for piece in pieces), streaming=True)

    cache = PageCache(site, keep_s=60)
    _status, headers, body = ask(cache, accept_encoding="gzip")
    assert headers["Content-Encoding"] == "gzip" and gzip.decompress(body) == b"".join(pieces)
    assert len(cache.plain) == 0
    seen.clear()
    result = cache(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/",
            "wsgi.url_scheme": "http",
            "HTTP_ACCEPT_ENCODING": "gzip",
        },
        lambda *_said: None,
    )
    next(iter(result))
    assert len(seen) < len(pieces)


def test_the_shelf_counts_its_bytes_right():
    shelf = Shelf(100_000)
    for number in range(200):
        shelf.put((True, "", False, str(number % 40), ""), Entry(PUBLIC, b"a" * (number * 10), keep_s=60))
    assert shelf.bytes == sum(size for _entry, size in shelf._entries.values()) <= 100_000


def test_many_threads_at_once_each_get_their_form():
    cache = PageCache(Site(), keep_s=60)
    wrong = []

    def browse(wanted: str) -> None:
        for _ in range(200):
            _status, headers, body = ask(cache, accept_encoding=wanted)
            if (gzip.decompress(body) if headers.get("Content-Encoding") else body) != PAGE:
                wrong.append(wanted)
            if bool(headers.get("Content-Encoding")) != bool(wanted):
                wrong.append(wanted)

    threads = [threading.Thread(target=browse, args=[wanted]) for wanted in ("gzip", "") * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_page_older_than_the_longest_patience_is_never_handed_out(clock):
    """Not while another thread makes it anew, and not while making it fails."""
    site = Site()
    cache = PageCache(site, keep_s=60)
    ask(cache)
    clock[0] += page_cache.MOST_STALE_S + 1
    known = cache.plain.get(
        cache._key({"HTTP_HOST": "cho.vn", "PATH_INFO": "/san-pham/", "wsgi.url_scheme": "https"}, "")
    )
    assert cache.plain.claim(known), "another thread is at it"
    site.body = b"Na hai hom nay. " * 100
    assert ask(cache)[2] == site.body and len(site.calls) == 2


def test_what_may_be_kept_longer_than_that_is_handed_out_as_long(clock):
    site = Site()
    cache = PageCache(site, keep_s=2 * page_cache.MOST_STALE_S)
    site.headers = [("Content-Type", "text/html"), ("Cache-Control", "public, max-age=3600")]
    ask(cache)
    clock[0] += page_cache.MOST_STALE_S + 1
    assert ask(cache)[1]["Age"] == str(page_cache.MOST_STALE_S + 1) and len(site.calls) == 1
