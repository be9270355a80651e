"""What the acts of payments and refunds post, in their transaction and under their locks."""

from collections.abc import Mapping
from datetime import datetime

from payments.adapters.contract import Fact
from payments.books import accounts, balances, post
from payments.books.accounts import Name
from payments.intake.models import Payment, Refund

#: in place of a holder: the money came as bank transfers, and `post.credit_assigned` has moved it already
ASSIGNED = "credits"
#: code of the fact that a person gave a refund back outside the gateway
BY_HAND = "by hand"
#: code of the fact that a person saw at the gateway how a refund ended
SEEN = "seen"
#: with these begin the ids of what a person said, and of a call that was refused: no money moved by either
OURS = (SAID_BY_PERSON, REFUSED) = ("seen:", "refused:")


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
    """The bank took it back, or a part: escrow is emptied, the loss fund bears or holds what differs."""
    left_vnd = -balances.balance(accounts.escrow(payment.pk))
    post.charged_back(
        payment.pk, adapter=payment.adapter, amount_vnd=payment.taken_back_vnd, escrow_vnd=left_vnd
    )


def refund_approved(refund: Refund, borne: Mapping[Name, int] | None, *, at: datetime) -> None:
    """It will go back; `borne` says who bears it, the payment's escrow if nobody else is named.

    After a chargeback the loss fund holds what escrow held.
    """
    borne = borne or post.from_escrow(refund.payment_id, refund.amount_vnd)
    if refund.payment.taken_back_vnd:
        escrow = accounts.escrow(refund.payment_id)
        borne = {accounts.LOSS_FUND if name == escrow else name: part_vnd for name, part_vnd in borne.items()}
    post.refund_approved(refund.pk, borne=borne, amount_vnd=refund.amount_vnd, at=at)


def refund_by_bank(refund: Refund, rest: Refund | None) -> None:
    """The chargeback brought the buyer what was due, up to what `rest` is for."""
    post.refund_by_bank(
        refund.pk,
        amount_vnd=refund.amount_vnd,
        rest_id=rest.pk if rest else 0,
        rest_vnd=rest.amount_vnd if rest else 0,
    )


def refund_done(refund: Refund, code: str) -> None:
    post.refund_done(
        refund.pk,
        adapter=refund.payment.adapter,
        amount_vnd=refund.amount_vnd,
        by_hand=code == BY_HAND,
        again=_bounces(refund),
        at=refund.done_at,
    )


def refund_bounced(refund: Refund) -> None:
    """What its gateway gave came back to it."""
    post.refund_bounced(
        refund.pk, adapter=refund.payment.adapter, amount_vnd=refund.amount_vnd, again=_bounces(refund)
    )


def name_at_gateway(fact: Fact) -> str:
    """What names the money of a fact at its gateway, however often and in whatever words it is told."""
    return (fact.gateway_ref or fact.about or fact.event_id)[:120]


def _bounces(refund: Refund) -> int:
    return refund.events.filter(frm=Refund.State.DONE).count()
