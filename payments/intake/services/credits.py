"""Acts on money that came to the bank account; each is one transaction and posts once.

The sum of what is neither assigned, nor counted (`countings`), nor given back (`givings`) is what the books call
unidentified.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from common import dates
from common.locks import ordered
from common.steer import steer
from payments import signals
from payments.adapters import contract
from payments.books import post
from payments.intake.errors import MovedMeanwhile
from payments.intake.models import Credit, CreditEvent, Payment
from payments.intake.moves import move_credit

State = Credit.State


@transaction.atomic
def credit_arrived(
    said: contract.Credit, *, feed: str, by: AbstractBaseUser | None = None
) -> tuple[Credit, bool]:
    """Keep what a feed (or a person's statement) tells of; whether it is new comes back beside it.

    Account and bank reference name it once, however many feeds tell of it and however often.
    """
    credit, new = Credit.objects.get_or_create(
        account=tidy(said.account)[:40],
        bank_ref=tidy(said.bank_ref)[:120],
        defaults={
            "amount_vnd": said.amount_vnd,
            "note": said.note[:500],
            "at": said.at,
            "feed": feed,
            "arrived_at": dates.now(),
        },
    )
    if new:
        CreditEvent.objects.create(
            credit=credit, to=credit.state, because="arrived", amount_vnd=credit.amount_vnd, by=by
        )
        post.credit_arrived(credit.pk, amount_vnd=credit.amount_vnd, at=credit.arrived_at)
    return credit, new


@transaction.atomic
def credits_assigned(
    payment: Payment, credits: Sequence[Credit], *, by: AbstractBaseUser | None = None, note: str = ""
) -> None:
    """Give a payment, just settled, exactly its sum out of these credits, the oldest first.

    What is left of them goes to the queue for giving back. The payment is locked by the caller. Raises
    MovedMeanwhile when the credits do not hold the sum any more.
    """
    locked = ordered(Credit.objects.filter(pk__in=[credit.pk for credit in credits]))
    left_vnd = payment.asked_vnd
    for credit in locked:
        part_vnd = min(credit.spare_vnd, left_vnd)
        left_vnd -= part_vnd
        whole = part_vnd == credit.amount_vnd
        move(
            credit,
            State.MATCHED if whole else State.TO_RETURN,
            because="assigned" if part_vnd else "too much",
            amount_vnd=part_vnd,
            by=by,
            note=note,
            payment=payment,
            assigned_vnd=part_vnd,
        )
        if part_vnd:
            post.credit_assigned(credit.pk, payment_id=payment.pk, amount_vnd=part_vnd)
    steer("after:credits.assigned")
    if left_vnd:
        raise MovedMeanwhile


def move(credit: Credit, to: str, **because: Any) -> None:
    """Move a credit and announce it, if it is known whose it was; takes what `moves.move_credit` takes."""
    move_credit(credit, to, **because)
    if credit.payment_id and to != State.MATCHED:
        signals.credit_moved.send(Credit, credit=credit)


def tidy(text: str) -> str:
    """Feeds write the same account and number with other spaces and letters."""
    return "".join(text.split()).upper()
