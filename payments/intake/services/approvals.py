"""Four eyes: what one person may not decide alone is asked for by one and approved, or refused, by another.

It keeps its room among the payment's refunds from the start; it is posted and sent when it is approved.
"""

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Sum

from common import dates
from payments.books.accounts import Name
from payments.intake import moves
from payments.intake.errors import FourEyes, NoReason, TakenBack
from payments.intake.models import Payment, Refund
from payments.intake.services import booking
from payments.intake.services.jobs import later

State = Refund.State
#: states of a payment that money can go back of
GIVES_BACK = (Payment.State.SETTLED, Payment.State.DISPUTED)
#: when a refund that was sent is first asked about
FIRST_ASK = timedelta(minutes=2)


def needs_two(payment: Payment, amount_vnd: int) -> bool:
    """Whether so much more of this payment is above what one person decides; small ones add up."""
    alone = payment.refunds.filter(asked_by__isnull=False, by_two=False)
    given_vnd = alone.aggregate(sum_vnd=Sum("amount_vnd", default=0))["sum_vnd"]
    return given_vnd + amount_vnd > settings.REFUND_BY_ONE_VND


@transaction.atomic
def approve_refund(
    refund: Refund, *, by: AbstractBaseUser, borne: Mapping[Name, int] | None = None
) -> Refund:
    """Let a refund that was asked for go back: posted as `borne` says, sent by a job.

    Raises FourEyes for who asked for it, TakenBack when the bank took the money back meanwhile, IllegalMove
    when somebody has decided already.
    """
    payment, refund = _locked(refund)
    if refund.asked_by_id == by.pk:
        raise FourEyes
    if payment.state not in GIVES_BACK:
        raise TakenBack
    now = dates.now()
    moves.move_refund(
        refund, State.APPROVED, because="approved", by=by, approved_by=by, next_ask_at=now + FIRST_ASK
    )
    booking.refund_approved(refund, borne, at=now)
    later("payments.send_refund", refund_id=refund.pk)
    return refund


@transaction.atomic
def reject_refund(refund: Refund, *, by: AbstractBaseUser, why: str) -> Refund:
    """Give nothing back: the room is free again, nothing was posted. Who asked may take it back so, too.

    Raises NoReason, IllegalMove when somebody has decided already.
    """
    why = why.strip()
    if not why:
        raise NoReason
    payment, refund = _locked(refund)
    moves.move_refund(refund, State.REJECTED, because="rejected", by=by, note=why)
    Payment.objects.filter(pk=payment.pk).update(refund_asked_vnd=F("refund_asked_vnd") - refund.amount_vnd)
    return refund


def _locked(refund: Refund) -> tuple[Payment, Refund]:
    """Both as they are now, locked in the house's order."""
    payment = Payment.objects.select_for_update().get(pk=refund.payment_id)
    return payment, Refund.objects.select_for_update(of=("self",)).select_related("payment").get(pk=refund.pk)
