"""The pages anybody can see, each beside the bare view it is measured against."""

import re
from html import unescape

from benchmarks import bench, site
from benchmarks.bench import Bench, alone, in_turns, per_second, ratio, warm, wrong
from benchmarks.load import Ask, Load, Walk, percentile, steady

NEXT = re.compile(rb'rel="next" href="([^"]+)"|href="([^"]+)" rel="next"')
#: pages one after the other, from each of the first ones
DEEP = 8
#: what each kind of page must hold
HOLDS = {"product": b'class="offer', "listing": b"<h1", "storefront": bench.CARD, "home": bench.CARD}


def measure(run: Bench) -> None:
    catalogue(run, run.site, run.bare)
    first_seen(run, run.forgetful)
    others(run, run.site, run.bare)
    out_of_cache(run, run.shop, run.bare)


def catalogue(run: Bench, web: site.Web, bare: site.Web) -> None:
    asked = run.catalogue()
    kinds = {"ours": (web, asked), "bare": (bare, [Ask(site.get("/listing/"), bench.CARD, bench.CARDS)])}
    loads = in_turns(kinds, run.pace)
    put = run.figures.put
    put("bare listing", per_second(loads["bare"]), wrong=wrong(loads["bare"]))
    put("catalogue: 8 connections", per_second(loads["ours"]), wrong=wrong(loads["ours"]))
    put("catalogue: of the bare listing", ratio(loads["ours"], loads["bare"]), wrong=wrong(loads["ours"]))
    warm(run.forgetful, asked)
    each = catalogue_alone(run.forgetful, asked, run.pace.each)
    times = [ms for load in each for ms in load.times]
    put("catalogue: p50 at one client", percentile(times, 50))
    slowest = max(load.ms(95) for load in each)
    put("catalogue: p95 at one client, slowest of 30", slowest, wrong=wrong(each))


def catalogue_alone(web: site.Web, asked: list[Ask], times: int) -> list[Load]:
    """One client on each address of the catalogue for itself."""
    return [alone(web, steady([each]), times) for each in asked]


def first_seen(run: Bench, web: site.Web) -> None:
    """The pages behind the first ones: their cards have not been drawn before."""
    load = alone(
        web, (_deeper(raw) for raw in run.targets["catalogue"]), DEEP * len(run.targets["catalogue"])
    )
    run.figures.put("catalogue: p95 of pages seen for the first time", load.ms(95), wrong=load.wrong)


def _deeper(path: str) -> Walk:
    """From page to page by the link to the next one."""
    for _page in range(DEEP):
        page = yield site.get(path)
        page.expect(holds=bench.CARD)
        onward = NEXT.search(page.body)
        if onward is None:
            return
        path = unescape((onward[1] or onward[2]).decode())


def others(run: Bench, web: site.Web, bare: site.Web) -> None:
    """Product, listing, storefront and home."""
    plain = [path.replace("/gian-hang/", "/product/") for path in run.targets["listing"]]
    kinds = {"bare": (bare, [Ask(site.get(path), b'name="pack"') for path in plain])}
    kinds |= {
        name: (web, [Ask(site.get(path), holds) for path in run.targets[name]])
        for name, holds in HOLDS.items()
    }
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
    """A page that the site has kept whole, asked for as browsers ask: compressed."""
    raw = site.get(run.targets["catalogue"][0], headers=("Accept-Encoding: gzip",))
    kinds = {"ours": (web, [Ask(raw)]), "hello": (bare, [Ask(site.get("/hello/"), b"hello")])}
    loads = in_turns(kinds, run.pace)
    bad = wrong(loads["ours"])
    if site.ask(web.port, raw).header("content-encoding") != "gzip":
        bad.append("not compressed")
    put = run.figures.put
    put("bare hello", per_second(loads["hello"]), wrong=wrong(loads["hello"]))
    put("page out of cache: 8 connections", per_second(loads["ours"]), wrong=bad)
    put("page out of cache: of the hello view", ratio(loads["ours"], loads["hello"]), wrong=bad)
