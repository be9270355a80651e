"""Credits that gateways, carriers or our bank sent: counted for what they account for, never more than that lacks.

The books have that money on the bank account twice until then: by the credit, and by the statement, file or parcel.
What is over stays the sender's, on the credit. Locks go credit, then inflow.
"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F

from common import dates
from common.locks import ordered
from common.steer import steer
from payments.books import post
from payments.intake import inflows
from payments.intake.errors import (
    IllegalMove,
    MovedMeanwhile,
    NoReason,
    NoSender,
    NothingLacks,
    OtherSender,
)
from payments.intake.inflow_models import BEFORE, LATER
from payments.intake.models import Counting, Credit, Inflow
from payments.intake.moves import move_credit

State = Credit.State
#: of these something may still be counted
FREE = (State.UNMATCHED, State.OVER)


def sent(*, sender: str, about: str, words: str, amount_vnd: int) -> None:
    """Inside a transaction: the books have put so much more on the bank account because of it.

    What is from before stays as it is: whether that money came nobody knows, and what is new is known to lack.
    """
    if not amount_vnd:
        return
    facts = {"sender": sender, "words": words[:200], "sent_vnd": 0}
    inflow, _new = Inflow.objects.get_or_create(about=about, defaults=facts)
    if inflow.from_before:
        inflow, _new = Inflow.objects.get_or_create(about=about + LATER, defaults=facts)
    Inflow.objects.filter(pk=inflow.pk).update(sent_vnd=F("sent_vnd") + amount_vnd)


def may_be_counted(credit: Credit) -> bool:
    """Whether anything of it may be counted for what a gateway or a carrier sent."""
    return credit.state in FREE and credit.payment_id is None and not credit.gateway


@transaction.atomic
def credit_counted(credit: Credit, inflow: Inflow, *, by: AbstractBaseUser) -> Counting:
    """Count of the credit as much as the inflow lacks; the rest stays on the credit as its sender's.

    Raises IllegalMove for a credit of somebody else, and for what was counted before inflows had names, OtherSender
    when it holds another sender's money, NothingLacks when all of it has come.
    """
    credit = _lock(credit)
    inflow = _lock_inflow(inflow)
    if not may_be_counted(credit) or inflow.sender == BEFORE:
        raise IllegalMove
    if credit.sender not in ("", inflow.sender):
        raise OtherSender
    part_vnd = min(credit.spare_vnd, inflow.lacks_vnd)
    if part_vnd <= 0:
        raise NothingLacks
    steer("after:countings.lacks")
    _came(inflow, part_vnd)
    counting = Counting.objects.create(credit=credit, inflow=inflow, amount_vnd=part_vnd, by=by)
    _move(credit, part_vnd, "counted", by, inflow.words, sender=inflow.sender)
    post.credit_counted(credit.pk, amount_vnd=part_vnd, key=str(counting.pk))
    return counting


@transaction.atomic
def counting_undone(counting: Counting, *, by: AbstractBaseUser, why: str) -> None:
    """It was counted by mistake: the inflow lacks it again, and of the credit it is left.

    A credit of which nothing else is counted, and nothing was given back, is nobody's again. Raises NoReason,
    IllegalMove when it was undone before.
    """
    why = _reason(why)
    credit = _lock(counting.credit)
    inflow = _lock_inflow(counting.inflow)
    mine = Counting.objects.filter(pk=counting.pk, undone_at=None)
    if not mine.update(undone_at=dates.now(), undone_by=by, why=why):
        raise IllegalMove
    steer("after:countings.undone")
    _came(inflow, -counting.amount_vnd)
    kept = credit.counted_vnd > counting.amount_vnd or credit.returned_vnd
    _move(credit, -counting.amount_vnd, "uncounted", by, why, sender=credit.sender if kept else "")
    post.credit_uncounted(credit.pk, amount_vnd=counting.amount_vnd, key=str(counting.pk))


@transaction.atomic
def credit_kept(credit: Credit, *, sender: str, by: AbstractBaseUser, why: str) -> None:
    """A whole credit came from that sender and is for nothing it accounts for: we hold it until it is applied.

    Raises NoReason, NoSender, IllegalMove.
    """
    why = _reason(why)
    if sender not in inflows.senders():
        raise NoSender
    credit = _lock(credit)
    if credit.state != State.UNMATCHED or not may_be_counted(credit):
        raise IllegalMove
    move_credit(credit, State.OVER, because="kept", by=by, note=why, sender=sender)


@transaction.atomic
def credit_let_go(credit: Credit, *, by: AbstractBaseUser, why: str) -> None:
    """It is not that sender's after all, and nothing of it was counted or given back. Raises NoReason, IllegalMove."""
    why = _reason(why)
    credit = _lock(credit)
    if credit.state != State.OVER or credit.counted_vnd or credit.returned_vnd:
        raise IllegalMove
    move_credit(credit, State.UNMATCHED, because="let go", by=by, note=why, sender="")


def _move(
    credit: Credit, more_vnd: int, because: str, by: AbstractBaseUser, note: str, *, sender: str
) -> None:
    """To the state that fits what of the credit is counted then."""
    counted_vnd = credit.counted_vnd + more_vnd
    if counted_vnd + credit.returned_vnd == credit.amount_vnd:
        to = State.RETURNED if credit.returned_vnd else State.COUNTED
    else:
        to = State.OVER if sender else State.UNMATCHED
    facts = {"counted_vnd": counted_vnd, "sender": sender}
    move_credit(credit, to, because=because, amount_vnd=more_vnd, by=by, note=note, **facts)


def _came(inflow: Inflow, more_vnd: int) -> None:
    fits = Inflow.objects.filter(pk=inflow.pk, came_vnd__lte=F("sent_vnd") - more_vnd)
    if not fits.update(came_vnd=F("came_vnd") + more_vnd):
        raise MovedMeanwhile


def _lock(credit: Credit) -> Credit:
    (locked,) = ordered(Credit.objects.filter(pk=credit.pk))
    return locked


def _lock_inflow(inflow: Inflow) -> Inflow:
    return Inflow.objects.select_for_update().get(pk=inflow.pk)


def _reason(why: str) -> str:
    why = why.strip()[:300]
    if not why:
        raise NoReason
    return why
