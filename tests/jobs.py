"""Run the jobs that are due, here and now, on this connection."""

import json

from django.db import connection
from procrastinate.contrib.django import app

from common import dates


def run_due(*, limit: int = 500, whole: bool = True) -> int:
    """Run queued jobs whose time has come until none is left; how many ran comes back. Errors are raised.

    Not `whole`: so many and no more, and the rest still waits.
    """
    ran = 0
    while ran < limit:
        job = _take()
        if job is None:
            return ran
        job_id, name, arguments = job
        app.tasks[name](**arguments)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job_id])
        ran += 1
    if not whole:
        return ran
    raise AssertionError(f"More than {limit} jobs: does one defer itself for ever?")


def waiting(name: str) -> int:
    """How many jobs of that task wait."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND task_name = %s", [name]
        )
        return cursor.fetchone()[0]


def forget(name: str) -> None:
    """Jobs of that task that wait are lost."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'failed' WHERE status = 'todo' AND task_name = %s", [name]
        )


def _take() -> tuple[int, str, dict] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo'"
            " AND (scheduled_at IS NULL OR scheduled_at <= %s) ORDER BY id LIMIT 1",
            [dates.now()],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    arguments = row[2] if isinstance(row[2], dict) else json.loads(row[2])
    return row[0], row[1], arguments
