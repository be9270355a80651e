"""The drill's own tools do what they say: otherwise its figures would be good for nothing."""

import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from benchmarks.drill import outage, proxy, trickster
from benchmarks.drill.goals import GOALS, PARTS
from benchmarks.drill.outage import Seen, Watch
from benchmarks.goals import Figures
from payments.adapters.contract import Unreachable
from payments.adapters.wire import Http
from tests.gateways.server import serving

NOW = "SELECT count(*) FROM drilled"


@pytest.fixture
def wire(committed_db, socket_enabled):
    """A proxy before the tests' server, the database's address through it, and its own."""
    direct = os.environ["DATABASE_URL"]
    parts = urlsplit(direct)
    folder = Path(parse_qs(parts.query)["host"][0])
    with proxy.between(
        str(next(each for each in folder.glob(".s.PGSQL.*") if each.suffix != ".lock"))
    ) as found:
        through = f"postgresql://{parts.username}@127.0.0.1:{found.port}{parts.path}?sslmode=disable&gssencmode=disable"
        with psycopg.connect(direct, autocommit=True) as connection:
            connection.execute("CREATE TABLE drilled (name text)")
        yield found, through, direct


def rows(url: str) -> int:
    with psycopg.connect(url) as connection:
        return connection.execute(NOW).fetchone()[0]


def test_a_swallowed_commit_stands_and_its_client_does_not_know(wire):
    found, through, direct = wire
    found.victim = b"INSERT INTO drilled"
    with pytest.raises(psycopg.OperationalError), psycopg.connect(through) as connection:
        connection.execute("INSERT INTO drilled VALUES ('x')")
        connection.commit()
    assert (rows(direct), found.swallowed) == (1, 1)


def test_control_other_commits_are_answered(wire):
    found, through, direct = wire
    found.victim = b"INSERT INTO another"
    with psycopg.connect(through) as connection:
        connection.execute("INSERT INTO drilled VALUES ('x')")
        connection.commit()
    assert (rows(direct), found.swallowed) == (1, 0)


@pytest.fixture
def gateway(socket_enabled):
    with (
        serving(lambda _asked: (200, b'{"well": true}', "application/json")) as fake,
        trickster.before(fake.url) as (outer, inner),
    ):
        yield outer, inner


@pytest.mark.parametrize("how", [trickster.NEVER, trickster.HTML, trickster.ELSEWHERE, trickster.DRIP])
def test_what_a_trickster_answers_is_no_answer_and_leads_nowhere(gateway, how):
    outer, inner = gateway
    outer.how = how
    with pytest.raises(Unreachable):
        Http(timeout_s=0.4).post(f"{outer.url}/create", b"{}").json()
    assert (outer.asked, inner.asked) == (["/create"], [])


def test_control_well_it_passes_on_what_the_gateway_says(gateway):
    outer, _inner = gateway
    assert Http(timeout_s=5).post(f"{outer.url}/create", b"{}").json() == {"well": True}


def test_what_was_seen_while_the_database_was_away_is_judged_by_its_clock():
    watch = Watch(
        [Seen("/", 0, 1, 200), Seen("/", 1, 4, 503, "5"), Seen("/", 5, 6, None), Seen("/", 6, 7.5, 200)]
    )
    assert [each.status for each in watch.bad()] == [503, None]
    assert watch.first_good_after(6.5) == 1
    assert watch.first_good_after(8) is None
    assert outage.PAGES


def test_every_figure_has_one_name_and_a_part_that_fails_leaves_it_empty():
    names = [goal.name for goal in GOALS]
    assert len(names) == len(set(names))
    rows_ = Figures(GOALS).rows(PARTS)
    assert [row.name for row in rows_] == names
    assert not any(row.ok for row in rows_)
