"""Where the time of a page goes, in one process without a server: `python -m benchmarks.inside.profile /san-pham/`.

It prints milliseconds of this process's own processor time, which other work on the machine does not change: the
whole, sending and reading queries, templates (measured without a profiler, which slows Python down unevenly); then
the functions by their own time under cProfile. PostgreSQL's share is its own process's and not in it.
"""

import cProfile
import io
import pstats
import sys
from collections import Counter
from collections.abc import Callable
from statistics import median
from time import thread_time

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.template.base import Template

from benchmarks.report import say
from benchmarks.site import HOST

WARM, TIMES, LINES, TEMPLATES = 5, 40, 45, 12
PLAIN = Template.render


def main(paths: list[str]) -> None:
    handler = WSGIHandler()
    for path in paths:
        say(f"\n=== {path}")
        _split(handler, path)
        _functions(handler, path)


class Clock:
    """Seconds of SQL, and of each template without those that it calls and without SQL."""

    def __init__(self) -> None:
        self.sql, self.queries = 0.0, 0
        self.templates: Counter[str] = Counter()
        self.renders: Counter[str] = Counter()
        self._elsewhere = [0.0]

    def execute(self, execute: Callable, *given: object) -> object:
        """Django's wrapper of a query."""
        begun = thread_time()
        try:
            return execute(*given)
        finally:
            took = thread_time() - begun
            self.sql, self.queries = self.sql + took, self.queries + 1
            self._elsewhere[-1] += took

    def render(self, template: Template, context: object) -> str:
        """In place of Template.render."""
        begun, _pushed = thread_time(), self._elsewhere.append(0.0)
        try:
            return PLAIN(template, context)
        finally:
            took = thread_time() - begun
            name = template.name or "(no name)"
            self.templates[name] += took - self._elsewhere.pop()
            self.renders[name] += 1
            self._elsewhere[-1] += took


def _split(handler: WSGIHandler, path: str) -> None:
    """Medians of the whole, SQL and templates in milliseconds; then the templates by their own time."""
    clocks, wholes, size = [], [], 0
    try:
        for _time in range(WARM + TIMES):
            clock = Clock()
            Template.render = lambda template, context, clock=clock: clock.render(template, context)
            with connection.execute_wrapper(clock.execute):
                begun = thread_time()
                size = _visit(handler, path)
                wholes.append(thread_time() - begun)
            clocks.append(clock)
    finally:
        Template.render = PLAIN
    clocks, whole = clocks[WARM:], median(wholes[WARM:])
    sql, templates = median(each.sql for each in clocks), median(each.templates.total() for each in clocks)
    say(
        f"whole {whole * 1000:.1f} ms: SQL {sql * 1000:.1f} ({clocks[-1].queries} queries), "
        f"templates {templates * 1000:.1f}, the rest {(whole - sql - templates) * 1000:.1f}; {size / 1024:.0f} KiB"
    )
    names = sum((each.templates for each in clocks), Counter())
    for name, seconds in names.most_common(TEMPLATES):
        say(f"  {seconds / TIMES * 1000:6.2f} ms  {clocks[-1].renders[name]:>4} × {name}")


def _functions(handler: WSGIHandler, path: str) -> None:
    profiler = cProfile.Profile(thread_time)
    profiler.enable()
    for _time in range(TIMES):
        _visit(handler, path)
    profiler.disable()
    for order in ("tottime", "cumulative"):
        told = io.StringIO()
        pstats.Stats(profiler, stream=told).strip_dirs().sort_stats(order).print_stats(LINES)
        say(told.getvalue())


def _visit(handler: WSGIHandler, path: str) -> int:
    """One GET through all middleware; the answer's bytes."""
    where, _mark, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": where,
        "QUERY_STRING": query,
        "SERVER_NAME": HOST,
        "SERVER_PORT": "443",
        "HTTP_HOST": HOST,
        "HTTP_X_FORWARDED_PROTO": "https",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
    }
    statuses = []
    response = handler(environ, lambda status, headers: statuses.append(status))
    size = sum(map(len, response))
    response.close()
    if not statuses[0].startswith("200"):
        raise SystemExit(f"{path}: {statuses[0]}")
    return size


if __name__ == "__main__":
    main(sys.argv[1:])
