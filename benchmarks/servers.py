"""Which web server: the hello view and the catalogue behind each, two workers each."""

from benchmarks import site
from benchmarks.bench import EACH_ANEW, Bench, in_turns, per_second, wrong
from benchmarks.load import Ask
from benchmarks.site import BARE, SITE, serve

SERVERS = (site.GRANIAN, "gunicorn sync", "gunicorn gthread")


def measure(run: Bench) -> None:
    for server in SERVERS:
        with (
            serve(SITE, {**run.settings, **EACH_ANEW}, server=server) as web,
            serve(BARE, run.settings, server=server) as bare,
        ):
            kinds = {
                "hello": (bare, [Ask(site.get("/hello/"), b"hello")]),
                "catalogue": (web, run.catalogue()),
            }
            loads = in_turns(kinds, run.pace)
        for name, each in loads.items():
            run.figures.put(f"{server}: {name}", per_second(each), wrong=wrong(each))
