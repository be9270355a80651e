"""Money that households have earned, straight in the books, and payouts at each step."""

from datetime import date, datetime, timedelta
from itertools import count

from accounts.models import User
from common import dates
from farmers.models import BankAccount, Household
from payments.books import post
from payments.books.models import Entry
from payments.books.post import Earners, Shares
from payments.payouts import approval, periods, proposal, sending
from payments.payouts.models import Payout
from tests.builders.farmers import a_household

_numbers = count(10**6)


def seller(**bank: object) -> Household:
    """A household with a bank account that was set long ago; `bank` says what is different about it."""
    household = a_household()
    facts = {
        "bank_bin": "970405",
        "account": "8200205123456",
        "account_name": "HOANG THI SAU",
        "changed_at": dates.now() - timedelta(days=100),
    }
    BankAccount.objects.create(household=household, **{**facts, **bank})
    return household


def officer(name: str) -> User:
    """Somebody of the finance desk."""
    return User.objects.create(
        email=f"{name}-{next(_numbers)}@example.invalid", display_name=name, is_staff=True
    )


def wednesday() -> datetime:
    """A moment in the middle of the last period that is over."""
    return dates.at(week()[0] + timedelta(days=2), 10)


def week() -> tuple[date, date]:
    return periods.last_week()


def earned(
    household: Household, payable_vnd: int = 300_000, delivery_vnd: int = 0, *, at: datetime | None = None
) -> Entry:
    """A part of an order is completed; its delivery, if any, was the household's own."""
    number, when = next(_numbers), at or wednesday()
    shares = Shares(payable_vnd=payable_vnd, delivery_vnd=delivery_vnd)
    post.settled(number, adapter="sandbox", amount_vnd=shares.paid_vnd, at=when)
    earners = Earners(household_id=household.pk, delivery_owner=f"household:{household.pk}")
    return post.completed(number, payment_id=number, earners=earners, shares=shares, at=when)


def taken_back(
    household: Household, payable_vnd: int, delivery_vnd: int = 0, *, at: datetime | None = None
) -> Entry:
    """A refund by the household's fault, after completion."""
    number = next(_numbers)
    earners = Earners(household_id=household.pk, delivery_owner=f"household:{household.pk}")
    shares = Shares(payable_vnd=payable_vnd, delivery_vnd=delivery_vnd)
    borne = post.from_earners(earners, shares)
    return post.refund_approved(number, borne=borne, amount_vnd=shares.paid_vnd, at=at)


def run(by: User | None = None) -> list[Payout]:
    """Propose the last period."""
    return proposal.propose(*week(), by=by or officer("Tuấn"))


def proposed(household: Household | None = None, payable_vnd: int = 300_000, delivery_vnd: int = 0) -> Payout:
    """One draft."""
    household = household or seller()
    earned(household, payable_vnd, delivery_vnd)
    return next(each for each in run() if each.household_id == household.pk)


def approved(household: Household | None = None, **facts: int) -> Payout:
    return approval.approve(proposed(household, **facts), by=officer("Mai"))


def sent(household: Household | None = None, **facts: int) -> Payout:
    payout = approved(household, **facts)
    sending.send_file(by=officer("Mai"))
    return fresh(payout)


def bounced(household: Household | None = None, **facts: int) -> Payout:
    return sending.bounce(sent(household, **facts), by=officer("Mai"), reason="Sai số tài khoản")


def fresh(payout: Payout) -> Payout:
    return Payout.objects.select_related("household").get(pk=payout.pk)
