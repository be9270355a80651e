"""A wire between web server and database that can swallow the answer of COMMIT."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

#: the simple query COMMIT as PostgreSQL's protocol frames it
COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
PIECE = 1 << 16


@dataclass
class Proxy:
    """Passes on what both sides say, from a port of this machine to the server's socket file."""

    socket: str
    port: int = 0
    #: swallow the answer of the next COMMIT of a transaction whose statements hold these bytes
    victim: bytes = b""
    swallowed: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    async def meet(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, onward = await asyncio.open_unix_connection(self.socket)
        link = _Link(self, back, onward)
        try:
            await asyncio.gather(link.onwards(near), link.backwards(far))
        finally:
            for writer in (back, onward):
                with suppress(OSError):
                    writer.close()

    def claims(self, said: bytes) -> bool:
        """Whether this transaction's COMMIT shall never be answered; only one of them is."""
        with self._lock:
            mine = bool(self.victim) and self.victim in said
            if mine:
                self.victim = b""
                self.swallowed += 1
            return mine


class _Link:
    """One connection; `said` is what its client has sent since the last COMMIT."""

    def __init__(self, proxy: Proxy, back: asyncio.StreamWriter, onward: asyncio.StreamWriter) -> None:
        self.proxy, self.back, self.onward = proxy, back, onward
        self.said, self.mute = b"", False

    async def onwards(self, near: asyncio.StreamReader) -> None:
        while data := await near.read(PIECE):
            self.said += data
            if COMMIT in data:
                self.mute = self.mute or self.proxy.claims(self.said)
                self.said = b""
            self.onward.write(data)
            await self.onward.drain()
        self.onward.write_eof()

    async def backwards(self, far: asyncio.StreamReader) -> None:
        while data := await far.read(PIECE):
            if self.mute:
                # The server has answered, so the transaction stands; its client hears a broken connection.
                self.back.transport.abort()
                self.onward.close()
                return
            self.back.write(data)
            await self.back.drain()
        self.back.close()


@contextmanager
def between(socket: str) -> Iterator[Proxy]:
    """A proxy before the server whose socket file this is."""
    proxy, loop, ready = Proxy(socket), asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        server = await asyncio.start_server(proxy.meet, "127.0.0.1", 0)
        proxy.port = server.sockets[0].getsockname()[1]
        ready.set()
        await server.serve_forever()

    def run() -> None:
        asyncio.set_event_loop(loop)
        with suppress(asyncio.CancelledError, RuntimeError):
            loop.run_until_complete(serve())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    if not ready.wait(10):
        raise TimeoutError("The proxy did not start.")
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
