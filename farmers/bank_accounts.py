"""The write side of a household's bank account: another account needs a code, and payouts then wait two days."""

from datetime import timedelta

from django.db import transaction

from accounts import code as codes
from accounts.models import Purpose, User
from accounts.queries import contacts_of
from common import dates
from common.vietnamese import fold
from farmers import letters
from farmers.errors import AccountSame, ChangeOver, NoContact, ReasonNeeded
from farmers.models import BankAccount, BankAccountChange, Household
from farmers.queries import access_household

HOLD = timedelta(hours=48)


def ask_change(
    household: Household,
    *,
    by: User,
    bank_bin: str,
    account: str,
    account_name: str,
    browser: str,
    address: str,
    language: str,
) -> BankAccountChange:
    """Remember the other account and send a code to the owner, who must be the one that asks.

    `bank_bin` are six digits, `browser` and `address` are for the code's limits. Raises NotYours, NoContact,
    AccountSame, and accounts.errors.TooMany and CannotReach.
    """
    access_household(by, household.pk, owner=True)
    reachable = contacts_of(by)
    if not reachable:
        raise NoContact
    wanted = {"bank_bin": bank_bin, "account": account, "account_name": spoken(account_name)}
    if _is_now(household, wanted):
        raise AccountSame
    code = codes.send(
        purpose=Purpose.BANK,
        contact=reachable[0],
        browser=browser,
        address=address,
        language=language,
        user=by,
    )
    return BankAccountChange.objects.create(household=household, asked_by=by, code=code, **wanted)


def confirm_change(change: BankAccountChange, guess: str, *, by: User, browser: str) -> BankAccount:
    """The right code makes the account count: payouts wait 48 hours, old and new contacts are told.

    Raises ChangeOver, NotYours, and accounts.errors.WrongCode and CodeOver. Not inside a transaction: a
    wrong guess must stay counted.
    """
    access_household(by, change.household_id, owner=True)
    if change.done_at or change.asked_by_id != by.pk or change.code_id is None:
        raise ChangeOver
    code = codes.judge(change.code_id, guess, purpose=Purpose.BANK, browser=browser)
    if code.contact not in contacts_of(by):
        raise ChangeOver
    return _change(change, by)


@transaction.atomic
def hold(bank: BankAccount, *, by: User, why: str) -> None:
    """Staff stop payouts to this account until they let go. Raises ReasonNeeded."""
    why = why.strip()[:300]
    if not why:
        raise ReasonNeeded
    BankAccount.objects.filter(pk=bank.pk).update(held_why=why, held_by=by)


@transaction.atomic
def let_go(bank: BankAccount) -> None:
    """Staff let payouts go again; the 48 hours after a change still count."""
    BankAccount.objects.filter(pk=bank.pk).update(held_why="", held_by=None)


def spoken(name: str) -> str:
    """A name as banks write it: capitals, without marks."""
    plain = "".join(sign if sign.isalnum() and sign.isascii() else " " for sign in fold(name).upper())
    return " ".join(plain.split())[:80]


@transaction.atomic
def _change(change: BankAccountChange, by: User) -> BankAccount:
    now = dates.now()
    if not BankAccountChange.objects.filter(pk=change.pk, done_at=None).update(done_at=now):
        raise ChangeOver
    Household.objects.select_for_update(no_key=True).get(pk=change.household_id)
    before = BankAccount.objects.select_for_update(no_key=True).filter(household=change.household_id).first()
    told = contacts_of(by)
    fields = {
        "bank_bin": change.bank_bin,
        "account": change.account,
        "account_name": change.account_name,
        "changed_at": now,
        "contacts": told,
        "held_until": now + HOLD,
    }
    bank, _new = BankAccount.objects.update_or_create(household_id=change.household_id, defaults=fields)
    letters.account_changed(bank, by, [*told, *(each for each in _known(before) if each not in told)])
    return bank


def _known(before: BankAccount | None) -> list[str]:
    return before.contacts if before else []


def _is_now(household: Household, wanted: dict[str, str]) -> bool:
    bank = BankAccount.objects.filter(household=household).first()
    return bank is not None and all(getattr(bank, name) == value for name, value in wanted.items())
