"""A real worker: what a job defers stays or goes with the transaction of its act."""

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app

from payments.intake.services import charges
from payments.intake.services.jobs import later
from tests import jobs

QUEUE = "only-here"


def work(name: str, **arguments: object) -> None:
    """Let a worker of its own run this job, and nothing else, to its end."""
    app.configure_task(name, queue=QUEUE).defer(**arguments)
    with app.replace_connector(app.connector.get_worker_connector()):
        app.run_worker(queues=[QUEUE], wait=False, concurrency=1, install_signal_handlers=False)


@pytest.mark.parametrize("stays", [False, True])
def test_a_job_of_a_job_exists_exactly_if_its_transaction_commits(committed_db, monkeypatch, stays):
    seen = []

    def act() -> int:
        with transaction.atomic():
            later("payments.ask_late", payment_id=7)
            seen.append((jobs.waiting("payments.ask_late"), seen_by_others()))
            transaction.set_rollback(not stays)
        return 0

    monkeypatch.setattr(charges, "ask_due", act)
    work("payments.ask_due")
    assert seen == [(1, 0)]
    assert jobs.waiting("payments.ask_late") == int(stays)


def seen_by_others() -> int:
    """How many such jobs another connection sees now."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'payments.ask_late' AND status = 'todo'"
            )
            return cursor.fetchone()[0]
    finally:
        other.close()
