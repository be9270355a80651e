"""What the queue cannot mend itself, the supervisor mends; and /healthz/ says so."""

import pytest
from django.db import connection

from config import worker

pytestmark = pytest.mark.django_db


def a_worker(silent_s: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id",
            [silent_s],
        )
        return cursor.fetchone()[0]


def a_job(worker_id: int | None, *, status: str = "doing", once: str | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id, queueing_lock)"
            " VALUES ('default', 'x', %s, %s, %s) RETURNING id",
            [status, worker_id, once],
        )
        return cursor.fetchone()[0]


def status(job_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job_id])
        return cursor.fetchone()[0]


def test_a_job_whose_worker_fell_silent_goes_back_into_the_queue():
    silent, alive, orphan = a_job(a_worker(61)), a_job(a_worker(5)), a_job(None)
    assert worker.sweep() == 2
    assert [status(each) for each in (silent, alive, orphan)] == ["todo", "doing", "todo"]


def test_jobs_that_may_wait_only_once_never_keep_the_others_from_going_back():
    """Killed twice within a minute: two of one periodic job are `doing`, and a third one waits already."""
    first, second, other = a_job(None, once="minute"), a_job(None, once="minute"), a_job(None, once="hour")
    waits, again = a_job(None, status="todo", once="day"), a_job(None, once="day")
    worker.sweep()
    assert [status(each) for each in (first, second, other)] == ["todo", "failed", "todo"]
    assert [status(each) for each in (waits, again)] == ["todo", "failed"]


def test_the_queues_insert_trigger_sleeps():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgenabled FROM pg_trigger WHERE tgname = 'procrastinate_jobs_notify_queue_job_inserted_v1'"
        )
        assert cursor.fetchone()[0] == "D"


def test_healthz_is_well_with_a_beating_worker_and_not_without(client):
    assert client.get("/healthz/").status_code == 503
    a_worker(5)
    answer = client.get("/healthz/")
    assert (answer.status_code, answer.json()["ok"]) == (200, True)
