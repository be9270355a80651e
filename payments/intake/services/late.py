"""Asking about an attempt that was taken back, when its buyer comes from its gateway all the same."""

import logging

from django.db import transaction
from django.db.models import Q

from common import dates
from payments.adapters.contract import Unreachable
from payments.intake.models import Payment
from payments.intake.services import charges
from payments.intake.services.jobs import later

log = logging.getLogger(__name__)


@transaction.atomic
def ask_late(payment: Payment) -> bool:
    """Have a job ask about a cancelled payment now, at most every 10 seconds; whether it will. No call goes out here."""
    now = dates.now()
    free = Q(asked_at=None) | Q(asked_at__lte=now - charges.ASK_PAUSE)
    mine = Payment.objects.filter(free, pk=payment.pk, state=Payment.State.CANCELLED, step__isnull=False)
    if not mine.update(asked_at=now):
        return False
    later("payments.ask_late", payment_id=payment.pk)
    return True


def asked_late(payment_id: int) -> None:
    """The job: money that came after all is late money. Who waits comes again, so it is not repeated."""
    try:
        charges.ask_cancelled(payment_id)
    except Unreachable:
        log.info("Payment %s, cancelled: its gateway is out of reach.", payment_id)
