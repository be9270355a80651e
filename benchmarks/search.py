"""The search and the suggestions: common words as often as they are common, rare, none, hostile."""

from collections.abc import Iterator
from urllib.parse import quote

from benchmarks import site
from benchmarks.bench import Bench, alone, in_turns, per_second, warm, wrong
from benchmarks.load import Ask, Load, Walk, Wrong, percentile, steady

SEARCH, SUGGEST = "/san-pham/?q=", "/goi-y/?q="
#: every answer is the search page, also the one that found nothing
PAGE = b'name="q"'


def measure(run: Bench) -> None:
    """The rate with what the site remembers of earlier searches, the times of single ones without."""
    visits = asked(SEARCH, run.targets["visits"])
    loads = in_turns({"visits": (run.site, visits)}, run.pace)["visits"]
    run.figures.put("search: 8 connections", per_second(loads), wrong=wrong(loads))
    _common(run, run.forgetful, visits)
    _uncommon(run, run.forgetful)


def _common(run: Bench, web: site.Web, visits: list[Ask]) -> None:
    words, put = asked(SEARCH, run.targets["words"]), run.figures.put
    warm(web, visits)
    one = alone(web, steady(visits), run.pace.single)
    put("search: p50 at one client", one.ms(50), wrong=one.wrong)
    put("search: p95 at one client", one.ms(95), wrong=one.wrong)
    each = alone(web, steady(words), len(words))
    put("search: slowest of 200 words", each.ms(100), wrong=each.wrong)


def _uncommon(run: Bench, web: site.Web) -> None:
    put = run.figures.put
    for kind, name in (("rare", "search: p95 of rare words"), ("none", "search: p95 of words nobody sells")):
        requests = asked(SEARCH, run.targets[kind])
        warm(web, requests)
        load = alone(web, steady(requests), 2 * len(requests))
        put(name, load.ms(95), wrong=load.wrong)
    times: list[float] = []
    load = alone(web, _hostile(asked(SEARCH, run.targets["hostile"]), times), 3 * len(run.targets["hostile"]))
    put("search: slowest hostile query", percentile(times, 100), wrong=load.wrong)


def _hostile(requests: list[Ask], times: list[float]) -> Iterator[Walk]:
    """Each query three times; it may be refused as a bad request, and must never break."""
    return (_refused_or_found(each.raw, times) for each in requests * 3)


def _refused_or_found(raw: bytes, times: list[float]) -> Walk:
    answer = yield raw
    times.append(answer.ms)
    if answer.status not in (200, 400):
        raise Wrong(f"status {answer.status} for {raw[:80]!r}")


def suggestions(run: Bench) -> None:
    requests = asked(SUGGEST, run.targets["typed"])
    loads: list[Load] = in_turns({"typed": (run.site, requests)}, run.pace)["typed"]
    put = run.figures.put
    put("suggestions: 8 connections", per_second(loads), wrong=wrong(loads))
    warm(run.forgetful, requests)
    one = alone(run.forgetful, steady(requests), run.pace.single)
    put("suggestions: p95 at one client", one.ms(95), wrong=one.wrong)


def asked(path: str, words: list[str]) -> list[Ask]:
    return [Ask(site.get(path + quote(word)), PAGE if path == SEARCH else b"") for word in words]
