"""The client: one process, one selector, a few keep-alive connections, raw sockets.

Python's HTTP clients spend more time per request than the fastest views measured here, so they would
measure themselves. This one asks and reads some 20,000 times a second on one core, and stands in no
process that serves. What a visitor does is a *walk*: a generator that yields raw requests and is given
the answers; it looks at them too, since a wrong answer is quick to give.
"""

import gc
import re
import selectors
import socket
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from math import ceil
from time import perf_counter

Walk = Generator[bytes, "Answer", None]
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
CLOSING = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
SILENCE_S = 30
BODILESS = (204, 304)


class Wrong(Exception):
    """An answer that is not the one expected."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and after how many milliseconds."""

    status: int
    head: bytes
    body: bytes
    ms: float

    def header(self, name: str) -> str:
        """The first header of that name, or ''."""
        found = re.search(rb"\r\n%s: *([^\r]*)" % re.escape(name.encode()), self.head, re.IGNORECASE)
        return found[1].decode() if found else ""

    def expect(self, status: int = 200, *, holds: bytes = b"", times: int = 1) -> None:
        """Raise Wrong unless the status is that one and the body holds the words at least so often."""
        if self.status != status:
            raise Wrong(f"status {self.status} instead of {status}")
        if holds and self.body.count(holds) < times:
            raise Wrong(f"{self.body.count(holds)} × {holds.decode()} instead of {times}")


@dataclass(frozen=True, slots=True)
class Ask:
    """A raw request; its answer must be 200 and hold the words at least so often."""

    raw: bytes
    holds: bytes = b""
    times: int = 1


@dataclass
class Load:
    """What a load measured: milliseconds of each request, walks that ended, and what was wrong."""

    times: list[float] = field(default_factory=list)
    seconds: float = 0.0
    walks: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.times) / self.seconds if self.seconds else 0.0

    def ms(self, percent: float) -> float:
        """The time below which so many percent of the requests stayed; 100 is the slowest."""
        return percentile(self.times, percent)


def percentile(times: list[float], percent: float) -> float:
    """The smallest time that so many percent of all do not exceed; 0 of nothing."""
    rank = ceil(len(times) * percent / 100)
    return sorted(times)[max(rank, 1) - 1] if times else 0.0


def drive(
    port: int,
    walks: Iterable[Walk],
    *,
    connections: int = 8,
    seconds: float | None = None,
    requests: int | None = None,
) -> Load:
    """Let so many visitors walk at once, until the time is over, the requests are used up, or no walk is left."""
    load, source = Load(), iter(walks)
    picker = selectors.DefaultSelector()
    visitors = [_Visitor(port, picker, source, load) for _ in range(connections)]
    gc.collect()
    gc.disable()
    begun = perf_counter()
    stop = begun + seconds if seconds else float("inf")
    left = requests or float("inf")
    try:
        walking = 0
        for visitor in visitors:
            walking += visitor.begin()
        asked = walking
        while walking:
            ready = picker.select(SILENCE_S)
            if not ready:
                raise SystemExit(f"No answer for {SILENCE_S} s.")
            for key, _events in ready:
                if not key.data.hear():
                    continue
                more = asked < left and perf_counter() < stop
                if more and key.data.go_on():
                    asked += 1
                else:
                    walking -= 1
        load.seconds = perf_counter() - begun
    finally:
        gc.enable()
        for visitor in visitors:
            visitor.close()
        picker.close()
    return load


def steady(asks: Iterable[Ask]) -> Iterator[Walk]:
    """Endless walks of one request each, round and round."""
    return once(cycle(list(asks)))


def once(asks: Iterable[Ask]) -> Iterator[Walk]:
    """A walk of one request for each, in their order."""
    return map(_one, asks)


def _one(ask: Ask) -> Walk:
    answer = yield ask.raw
    answer.expect(holds=ask.holds, times=ask.times)


class _Visitor:
    """One connection and the walk that is being walked on it."""

    def __init__(self, port: int, picker: selectors.BaseSelector, source: Iterator[Walk], load: Load) -> None:
        self.port, self.picker, self.source, self.load = port, picker, source, load
        self.sock: socket.socket | None = None
        self.walk: Walk | None = None
        self.next: bytes | None = None
        self.begun, self.buffer, self.need = 0.0, b"", 0

    def begin(self) -> bool:
        """Start a walk; False when there is none left."""
        self.walk = next(self.source, None)
        if self.walk is None:
            return False
        self._send(next(self.walk))
        return True

    def hear(self) -> bool:
        """Read what is there; True when an answer is complete: it is measured and given to the walk."""
        data = self.sock.recv(1 << 18)
        self.buffer += data
        if not self._complete(ended=not data):
            return False
        answer = self._answer((perf_counter() - self.begun) * 1000)
        self.load.times.append(answer.ms)
        if not data or CLOSING.search(answer.head):
            self.close()
        try:
            self.next = self.walk.send(answer)
        except StopIteration:
            self.load.walks += 1
            self.next = None
        except Wrong as wrong:
            self.load.wrong.append(str(wrong))
            self.next = None
        return True

    def go_on(self) -> bool:
        """Send the walk's next request, or start the next walk; False when there is none left."""
        if self.next is None:
            return self.begin()
        self._send(self.next)
        return True

    def close(self) -> None:
        if self.sock is not None:
            self.picker.unregister(self.sock)
            self.sock.close()
            self.sock = None

    def _send(self, raw: bytes) -> None:
        self.begun, self.buffer, self.need = perf_counter(), b"", 0
        if self.sock is None:
            self.sock = socket.create_connection(("127.0.0.1", self.port), SILENCE_S)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.picker.register(self.sock, selectors.EVENT_READ, self)
        self.sock.sendall(raw)

    def _complete(self, *, ended: bool) -> bool:
        """Whether the buffer holds a whole answer; `need` is its length, -1 chunked, -2 until the end."""
        if not self.need:
            cut = self.buffer.find(b"\r\n\r\n")
            if cut < 0:
                if ended:
                    raise SystemExit("The server closed a connection without an answer.")
                return False
            self.need = self._length(self.buffer[: cut + 2], cut + 4)
        if self.need > 0:
            return len(self.buffer) >= self.need or ended
        return ended or (self.need == -1 and self.buffer.endswith(b"\r\n0\r\n\r\n"))

    def _length(self, head: bytes, start: int) -> int:
        if int(head[9:12]) in BODILESS:
            return start
        if found := LENGTH.search(head):
            return start + int(found[1])
        return -1 if CHUNKED.search(head) else -2

    def _answer(self, ms: float) -> Answer:
        head, _sep, body = self.buffer.partition(b"\r\n\r\n")
        head += b"\r\n"
        return Answer(int(head[9:12]), head, body, ms)
