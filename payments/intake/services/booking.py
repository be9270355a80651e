"""What the acts of payments and refunds post, in their transaction and under their locks."""

from collections.abc import Mapping
from datetime import datetime

from payments.books import accounts, balances, post
from payments.books.accounts import Name
from payments.intake.models import Payment, Refund

#: in place of a holder: the money came as bank transfers, and `post.credit_assigned` has moved it already
ASSIGNED = "credits"
#: code of the fact that a person gave a refund back outside the gateway
BY_HAND = "by hand"


def settled(payment: Payment, held_by: str) -> None:
    """The money is there: with the gateway, or in cash with `held_by` (an owner key)."""
    if held_by == ASSIGNED:
        return
    if held_by:
        post.cash_collected(payment.pk, holder=held_by, amount_vnd=payment.settled_vnd, at=payment.settled_at)
    else:
        post.settled(
            payment.pk, adapter=payment.adapter, amount_vnd=payment.settled_vnd, at=payment.settled_at
        )


def charged_back(payment: Payment) -> None:
    """The bank took all of it back; what escrow holds no more is the province's loss."""
    left_vnd = min(-balances.balance(accounts.escrow(payment.pk)), payment.settled_vnd)
    post.charged_back(
        payment.pk, adapter=payment.adapter, amount_vnd=payment.settled_vnd, escrow_vnd=left_vnd
    )


def refund_approved(refund: Refund, borne: Mapping[Name, int] | None, *, at: datetime) -> None:
    """It will go back; `borne` says who bears it, the payment's escrow if nobody else is named."""
    borne = borne or post.from_escrow(refund.payment_id, refund.amount_vnd)
    post.refund_approved(refund.pk, borne=borne, amount_vnd=refund.amount_vnd, at=at)


def refund_by_bank(refund: Refund) -> None:
    """The chargeback brought the buyer what was due."""
    post.refund_by_bank(refund.pk, amount_vnd=refund.amount_vnd)


def refund_done(refund: Refund, code: str) -> None:
    post.refund_done(
        refund.pk,
        adapter=refund.payment.adapter,
        amount_vnd=refund.amount_vnd,
        by_hand=code == BY_HAND,
        at=refund.done_at,
    )
