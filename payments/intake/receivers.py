"""What a payment's end means for the money that came for it, in one line."""

from django.dispatch import receiver

from payments import signals
from payments.intake import matching


@receiver([signals.payment_failed, signals.payment_expired, signals.payment_cancelled])
def attempt_ended(sender, payment, **_kwargs) -> None:
    matching.let_go(payment)
