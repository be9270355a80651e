"""What payments announce, heard here in one line each."""

from django.dispatch import receiver

from payments import signals
from shop.orders import letters, services


@receiver(signals.payment_settled)
def money_came(sender, payment, late, **_kwargs) -> None:
    services.take_money(payment, late=late)


@receiver([signals.payment_failed, signals.payment_expired, signals.payment_cancelled])
def attempt_ended(sender, payment, **_kwargs) -> None:
    services.payment_ended(payment)


@receiver(signals.refund_done)
def money_went_back(sender, refund, **_kwargs) -> None:
    letters.refunded(refund)
