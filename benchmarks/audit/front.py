"""What stands before the site in production: it speaks for TLS, keeps the pictures, and compresses pages."""

import gzip
import http.client
import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlsplit

_OURS = {"connection", "transfer-encoding", "content-length", "keep-alive", "server", "date"}
_TEXT = ("text/", "application/javascript", "application/json", "image/svg+xml")
_SMALL = 500


@contextmanager
def before(site_port: int, media: Path, port: int) -> Iterator[None]:
    """Listen on `port`; requests go on to the site, those for media to the folder."""
    handler = type("Front", (_Handler,), {"site_port": site_port, "media": media.resolve()})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site_port: ClassVar[int]
    media: ClassVar[Path]

    def log_message(self, *_words: object) -> None:
        pass

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if path.startswith("/media/"):
            self._picture(path.removeprefix("/media/"))
        else:
            self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def _picture(self, name: str) -> None:
        file = (self.media / name).resolve()
        if not file.is_relative_to(self.media) or not file.is_file():
            self._answer(404, [], b"")
            return
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        headers = [("Content-Type", kind), ("Cache-Control", "public, max-age=31536000, immutable")]
        self._answer(200, headers, file.read_bytes())

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        headers |= {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}
        site = http.client.HTTPConnection("127.0.0.1", self.site_port, timeout=30)
        site.request(self.command, self.path, body or None, headers)
        answer = site.getresponse()
        content = answer.read()
        site.close()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _OURS]
        if self._may_compress(answer, content):
            content = gzip.compress(content, 6)
            kept.append(("Content-Encoding", "gzip"))
        self._answer(answer.status, kept, content)

    def _may_compress(self, answer: http.client.HTTPResponse, content: bytes) -> bool:
        return (
            len(content) > _SMALL
            and not answer.getheader("Content-Encoding")
            and "gzip" in self.headers.get("Accept-Encoding", "")
            and (answer.getheader("Content-Type") or "").startswith(_TEXT)
        )

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
