"""Locks of payments: all of one purchase at once, by id, so that two acts never wait for one another in a ring."""

from common.locks import ordered
from payments import signals
from payments.intake.models import Payment


def lock(*payment_ids: int) -> dict[int, Payment]:
    """Lock these payments and all that pay the same purchases; id → payment as it is now.

    What an act announces may need the others: whoever hears it locks them again, in the same order. The ids are read
    unlocked first; a payment that joins meanwhile has a greater one, so it still comes last.
    """
    ids = set(payment_ids)
    for _receiver, others in signals.payments_together.send(Payment, payment_ids=payment_ids):
        ids.update(others)
    return {payment.pk: payment for payment in ordered(Payment.objects.filter(pk__in=ids))}
