"""Where the time of a page goes, in one process without a server: `python -m benchmarks.inside.profile /san-pham/`.

Run it with the environment of the site. It prints milliseconds of the whole, of SQL and of templates (measured
without a profiler, which slows Python down unevenly), then the functions by their own time under cProfile.
"""

import cProfile
import io
import pstats
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.template.base import Template

from benchmarks.report import say
from benchmarks.site import HOST

WARM, TIMES, LINES = 5, 40, 45


def main(paths: list[str]) -> None:
    handler = WSGIHandler()
    for path in paths:
        say(f"\n=== {path}")
        _split(handler, path)
        _functions(handler, path)


def _split(handler: WSGIHandler, path: str) -> None:
    """The whole, SQL and templates in milliseconds: medians."""
    clock = {"sql": 0.0, "queries": 0, "templates": 0.0, "depth": 0}

    def timed(execute: Callable, *given: object) -> object:
        begun = perf_counter()
        try:
            return execute(*given)
        finally:
            clock["sql"] += perf_counter() - begun
            clock["queries"] += 1

    plain = Template.render

    def render(self: Template, context: object) -> str:
        if clock["depth"]:
            return plain(self, context)
        clock["depth"], begun, sql = 1, perf_counter(), clock["sql"]
        try:
            return plain(self, context)
        finally:
            clock["depth"] = 0
            clock["templates"] += perf_counter() - begun - (clock["sql"] - sql)

    rows = []
    Template.render = render
    try:
        with connection.execute_wrapper(timed):
            for _time in range(WARM + TIMES):
                clock.update(sql=0.0, queries=0, templates=0.0)
                begun = perf_counter()
                size = _visit(handler, path)
                rows.append((perf_counter() - begun, clock["sql"], clock["templates"], clock["queries"]))
    finally:
        Template.render = plain
    whole, sql, templates, queries = (median(column) for column in zip(*rows[WARM:], strict=True))
    rest = whole - sql - templates
    say(
        f"whole {whole * 1000:.1f} ms: SQL {sql * 1000:.1f} ({queries:.0f} queries), "
        f"templates {templates * 1000:.1f}, the rest {rest * 1000:.1f}; {size / 1024:.0f} KiB"
    )


def _functions(handler: WSGIHandler, path: str) -> None:
    profiler = cProfile.Profile()
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
