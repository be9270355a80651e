"""In front of Django: public pages kept in memory for a moment, and sent compressed.

An answer is kept when it is a 200 to GET that says `public`, sets no cookie and varies with nothing but its
encoding and htmx. `config.middleware.Shared` takes the word `public` from every page that has looked at a cookie,
so what is kept carries nobody, and whoever asks gets the same bytes. Only these pages are compressed: they hold
no token and nothing of a person, so their length gives nothing away; other pages leave as they are.

Memory is bounded, and addresses with a query have a shelf of their own: nobody can push out the pages people
read by inventing searches. A full shelf takes a new page only when it is asked for more often than the one it
would push out.
"""

import gzip
import re
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import Any

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Key = tuple[bool, str, bool, str, str]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

PLAIN_BYTES, QUERY_BYTES = 24 * 2**20, 8 * 2**20
#: longer queries and bodies are made anew each time
MOST_QUERY, MOST_BODY = 400, 512 * 1024
#: a shorter body fits one packet as it is
LEAST_TO_COMPRESS, LEVEL = 860, 5
#: what an entry weighs beside its body: headers, key, bookkeeping
OVERHEAD = 3_000
#: while one thread makes a page anew the others hand out the old one, so long; and to this age while making it fails
CLAIM_S, MOST_STALE_S = 5, 600
#: put behind an address by those who share or advertise it: no page reads these, so they make no page of their own
TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|gbraid|wbraid|msclkid|zarsrc|_gl|mc_[ce]id)=")
NO_GZIP = re.compile(r"gzip\s*;\s*q=0(?:\.0*)?\s*(?:,|$)")
COMPRESSIBLE = ("text/", "application/xml", "application/json", "image/svg+xml")
VARIES_WITH = {"accept-encoding", "hx-request"}
MAX_AGE = re.compile(r"max-age=(\d+)")
#: taken from a request whose answer shall be kept: it has to be the whole page
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")


