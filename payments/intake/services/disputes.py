"""What people of the finance desk write down about a payment: an event that changes nothing."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from payments.intake.errors import NoReason
from payments.intake.models import Payment, PaymentEvent

#: why such an event is there
NOTE = "note"


@transaction.atomic
def note_payment(payment: Payment, *, by: AbstractBaseUser, note: str) -> None:
    """Keep what a person did or heard about a payment. Raises NoReason when nothing is written."""
    note = note.strip()[:300]
    if not note:
        raise NoReason
    locked = Payment.objects.select_for_update().get(pk=payment.pk)
    PaymentEvent.objects.create(
        payment=locked, frm=locked.state, to=locked.state, because=NOTE, by=by, note=note
    )
