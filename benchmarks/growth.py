"""How the catalogue's time grows with the market: sizes measured in turns, on one server each."""

from collections.abc import Iterable

from benchmarks import data
from benchmarks.bench import Bench
from benchmarks.goals import Figures
from benchmarks.load import percentile
from benchmarks.pages import catalogue_alone
from benchmarks.report import say

SIZES = (data.SMALL, data.QUICK, data.FULL)


def measure(run: Bench) -> None:
    """This size against 5,000 listings."""
    small = _beside(run, data.SMALL)
    try:
        p95 = _p95([small, run])
    finally:
        small.close()
    run.figures.put("growth: catalogue p95, of that at 5,000", p95[1][1] / p95[0][1])


def table(run: Bench) -> None:
    """All three sizes, printed: p50 and p95 of the catalogue at one client."""
    runs = [run if run.data.listings == size else _beside(run, size) for size in SIZES]
    try:
        say("\nlistings      p50        p95   (catalogue, 30 addresses, one client)")
        for each, (p50, p95) in zip(runs, _p95(runs), strict=True):
            say(f"{each.data.listings:>8,}  {p50:>6.1f} ms  {p95:>6.1f} ms")
    finally:
        for each in runs:
            each.close()


def _beside(run: Bench, size: int) -> Bench:
    """The same site on a database of another size."""
    found = data.ready(run.data.url, size, run.settings)
    return Bench(found, run.settings, run.pace, Figures())


def _p95(runs: Iterable[Bench]) -> list[tuple[float, float]]:
    """(p50, p95) in milliseconds of each, measured in turns so that noise meets all alike."""
    runs = list(runs)
    times: list[list[float]] = [[] for _run in runs]
    for turn in range(1 + max(3, runs[0].pace.single // 30)):
        for run, kept in zip(runs, times, strict=True):
            loads = catalogue_alone(run.forgetful, run.catalogue(), 1)
            # the first turn only warms up
            kept += [ms for load in loads for ms in load.times] if turn else []
    return [(percentile(each, 50), percentile(each, 95)) for each in times]
