"""Four eyes: one person proposes, another approves. What was approved is sealed, so that it is sent as it was seen."""

import json

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from accounts.limits import digest
from common import dates
from farmers.models import BankAccount
from payments.payouts.errors import AccountChanged, FourEyes, NoReason, SealBroken
from payments.payouts.models import Payout
from payments.payouts.moves import State, move


@transaction.atomic
def approve(payout: Payout, *, by: AbstractBaseUser) -> Payout:
    """Let a proposal be sent. Raises FourEyes, AccountChanged, IllegalMove, MovedMeanwhile."""
    payout = lock(payout)
    if payout.proposed_by_id == by.pk:
        raise FourEyes
    check_account(payout)
    move(payout, State.APPROVED, by=by, approved_by=by, approved_at=dates.now(), seal=seal_of(payout))
    return payout


@transaction.atomic
def reject(payout: Payout, *, by: AbstractBaseUser, why: str) -> Payout:
    """Take back what is not sent yet: its money is owed as before. Raises NoReason, IllegalMove."""
    why = why.strip()[:300]
    if not why:
        raise NoReason
    payout = lock(payout)
    move(payout, State.REJECTED, by=by, note=why, reason=why, ended_at=dates.now())
    return payout


def lock(payout: Payout) -> Payout:
    """The payout as it is now, locked. Inside a transaction."""
    return Payout.objects.select_for_update(of=("self",)).select_related("household").get(pk=payout.pk)


def check(payout: Payout) -> None:
    """That it may be sent as it was approved. Raises SealBroken, AccountChanged."""
    if payout.seal != seal_of(payout):
        raise SealBroken
    check_account(payout)


def check_account(payout: Payout) -> None:
    """That the household still wants its money there. Raises AccountChanged, also while the account is held."""
    bank = BankAccount.objects.select_for_update(no_key=True).filter(household=payout.household_id).first()
    if bank is None or bank.is_held or bank.changed_at != payout.account_set_at:
        raise AccountChanged


def seal_of(payout: Payout) -> str:
    """A keyed digest of account, sums and lines: 64 hexadecimal signs."""
    facts = [
        payout.reference,
        payout.household_id,
        payout.bank_bin,
        payout.account,
        payout.account_name,
        payout.amount_vnd,
        [list(line) for line in payout.lines.values_list("entry_id", "payable_vnd", "delivery_vnd")],
    ]
    return digest(json.dumps(facts))
