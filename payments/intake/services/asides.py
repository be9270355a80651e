"""Money of which a message that was set aside tells: a person lets it into the books, and it gets a way back."""

from collections.abc import Mapping

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F

from payments import signals
from payments.adapters.contract import Fact
from payments.books import post
from payments.intake import moves
from payments.intake.errors import CountedAlready, IllegalMove, NoReason, OtherSumBooked
from payments.intake.locks import lock
from payments.intake.models import Credit, CreditEvent, Inbox, Payment, Refund
from payments.intake.services import approvals, booking, inbox
from payments.intake.services.facts import is_of_another_sending

P, R = Payment.State, Refund.State
#: what such money is, by the kind of its fact
CAME, CAME_BACK = "settled", "refund_failed"


def books_as(row: Inbox) -> str:
    """CAME: money that a gateway has and we did not ask for so. CAME_BACK: a refund that its bank sent back. Else ""."""
    said = row.fact if isinstance(row.fact, Mapping) else {}
    if row.handled_at is not None or row.why not in (Inbox.Why.MISMATCH, Inbox.Why.UNKNOWN):
        return ""
    if said.get("kind") == CAME and said.get("currency") == "VND" and said.get("amount_vnd", 0) > 0:
        return CAME
    is_ours = said.get("event_id", "").startswith(booking.OURS)
    came_back = (said.get("kind"), row.why) == (CAME_BACK, Inbox.Why.MISMATCH)
    return CAME_BACK if came_back and not is_ours else ""


@transaction.atomic
def book_aside(row: Inbox, *, by: AbstractBaseUser, note: str) -> Credit | Refund:
    """Let the money into the books that the message tells of, and put the message away; `note` says how it was proven.

    What came is a credit that its gateway holds, to be given back; what came back is a refund for a person again.
    Raises NoReason, IllegalMove where the message tells of no such money or was dealt with, CountedAlready when its
    payment has this very money, OtherSumBooked when it is in the books with another sum.
    """
    note = note.strip()
    if not note:
        raise NoReason
    row = Inbox.objects.select_for_update().get(pk=row.pk)
    act = {CAME: _came, CAME_BACK: _came_back}.get(books_as(row))
    if act is None:
        raise IllegalMove
    done = act(row, Fact(**row.fact), by, note)
    inbox.handled(row, by=by, note=note)
    return done


def _came(row: Inbox, fact: Fact, by: AbstractBaseUser, note: str) -> Credit:
    named = {"reference": fact.about} if fact.about else {"gateway_ref": fact.gateway_ref or "?"}
    known = Payment.objects.filter(**named, adapter=row.adapter).first()
    payment = lock(known.pk)[known.pk] if known else None
    if payment and payment.settled_vnd and fact.gateway_ref in ("", payment.gateway_ref):
        raise CountedAlready
    credit, new = Credit.objects.get_or_create(
        account=row.adapter,
        bank_ref=booking.name_at_gateway(fact),
        defaults={
            "gateway": row.adapter,
            "amount_vnd": fact.amount_vnd,
            "note": payment.words if payment else fact.about[:500],
            "at": row.received_at,
            "feed": row.adapter,
            "payment": payment,
            "state": Credit.State.TO_RETURN if payment else Credit.State.UNMATCHED,
        },
    )
    if credit.amount_vnd != fact.amount_vnd:
        raise OtherSumBooked
    if new:
        CreditEvent.objects.create(
            credit=credit,
            to=credit.state,
            because="another sum",
            amount_vnd=credit.amount_vnd,
            by=by,
            note=note,
        )
        post.credit_at_gateway(credit.pk, adapter=row.adapter, amount_vnd=credit.amount_vnd)
        if payment:
            signals.credit_moved.send(Credit, credit=credit)
    return credit


def _came_back(row: Inbox, fact: Fact, by: AbstractBaseUser, note: str) -> Refund:
    known = Refund.objects.filter(reference=fact.about, payment__adapter=row.adapter).first()
    if known is None:
        raise IllegalMove
    payment, refund = approvals.lock_refund(known)
    if refund.state != R.DONE or refund.events.filter(to=R.DONE).last().code == booking.BY_HAND:
        raise IllegalMove
    if is_of_another_sending(refund, fact):
        raise IllegalMove
    booking.refund_bounced(refund)
    moves.move_refund(refund, R.BY_HAND, because="bounced", by=by, note=note, done_at=None)
    Payment.objects.filter(pk=payment.pk).update(refunded_vnd=F("refunded_vnd") - refund.amount_vnd)
    refund.payment.refresh_from_db(fields=["refunded_vnd"])
    signals.refund_failed.send(Refund, refund=refund)
    return refund
