"""Credits counted, taken back and given back at once: never more than lacks, never twice; without the guards not.

More of the controls are in `test_unguarded`.
"""

import threading

import pytest
from django.db import IntegrityError
from django.db.models import F

from common.steer import listen
from payments.books import audit as books
from payments.books.models import Entry
from payments.intake import audit, services
from payments.intake.errors import IllegalMove, NothingLacks, PaymentError
from payments.intake.models import Counting, Credit, Inflow
from payments.intake.services import countings
from tests.builders import inflows as made
from tests.builders import transfers
from tests.builders.payouts import officer
from tests.payments.test_races import THREADS, at_once

pytestmark = pytest.mark.race


@pytest.fixture(autouse=True)
def _configured(committed_db, monkeypatch):
    transfers.configure(monkeypatch)
    yield
    for point in ("after:countings.lacks", "after:countings.undone"):
        listen(point, None)
    assert [*books.breaks(), *audit.breaks()] == []


def entries(kind: str) -> int:
    return Entry.objects.filter(kind=kind).count()


def test_one_credit_counted_by_eight_people_at_once_is_counted_once():
    credit, inflow, tuan = made.came(180_000), made.handed_over(180_000), officer("Tuấn")
    found = at_once(lambda _number: services.credit_counted(credit, inflow, by=tuan))
    assert sum(isinstance(each, IllegalMove) for each in found) == THREADS - 1
    assert Counting.objects.count() == entries("credit_counted") == 1


def test_eight_credits_at_once_for_one_file_never_bring_more_than_it_lacks():
    credits, inflow, tuan = (
        [made.came(50_000) for _each in range(THREADS)],
        made.handed_over(120_000),
        officer("Tuấn"),
    )
    found = at_once(lambda number: services.credit_counted(credits[number], inflow, by=tuan))
    assert sum(isinstance(each, NothingLacks) for each in found) == THREADS - 3
    assert Inflow.objects.get().lacks_vnd == 0
    assert sum(each.spare_vnd for each in Credit.objects.all()) == THREADS * 50_000 - 120_000


def test_counting_taking_back_and_giving_back_at_once_agree_in_the_end():
    credit, inflow, tuan = made.came(200_000), made.handed_over(180_000), officer("Tuấn")
    counting = services.credit_counted(credit, inflow, by=tuan)
    acts = (
        lambda: services.counting_undone(counting, by=tuan, why="nhầm"),
        lambda: services.credit_given_back(credit, by=tuan, bank_ref="OUT", note="thừa"),
        lambda: services.credit_counted(credit, inflow, by=tuan),
    )
    found = at_once(lambda number: acts[number % 3]())
    assert all(each is None or isinstance(each, (Counting, PaymentError)) for each in found)
    assert entries("credit_uncounted") == Counting.objects.filter(undone_at__isnull=False).count() == 1


def test_lines_of_one_file_booked_at_once_are_all_waited_for():
    made.handed_over(10_000, file="1")
    at_once(lambda _number: made.handed_over(10_000, file="1"))
    assert Inflow.objects.get().sent_vnd == 10_000 * (THREADS + 1)


def unlocked(monkeypatch) -> tuple[list[Credit], Inflow]:
    """Two credits for one file that lacks one of them, looked at without its lock."""
    monkeypatch.setattr(countings, "_lock_inflow", lambda inflow: Inflow.objects.get(pk=inflow.pk))
    listen("after:countings.lacks", threading.Barrier(2, timeout=10).wait)
    return [made.came(180_000), made.came(180_000)], made.handed_over(180_000)


def both(credits: list[Credit], inflow: Inflow) -> list[object]:
    tuan = officer("Tuấn")
    return at_once(lambda number: services.credit_counted(credits[number], inflow, by=tuan), times=2)


def test_control_without_the_lock_the_sum_is_compared_when_it_is_written(monkeypatch):
    found = both(*unlocked(monkeypatch))
    assert sum(isinstance(each, PaymentError) for each in found) == 1 and Counting.objects.count() == 1


def test_control_without_lock_and_comparison_the_database_must_refuse_the_second(monkeypatch):
    def careless(inflow, more_vnd):
        Inflow.objects.filter(pk=inflow.pk).update(came_vnd=F("came_vnd") + more_vnd)

    monkeypatch.setattr(countings, "_came", careless)
    found = both(*unlocked(monkeypatch))
    (error,) = (each for each in found if isinstance(each, IntegrityError))
    assert "inflow_came_at_most_sent" in str(error) and Counting.objects.count() == 1
