"""The pages anybody can see, each beside the bare view it is measured against."""

from benchmarks import bench, site
from benchmarks.bench import Bench, alone, in_turns, per_second, ratio, wrong
from benchmarks.load import Load, percentile, steady

#: what each kind of page must hold
HOLDS = {"product": b'class="offer', "listing": b"<h1", "storefront": bench.CARD, "home": bench.CARD}


def measure(run: Bench) -> None:
    with run.open_site() as web, run.open_bare() as bare:
        catalogue(run, web, bare)
        others(run, web, bare)
        out_of_cache(run, web, bare)


def catalogue(run: Bench, web: site.Web, bare: site.Web) -> None:
    asked = [site.get(path) for path in run.targets["catalogue"]]
    kinds = {"ours": (web, asked, bench.CARD), "bare": (bare, [site.get("/listing/")], bench.CARD)}
    loads = in_turns(kinds, run.pace)
    put = run.figures.put
    put("bare listing", per_second(loads["bare"]), wrong=wrong(loads["bare"]))
    put("catalogue: 8 connections", per_second(loads["ours"]), wrong=wrong(loads["ours"]))
    put("catalogue: of the bare listing", ratio(loads["ours"], loads["bare"]), wrong=wrong(loads["ours"]))
    each = catalogue_alone(web, asked, run.pace.single // 12)
    times = [ms for load in each for ms in load.times]
    put("catalogue: p50 at one client", percentile(times, 50))
    slowest = max(load.ms(95) for load in each)
    put("catalogue: p95 at one client, slowest of 30", slowest, wrong=wrong(each))


def catalogue_alone(web: site.Web, asked: list[bytes], times: int) -> list[Load]:
    """One client on each address of the catalogue for itself."""
    return [alone(web, steady([raw], holds=bench.CARD), times) for raw in asked]


def others(run: Bench, web: site.Web, bare: site.Web) -> None:
    """Product, listing, storefront and home."""
    kinds = {"bare": (bare, [site.get(f"/product/{slug}/") for slug in run.targets["product_slugs"]], b"<h1")}
    kinds |= {name: (web, [site.get(path) for path in run.targets[name]], HOLDS[name]) for name in HOLDS}
    loads = in_turns(kinds, run.pace)
    put = run.figures.put
    put("bare product", per_second(loads["bare"]), wrong=wrong(loads["bare"]))
    for name in HOLDS:
        bad = wrong(loads[name])
        put(f"{name}: 8 connections", per_second(loads[name]), wrong=bad)
        if name != "home":
            put(f"{name}: of the bare product", ratio(loads[name], loads["bare"]), wrong=bad)
        one = alone(web, steady(kinds[name][1]), run.pace.single)
        put(f"{name}: p95 at one client", one.ms(95), wrong=one.wrong)


def out_of_cache(run: Bench, web: site.Web, bare: site.Web) -> None:
    """The page that a browser or a cache in front has already: asked for with its ETag, answered 304."""
    raw = site.get(run.targets["catalogue"][0])
    kinds = {"ours": (web, [raw], b""), "hello": (bare, [site.get("/hello/")], b"hello")}
    loads = in_turns(kinds, run.pace)
    put = run.figures.put
    put("bare hello", per_second(loads["hello"]), wrong=wrong(loads["hello"]))
    put("page out of cache: 8 connections", per_second(loads["ours"]), wrong=wrong(loads["ours"]))
    put(
        "page out of cache: of the hello view",
        ratio(loads["ours"], loads["hello"]),
        wrong=wrong(loads["ours"]),
    )
