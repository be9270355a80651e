"""A gateway's address that behaves well, or does not answer, or answers like somebody else."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import requests

WELL, NEVER, DRIP, BROKEN, HTML, ELSEWHERE = "well", "never", "drip", "500", "html", "elsewhere"
#: a silence ends only when the drill does
SILENCE_S = 120
PAGE = b"<!doctype html><title>Login</title><h1>Welcome to the captive portal</h1>"


@dataclass
class Trickster:
    """Stands before the pretended gateway of that address."""

    behind: str
    #: where its redirects lead: an address of this very machine
    inside: str = ""
    how: str = WELL
    url: str = ""
    #: paths it was asked for
    asked: list[str] = field(default_factory=list)


@contextmanager
def before(behind: str) -> Iterator[tuple[Trickster, Trickster]]:
    """The trickster, and the inner address that nobody may ever be led to."""
    with _listening(Trickster(behind)) as inner, _listening(Trickster(behind, inside=inner.url)) as outer:
        yield outer, inner


@contextmanager
def _listening(trickster: Trickster) -> Iterator[Trickster]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            trickster.asked.append(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with suppress(OSError):
                ANSWERS[trickster.how](self, trickster, body)

        do_GET = do_POST

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    trickster.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield trickster
    finally:
        server.shutdown()
        server.socket.close()


def _say(handler: BaseHTTPRequestHandler, status: int, body: bytes, kind: str, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def _well(handler: BaseHTTPRequestHandler, trickster: Trickster, body: bytes) -> None:
    got = requests.post(trickster.behind + handler.path, data=body, headers=dict(handler.headers), timeout=30)
    _say(handler, got.status_code, got.content, "application/json")


def _never(handler: BaseHTTPRequestHandler, trickster: Trickster, body: bytes) -> None:
    time.sleep(SILENCE_S)


def _drip(handler: BaseHTTPRequestHandler, trickster: Trickster, body: bytes) -> None:
    """The whole answer, its first line too, a byte a second."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    for place in range(len(answer)):
        handler.wfile.write(answer[place : place + 1])
        handler.wfile.flush()
        time.sleep(1)


ANSWERS = {
    WELL: _well,
    NEVER: _never,
    DRIP: _drip,
    BROKEN: lambda handler, _trickster, _body: _say(handler, 500, b"{}", "application/json"),
    HTML: lambda handler, _trickster, _body: _say(handler, 200, PAGE, "text/html"),
    ELSEWHERE: lambda handler, trickster, _body: _say(
        handler, 302, b"", "text/plain", Location=f"{trickster.inside}/latest/meta-data/"
    ),
}
