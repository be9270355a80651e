"""How much memory a web worker holds after 10,000 requests of all kinds, and whether it still grows."""

from collections.abc import Iterator
from itertools import count, cycle
from urllib.parse import quote

from benchmarks import site
from benchmarks.bench import Bench
from benchmarks.load import Ask, Walk, drive, once
from benchmarks.search import SEARCH, SUGGEST

KINDS = ("catalogue", "product", "listing", "storefront", "home")
NAMES = ("memory of one web worker", "memory: last half's growth", "memory: requests of each worker before")


def measure(run: Bench) -> None:
    half, longest_s = run.pace.mixed * site.WORKERS // 2, run.pace.mixed_s
    first = drive(run.shop.port, _walks(run, 0), requests=half, seconds=longest_s)
    before = run.shop.rss_mib()
    second = drive(run.shop.port, _walks(run, half), requests=half, seconds=longest_s)
    after = run.shop.rss_mib()
    wrong = first.wrong + second.wrong
    requests = (len(first.times) + len(second.times)) / site.WORKERS
    for name, value in zip(NAMES, (after, (after - before) / before * 100, requests), strict=True):
        run.figures.put(name, value, wrong=wrong)


def _walks(run: Bench, first: int) -> Iterator[Walk]:
    """Every third request is a search that nobody has made before, numbered from `first` on; the others as they come."""
    known, numbers = cycle(_mixed(run)), count(first)
    while True:
        yield from once([next(known), next(known)])
        yield from once([_ask(f"{SEARCH}{quote(f'na {next(numbers)}')}")])


def _mixed(run: Bench) -> list[Ask]:
    """Pages of all kinds in turns, searches and suggestions among them."""
    kinds = [run.targets[kind] for kind in KINDS]
    typed = ((SEARCH, "words"), (SUGGEST, "typed"))
    kinds += [[path + quote(word) for word in run.targets[words]] for path, words in typed]
    turns = max(map(len, kinds))
    paths = [kind[turn % len(kind)] for turn in range(turns) for kind in kinds]
    return [_ask(path) for path in paths]


def _ask(path: str) -> Ask:
    """As browsers ask: compressed."""
    return Ask(site.get(path, headers=("Accept-Encoding: gzip",)))
