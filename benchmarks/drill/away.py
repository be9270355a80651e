"""The database is restarted, away for 8 s, and for 45 s with a job at work."""

import time

import psycopg
from psycopg.types.json import Jsonb

from benchmarks.drill import ledgers, outage
from benchmarks.drill.run import Task
from benchmarks.drill.world import World, standing, wait_until
from benchmarks.goals import Figures
from benchmarks.report import say

SHORT_S, LONG_S = 8, 45
#: refusals that took longer are named
LONGEST_S = 3
#: the job in `inside.jobs`
SLEEPER = "drill.sleep"
DONE = "SELECT count(*) FROM procrastinate_jobs WHERE id = %s AND status = 'succeeded'"
ENDED = "SELECT count(*) FROM procrastinate_jobs WHERE id = %s AND status IN ('succeeded', 'failed')"
DOING = "SELECT count(*) FROM procrastinate_jobs WHERE id = %s AND status = 'doing'"


def drill(task: Task, figures: Figures) -> None:
    files = task.folder / "postgres"
    with standing(task.folder, task.url, task.settings) as world:
        wait_until(lambda: _done(world, _defer(world, 0)), seconds=60, pause_s=3)
        with outage.watched(world) as watch:
            time.sleep(2)
        say(f"  quiet: {len(watch.seen)} requests, {len(watch.bad())} bad")
        _restart(world, files, figures)
        _short(world, files, figures)
        _long(world, files, figures)


def _restart(world: World, files, figures: Figures) -> None:
    with outage.watched(world) as watch:
        time.sleep(1)
        away_s = outage.restart(files)
        time.sleep(3)
    figures.put("restart: failed requests", len(watch.bad()), wrong=list(map(str, watch.bad())))
    figures.put("restart: requests", len(watch.seen))
    figures.put("restart: slowest request", max(each.seconds for each in watch.seen))
    figures.put("restart: seconds without a database", away_s)


def _short(world: World, files, figures: Figures) -> None:
    with outage.watched(world) as watch:
        time.sleep(1)
        away_at = time.monotonic()
        outage.stop(files, "fast")
        time.sleep(SHORT_S)
        outage.start(files)
        up_at = time.monotonic()
        time.sleep(8)
    _refusals(watch, figures, "away 8 s", away_at)
    figures.put("away 8 s: first good page after it is up", watch.first_good_after(up_at))


def _refusals(watch: outage.Watch, figures: Figures, name: str, away_at: float) -> None:
    refused = watch.bad()
    odd = [each for each in refused if each.status != 503 or not each.retry_after]
    slow = [
        f"{each}, asked for {each.begun - away_at:.1f} s after it went"
        for each in refused
        if each.seconds > LONGEST_S
    ]
    slowest_s = max((each.seconds for each in refused), default=None)
    figures.put(f"{name}: slowest refusal", slowest_s, wrong=slow)
    figures.put(f"{name}: refusals without Retry-After", len(odd), wrong=list(map(str, odd)))


def _long(world: World, files, figures: Figures) -> None:
    at_work = _defer(world, 20)
    begun_s = wait_until(lambda: bool(world.ask(DOING, at_work)[0][0]), seconds=30)
    with outage.watched(world) as watch:
        away_at = time.monotonic()
        outage.stop(files, "immediate")
        time.sleep(LONG_S)
        outage.start(files)
        up_at = time.monotonic()
        fresh = _defer(world, 0)
        first_s = wait_until(lambda: _done(world, fresh), seconds=180)
        ended_s = wait_until(lambda: bool(_ask(world, ENDED, at_work)), seconds=180)
    _refusals(watch, figures, "away 45 s", away_at)
    figures.put("away 45 s: first good page after it is up", watch.first_good_after(up_at))
    figures.put("away 45 s: first job done after it is up", first_s)
    waited = None if None in (begun_s, first_s, ended_s) else first_s + ended_s
    figures.put("away 45 s: interrupted job ended after it is up", waited)
    say(f"  jobs doing: {ledgers.jobs_doing(world)}")


def _defer(world: World, seconds: int) -> int:
    """Put a job into the queue that takes so many seconds; its id."""
    words = (
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', %s, %s) RETURNING id"
    )
    return world.ask(words, SLEEPER, Jsonb({"seconds": seconds}))[0][0]


def _done(world: World, job_id: int) -> bool:
    return bool(_ask(world, DONE, job_id))


def _ask(world: World, words: str, job_id: int) -> int:
    try:
        return world.ask(words, job_id)[0][0]
    except psycopg.OperationalError:
        return 0
