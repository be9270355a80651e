"""The bench's own promises: the client reads answers right, the table keeps its names and hides no gap."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks import load, report
from benchmarks.goals import GOALS, PARTS, Figures

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
CLOSING = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello"
ASKED = b"GET / HTTP/1.1\r\n\r\n"


@contextmanager
def answering(answer: bytes, *, pieces: int = 1, hang_up: bool = False) -> Iterator[int]:
    """A server that gives every request the same answer, in so many pieces; its port."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve(peer: socket.socket) -> None:
        with peer:
            while peer.recv(65536):
                for start in range(0, len(answer), -(-len(answer) // pieces)):
                    peer.sendall(answer[start : start - (-len(answer) // pieces)])
                if hang_up:
                    return

    def accept() -> None:
        while True:
            try:
                peer, _address = server.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(peer,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield server.getsockname()[1]
    server.close()


@pytest.fixture(autouse=True)
def _sockets(socket_enabled):
    """The client is nothing but sockets."""


@pytest.mark.parametrize(
    ("answer", "pieces", "hang_up"),
    [(PLAIN, 1, False), (PLAIN, 7, False), (CHUNKED, 5, False), (CLOSING, 3, True)],
)
def test_whole_answers_are_heard_whatever_way_they_come(answer, pieces, hang_up):
    with answering(answer, pieces=pieces, hang_up=hang_up) as port:
        heard = load.drive(port, load.steady([load.Ask(ASKED, b"hello")]), connections=3, requests=30)
    assert len(heard.times) == 30
    assert heard.walks == 30
    assert heard.wrong == []


def test_a_wrong_answer_is_told():
    with answering(b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n") as port:
        heard = load.drive(port, load.steady([load.Ask(ASKED)]), connections=1, requests=2)
    assert heard.wrong == ["status 500 instead of 200"] * 2


def test_a_walk_goes_on_with_what_it_was_answered():
    seen = []

    def walk():
        first = yield ASKED
        seen.append(first.body)
        second = yield ASKED
        seen.append(second.header("content-length"))

    with answering(PLAIN) as port:
        heard = load.drive(port, [walk()], connections=8)
    assert seen == [b"hello", "5"]
    assert (len(heard.times), heard.walks) == (2, 1)


def test_the_percentile_is_that_of_the_ranked_times():
    times = [float(number) for number in range(100, 0, -1)]
    assert load.percentile(times, 50) == 50
    assert load.percentile(times, 95) == 95
    assert load.percentile(times, 100) == 100
    assert load.percentile([], 95) == 0


def test_what_could_not_run_is_a_row_and_not_met():
    figures = Figures()
    rows = figures.rows(PARTS)
    assert [row.name for row in rows] == [goal.name for goal in GOALS]
    assert {row.value for row in rows} == {None}
    assert not any(row.ok for row in rows)


def test_a_goal_is_met_on_its_side_of_the_limit_and_never_by_wrong_answers():
    figures = Figures()
    figures.put("catalogue: of the bare listing", 0.5)
    figures.put("catalogue: queries", 9)
    figures.put("search: 8 connections", 500, wrong=["status 500 instead of 200"])
    met = {row.name: row.ok for row in figures.rows(PARTS)}
    assert met["catalogue: of the bare listing"]
    assert not met["catalogue: queries"]
    assert not met["search: 8 connections"]


def test_names_are_used_once():
    assert len({goal.name for goal in GOALS}) == len(GOALS)


def test_the_file_says_what_was_measured_where(tmp_path):
    rows = Figures().rows(["photo"])
    path = report.write("bench", rows, listings=50_000, folder=tmp_path)
    found = json.loads(path.read_text())
    assert list(found) == ["commit", "machine", "listings", "rows"]
    assert found["listings"] == 50_000
    assert [list(row) for row in found["rows"]] == [["name", "value", "unit", "goal", "ok"]] * len(rows)
