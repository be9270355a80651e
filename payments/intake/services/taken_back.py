"""Refunds of a payment that the buyer's bank took back: the buyer has the money and gets it no second time."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Sum

from payments.intake import moves
from payments.intake.errors import IllegalMove, NoReason, NotTakenBack, TakenBack
from payments.intake.models import Payment, Refund, RefundEvent
from payments.intake.services import approvals, booking

State = Refund.State


def check_not_taken_back(refund: Refund) -> None:
    """Of a refund that is locked, read with its payment. Raises TakenBack when the bank gave that money already."""
    if refund.is_taken_back:
        raise TakenBack


@transaction.atomic
def bank_gave_back(refund: Refund, *, by: AbstractBaseUser, note: str) -> Refund:
    """The bank gave the buyer the money of a refund that waits for a person: nothing more is owed of it.

    What was due for it goes to the loss fund, which bore what the bank took beyond escrow. Who bears the refund
    stays as it was approved. Where the bank took less, the rest becomes a refund of its own that waits for a person.
    Raises NoReason without a note, NotTakenBack where the bank took nothing that another refund has not used up,
    IllegalMove.
    """
    note = note.strip()
    if not note:
        raise NoReason
    payment, refund = approvals.lock_refund(refund)
    if refund.state not in (State.FAILED, State.BY_HAND):
        raise IllegalMove
    used = payment.refunds.filter(state=State.BY_BANK).aggregate(vnd=Sum("amount_vnd", default=0))
    brought_vnd = min(payment.taken_back_vnd - used["vnd"], refund.amount_vnd)
    if brought_vnd <= 0:
        raise NotTakenBack
    moves.move_refund(refund, State.BY_BANK, because="by bank", by=by, note=note, next_ask_at=None)
    Payment.objects.filter(pk=payment.pk).update(refund_asked_vnd=F("refund_asked_vnd") - brought_vnd)
    rest_vnd = refund.amount_vnd - brought_vnd
    booking.refund_by_bank(refund, _rest_of(refund, rest_vnd, by=by) if rest_vnd else None)
    return refund


def _rest_of(refund: Refund, rest_vnd: int, *, by: AbstractBaseUser) -> Refund:
    """What the bank did not bring of it, decided by the same people."""
    rest = Refund.objects.create(
        payment_id=refund.payment_id,
        key=approvals.rest_key(refund),
        amount_vnd=rest_vnd,
        reason=refund.reason,
        state=State.BY_HAND,
        asked_by=refund.asked_by,
        by_two=refund.by_two,
        approved_by=refund.approved_by,
    )
    RefundEvent.objects.create(refund=rest, frm=State.APPROVED, to=rest.state, because="by bank", by=by)
    return rest
