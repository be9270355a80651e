"""While the database is away: an honest page; after a restart nobody who only reads notices."""

import json

import psycopg
import pytest
from django.db import InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from config import middleware
from config.middleware import DatabaseAway
from tests.config.test_settings import start


class Site:
    """Answers as the inner middleware would: the first `broken` calls end in the database's error."""

    def __init__(self, broken: int, error: Exception | None = None) -> None:
        self.broken, self.calls = broken, 0
        self.error = error or OperationalError("server closed the connection unexpectedly")
        self.away = DatabaseAway(self)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.calls += 1
        if self.calls <= self.broken:
            return self.away.process_exception(request, self.error)
        return HttpResponse("ok")

    def answer(self, method: str = "get") -> HttpResponse:
        return self.away(getattr(RequestFactory(), method)("/san-pham/"))


def test_a_broken_connection_is_replaced_for_those_who_only_read():
    for method in ("get", "head"):
        site = Site(broken=1)
        assert (site.answer(method).status_code, site.calls) == (200, 2)


def test_what_might_change_something_is_never_done_again():
    site = Site(broken=1)
    assert (site.answer("post").status_code, site.calls) == (503, 1)


def test_it_is_tried_anew_once_and_then_said():
    site = Site(broken=9)
    answer = site.answer()
    assert (answer.status_code, site.calls) == (503, 2)
    assert (answer["Retry-After"], answer["Cache-Control"]) == ("5", "no-store")


def test_who_has_waited_does_not_wait_again(monkeypatch):
    times = iter([0.0, 3.0])
    monkeypatch.setattr(middleware, "monotonic", lambda: next(times))
    site = Site(broken=1)
    assert (site.answer().status_code, site.calls) == (503, 1)


def test_a_transaction_over_its_time_is_the_databases_trouble_and_other_errors_are_ours():
    over = InternalError("terminating connection due to idle-in-transaction timeout")
    over.__cause__ = psycopg.errors.IdleInTransactionSessionTimeout()
    assert Site(broken=9, error=over).answer("post").status_code == 503
    away = DatabaseAway(lambda _request: HttpResponse())
    for error in (InternalError("current transaction is aborted"), ValueError("x")):
        assert away.process_exception(RequestFactory().get("/"), error) is None


OPTIONS = """
import json
from django.db import connection as c
o = c.settings_dict["OPTIONS"]
print(json.dumps({"pool": o.get("pool"), "connect": o["connect_timeout"], "said": o["options"],
    "checks": c.settings_dict["CONN_HEALTH_CHECKS"], "age": c.settings_dict["CONN_MAX_AGE"]}))
"""


@pytest.mark.parametrize("process", ["web", "worker", "command"])
def test_only_the_web_has_a_pool_no_wider_than_its_threads_and_short_patience(django_db_setup, process):
    said = start(["shell", "--no-imports", "-c", OPTIONS], PROCESS=process, WEB_THREADS="3")
    found = json.loads(said.stdout.splitlines()[-1])
    assert (found["connect"], found["checks"], found["age"]) == (3, True, 0), said.stderr
    if process != "web":
        assert found["pool"] is None
        return
    assert found["pool"] == {"min_size": 1, "max_size": 3, "timeout": 2.5, "reconnect_timeout": 5}
    for limit in (
        "statement_timeout=5s",
        "lock_timeout=2s",
        "idle_in_transaction_session_timeout=10s",
        "transaction_timeout=15s",
    ):
        assert f"-c {limit}" in found["said"]
