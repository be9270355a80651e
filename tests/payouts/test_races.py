"""Two runs at once propose once, two people approve, send and end once; without the guards they would not.

More of the controls are in `test_unguarded`.
"""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from common import dates
from common.steer import listen
from farmers.models import Household
from payments.books import audit as books
from payments.books.models import Entry
from payments.intake.models import Inflow
from payments.payouts import approval, audit, proposal, results, sending
from payments.payouts.errors import IllegalMove, NothingToSend
from payments.payouts.models import BankFile, Payout, PayoutEvent, PayoutLine
from tests.builders import payouts as made
from tests.payments.test_races import THREADS, at_once

pytestmark = pytest.mark.race


@pytest.fixture(autouse=True)
def _clean(committed_db):
    yield
    listen("after:payouts.lines", None)
    assert [*books.breaks(), *audit.breaks()] == []


def naive(household_id: int) -> Household:
    """The household without its lock."""
    return Household.objects.get(pk=household_id)


def test_eight_runs_at_once_propose_once():
    household = made.seller()
    made.earned(household)
    officers = [made.officer(str(number)) for number in range(THREADS)]
    found = at_once(lambda number: made.run(officers[number]))
    assert sorted(len(each) for each in found) == [0] * 7 + [1]
    assert (Payout.objects.count(), PayoutLine.objects.count()) == (1, 1)


def test_runs_of_different_periods_at_once_pay_each_entry_once():
    household = made.seller()
    first, last = made.week()
    made.earned(household, at=dates.at(first, 0) - timedelta(days=30))
    tuan = made.officer("Tuấn")
    days = [last - timedelta(days=7 * number) for number in range(4)]
    at_once(lambda number: proposal.propose(days[number], days[number], by=tuan), times=4)
    assert (Payout.objects.count(), PayoutLine.objects.count()) == (1, 1)


def test_control_without_the_lock_the_database_must_refuse_the_second():
    """Both see the same lines; only the unique rows keep the money from being proposed twice."""
    household, tuan = made.seller(), made.officer("Tuấn")
    made.earned(household)
    listen("after:payouts.lines", threading.Barrier(2, timeout=10).wait)
    found = at_once(
        lambda _number: proposal.propose_for(household.pk, *made.week(), by=tuan, lock=naive), times=2
    )
    assert sum(isinstance(each, IntegrityError) for each in found) == 1 and Payout.objects.count() == 1


def test_control_without_lock_and_unique_rows_the_money_would_be_proposed_twice():
    household, tuan = made.seller(), made.officer("Tuấn")
    made.earned(household)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX payout_once_per_household_and_period")
        cursor.execute("DROP INDEX entry_paid_out_once")
    listen("after:payouts.lines", threading.Barrier(2, timeout=10).wait)
    at_once(lambda _number: proposal.propose_for(household.pk, *made.week(), by=tuan, lock=naive), times=2)
    assert (Payout.objects.count(), PayoutLine.objects.filter(counts=True).count()) == (2, 2)


def test_eight_approvals_at_once_are_one():
    payout = made.proposed()
    officers = [made.officer(str(number)) for number in range(THREADS)]
    found = at_once(lambda number: approval.approve(payout, by=officers[number]))
    assert sum(isinstance(each, IllegalMove) for each in found) == 7
    assert PayoutEvent.objects.filter(to="approved").count() == 1


def test_eight_files_at_once_send_each_payout_once():
    for _number in range(3):
        made.approved()
    mai = made.officer("Mai")
    found = at_once(lambda _number: sending.send_file(by=mai))
    assert sum(isinstance(each, NothingToSend) for each in found) == 7
    assert BankFile.objects.get().count == 3 and Entry.objects.filter(kind="payout_sent").count() == 3


def test_a_file_and_a_hand_at_once_send_it_once():
    payout, mai = made.approved(), made.officer("Mai")

    def act(number):
        if number % 2:
            return sending.send_file(by=mai)
        return sending.sent_by_hand(payout, by=mai, bank_ref=f"FT{number}")

    at_once(act)
    assert Entry.objects.filter(kind="payout_sent").count() == 1
    assert PayoutEvent.objects.filter(to="sent").count() == 1


def test_arrived_and_came_back_at_once_has_come_back_once_and_arrived_at_most_once_before():
    payout, mai = made.sent(), made.officer("Mai")

    def act(number):
        if number % 2:
            return sending.settle(payout, by=mai)
        return sending.bounce(payout, by=mai, reason="Sai số")

    found = at_once(act)
    ends = list(payout.events.filter(frm__in=["sent", "settled"]).values_list("to", flat=True))
    assert ends in (["bounced"], ["settled", "bounced"])
    assert sum(isinstance(each, IllegalMove) for each in found) == THREADS - len(ends)
    assert Entry.objects.filter(kind="payout_bounced").count() == 1
    assert Inflow.objects.get().sent_vnd == payout.amount_vnd


def test_a_result_booked_by_four_jobs_at_once_books_each_line_once():
    mai = made.officer("Mai")
    payouts = [made.sent() for _number in range(6)]
    lines = "".join(
        f"{payout.reference},300000,{'bounced' if number % 2 else 'settled'},,Sai số\n"
        for number, payout in enumerate(payouts)
    )
    body = f"reference,amount_vnd,result,bank_ref,reason\n{lines}".encode()
    result = results.check_result(body, name="kq.csv", by=mai)
    results.book_result(result, by=mai)
    assert sum(at_once(lambda _number: results.book_rows(result.pk), times=4)) == 6
    assert Entry.objects.filter(kind="payout_bounced").count() == 3
