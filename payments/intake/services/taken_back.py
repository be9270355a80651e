"""Refunds of a payment that the buyer's bank took back: the buyer has the money and gets it no second time."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F

from payments.intake import moves
from payments.intake.errors import NoReason, NotTakenBack, TakenBack
from payments.intake.models import Payment, Refund
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
    stays as it was approved. Raises NoReason without a note, NotTakenBack where the bank took nothing, IllegalMove.
    """
    note = note.strip()
    if not note:
        raise NoReason
    payment, refund = approvals.lock_refund(refund)
    if payment.state != Payment.State.CHARGED_BACK:
        raise NotTakenBack
    moves.move_refund(refund, State.BY_BANK, because="by bank", by=by, note=note, next_ask_at=None)
    Payment.objects.filter(pk=payment.pk).update(refund_asked_vnd=F("refund_asked_vnd") - refund.amount_vnd)
    booking.refund_by_bank(refund)
    return refund
