"""What other processes measure: queries of each page, and pictures."""

from benchmarks.bench import Bench
from benchmarks.data import inside


def queries(run: Bench) -> None:
    run.figures.take(inside(run.data, run.settings, "queries"))


def photo(run: Bench) -> None:
    run.figures.take(inside(run.data, run.settings, "pictures"))
