"""Cash that a carrier took at the door, and hands over: whole, or bit by bit."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F

from common.steer import steer
from payments.books import post
from payments.books.models import Entry
from payments.intake.errors import MovedMeanwhile, NotOpen, OverRefund
from payments.intake.models import Payment, PaymentEvent
from payments.intake.queries import cash_at_carriers
from payments.intake.services import countings


@transaction.atomic
def cash_handed_over(
    payment: Payment,
    *,
    bank_vnd: int,
    fee_vnd: int = 0,
    by: AbstractBaseUser | None,
    note: str = "",
    held_vnd: int | None = None,
    file: tuple[str, str] | None = None,
) -> Entry:
    """The carrier paid cash of one parcel into our bank and kept `fee_vnd` of it; its entry comes back.

    What is still missing then stays with the carrier. `held_vnd` is what whoever decided saw it hold. `file` is what
    and how the carrier's file that says so is called; without one the parcel speaks for itself. Raises NotOpen when no
    carrier holds that cash (any more), MovedMeanwhile when it holds another sum than was seen, OverRefund for more
    than it holds.
    """
    payment = _lock(payment)
    held = cash_at_carriers().filter(pk=payment.pk).first()
    if held is None:
        raise NotOpen
    if held_vnd not in (None, held.vnd):
        raise MovedMeanwhile
    if bank_vnd < 0 or fee_vnd < 0 or not 0 < bank_vnd + fee_vnd <= held.vnd:
        raise OverRefund
    steer("after:cash.held")
    before_vnd = payment.handed_over_vnd
    Payment.objects.filter(pk=payment.pk).update(handed_over_vnd=F("handed_over_vnd") + bank_vnd + fee_vnd)
    entry = post.cash_remitted(
        payment.pk,
        carrier=held.holder.partition(":")[2],
        bank_vnd=bank_vnd,
        fee_vnd=fee_vnd,
        before_vnd=before_vnd,
    )
    about, words = file or (f"payment:{payment.pk}", payment.words)
    countings.sent(sender=held.holder, about=about, words=words, amount_vnd=bank_vnd)
    PaymentEvent.objects.create(
        payment=payment,
        frm=payment.state,
        to=payment.state,
        because="handed over",
        amount_vnd=bank_vnd,
        by=by,
        note=note[:300],
    )
    return entry


def _lock(payment: Payment) -> Payment:
    return Payment.objects.select_for_update().get(pk=payment.pk)
