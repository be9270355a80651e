"""Bank statements as files: checked without booking anything, booked when a person says so."""

import logging
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from common import dates
from common.inserts import insert
from common.retries import DROPPED
from common.steer import steer
from payments.adapters import contract
from payments.adapters.contract import Outcome
from payments.adapters.feeds import statement_file
from payments.intake import matching, queries
from payments.intake.errors import DIFFERENT_SUM, NEVER_BOOKED, StatementBooked
from payments.intake.models import Credit, Statement, StatementRow
from payments.intake.services.credits import tidy
from payments.intake.services.facts import whole
from payments.intake.services.jobs import later

log = logging.getLogger(__name__)
State = StatementRow.State
#: lines that one job books; the rest is another job's
BATCH = 300
#: a statement whose lines are not all booked so long after it was let go is taken up again
LEFT = timedelta(minutes=15)
#: a line that nobody could book so long after that is not tried any more, and says so
GIVEN_UP = timedelta(days=1)


@transaction.atomic
def check_statement(body: bytes, *, name: str, account: str, by: AbstractBaseUser) -> Statement:
    """Keep every line of the file and what would become of it; no credit is made.

    Raises `table_file.NoTable` when the file as a whole cannot be read.
    """
    read = statement_file.rows(body)
    statement = Statement.objects.create(name=name[:200], account=tidy(account)[:40], uploaded_by=by)
    rows = [_row(statement, each) for each in read]
    _foresee(statement.account, rows)
    insert(rows)
    return statement


@transaction.atomic
def book_statement(statement: Statement, *, by: AbstractBaseUser) -> None:
    """Have a job book the lines that were read. Raises StatementBooked when somebody did it already."""
    mine = Statement.objects.filter(pk=statement.pk, booked_at=None)
    if not mine.update(booked_at=dates.now(), booked_by=by):
        raise StatementBooked
    _later(statement.pk)


def book_rows(statement_id: int, after_id: int = 0) -> int:
    """The job: each line is a credit once, in a transaction of its own; how many were new comes back.

    Safe to run twice and beside the feeds: what is known already is marked as such. A line that fails holds up no
    other: it stays as it is, and `book_left` takes it up again, for a day. `after_id` is the last line that an earlier job of
    the same statement has tried.
    """
    statement = Statement.objects.select_related("booked_by").get(pk=statement_id)
    to_book = queries.rows_to_book().filter(statement=statement, pk__gt=after_id).order_by("pk")
    waiting = list(to_book.values_list("pk", flat=True)[: BATCH + 1])
    outcomes = [_tried(statement, row_id) for row_id in waiting[:BATCH]]
    if len(waiting) > BATCH:
        _later(statement_id, waiting[BATCH - 1])
    return outcomes.count(Outcome.RECORDED)


def book_left() -> int:
    """Have jobs book what earlier ones left lying in statements that were let go; how many statements comes back."""
    left = queries.statements_left(dates.now() - LEFT)
    for statement_id in left:
        _later(statement_id)
    return len(left)


def _row(statement: Statement, read: statement_file.Row) -> StatementRow:
    return StatementRow(
        statement=statement,
        line=read.line,
        checksum=read.checksum,
        state=State.UNREADABLE if read.trouble else State.UNCHECKED,
        at=read.at,
        amount_vnd=read.amount_vnd,
        # A line without the bank's number is named by its own words.
        bank_ref=tidy(read.bank_ref) or f"ROW{read.checksum[:24].upper()}",
        note=read.note,
        trouble=read.trouble[:200],
    )


def _foresee(account: str, rows: list[StatementRow]) -> None:
    known = {
        credit.bank_ref: credit
        for credit in Credit.objects.filter(account=account, bank_ref__in=[row.bank_ref for row in rows])
    }
    sums = {ref: credit.amount_vnd for ref, credit in known.items()}
    for row in rows:
        if row.state != State.UNCHECKED:
            continue
        if row.bank_ref in sums:
            _known_before(row, sums[row.bank_ref] == row.amount_vnd, known.get(row.bank_ref))
            continue
        sums[row.bank_ref] = row.amount_vnd
        row.state = State.MATCHED if matching.payment_of_note(row.note) else State.NO_MATCH


def _known_before(row: StatementRow, same: bool, credit: Credit | None) -> None:
    if same:
        row.state, row.credit = State.DUPLICATE, credit
    else:
        row.state, row.trouble = State.UNREADABLE, str(DIFFERENT_SUM)


def _later(statement_id: int, after_id: int = 0) -> None:
    later("payments.book_statement", statement_id=statement_id, after_id=after_id)


def _tried(statement: Statement, row_id: int) -> Outcome | None:
    """Book one line, again when it only lost a race for locks; whatever else goes wrong with it is logged."""
    try:
        return whole(lambda: _book(statement, row_id))
    except DROPPED:
        # The connection, not a line: the job begins anew and finds what it has booked.
        raise
    except Exception:
        log.exception("Line %s of a bank statement cannot be booked.", row_id)
        if statement.booked_at + GIVEN_UP < dates.now():
            mine = queries.rows_to_book().filter(pk=row_id)
            mine.update(state=State.UNREADABLE, trouble=str(NEVER_BOOKED)[:200])
        return None


def _book(statement: Statement, row_id: int) -> Outcome:
    row = StatementRow.objects.select_for_update().get(pk=row_id)
    if row.state not in StatementRow.TO_BOOK or row.credit_id:
        return Outcome.REPEATED
    steer("after:statements.lock")
    said = contract.Credit(
        event_id=row.checksum,
        account=statement.account,
        amount_vnd=row.amount_vnd,
        note=row.note,
        bank_ref=row.bank_ref,
        at=row.at,
    )
    outcome = matching.take(said, feed=statement_file.StatementFile.code, by=statement.booked_by)
    mine = StatementRow.objects.filter(pk=row.pk)
    if outcome is Outcome.MISMATCH:
        mine.update(state=State.UNREADABLE, trouble=str(DIFFERENT_SUM))
        return outcome
    credit = Credit.objects.get(account=statement.account, bank_ref=row.bank_ref)
    found = State.NO_MATCH if credit.payment_id is None else State.MATCHED
    mine.update(credit=credit, state=found if outcome is Outcome.RECORDED else State.DUPLICATE)
    return outcome
