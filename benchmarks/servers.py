"""Which web server: the hello view and the catalogue behind each, two workers each."""

from benchmarks import bench, site
from benchmarks.bench import Bench, in_turns, per_second, wrong

SERVERS = (site.GRANIAN, "gunicorn sync", "gunicorn gthread")


def measure(run: Bench) -> None:
    catalogue = [site.get(path) for path in run.targets["catalogue"]]
    for server in SERVERS:
        with run.open_site(server) as web, run.open_bare(server) as bare:
            kinds = {
                "hello": (bare, [site.get("/hello/")], b"hello"),
                "catalogue": (web, catalogue, bench.CARD),
            }
            loads = in_turns(kinds, run.pace)
        for name, each in loads.items():
            run.figures.put(f"{server}: {name}", per_second(each), wrong=wrong(each))
