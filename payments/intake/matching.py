"""Whose money it is: a credit becomes a fact about a payment, or a row in a person's queue. Never nothing.

Credits of a payment are changed under the payment's lock only, and locked last.
"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet

from common import province
from common.locks import ordered
from common.steer import steer
from payments.adapters import contract, registry
from payments.adapters.contract import Fact, Outcome
from payments.adapters.references import find
from payments.intake.errors import IllegalMove, MovedMeanwhile, NoReason, NotByTransfer
from payments.intake.locks import lock
from payments.intake.models import Credit, Payment
from payments.intake.moves import LATE
from payments.intake.services import booking
from payments.intake.services import credits as acts
from payments.intake.services import facts as deciding

State = Credit.State


def take(said: contract.Credit, *, feed: str, by: AbstractBaseUser | None = None) -> Outcome:
    """Inside a transaction: keep the credit and, if feed or note name a payment, let it count for that.

    REPEATED when it is known; MISMATCH when the bank's number is known with another sum. Of one that another
    feed told of, and that nobody knew the owner of, the feed that knows it decides.
    """
    named = payment_of(said)
    payment = None if named is None else lock(named.pk)[named.pk]
    credit, new = acts.credit_arrived(said, feed=feed, by=by)
    if not new:
        if credit.amount_vnd != said.amount_vnd:
            return Outcome.MISMATCH
        (credit,) = ordered(Credit.objects.filter(pk=credit.pk))
        if payment is None or not said.reference or credit.state != State.UNMATCHED:
            return Outcome.REPEATED
    if payment is not None:
        count(credit, payment, because="note", by=by)
    return Outcome.RECORDED


def payment_of(said: contract.Credit) -> Payment | None:
    """The payment that the feed knows it is for, else the one that its note names."""
    return _named([said.reference] if said.reference else []) or payment_of_note(said.note)


def payment_of_note(note: str) -> Payment | None:
    """The one payment that a note names: the open one, else the only one; None when that is not sure."""
    return _named(find(note, province.order_prefix()))


def _named(references: list[str]) -> Payment | None:
    if not references:
        return None
    named = list(Payment.objects.filter(adapter__in=registry.fed(), gateway_ref__in=references)[:20])
    alive = [payment for payment in named if payment.is_open]
    if len(alive or named) != 1:
        return None
    return (alive or named)[0]


def count(
    credit: Credit,
    payment: Payment,
    *,
    because: str,
    by: AbstractBaseUser | None = None,
    note: str = "",
) -> None:
    """Let the credit count for the payment, which is locked: it settles it, waits for more, or goes back.

    A payment that failed, expired or was cancelled is settled late by a whole sum only.
    """
    if not (payment.is_open or payment.state in LATE):
        acts.move(credit, State.TO_RETURN, because="too much", by=by, note=note, payment=payment)
        return
    together = [*spare(payment).exclude(pk=credit.pk), credit]
    steer("after:matching.sum")
    if sum(each.amount_vnd for each in together) >= payment.asked_vnd:
        if (
            deciding.decide(
                _settled(payment), adapter=payment.adapter, by=by, note=note, held_by=booking.ASSIGNED
            )
            is not Outcome.RECORDED
        ):
            raise MovedMeanwhile
        acts.credits_assigned(payment, together, by=by, note=note)
    elif payment.is_open:
        acts.move(
            credit,
            State.WAITING,
            because=because,
            amount_vnd=credit.amount_vnd,
            by=by,
            note=note,
            payment=payment,
        )
    else:
        acts.move(credit, State.TO_RETURN, because="too short", by=by, note=note, payment=payment)


def spare(payment: Payment) -> QuerySet[Credit]:
    """Whole credits that came for this payment and are neither assigned nor given back."""
    return payment.credits.filter(state__in=(State.WAITING, State.TO_RETURN), assigned_vnd=0).order_by("pk")


def let_go(payment: Payment) -> None:
    """Inside the transaction that ends a payment without its money: what came for it goes back."""
    for credit in ordered(payment.credits.filter(state=State.WAITING)):
        acts.move(credit, State.TO_RETURN, because="too short", amount_vnd=credit.amount_vnd)


def assign(credit: Credit, payment: Payment, *, by: AbstractBaseUser, reason: str) -> None:
    """A person says whose money it is; then it counts as if its note had said so.

    Raises NoReason, NotByTransfer when the payment is not paid by transfer, IllegalMove when the credit
    counts for a payment already or is given back.
    """
    if not reason:
        raise NoReason
    if payment.adapter not in registry.fed():
        raise NotByTransfer

    def act() -> Outcome:
        before = Credit.objects.only("payment_id").get(pk=credit.pk).payment_id
        locked = lock(*{payment.pk, before} - {None})
        (mine,) = ordered(Credit.objects.filter(pk=credit.pk))
        free = mine.state in (State.UNMATCHED, State.TO_RETURN) and not mine.assigned_vnd
        if not free or mine.payment_id != before:
            raise IllegalMove
        count(mine, locked[payment.pk], because="by hand", by=by, note=reason)
        return Outcome.RECORDED

    deciding.whole(act)
    credit.refresh_from_db()


def _settled(payment: Payment) -> Fact:
    return Fact(
        kind="settled",
        about=payment.reference,
        event_id=f"credits:{payment.reference}",
        amount_vnd=payment.asked_vnd,
        gateway_ref=payment.gateway_ref,
        code="transfer",
    )
