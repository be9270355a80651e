"""Cash that carriers hand over, line by line of their files: checked without changing anything, booked each once.

A line that says what we know is booked by itself; every other waits until a person decides. Locks go line,
then Payment → Order → SubOrder.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from accounts.models import User
from common import dates
from common.inserts import insert
from common.money import vnd
from payments.adapters.registry import NoSuchAdapter
from payments.intake import services as intake
from payments.intake.errors import NotOffered, PaymentError
from payments.intake.models import Payment
from shop.fulfilment import hand_over, queries, remittance_file, words
from shop.fulfilment.errors import NoNote, NoSuchParcel, NotPossible, RemittanceBooked
from shop.fulfilment.models import Remittance, RemittanceLine
from shop.fulfilment.moves import State, move
from shop.orders.errors import OrderError
from shop.orders.locks import lock_suborder
from shop.orders.models import SubOrder
from shop.orders.moves import Role

log = logging.getLogger(__name__)
#: lines that one job books; the rest is another job's
BATCH = 300
#: a file whose lines are not all booked so long after it was let go is taken up again
LEFT = timedelta(minutes=15)
Part = SubOrder.State
HANDED_OUT = (Part.SHIPPED, Part.DELIVERED, Part.COMPLETED)


class Choice(models.TextChoices):
    """What a person may decide about a line that differs."""

    FEE = "fee", _("phần thiếu là phí bên giao giữ")
    CLAIM = "claim", _("ghi số đã về, còn đòi phần thiếu")
    EXACT = "exact", _("ghi đúng số cần thu, phần thừa để riêng")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """What would be posted, and what of the parcel's cash the carrier then still holds."""

    bank_vnd: int
    fee_vnd: int
    rest_vnd: int = 0
    #: came beside what the parcel owes: nobody's yet
    over_vnd: int = 0


@transaction.atomic
def check_file(body: bytes, *, name: str, carrier: str, by: User) -> Remittance:
    """Keep every line of the file and what would become of it; nothing is booked.

    Raises `table_file.NoTable` when the file as a whole cannot be read.
    """
    read = remittance_file.rows(body)
    remittance = Remittance.objects.create(name=name[:200], carrier=carrier, uploaded_by=by)
    lines = [_line(remittance, each) for each in read]
    _foresee(carrier, lines)
    insert(lines)
    return remittance


@transaction.atomic
def book_file(remittance: Remittance, *, by: User) -> None:
    """Have a job book the lines that match. Raises RemittanceBooked when somebody did it already."""
    mine = Remittance.objects.filter(pk=remittance.pk, booked_at=None)
    if not mine.update(booked_at=dates.now(), booked_by=by):
        raise RemittanceBooked
    _later(remittance.pk)


def book_lines(remittance_id: int, after_id: int = 0) -> int:
    """The job: each line in a transaction of its own; how many were booked comes back. Safe to run twice.

    A line that fails holds up no other: it stays as it is, and `book_left` takes it up again. `after_id` is the
    last line that an earlier job of the same file has tried.
    """
    remittance = Remittance.objects.select_related("booked_by").get(pk=remittance_id)
    matched = remittance.lines.filter(state=State.MATCHED, pk__gt=after_id).order_by("pk")
    waiting = list(matched.values_list("pk", flat=True)[: BATCH + 1])
    booked = sum(_tried(line_id, remittance.booked_by) for line_id in waiting[:BATCH])
    if len(waiting) > BATCH:
        _later(remittance_id, waiting[BATCH - 1])
    return booked


def book_left() -> int:
    """Have jobs book what earlier ones left lying in files that were let go; how many files comes back."""
    left = queries.left_lying(dates.now() - LEFT)
    for remittance_id in left:
        _later(remittance_id)
    return len(left)


@transaction.atomic
def name_parcel(line: RemittanceLine, *, code: str, by: User, note: str) -> RemittanceLine:
    """A person found the parcel of a line: it is booked if all else fits, or waits as one that differs.

    Raises NoNote, NoSuchParcel, NotPossible.
    """
    line, note = _for_a_person(line, note)
    if line.state != State.NO_MATCH:
        raise NotPossible
    suborder, why = queries.parcels(line.carrier, [("", code)]).meant("", code)
    if suborder is None:
        raise NoSuchParcel(why)
    line.suborder = suborder
    _book(line, by, decided_by=by, decided_at=dates.now(), note=note)
    return line


