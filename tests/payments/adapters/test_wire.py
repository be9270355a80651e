"""What adapters share on the wire."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from payments.adapters.contract import Unreachable
from payments.adapters.wire import Http, keeps_secrets


@pytest.mark.parametrize("url", ["https://a.vn/x", "http://127.0.0.1:8080/x", "http://localhost/"])
def test_keys_go_by_https_or_to_this_machine(url):
    assert keeps_secrets(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://",
        "http://a.vn/",
        "http://127.0.0.1.a.vn/",
        "http://localhost.a.vn/",
        "http://localhost@a.vn/",
        "ftp://a.vn",
        "https://[",
    ],
)
def test_they_go_nowhere_else(url):
    assert not keeps_secrets(url)


@contextmanager
def dripping(pause_s: float) -> Iterator[str]:
    """A server that says at once how long its answer is, and then a byte at a time."""
    body = b'{"resultCode": 0, "message": "' + b"." * 200 + b'"}'

    def serve(server: socket.socket) -> None:
        peer, _address = server.accept()
        with peer, suppress(OSError):
            said = b""
            # what is left unread when the connection closes would reset it
            while not said.endswith(b"{}"):
                said += peer.recv(65536)
            peer.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode())
            for place in range(len(body)):
                peer.sendall(body[place : place + 1])
                time.sleep(pause_s)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, args=(server,), daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


def test_an_answer_that_trickles_is_left_and_its_connection_too():
    begun = time.monotonic()
    with dripping(0.05) as url, pytest.raises(Unreachable, match="trickles"):
        Http(timeout_s=0.5).post(url, b"{}")
    assert time.monotonic() - begun < 3


def test_control_a_whole_answer_is_read_however_many_pieces_it_comes_in():
    with dripping(0) as url:
        assert Http(timeout_s=5).post(url, b"{}").json()["resultCode"] == 0
