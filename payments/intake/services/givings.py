"""Credits that go back to whoever sent them: little by one person, much is asked for by one and given by another.

What was asked for lapses when the credit is used meanwhile: see `moves.move_credit`. Locks go payment, credit, then
the person who gives alone.
"""

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from common import dates
from common.locks import ordered
from common.steer import steer
from payments.books import post
from payments.intake import moves
from payments.intake.errors import (
    AskedBefore,
    AskedYourself,
    IllegalMove,
    NeedsTwo,
    NoBankReference,
    NoReason,
    NoReceiver,
    NoWay,
)
from payments.intake.models import Credit, GivingBack, Payment
from payments.intake.services import approvals, credits

State = GivingBack.State


def giving_needs_two(credit: Credit, given_vnd: int) -> bool:
    """Whether the rest of the credit is above what one person gives back alone, after `given_vnd` within the day.

    What went back of the same credit before counts with it, whoever gave it.
    """
    return (
        credit.returned_vnd + credit.spare_vnd > settings.REFUND_BY_ONE_VND
        or given_vnd + credit.spare_vnd > settings.REFUNDS_A_DAY_BY_ONE_VND
    )


@transaction.atomic
def ask_to_give_back(credit: Credit, *, by: AbstractBaseUser, to_whom: str, reason: str) -> GivingBack:
    """Have another person transfer the rest of a credit back; nothing is posted until that is done.

    Raises NoReceiver, NoReason, AskedBefore, or IllegalMove when there is nothing of it to give back.
    """
    if not to_whom:
        raise NoReceiver
    if not reason:
        raise NoReason
    locked = _lock(credit)
    _check_rest(locked)
    if _asked(locked):
        raise AskedBefore
    giving = GivingBack.objects.create(
        credit=locked,
        amount_vnd=locked.spare_vnd,
        to_whom=to_whom[:200],
        reason=reason[:300],
        by_two=True,
        state=State.ASKED,
        asked_by=by,
    )
    moves.note_credit(
        locked,
        because="back asked for",
        amount_vnd=giving.amount_vnd,
        by=by,
        note=f"{giving.to_whom}: {reason}",
    )
    return giving


@transaction.atomic
def asking_withdrawn(credit: Credit, *, by: AbstractBaseUser, why: str) -> None:
    """It is not to be given back after all: whoever asked, or another, says why.

    Raises NoReason, or IllegalMove when nobody asked, or it was given back already.
    """
    if not why:
        raise NoReason
    locked = _lock(credit)
    asked = _asked(locked)
    if asked is None:
        raise IllegalMove
    moves.move_giving(asked, State.WITHDRAWN)
    moves.note_credit(locked, because="asking withdrawn", amount_vnd=asked.amount_vnd, by=by, note=why)


@transaction.atomic
def credit_given_back(
    credit: Credit,
    *,
    by: AbstractBaseUser,
    bank_ref: str,
    note: str = "",
    through_gateway: bool | None = None,
) -> None:
    """The rest of a credit was given back to whoever sent it, under that number of the bank or the gateway.

    Of what a gateway holds one says whether it went back `through_gateway` or from our bank; of what our bank holds
    nobody does. Where somebody asked for it, that one said why; else the `note` does. Raises NoReason,
    NoBankReference, NoWay, AskedYourself for who asked, NeedsTwo when nobody did and it is more than one person gives
    back alone, or IllegalMove when there is nothing of it to give back, or no gateway to give it.
    """
    if not bank_ref:
        raise NoBankReference
    locked = _lock(credit)
    through_gateway = _way(locked, through_gateway)
    asked = _asked(locked)
    if asked is None and not note:
        raise NoReason
    _check_rest(locked)
    if asked is None:
        _alone(locked, by, bank_ref[:120], note, through_gateway)
    elif asked.asked_by_id == by.pk:
        raise AskedYourself
    else:
        moves.move_giving(
            asked, State.DONE, given_by=by, bank_ref=bank_ref[:120], through_gateway=through_gateway
        )
    _give(locked, by, bank_ref, note or asked.reason, through_gateway)
    credit.refresh_from_db()


def _way(credit: Credit, through_gateway: bool | None) -> bool:
    if not credit.gateway:
        if through_gateway:
            raise IllegalMove
        return False
    if through_gateway is None:
        raise NoWay
    return through_gateway


def _alone(credit: Credit, by: AbstractBaseUser, bank_ref: str, note: str, through_gateway: bool) -> None:
    approvals.lock_giver(by)
    if giving_needs_two(credit, approvals.given_alone_vnd(by)):
        raise NeedsTwo
    now = dates.now()
    GivingBack.objects.create(
        credit=credit,
        amount_vnd=credit.spare_vnd,
        reason=note[:300],
        by_two=False,
        state=State.DONE,
        asked_by=by,
        asked_at=now,
        given_by=by,
        bank_ref=bank_ref,
        through_gateway=through_gateway,
        ended_at=now,
    )


def _give(locked: Credit, by: AbstractBaseUser, bank_ref: str, note: str, through_gateway: bool) -> None:
    back_vnd, before_vnd = locked.spare_vnd, locked.returned_vnd
    credits.move(
        locked,
        Credit.State.RETURNED,
        because="given back",
        amount_vnd=back_vnd,
        by=by,
        note=note,
        returned_vnd=before_vnd + back_vnd,
        return_ref=f"{locked.return_ref}, {bank_ref}".removeprefix(", ")[:120],
    )
    post.credit_given_back(
        locked.pk,
        amount_vnd=back_vnd,
        adapter=locked.gateway if through_gateway else "",
        key=str(before_vnd) if before_vnd else "",
    )
    steer("after:credits.given_back")


def _lock(credit: Credit) -> Credit:
    ordered(Payment.objects.filter(credits=credit.pk))
    (locked,) = ordered(Credit.objects.filter(pk=credit.pk))
    return locked


def _check_rest(credit: Credit) -> None:
    if credit.state not in moves.GIVEN_BACK_OF:
        raise IllegalMove


def _asked(credit: Credit) -> GivingBack | None:
    return credit.givings.filter(state=State.ASKED).first()
