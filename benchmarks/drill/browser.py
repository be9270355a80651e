"""A buyer's or officer's browser that survives what the drill does to the server."""

import http.client
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

from benchmarks.site import HOST

T = TypeVar("T")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
#: no answer: the server died, or is not back yet
BROKEN = (OSError, http.client.HTTPException)
#: long, since two processes may be starting anew on a busy machine, and a job of a killed worker be waited for
PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class Page:
    status: int
    headers: dict[str, str]
    text: str
    #: until the whole answer was there
    seconds: float

    @property
    def leads_to(self) -> str:
        """The path of a redirect, with its query."""
        parts = urlsplit(self.headers.get("location", ""))
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def find(self, pattern: re.Pattern[str]) -> str:
        """What the pattern's group holds; LookupError when the page has no such thing."""
        match = pattern.search(self.text)
        if match is None:
            raise LookupError(f"{self.status}: no {pattern.pattern}")
        return unescape(match[1])


@dataclass
class Browser:
    """Cookies, and a connection of its own for each request, as after a break."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    timeout_s: float = 30

    def get(self, path: str, **headers: str) -> Page:
        """One request; raises one of BROKEN when no whole answer comes."""
        return self.ask("GET", path, b"", headers)

    def post(self, path: str, form: dict[str, str] | str, **headers: str) -> Page:
        """A form, as fields or urlencoded already."""
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{HOST}"}
        return self.ask(
            "POST", path, (form if isinstance(form, str) else urlencode(form)).encode(), {**kind, **headers}
        )

    def upload(self, path: str, form: dict[str, str], name: str, body: bytes) -> Page:
        """A form with a file."""
        edge = "----drill"
        fields = "".join(
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in form.items()
        )
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        whole = f"{fields}{head}".encode() + body + f"\r\n--{edge}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={edge}", "Origin": f"https://{HOST}"}
        return self.ask("POST", path, whole, kind)

    def ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Page:
        begun = time.perf_counter()
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout_s)
        try:
            wire.request(method, path, body or None, self._headers() | headers)
            got = wire.getresponse()
            text = got.read().decode("utf-8", "replace")
        finally:
            wire.close()
        self._keep(got)
        heard = {name.lower(): value for name, value in got.getheaders()}
        return Page(got.status, heard, text, time.perf_counter() - begun)

    def token(self, path: str) -> str:
        """The form token of a page."""
        return self.get(path).find(TOKEN)

    def _headers(self) -> dict[str, str]:
        usual = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {**usual, "Accept": "text/html", **({"Cookie": cookies} if cookies else {})}

    def _keep(self, got: http.client.HTTPResponse) -> None:
        for name, line in got.getheaders():
            if name.lower() == "set-cookie":
                key, _equals, value = line.partition(";")[0].partition("=")
                self.cookies[key.strip()] = value


def until_answered(act: Callable[[], T], *, patience_s: float = PATIENCE_S) -> T:
    """Do it again, as a person does, until an answer comes: broken connections and 503 are none."""
    end = time.monotonic() + patience_s
    while True:
        try:
            said = act()
        except BROKEN:
            said = None
        if said is not None and getattr(said, "status", 200) != 503:
            return said
        if time.monotonic() > end:
            raise TimeoutError(f"No answer for {patience_s} s.")
        time.sleep(0.2)
