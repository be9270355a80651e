"""Cash that a carrier took at the door, and hands over."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from payments.books import post
from payments.intake.errors import NotOpen, OverRefund
from payments.intake.models import Payment, PaymentEvent
from payments.intake.queries import cash_at_carriers


@transaction.atomic
def cash_handed_over(payment: Payment, *, bank_vnd: int, by: AbstractBaseUser | None, note: str = "") -> None:
    """The carrier paid the cash of one parcel into our bank; what is missing to the whole it kept as its fee.

    Raises NotOpen when no carrier holds that cash (any more), OverRefund for more than it took.
    """
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    held = cash_at_carriers().filter(about=f"payment:{payment.pk}").first()
    if held is None:
        raise NotOpen
    if not 0 <= bank_vnd <= payment.settled_vnd:
        raise OverRefund
    post.cash_remitted(
        payment.pk,
        carrier=held.holder.partition(":")[2],
        bank_vnd=bank_vnd,
        fee_vnd=payment.settled_vnd - bank_vnd,
    )
    PaymentEvent.objects.create(
        payment=payment,
        frm=payment.state,
        to=payment.state,
        because="handed over",
        amount_vnd=bank_vnd,
        by=by,
        note=note[:300],
    )
