"""What a payment's end means for the money that came for it, and who waits for what the bank returns."""

from django.dispatch import receiver

from payments import signals
from payments.intake import matching
from payments.intake.inflow_models import BANK
from payments.intake.services import countings


@receiver([signals.payment_failed, signals.payment_expired, signals.payment_cancelled])
def attempt_ended(sender, payment, **_kwargs) -> None:
    matching.let_go(payment)


@receiver(signals.money_returned)
def money_returned(sender, about, words, amount_vnd, **_kwargs) -> None:
    countings.sent(sender=BANK, about=about, words=words, amount_vnd=amount_vnd)
