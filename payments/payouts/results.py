"""The bank's results: checked without changing anything, booked when a person says so, each line once."""

import logging
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from procrastinate.contrib.django import app

from common import dates
from common.inserts import insert
from common.retries import DROPPED
from common.steer import steer
from payments.payouts import approval, queries, result_file, sending
from payments.payouts.errors import PayoutError, ResultBooked
from payments.payouts.models import BankResult, BankResultRow, Payout
from payments.payouts.result_file import Said
from payments.payouts.words import DIFFERENT_SUM, NEVER_BOOKED, NOT_SENT, TWICE, UNKNOWN

log = logging.getLogger(__name__)
State = BankResultRow.State
#: lines that one job books; the rest is another job's
BATCH = 300
#: a result whose lines are not all booked so long after it was let go is taken up again
LEFT = timedelta(minutes=15)
#: a line that nobody could book so long after that is not tried any more, and says so
GIVEN_UP = timedelta(days=1)


@transaction.atomic
def check_result(body: bytes, *, name: str, by: AbstractBaseUser) -> BankResult:
    """Keep every line and what would become of it; nothing changes. Raises NoTable for what is no result."""
    read = result_file.rows(body)
    result = BankResult.objects.create(name=name[:200], uploaded_by=by)
    known = {
        payout.reference: payout
        for payout in Payout.objects.filter(reference__in=[row.reference for row in read if not row.trouble])
    }
    seen: set[str] = set()
    rows = [_row(result, each, known.get(each.reference), seen) for each in read]
    insert(rows)
    return result


@transaction.atomic
def book_result(result: BankResult, *, by: AbstractBaseUser) -> None:
    """Have a job book the lines that can be. Raises ResultBooked when somebody did it already."""
    mine = BankResult.objects.filter(pk=result.pk, booked_at=None)
    if not mine.update(booked_at=dates.now(), booked_by=by):
        raise ResultBooked
    _later(result.pk)


def book_rows(result_id: int, after_id: int = 0) -> int:
    """The job: each line in a transaction of its own; how many were booked comes back. Safe to run twice.

    A line that fails holds up no other: it stays as it is, and `book_left` takes it up again, for a day. `after_id` is
    the last line that an earlier job of the same result has tried.
    """
    result = BankResult.objects.select_related("booked_by").get(pk=result_id)
    to_book = queries.rows_to_book().filter(result=result, pk__gt=after_id).order_by("pk")
    waiting = list(to_book.values_list("pk", flat=True)[: BATCH + 1])
    booked = sum(_tried(result, row_id) for row_id in waiting[:BATCH])
    if len(waiting) > BATCH:
        _later(result_id, waiting[BATCH - 1])
    return booked


def book_left() -> int:
    """Have jobs book what earlier ones left lying in results that were let go; how many results comes back."""
    left = queries.results_left(dates.now() - LEFT)
    for result_id in left:
        _later(result_id)
    return len(left)


def judge(payout: Payout | None, said: str, amount_vnd: int | None) -> tuple[str, str]:
    """What becomes of a readable line: its state, and the trouble in words."""
    if payout is None:
        return State.REFUSED, str(UNKNOWN)
    if payout.amount_vnd != amount_vnd:
        return State.REFUSED, str(DIFFERENT_SUM)
    if payout.state == Payout.State.SENT or (payout.state, said) == (Payout.State.SETTLED, Said.BOUNCED):
        return State.WAITING, ""
    if said == (Said.REFUSED if payout.never_left else payout.state) or _arrived_before(payout, said):
        return State.DUPLICATE, ""
    return State.REFUSED, str(NOT_SENT)


def _arrived_before(payout: Payout, said: str) -> bool:
    """Whether the line only repeats that it arrived, of one that came back after it had."""
    came_back = said == Said.SETTLED and payout.state == Payout.State.BOUNCED
    return came_back and payout.events.filter(to=Payout.State.SETTLED).exists()


def _row(result: BankResult, read: result_file.Row, payout: Payout | None, seen: set[str]) -> BankResultRow:
    state, trouble = (
        (State.REFUSED, read.trouble) if read.trouble else judge(payout, read.said, read.amount_vnd)
    )
    if state == State.WAITING and read.reference in seen:
        state, trouble = State.REFUSED, str(TWICE)
    seen.add(read.reference)
    return BankResultRow(
        result=result,
        line=read.line,
        reference=read.reference,
        amount_vnd=read.amount_vnd,
        said=read.said,
        bank_ref=read.bank_ref,
        reason=read.reason,
        state=state,
        trouble=trouble[:200],
        payout=payout,
    )


def _later(result_id: int, after_id: int = 0) -> None:
    app.configure_task("payouts.book_result").defer(result_id=result_id, after_id=after_id)


def _tried(result: BankResult, row_id: int) -> bool:
    """Book one line; whatever goes wrong with it is logged."""
    try:
        return _book(row_id, result.booked_by)
    except DROPPED:
        # The connection, not a line: the job begins anew and finds what it has booked.
        raise
    except Exception:
        log.exception("Line %s of a bank's result cannot be booked.", row_id)
        if result.booked_at + GIVEN_UP < dates.now():
            mine = BankResultRow.objects.filter(pk=row_id, state=State.WAITING)
            mine.update(state=State.REFUSED, trouble=str(NEVER_BOOKED)[:200])
        return False


@transaction.atomic
def _book(row_id: int, by: AbstractBaseUser) -> bool:
    row = BankResultRow.objects.select_for_update(of=("self",)).select_related("payout").get(pk=row_id)
    if row.state != State.WAITING:
        return False
    payout = approval.lock(row.payout)
    mine = BankResultRow.objects.filter(pk=row.pk)
    state, trouble = judge(payout, row.said, row.amount_vnd)
    if state != State.WAITING:
        mine.update(state=state, trouble=trouble[:200])
        return False
    try:
        with transaction.atomic():
            _apply(row, payout, by)
    except PayoutError as error:
        mine.update(state=State.REFUSED, trouble=str(error.words)[:200])
        return False
    steer("after:payouts.result")
    mine.update(state=State.DONE)
    return True


def _apply(row: BankResultRow, payout: Payout, by: AbstractBaseUser) -> None:
    if row.said == Said.SETTLED:
        sending.settle(payout, by=by, bank_ref=row.bank_ref)
    else:
        never_left = row.said == Said.REFUSED
        sending.bounce(payout, by=by, reason=row.reason, bank_ref=row.bank_ref, never_left=never_left)
