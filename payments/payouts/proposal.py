"""A period's run: proposes for each household what it is owed. Run twice, or by two people at once, it proposes once."""

import logging
from collections.abc import Callable
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from procrastinate.contrib.django import app

from common import codes
from common.inserts import insert
from common.retries import DROPPED
from common.steer import steer
from farmers.models import BankAccount, Household
from payments.payouts import periods, queries
from payments.payouts.errors import BadPeriod, TooEarly
from payments.payouts.models import Payout, PayoutEvent, PayoutLine
from payments.payouts.moves import VOID
from payments.payouts.queries import Unpaid, Why

log = logging.getLogger(__name__)
PREFIX = "CT"
#: households that one job proposes for; the rest is another job's
BATCH = 500


def start(from_day: date, until_day: date, *, by: AbstractBaseUser) -> None:
    """Have a job propose for a period that is over. Raises BadPeriod, TooEarly."""
    if from_day.year not in periods.YEARS or not from_day <= until_day <= from_day + periods.LONGEST:
        raise BadPeriod
    if not periods.is_ripe(until_day):
        raise TooEarly
    _later(from_day, until_day, by.pk, after=0)


def propose(from_day: date, until_day: date, *, by: AbstractBaseUser, after: int = 0) -> list[Payout]:
    """The job: what is proposed anew comes back. Each household is a transaction of its own.

    One that fails holds up no other. `after` is the last household that was done before; what is left after a batch
    is deferred.
    """
    ids = [each for each in sorted(queries.owed(end=periods.end_of(until_day))) if each > after]
    made = [_tried(household_id, from_day, until_day, by) for household_id in ids[:BATCH]]
    if len(ids) > BATCH:
        _later(from_day, until_day, by.pk, after=ids[BATCH - 1])
    return [each for each in made if isinstance(each, Payout)]


def _tried(household_id: int, from_day: date, until_day: date, by: AbstractBaseUser) -> Payout | Why | None:
    try:
        return propose_for(household_id, from_day, until_day, by=by)
    except DROPPED:
        # The connection, not a household: the job begins anew and finds what it has proposed.
        raise
    except Exception:
        log.exception("Nothing can be proposed for household %s.", household_id)
        return None


@transaction.atomic
def propose_for(
    household_id: int,
    from_day: date,
    until_day: date,
    *,
    by: AbstractBaseUser,
    lock: Callable[[int], Household] | None = None,
) -> Payout | Why | None:
    """Propose what one household is owed, why not, or None when it has its payout of the period already."""
    household = (lock or _lock)(household_id)
    known = Payout.objects.filter(household=household, until_day=until_day).exclude(state__in=VOID)
    if known.exists():
        return None
    lines = queries.unpaid_of(household_id, end=periods.end_of(until_day))
    bank = BankAccount.objects.filter(household=household).first()
    why = queries.why_not(household, bank, sum(each.amount_vnd for each in lines))
    steer("after:payouts.lines")
    return why or _write(household, bank, lines, from_day, until_day, by)


def _lock(household_id: int) -> Household:
    """Two runs for one household follow one another, whichever periods they are for."""
    return Household.objects.select_for_update(no_key=True).get(pk=household_id)


def _write(
    household: Household,
    bank: BankAccount,
    lines: list[Unpaid],
    from_day: date,
    until_day: date,
    by: AbstractBaseUser,
) -> Payout:
    payout = Payout.objects.create(
        reference=codes.new(PREFIX),
        household=household,
        from_day=from_day,
        until_day=until_day,
        payable_vnd=sum(each.payable_vnd for each in lines),
        delivery_vnd=sum(each.delivery_vnd for each in lines),
        amount_vnd=sum(each.amount_vnd for each in lines),
        bank_bin=bank.bank_bin,
        account=bank.account,
        account_name=bank.account_name,
        account_set_at=bank.changed_at,
        proposed_by=by,
    )
    insert(
        [
            PayoutLine(
                payout=payout,
                entry_id=each.entry_id,
                payable_vnd=each.payable_vnd,
                delivery_vnd=each.delivery_vnd,
            )
            for each in lines
            if each.payable_vnd or each.delivery_vnd
        ]
    )
    PayoutEvent.objects.create(payout=payout, to=payout.state, by=by)
    return payout


def _later(from_day: date, until_day: date, by_id: int, *, after: int) -> None:
    app.configure_task("payouts.propose").defer(
        from_day=from_day.isoformat(), until_day=until_day.isoformat(), by_id=by_id, after=after
    )
