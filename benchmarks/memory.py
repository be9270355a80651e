"""How much memory a web worker holds after 10,000 requests of all kinds, and whether it still grows."""

from benchmarks import site
from benchmarks.bench import Bench
from benchmarks.load import drive, steady
from benchmarks.search import SEARCH, SUGGEST, asked

KINDS = ("catalogue", "product", "many_listings", "many_storefronts", "home")
NAMES = ("memory of one web worker", "memory: last half's growth", "memory: requests of each worker before")


def measure(run: Bench) -> None:
    requests = run.pace.mixed * site.WORKERS // 2
    with run.open_site(whole_pages=True) as web:
        first = drive(web.port, steady(_mixed(run)), requests=requests)
        half = web.rss_mib()
        second = drive(web.port, steady(_mixed(run)), requests=requests)
        whole = web.rss_mib()
    wrong = first.wrong + second.wrong
    figures = (whole, (whole - half) / half * 100, 2 * requests / site.WORKERS)
    for name, value in zip(NAMES, figures, strict=True):
        run.figures.put(name, value, wrong=wrong)


def _mixed(run: Bench) -> list[bytes]:
    """Pages of all kinds in turns, searches and suggestions among them."""
    pages = [[site.get(path) for path in run.targets[kind]] for kind in KINDS]
    typed = [asked(SEARCH, run.targets["words"]), asked(SUGGEST, run.targets["typed"])]
    kinds = [*pages, *typed]
    turns = max(map(len, kinds))
    return [kind[turn % len(kind)] for turn in range(turns) for kind in kinds]
