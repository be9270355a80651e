"""Calls to gateways that may be on their way at once in one process: a silent gateway never takes every thread.

One gateway may keep at most half of the process's threads waiting, all of them together leave one free. Who
finds no seat waits as long as those who sit have just sat down; a gateway that lets them sit makes nobody wait.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from time import monotonic

from django.conf import settings

from payments.adapters.contract import Unreachable

#: a call that takes longer than this is no reason to wait for its seat
YOUNG_S = 1.0


class Crowded(Unreachable):
    """So many wait for the gateway already that nobody else should. No call went out."""


class Seats:
    """The seats of one process whose work is done by so many threads."""

    def __init__(self, threads: int) -> None:
        self.each, self.all = max(1, threads // 2), max(1, threads - 1)
        self._sat: list[tuple[str, float]] = []
        self._change = Condition()

    @contextmanager
    def one(self, code: str) -> Iterator[None]:
        """Sit down for a call to the gateway of that code. Raises Crowded when there is no seat soon."""
        with self._change:
            while in_the_way := self._in_the_way(code):
                left_s = YOUNG_S - (monotonic() - min(in_the_way))
                if left_s <= 0:
                    raise Crowded(f"{len(in_the_way)} calls wait already.")
                self._change.wait(left_s)
            mine = (code, monotonic())
            self._sat.append(mine)
        try:
            yield
        finally:
            with self._change:
                self._sat.remove(mine)
                self._change.notify_all()

    def _in_the_way(self, code: str) -> list[float]:
        """Since when those sit whose seats would be needed; nobody when there is a seat."""
        same = [since for sitting, since in self._sat if sitting == code]
        if len(same) >= self.each:
            return same
        return [since for _code, since in self._sat] if len(self._sat) >= self.all else []


seats = Seats(settings.THREADS)
