"""Fees of carriers and taxes, on their way out of our bank: proposed, approved by another person, sent."""

import json
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.limits import digest
from common import codes, dates
from common.locks import alone
from common.steer import steer
from payments import signals
from payments.books import post
from payments.books.months import Month
from payments.payouts import owed
from payments.payouts.errors import (
    BadNumber,
    FourEyes,
    IllegalMove,
    MonthRuns,
    NoBankReference,
    NoReason,
    NothingOwed,
    OwesLess,
    ProposedBefore,
    SealBroken,
)
from payments.payouts.models import Due, DueEvent
from payments.payouts.moves import DUE_VOID, move_due
from payments.payouts.owed import Kind, State, Taxes


@transaction.atomic
def propose_carrier(carrier: str, *, number: str, amount_vnd: int, by: AbstractBaseUser) -> Due:
    """Propose to pay a carrier's statement. Raises BadNumber, ProposedBefore, NothingOwed, OwesLess."""
    statement = codes.statement_number(number)
    if statement is None:
        raise BadNumber
    _alone(Kind.CARRIER, carrier)
    known = Due.objects.filter(kind=Kind.CARRIER, to=carrier, number=statement)
    if known.exclude(state__in=DUE_VOID).exists():
        raise ProposedBefore
    free_vnd = next((each.free_vnd for each in owed.to_carriers() if each.carrier == carrier), 0)
    if not free_vnd or amount_vnd <= 0:
        raise NothingOwed
    if amount_vnd > free_vnd:
        raise OwesLess
    steer("after:dues.owed")
    return _propose(by, kind=Kind.CARRIER, to=carrier, number=statement, delivery_vnd=amount_vnd)


@transaction.atomic
def propose_taxes(month: date, *, vat_vnd: int, income_tax_vnd: int, by: AbstractBaseUser) -> Due:
    """Propose to pay what was withheld in a month that is closed; what is declared of it later has a number of its own.

    Raises MonthRuns, NothingOwed, OwesLess.
    """
    first = month.replace(day=1)
    if not Month(month.year, month.month).is_closed:
        raise MonthRuns
    _alone(Kind.TAX, "")
    sums = Taxes(vat_vnd=vat_vnd, income_tax_vnd=income_tax_vnd)
    if sums.amount_vnd <= 0 or min(vat_vnd, income_tax_vnd) < 0:
        raise NothingOwed
    if not owed.month(first).free.covers(sums):
        raise OwesLess
    steer("after:dues.owed")
    return _propose(
        by,
        kind=Kind.TAX,
        month=first,
        number=_number(first),
        vat_vnd=vat_vnd,
        income_tax_vnd=income_tax_vnd,
    )


@transaction.atomic
def approve(due: Due, *, by: AbstractBaseUser) -> Due:
    """Let a proposal be sent. Raises FourEyes, OwesLess, IllegalMove, MovedMeanwhile."""
    due = _lock(due)
    if due.proposed_by_id == by.pk:
        raise FourEyes
    _check_owed(due)
    move_due(due, State.APPROVED, by=by, approved_by=by, approved_at=dates.now(), seal=seal_of(due))
    return due


@transaction.atomic
def reject(due: Due, *, by: AbstractBaseUser, why: str) -> Due:
    """Take back what is not sent yet: it is owed as before. Raises NoReason, IllegalMove."""
    why = why.strip()[:300]
    if not why:
        raise NoReason
    due = _lock(due)
    move_due(due, State.REJECTED, by=by, note=why, reason=why)
    return due


@transaction.atomic
def sent(due: Due, *, by: AbstractBaseUser, bank_ref: str) -> Due:
    """The money left our bank under that number. Raises NoBankReference, SealBroken, OwesLess, IllegalMove."""
    bank_ref = bank_ref.strip()[:120]
    if not bank_ref:
        raise NoBankReference
    due = _lock(due)
    if due.state != State.APPROVED:
        raise IllegalMove
    if due.seal != seal_of(due):
        raise SealBroken
    _check_owed(due)
    move_due(due, State.SENT, by=by, note=bank_ref, sent_at=dates.now(), bank_ref=bank_ref)
    enter = post.tax_paid if due.kind == Kind.TAX else post.carrier_paid
    enter(due.number, **_facts(due), at=due.sent_at)
    return due


@transaction.atomic
def bounce(due: Due, *, by: AbstractBaseUser, why: str, never_left: bool = False) -> Due:
    """The bank sent the money back, or it `never_left`: it is owed as before. Raises NoReason, IllegalMove."""
    why = why.strip()[:300]
    if not why:
        raise NoReason
    due = _lock(due)
    move_due(due, State.BOUNCED, by=by, note=why, reason=why, never_left=never_left)
    steer("after:dues.bounced")
    enter = post.tax_bounced if due.kind == Kind.TAX else post.carrier_bounced
    enter(due.number, **_facts(due))
    if not never_left:
        words = _("Ngân hàng trả về: %(due)s") % {"due": f"{due.get_kind_display()} {due}"}
        signals.money_returned.send(Due, about=f"due:{due.pk}", words=words, amount_vnd=due.amount_vnd)
    return due


def seal_of(due: Due) -> str:
    """A keyed digest of whom it pays, for what, and how much: 64 hexadecimal signs."""
    facts = [due.pk, due.kind, due.to, due.number, due.delivery_vnd, due.vat_vnd, due.income_tax_vnd]
    return digest(json.dumps(facts))


def _propose(by: AbstractBaseUser, **facts: object) -> Due:
    parts = ("delivery_vnd", "vat_vnd", "income_tax_vnd")
    amount_vnd = sum(facts.get(name, 0) for name in parts)
    same = Due.objects.filter(kind=facts["kind"], to=facts.get("to", ""), number=facts["number"])
    again = same.filter(state=State.BOUNCED).count()
    due = Due.objects.create(amount_vnd=amount_vnd, proposed_by=by, again=again, **facts)
    DueEvent.objects.create(due=due, to=due.state, by=by)
    return due


def _facts(due: Due) -> dict[str, object]:
    """What the books are told of it."""
    sums = (
        {"vat_vnd": due.vat_vnd, "income_tax_vnd": due.income_tax_vnd}
        if due.kind == Kind.TAX
        else {"carrier": due.to, "amount_vnd": due.amount_vnd}
    )
    return {**sums, "again": due.again}


def _check_owed(due: Due) -> None:
    """That the books still owe as much. Raises OwesLess: a refund by the carrier's fault may have come between."""
    if due.kind == Kind.TAX:
        enough = owed.taxes().covers(Taxes(vat_vnd=due.vat_vnd, income_tax_vnd=due.income_tax_vnd))
    else:
        enough = owed.to_carrier(due.to) >= due.amount_vnd
    if not enough:
        raise OwesLess


def _lock(due: Due) -> Due:
    _alone(due.kind, due.to)
    return Due.objects.select_for_update(of=("self",)).get(pk=due.pk)


def _alone(kind: str, to: str) -> None:
    """Proposals and payments to the same one follow one another: each sees what the others took."""
    alone(f"due:{kind}:{to}")


def _number(first: date) -> str:
    """2026-11, then 2026-11-2, 2026-11-3 …: the first that no proposal of the month has."""
    taken = Due.objects.filter(kind=Kind.TAX, month=first).exclude(state__in=DUE_VOID)
    known, name = set(taken.values_list("number", flat=True)), f"{first:%Y-%m}"
    tries = (name if place == 1 else f"{name}-{place}" for place in range(1, len(known) + 2))
    return next(each for each in tries if each not in known)