class Entry:
    """One page: its headers, and its body as it is or compressed."""

    def __init__(self, headers: Headers, body: bytes, *, keep_s: float) -> None:
        self.made = monotonic()
        self.until = self.made + keep_s
        #: from then on nobody gets it any more, whatever becomes of a new one
        self.end = self.made + max(keep_s, MOST_STALE_S)
        said = {name.lower(): value for name, value in headers}
        self.opaque = said.get("etag", "").removeprefix("W/")
        kind = said.get("content-type", "")
        self.compressible = len(body) >= LEAST_TO_COMPRESS and kind.startswith(COMPRESSIBLE)
        self.headers = [pair for pair in headers if pair[0].lower() != "content-length"]
        if self.compressible:
            self.headers.append(("Vary", "Accept-Encoding"))
        #: the body and whether it is compressed: always exchanged together, threads read it at any moment
        self._kept = body, False

    @property
    def size(self) -> int:
        return OVERHEAD + len(self._kept[0])

    def answer(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Send it: in the encoding asked for, as 304 to whoever has it, without a body to HEAD."""
        age = ("Age", str(int(monotonic() - self.made)))
        known = environ.get("HTTP_IF_NONE_MATCH", "")
        if self.opaque and known and (self.opaque in known or known == "*"):
            start_response("304 Not Modified", [*self.headers, age])
            return []
        compressed = self.compressible and accepts_gzip(environ)
        body = self._form(compressed)
        headers = [*self.headers, ("Content-Length", str(len(body))), age]
        start_response("200 OK", [*headers, ("Content-Encoding", "gzip")] if compressed else headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _form(self, wanted: bool) -> bytes:
        """Once somebody has asked for the small form only that is kept: hardly anybody asks for the other."""
        body, compressed = self._kept
        if wanted and not compressed:
            body = gzip.compress(body, LEVEL, mtime=0)
            self._kept = body, True
        elif compressed and not wanted:
            body = gzip.decompress(body)
        return body


class Shelf:
    """Pages up to a number of bytes. The one asked for longest ago goes first, unless the newcomer is asked for less."""

    #: so many different addresses are counted; beyond that all counts are halved and those of one call forgotten
    COUNTED = 8_192

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes, self.bytes = most_bytes, 0
        self._entries: OrderedDict[Key, tuple[Entry, int]] = OrderedDict()
        self._asked: dict[int, int] = {}
        self._calls = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Key) -> Entry | None:
        """The page, fresh or old, if it is there; the call is counted either way."""
        figure = hash(key)
        with self._lock:
            self._asked[figure] = self._asked.get(figure, 0) + 1
            self._calls += 1
            if len(self._asked) > self.COUNTED or self._calls > 16 * self.COUNTED:
                self._asked = {each: count // 2 for each, count in self._asked.items() if count > 1}
                self._calls = 0
            found = self._entries.get(key)
            if found is None:
                return None
            self._entries.move_to_end(key)
            return found[0]

    def claim(self, entry: Entry) -> bool:
        """Whether this thread is to make an old page anew; the others have patience for a while."""
        with self._lock:
            now = monotonic()
            if entry.until > now:
                return False
            entry.until = now + CLAIM_S
            return True

    def put(self, key: Key, entry: Entry) -> None:
        """Keep the page, if there is room or if it is asked for more often than what would have to go."""
        asked, size = self._asked.get(hash(key), 0), entry.size
        with self._lock:
            self._drop(key)
            while self.bytes + size > self.most_bytes:
                oldest = next(iter(self._entries), None)
                if oldest is None or self._asked.get(hash(oldest), 0) >= asked:
                    return
                self._drop(oldest)
            self._entries[key] = entry, size
            self.bytes += size

    def drop(self, key: Key) -> None:
        with self._lock:
            self._drop(key)

    def _drop(self, key: Key) -> None:
        _entry, size = self._entries.pop(key, (None, 0))
        self.bytes -= size


class PageCache:
    """A WSGI application before another one. With `keep_s` 0 it keeps nothing and only compresses."""

    def __init__(
        self, application: Application, *, keep_s: int, scheme_header: str = "", passes: tuple[str, ...] = ()
    ) -> None:
        """`scheme_header` is the environment's name for the proxy's word about https, where that is believed.

        Paths that begin with one of `passes` go straight to the application.
        """
        self.application, self.keep_s = application, keep_s
        self.scheme_header, self.passes = scheme_header, passes
        self.plain, self.queries = Shelf(PLAIN_BYTES), Shelf(QUERY_BYTES)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        query = environ.get("QUERY_STRING", "")
        if query:
            query = environ["QUERY_STRING"] = without_tracking(query)
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD") or environ["PATH_INFO"].startswith(self.passes):
            return self.application(environ, start_response)
        if not self.keep_s or len(query) > MOST_QUERY:
            return self._compressed(environ, start_response)
        shelf, key = (self.queries if query else self.plain), self._key(environ, query)
        known = shelf.get(key)
        if known is not None and known.end <= monotonic():
            known = None
        if known is not None and known.until > monotonic():
            return known.answer(environ, start_response)
        if method == "HEAD":
            return self._compressed(environ, start_response)
        if known is not None and not shelf.claim(known):
            return known.answer(environ, start_response)
        return self._made(environ, start_response, shelf, key, known)

    def _key(self, environ: Environ, query: str) -> Key:
        """What makes two requests the same. Words that anybody can invent are read as the yes or no they mean."""
        if self.scheme_header:
            secure = environ.get(self.scheme_header, "").partition(",")[0].strip() == "https"
        else:
            secure = environ["wsgi.url_scheme"] == "https"
        htmx = environ.get("HTTP_HX_REQUEST") == "true"
        return secure, environ.get("HTTP_HOST", ""), htmx, environ["PATH_INFO"], query

    def _made(
        self, environ: Environ, start_response: StartResponse, shelf: Shelf, key: Key, known: Entry | None
    ) -> Iterable[bytes]:
        """Ask the application for the whole page, and keep it if it may be kept; if it fails, the old one will do."""
        whole = {name: value for name, value in environ.items() if name not in CONDITIONS}
        status, headers, result = self._ask(whole)
        if known is not None and status.startswith("5") and known.end > monotonic():
            close(result)
            return known.answer(environ, start_response)
        entry = self._entry(status, headers, result)
        if entry is None:
            shelf.drop(key)
            return self._sent(environ, start_response, status, headers, result)
        answer = entry.answer(environ, start_response)
        shelf.put(key, entry)
        return answer

    def _compressed(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        status, headers, result = self._ask(environ)
        entry = self._entry(status, headers, result) if environ["REQUEST_METHOD"] == "GET" else None
        if entry is not None:
            return entry.answer(environ, start_response)
        return self._sent(environ, start_response, status, headers, result)

    def _sent(
        self,
        environ: Environ,
        start_response: StartResponse,
        status: str,
        headers: Headers,
        result: Iterable[bytes],
    ) -> Iterable[bytes]:
        """As the application said it; only a public text that comes in pieces is compressed on its way."""
        said = {name.lower(): value for name, value in headers}
        pieces = environ["REQUEST_METHOD"] == "GET" and "content-length" not in said
        if pieces and _is_public(status, said) and said.get("content-type", "").startswith(COMPRESSIBLE):
            headers = [*headers, ("Vary", "Accept-Encoding")]
            if accepts_gzip(environ):
                headers.append(("Content-Encoding", "gzip"))
                result = Squeezed(result)
        start_response(status, headers)
        return result

    def _ask(self, environ: Environ) -> tuple[str, Headers, Iterable[bytes]]:
        heard: list[tuple[str, Headers]] = []
        result = self.application(
            environ, lambda status, headers, _error=None: heard.append((status, headers))
        )
        return *heard[-1], result

    def _entry(self, status: str, headers: Headers, result: Iterable[bytes]) -> Entry | None:
        """The page to keep and to compress, or None when it is not for everybody or comes in pieces."""
        said = {name.lower(): value for name, value in headers}
        if getattr(result, "streaming", True) or not _is_public(status, said):
            return None
        body = b"".join(result)
        if len(body) > MOST_BODY:
            return None
        close(result)
        longest = MAX_AGE.search(said["cache-control"])
        return Entry(headers, body, keep_s=min(self.keep_s, int(longest[1])) if longest else self.keep_s)


class Squeezed:
    """An answer in pieces, compressed piece by piece: never more of it in memory than one of them."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        squeeze = zlib.compressobj(LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
        for piece in self.pieces:
            if squeezed := squeeze.compress(piece):
                yield squeezed
        yield squeeze.flush()

    def close(self) -> None:
        close(self.pieces)


def accepts_gzip(environ: Environ) -> bool:
    said = environ.get("HTTP_ACCEPT_ENCODING", "")
    return "gzip" in said and not NO_GZIP.search(said)


def without_tracking(query: str) -> str:
    """'xa=06463&fbclid=x' → 'xa=06463'."""
    if "=" not in query or not TRACKING.search(query):
        return query
    return "&".join(part for part in query.split("&") if not TRACKING.match(part))


def close(result: Iterable[bytes]) -> None:
    """Tell the application that its answer has been read: it gives its database connection back."""
    if hasattr(result, "close"):
        result.close()


def _is_public(status: str, said: dict[str, str]) -> bool:
    """Whether an answer is the same for everybody and whole. `said`: its headers, names in small letters."""
    control = said.get("cache-control", "")
    varies = {name.strip().lower() for name in said.get("vary", "").split(",") if name.strip()}
    return (
        status.startswith("200")
        and "public" in control
        and not ("no-store" in control or "private" in control)
        and "set-cookie" not in said
        and "content-encoding" not in said
        and varies <= VARIES_WITH
    )
