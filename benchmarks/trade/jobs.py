"""The queue, worked off here and now. Jobs that index goods, write and carry letters move no money: they are let go."""

import json

from django.db import connection
from procrastinate.contrib.django import app

from common import dates

LET_GO = ("search.", "stock.", "notices.", "orders.tell_confirmed")
DUE = """
    DELETE FROM procrastinate_jobs WHERE id IN (
        SELECT id FROM procrastinate_jobs
        WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= %s))
    RETURNING id, task_name, args
"""


def run() -> None:
    """Run every job whose time has come, those they defer among them, in their order."""
    while jobs := _take():
        for _number, name, arguments in jobs:
            if not name.startswith(LET_GO):
                app.tasks[name](**(arguments if isinstance(arguments, dict) else json.loads(arguments)))


def _take() -> list[tuple[int, str, dict | str]]:
    with connection.cursor() as cursor:
        cursor.execute(DUE, [dates.now()])
        return sorted(cursor.fetchall(), key=lambda job: job[0])
