"""Files booked, and lines decided, at once: each parcel's cash comes once; without the guards it would not."""

import threading

import pytest
from django.db import IntegrityError, connection

from common.steer import listen
from payments.books.models import Entry
from payments.intake import services as intake
from payments.intake.models import Payment
from payments.intake.services import cash as cash_services
from shop.fulfilment import remittance
from shop.fulfilment.errors import NotPossible
from shop.fulfilment.models import RemittanceLine
from tests.builders.payouts import officer
from tests.builders.remittances import ASKED, cash, checked, delivered, line, on_the_road, says
from tests.fulfilment.conftest import breaks
from tests.payments.test_races import THREADS, at_once

pytestmark = pytest.mark.race


@pytest.fixture(autouse=True)
def _committed(committed_db):
    yield
    listen("after:cash.held", None)


def remitted() -> int:
    return Entry.objects.filter(kind="cash_remitted").count()


def let_go(*lines: str) -> list[int]:
    """The same file uploaded by each of the threads and let go for booking, before any job runs."""
    mai = officer("Mai")
    files = [checked(*lines) for _number in range(THREADS)]
    for file in files:
        remittance.book_file(file, by=mai)
    return [file.pk for file in files]


def test_the_same_file_uploaded_eight_times_and_booked_at_once_books_each_parcel_once():
    parts = [delivered(), on_the_road(), delivered()]
    files = let_go(*map(says, parts))
    booked = at_once(lambda number: remittance.book_lines(files[number]))
    assert (sum(booked), remitted()) == (3, 3)
    assert RemittanceLine.objects.filter(state="duplicate").count() == 3 * (THREADS - 1)
    assert breaks() == []


def test_one_file_booked_by_four_jobs_at_once_books_each_line_once():
    mai = officer("Mai")
    file = checked(*(says(delivered()) for _number in range(4)))
    remittance.book_file(file, by=mai)
    assert sum(at_once(lambda _number: remittance.book_lines(file.pk), times=4)) == 4 == remitted()
    assert breaks() == []


def test_a_file_and_a_hand_at_once_book_it_once():
    part, mai = delivered(), officer("Mai")
    file = checked(says(part))
    remittance.book_file(file, by=mai)

    def act(number):
        if number % 2:
            return remittance.book_lines(file.pk)
        return intake.cash_handed_over(cash(part), bank_vnd=ASKED, by=mai)

    at_once(act)
    assert remitted() == 1 and breaks() == []


def test_eight_people_who_decide_at_once_decide_once():
    mai = officer("Mai")
    file = checked(says(delivered(), 100_000, 0, 100_000))
    remittance.book_file(file, by=mai)
    choices = [*remittance.Choice.values[:2]] * 4
    found = at_once(lambda number: remittance.decide(line(file), choices[number], by=mai, note="x"))
    assert sum(isinstance(each, NotPossible) for each in found) == THREADS - 1
    assert remitted() == 1 and breaks() == []


def both_see_it_held(monkeypatch) -> list[object]:
    """Two hands write down the same cash without the lock, each having seen that the carrier holds it."""
    payment, mai = cash(delivered()), officer("Mai")
    monkeypatch.setattr(cash_services, "_lock", lambda unlocked: Payment.objects.get(pk=unlocked.pk))
    listen("after:cash.held", threading.Barrier(2, timeout=10).wait)
    sums = [(ASKED, 0), (300_000, 80_000)]
    return at_once(
        lambda number: intake.cash_handed_over(
            payment, bank_vnd=sums[number][0], fee_vnd=sums[number][1], by=mai
        ),
        times=2,
    )


def test_control_without_the_lock_the_database_must_refuse_the_second(monkeypatch):
    found = both_see_it_held(monkeypatch)
    refused = [each for each in found if isinstance(each, IntegrityError)]
    assert len(refused) == 1 and "payment_handed_over_at_most_settled" in str(refused[0])
    assert remitted() == 1


def test_control_without_lock_and_constraint_more_would_be_handed_over_than_was_taken(monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE intake_payment DROP CONSTRAINT payment_handed_over_at_most_settled")
    monkeypatch.setattr(cash_services.post, "cash_remitted", lambda *_a, **_k: Entry.objects.first())
    both_see_it_held(monkeypatch)
    assert Payment.objects.get().handed_over_vnd == 2 * ASKED