@transaction.atomic
def decide(line: RemittanceLine, choice: str, *, by: User, note: str) -> RemittanceLine:
    """A person says how a line that differs is booked, or one that was taken for a repetition and is none.

    Raises NoNote, NotPossible.
    """
    line, note = _for_a_person(line, note)
    if line.state == State.DUPLICATE:
        move(line, State.DIFFERS)
    if line.state != State.DIFFERS:
        raise NotPossible
    _order, suborder = lock_suborder(line.suborder)
    payment = queries.cash_of(suborder)
    sums = choices(line, suborder, payment).get(choice)
    if sums is None or queries.is_booked(line):
        raise NotPossible
    _post(line, State.DECIDED, suborder, sums, by, decided_by=by, decided_at=dates.now(), note=note)
    return line


@transaction.atomic
def close(line: RemittanceLine, *, by: User, note: str) -> RemittanceLine:
    """A person says that a line is not booked, and why. Raises NoNote, NotPossible."""
    line, note = _for_a_person(line, note)
    move(line, State.CLOSED, decided_by=by, decided_at=dates.now(), note=note)
    return line


def judge(line: RemittanceLine, suborder: SubOrder, payment: Payment | None) -> tuple[str, str]:
    """What becomes of a readable line about that parcel: its state, and why in words."""
    if payment is not None and payment.settled_vnd and not payment.at_carrier_vnd:
        same = line.collected_vnd == payment.settled_vnd
        return (State.DUPLICATE, str(words.PAID_AGAIN)) if same else (State.DIFFERS, str(words.PAID))
    if wrong := _not_collected(suborder, payment):
        return State.DIFFERS, wrong
    due_vnd = _due(payment)
    if line.collected_vnd != due_vnd:
        facts = {"said": vnd(line.collected_vnd), "due": vnd(due_vnd)}
        return State.DIFFERS, str(words.OTHER_SUM) % facts
    if line.fee_vnd + line.transferred_vnd != due_vnd:
        facts = {"sum": vnd(line.fee_vnd + line.transferred_vnd), "said": vnd(line.collected_vnd)}
        return State.DIFFERS, str(words.NO_SUM) % facts
    return State.MATCHED, ""


def choices(line: RemittanceLine, suborder: SubOrder | None, payment: Payment | None) -> dict[str, Sums]:
    """What a person may decide about a line that differs, and what each would post; nothing for many."""
    if suborder is None or payment is None or _not_collected(suborder, payment):
        return {}
    due_vnd, bank_vnd, fee_vnd = _due(payment), line.transferred_vnd, line.fee_vnd
    found = {}
    if bank_vnd <= due_vnd:
        found[Choice.FEE] = Sums(bank_vnd=bank_vnd, fee_vnd=due_vnd - bank_vnd)
    if 0 < bank_vnd + fee_vnd < due_vnd:
        found[Choice.CLAIM] = Sums(bank_vnd=bank_vnd, fee_vnd=fee_vnd, rest_vnd=due_vnd - bank_vnd - fee_vnd)
    if bank_vnd + fee_vnd > due_vnd >= fee_vnd:
        over_vnd = bank_vnd + fee_vnd - due_vnd
        found[Choice.EXACT] = Sums(bank_vnd=due_vnd - fee_vnd, fee_vnd=fee_vnd, over_vnd=over_vnd)
    return found if due_vnd > 0 else {}


def _due(payment: Payment) -> int:
    """What of the parcel's cash the carrier has to account for."""
    return payment.asked_vnd - payment.handed_over_vnd


def _not_collected(suborder: SubOrder, payment: Payment | None) -> str:
    """Why no cash of this parcel can be with the carrier, in words; '' when it can."""
    if suborder.cash_by == SubOrder.CashBy.HOUSEHOLD:
        return str(words.HOUSEHOLD_TOOK)
    if payment is None or suborder.state not in HANDED_OUT:
        return str(words.NOT_ON_ITS_WAY)
    return "" if payment.is_open or payment.settled_vnd else str(words.NOT_ON_ITS_WAY)


def _line(remittance: Remittance, read: remittance_file.Row) -> RemittanceLine:
    return RemittanceLine(
        remittance=remittance,
        carrier=remittance.carrier,
        line=read.line,
        checksum=read.checksum,
        state=State.UNREADABLE if read.trouble else State.UNCHECKED,
        tracking=read.tracking,
        order=read.order,
        collected_vnd=read.collected_vnd,
        fee_vnd=read.fee_vnd,
        transferred_vnd=read.transferred_vnd,
        day=read.day,
        reference=read.reference,
        trouble=read.trouble[:200],
    )


def _foresee(carrier: str, lines: list[RemittanceLine]) -> None:
    """Say of each line that could be read what would become of it."""
    known = queries.known(carrier, [line.checksum for line in lines])
    parcels = queries.parcels(carrier, [(line.tracking, line.order) for line in lines])
    seen: set[object] = set()
    for line in lines:
        if line.state != State.UNCHECKED:
            continue
        suborder, why = parcels.meant(line.tracking, line.order)
        if line.checksum in known:
            line.state, line.trouble = State.DUPLICATE, str(words.KNOWN)
        elif suborder is None:
            line.state, line.trouble = State.NO_MATCH, why
        else:
            _foresee_one(line, suborder, seen)


