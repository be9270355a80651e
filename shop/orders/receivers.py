"""What payments announce, heard here in one line each."""

from django.dispatch import receiver

from payments import signals
from shop.orders import gateway_letters, letters, queries, services


@receiver(signals.payments_together)
def payments_of_one_order(sender, payment_ids, **_kwargs) -> set[int]:
    return queries.paid_together(payment_ids)


@receiver(signals.payment_settled)
def money_came(sender, payment, late, **_kwargs) -> None:
    services.take_money(payment, late=late)


@receiver(signals.payment_held)
def gateway_doubts_it(sender, payment, **_kwargs) -> None:
    gateway_letters.held(payment)


@receiver(signals.payment_failed)
def gateway_did_not_take_it(sender, payment, was_held=False, **_kwargs) -> None:
    gateway_letters.not_taken(payment, was_held=was_held)


@receiver([signals.payment_failed, signals.payment_expired, signals.payment_cancelled])
def attempt_ended(sender, payment, **_kwargs) -> None:
    services.payment_ended(payment)


@receiver(signals.payment_disputed)
def bank_has_second_thoughts(sender, payment, **_kwargs) -> None:
    gateway_letters.disputed(payment)


@receiver(signals.credit_moved)
def transfer_is_not_the_sum(sender, credit, **_kwargs) -> None:
    letters.transferred(credit)


@receiver(signals.refund_failed)
def money_goes_back_by_hand(sender, refund, **_kwargs) -> None:
    letters.refund_by_hand(refund)


@receiver(signals.refund_done)
def money_went_back(sender, refund, **_kwargs) -> None:
    letters.refunded(refund)
