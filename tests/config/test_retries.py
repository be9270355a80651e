"""A job that is deferred once outlives a database that drops its connection."""

import pytest
from django.db import InterfaceError, InternalError, OperationalError, connection
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job

from payments.intake import services
from payments.intake.models import Payment
from payments.intake.services import charges
from tests.builders import payments as made

#: jobs of money and parcels that no sweep takes up again, or only much later
ONCE = [
    "payments.start_again", "payments.close_charge", "payments.ask_cancelled", "payments.book_statement",
    "payouts.propose", "payouts.book_result", "orders.tell_confirmed", "fulfilment.book_remittance",
]  # fmt: skip
#: what takes them up again when they fail
SWEPT = {
    "payments.ask": "payments.ask_due, by next_ask_at",
    "payments.ask_late": "the buyer, who comes again",
    "payments.expire": "payments.expire_due",
    "payments.send_refund": "payments.follow_refunds, by next_ask_at",
    "payments.follow_refund": "payments.follow_refunds, by next_ask_at",
    "payments.pull": "payments.pull_due, by next_at",
}
QUEUE = "only-here"
AWAY = [OperationalError(), InterfaceError(), InternalError(), ConnectorException()]


def again(name: str, error: Exception, attempts: int = 0):
    task = app.tasks[name]
    job = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name=name, attempts=attempts)
    return task.get_retry_exception(exception=error, job=job)


@pytest.mark.parametrize("name", ONCE)
def test_a_job_that_is_deferred_once_is_tried_again_when_the_database_was_away(name):
    assert all(again(name, error) for error in AWAY)
    assert not again(name, AWAY[0], attempts=8) and not again(name, KeyError("a mistake of ours"))


def test_every_job_of_money_and_parcels_is_periodic_tried_again_or_swept():
    periodic = {each.task.name for each in app.periodic_registry.periodic_tasks.values()}
    rooms = ("payments.", "payouts.", "orders.", "fulfilment.")
    mine = {name for name in app.tasks if name.startswith(rooms)}
    assert mine - periodic == {*ONCE, *SWEPT}
    assert {sweep.split(",")[0] for sweep in SWEPT.values() if sweep.startswith("payments.")} <= periodic


def test_a_dropped_connection_costs_no_question(committed_db, monkeypatch):
    """A real worker, a real server that ends the connection: the job waits, and its thread connects anew."""
    payment, asked = made.pending(), []
    services.cancel(payment)
    monkeypatch.setattr(
        charges, "_ask", lambda row: asked.append(row.pk) or (drop() if not asked[1:] else None)
    )
    app.configure_task("payments.ask_cancelled", queue=QUEUE).defer(payment_id=payment.pk)
    work()
    assert (status(), asked) == (("todo", 1), [payment.pk])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL")
    work()
    assert (status(), asked) == (("succeeded", 2), [payment.pk] * 2)
    assert Payment.objects.get(pk=payment.pk).state == "cancelled"


def drop() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def work() -> None:
    with app.replace_connector(app.connector.get_worker_connector()):
        app.run_worker(queues=[QUEUE], wait=False, concurrency=1, install_signal_handlers=False)


def status() -> tuple[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status, attempts FROM procrastinate_jobs WHERE task_name = 'payments.ask_cancelled'"
        )
        return cursor.fetchone()