def _foresee_one(line: RemittanceLine, suborder: SubOrder, seen: set[object]) -> None:
    line.suborder, line.payment = suborder, queries.cash_of(suborder)
    line.state, line.trouble = judge(line, suborder, line.payment)
    said = (
        suborder.pk, line.collected_vnd, line.fee_vnd, line.transferred_vnd, line.day, line.reference,
    )  # fmt: skip
    # Only what will be booked, or the very same words, hides a line: a wrong one must not hide its correction.
    if said in seen or (suborder.pk in seen and line.state == State.MATCHED):
        line.state, line.trouble = State.DUPLICATE, str(words.ABOVE)
    elif line.state == State.MATCHED:
        seen.add(suborder.pk)
    seen.add(said)


def _tried(line_id: int, by: User) -> bool:
    """Book one line, again when it only lost a race for locks; whatever else goes wrong is logged."""
    try:
        return intake.whole(lambda: _book_matched(line_id, by))
    except Exception:
        log.exception("Line %s of a carrier's file cannot be booked.", line_id)
        return False


@transaction.atomic
def _book_matched(line_id: int, by: User) -> bool:
    line = _lock(line_id)
    if line.state != State.MATCHED:
        return False
    _book(line, by)
    return line.state == State.BOOKED


def _book(line: RemittanceLine, by: User, **fields: object) -> None:
    """Book a locked line of a known parcel if it says what we know; else it says why it does not."""
    _order, suborder = lock_suborder(line.suborder)
    payment = queries.cash_of(suborder)
    state, trouble = judge(line, suborder, payment)
    if queries.is_booked(line):
        state, trouble = State.DUPLICATE, str(words.KNOWN)
    if state != State.MATCHED:
        move(line, state, trouble=trouble[:200], suborder=suborder, payment=payment, **fields)
        return
    sums = Sums(bank_vnd=line.transferred_vnd, fee_vnd=line.fee_vnd)
    try:
        _post(line, State.BOOKED, suborder, sums, by, trouble="", **fields)
    except (OrderError, PaymentError) as error:
        move(
            line, State.DIFFERS, trouble=str(error.words)[:200], suborder=suborder, payment=payment, **fields
        )


@transaction.atomic
def _post(line: RemittanceLine, to: str, suborder: SubOrder, sums: Sums, by: User, **fields: object) -> None:
    """Say that the carrier took the cash if nobody did, and that it handed over so much of it.

    Raises OrderError, PaymentError.
    """
    try:
        _collect(suborder, by)
    except NoSuchAdapter as error:
        raise NotOffered from error
    payment = queries.cash_of(suborder)
    entry = intake.cash_handed_over(
        payment,
        bank_vnd=sums.bank_vnd,
        fee_vnd=sums.fee_vnd,
        by=by,
        note=f"{line.remittance.name}: {line.line}",
        file=(f"cash_file:{line.remittance_id}", line.remittance.name),
    )
    booked = {"entry": entry, "booked_bank_vnd": sums.bank_vnd, "booked_fee_vnd": sums.fee_vnd}
    move(line, to, suborder=suborder, payment=payment, **booked, **fields)


def _collect(suborder: SubOrder, by: User) -> None:
    """A carrier that accounts for the cash has handed out the parcel and taken the money."""
    if suborder.state == Part.SHIPPED:
        hand_over.deliver(suborder, by=by, role=Role.STAFF, cash_by=SubOrder.CashBy.CARRIER)
    elif hand_over.cash_is_open(suborder.order, suborder):
        hand_over.take_cash(suborder, by=by, cash_by=SubOrder.CashBy.CARRIER)


def _for_a_person(line: RemittanceLine, note: str) -> tuple[RemittanceLine, str]:
    """The line as it is now, locked, of a file that was booked; and the note. Raises NoNote, NotPossible."""
    note = note.strip()[:300]
    if not note:
        raise NoNote
    line = _lock(line.pk)
    if line.remittance.booked_at is None:
        raise NotPossible
    return line, note


def _lock(line_id: int) -> RemittanceLine:
    rows = RemittanceLine.objects.select_for_update(of=("self",))
    return rows.select_related("remittance", "suborder").get(pk=line_id)


def _later(remittance_id: int, after_id: int = 0) -> None:
    app.configure_task("fulfilment.book_remittance").defer(remittance_id=remittance_id, after_id=after_id)
