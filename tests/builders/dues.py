"""Fees that carriers have earned and taxes that were withheld, straight in the books, and dues at each step."""

from datetime import date, datetime, timedelta
from itertools import count

import time_machine

from common import dates
from payments.books import post
from payments.books.post import Earners, Shares
from payments.payouts import dues
from payments.payouts.models import Due
from tests.builders.payouts import officer

_numbers = count(2 * 10**6)


def last_month() -> date:
    """The first day of the last month that is over."""
    return (dates.today().replace(day=1) - timedelta(days=1)).replace(day=1)


def earned(
    delivery_vnd: int = 30_000,
    *,
    carrier: str = "post",
    vat_vnd: int = 0,
    income_tax_vnd: int = 0,
    at: datetime | None = None,
) -> None:
    """A part of an order is completed: its carrier has earned the fee, its taxes are withheld."""
    number = next(_numbers)
    shares = Shares(
        payable_vnd=100_000, delivery_vnd=delivery_vnd, vat_vnd=vat_vnd, income_tax_vnd=income_tax_vnd
    )
    post.settled(number, adapter="sandbox", amount_vnd=shares.paid_vnd, at=at)
    earners = Earners(household_id=7, delivery_owner=f"carrier:{carrier}")
    post.completed(number, payment_id=number, earners=earners, shares=shares, at=at)


def withheld(vat_vnd: int = 10_000, income_tax_vnd: int = 5_000, *, month: date | None = None) -> None:
    """Taxes of the tenth of a month, the last one if nothing else is said."""
    day = (month or last_month()).replace(day=10)
    with time_machine.travel(dates.at(day, 9), tick=False):
        earned(0, vat_vnd=vat_vnd, income_tax_vnd=income_tax_vnd)


def given_back(vat_vnd: int, income_tax_vnd: int, *, at: datetime | None = None) -> None:
    """Taxes that went back with a refund by the household's fault, written now."""
    number = next(_numbers)
    shares = Shares(vat_vnd=vat_vnd, income_tax_vnd=income_tax_vnd)
    borne = post.from_earners(Earners(household_id=7, delivery_owner="carrier:post"), shares)
    post.refund_approved(number, borne=borne, amount_vnd=shares.paid_vnd, at=at)


def blamed(amount_vnd: int, carrier: str = "post") -> None:
    """A refund by the carrier's fault: it is owed so much less."""
    borne = post.from_carrier(f"carrier:{carrier}", amount_vnd)
    post.refund_approved(next(_numbers), borne=borne, amount_vnd=amount_vnd)


def proposed(amount_vnd: int = 30_000, number: str = "BK-11") -> Due:
    return dues.propose_carrier("post", number=number, amount_vnd=amount_vnd, by=officer("Tuấn"))


def proposed_taxes(vat_vnd: int = 10_000, income_tax_vnd: int = 5_000, month: date | None = None) -> Due:
    return dues.propose_taxes(
        month or last_month(), vat_vnd=vat_vnd, income_tax_vnd=income_tax_vnd, by=officer("Tuấn")
    )


def approved(due: Due) -> Due:
    return dues.approve(due, by=officer("Mai"))


def sent(due: Due, bank_ref: str = "FT1") -> Due:
    return dues.sent(approved(due), by=officer("Mai"), bank_ref=bank_ref)
