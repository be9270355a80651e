"""Money leaves and arrives, or comes back; each of it with its entry in the books, in the same transaction."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from common import dates
from common.locks import ordered
from common.steer import steer
from payments import signals
from payments.books import post
from payments.payouts import approval, letters
from payments.payouts.errors import IllegalMove, NoBankReference, NoReason, NothingToSend, PayoutError
from payments.payouts.models import BankFile, Payout, PayoutEvent
from payments.payouts.moves import State, move

#: transfers that banks take in one file
MOST_IN_A_FILE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A file, and what was approved and yet could not be put into it: payout → why."""

    file: BankFile
    left: dict[Payout, PayoutError]


@transaction.atomic
def send_file(*, by: AbstractBaseUser) -> Sent:
    """Give the bank all that is approved, at most 500 at once. Raises NothingToSend.

    What is not as it was approved, or whose account has changed or is held, stays where it is.
    """
    waiting = Payout.objects.filter(state=State.APPROVED).order_by("pk")[:MOST_IN_A_FILE]
    rows = ordered(Payout.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))))
    left: dict[Payout, PayoutError] = {}
    good = [payout for payout in rows if payout.state == State.APPROVED and _fits(payout, left)]
    if not good:
        raise next(iter(left.values())) if left else NothingToSend
    file = BankFile.objects.create(
        made_by=by, count=len(good), amount_vnd=sum(payout.amount_vnd for payout in good)
    )
    for payout in good:
        _send(payout, by=by, file=file)
    steer("after:payouts.file")
    return Sent(file=file, left=left)


@transaction.atomic
def sent_by_hand(payout: Payout, *, by: AbstractBaseUser, bank_ref: str) -> Payout:
    """Somebody sent one payout from the bank's app. Raises NoBankReference, SealBroken, AccountChanged."""
    bank_ref = bank_ref.strip()[:120]
    if not bank_ref:
        raise NoBankReference
    payout = approval.lock(payout)
    if payout.state != State.APPROVED:
        raise IllegalMove
    approval.check(payout)
    _send(payout, by=by, bank_ref=bank_ref)
    return payout


@transaction.atomic
def settle(payout: Payout, *, by: AbstractBaseUser, bank_ref: str = "") -> Payout:
    """The money is with the household. Raises IllegalMove, MovedMeanwhile."""
    payout = approval.lock(payout)
    move(
        payout,
        State.SETTLED,
        by=by,
        ended_at=dates.now(),
        bank_ref=bank_ref.strip()[:120] or payout.bank_ref,
    )
    steer("after:payouts.settled")
    return payout


@transaction.atomic
def bounce(
    payout: Payout, *, by: AbstractBaseUser, reason: str, bank_ref: str = "", never_left: bool = False
) -> Payout:
    """The bank sent the money back, or it `never_left`: it is owed as before, and the household hears why.

    It may come back after it had been called settled, but then it had left. Raises NoReason, IllegalMove,
    MovedMeanwhile.
    """
    reason, bank_ref = reason.strip()[:300], bank_ref.strip()[:120]
    if not reason:
        raise NoReason
    payout = approval.lock(payout)
    if never_left and payout.state == State.SETTLED:
        raise IllegalMove
    move(
        payout,
        State.BOUNCED,
        by=by,
        note=_with_number(payout, bank_ref, reason),
        reason=reason,
        never_left=never_left,
        ended_at=dates.now(),
        bank_ref=bank_ref or payout.bank_ref,
    )
    post.payout_bounced(payout.pk, **_owed(payout))
    if not never_left:
        signals.money_returned.send(
            Payout, about=f"payout:{payout.pk}", words=payout.reference, amount_vnd=payout.amount_vnd
        )
    steer("after:payouts.bounced")
    letters.bounced(payout)
    return payout


@transaction.atomic
def clear(payout: Payout, *, by: AbstractBaseUser, note: str) -> None:
    """A person says that the account is right: the next run may pay to it again. Raises NoReason, IllegalMove."""
    note = note.strip()[:300]
    if not note:
        raise NoReason
    payout = approval.lock(payout)
    if payout.state != State.BOUNCED or payout.cleared_at:
        raise IllegalMove
    Payout.objects.filter(pk=payout.pk).update(cleared_at=dates.now())
    PayoutEvent.objects.create(payout=payout, frm=payout.state, to=payout.state, by=by, note=note)


def _with_number(payout: Payout, bank_ref: str, reason: str) -> str:
    """The number of the transfer stays in the event, where the one of its return takes its place."""
    if bank_ref and payout.bank_ref not in ("", bank_ref):
        return f"{payout.bank_ref} → {bank_ref}: {reason}"
    return reason


def _fits(payout: Payout, left: dict[Payout, PayoutError]) -> bool:
    try:
        approval.check(payout)
    except PayoutError as error:
        left[payout] = error
        return False
    return True


def _send(payout: Payout, *, by: AbstractBaseUser, file: BankFile | None = None, bank_ref: str = "") -> None:
    move(payout, State.SENT, by=by, sent_at=dates.now(), file=file, bank_ref=bank_ref)
    steer("after:payouts.move")
    post.payout_sent(payout.pk, **_owed(payout))
    letters.sent(payout)


def _owed(payout: Payout) -> dict[str, int]:
    return {
        "household_id": payout.household_id,
        "payable_vnd": payout.payable_vnd,
        "delivery_vnd": payout.delivery_vnd,
    }
