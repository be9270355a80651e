"""What a gateway sent to our bank: entered once by its statement's number, never more than it holds."""

from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from common import codes, dates
from common.locks import alone
from common.steer import steer
from payments.books import accounts, balances, post
from payments.intake import queries
from payments.intake.errors import (
    BadDay,
    BadNumber,
    BadSums,
    NoGateway,
    RemitsTooMuch,
    RemittedBefore,
)
from payments.intake.models import GatewayRemittance
from payments.intake.services import countings


@transaction.atomic
def gateway_remits(
    adapter: str,
    *,
    number: str,
    gross_vnd: int,
    fee_vnd: int,
    bank_vnd: int,
    day: date,
    by: AbstractBaseUser,
    note: str = "",
) -> GatewayRemittance:
    """The gateway paid `gross_vnd` of what it held: `bank_vnd` came to our bank on that day, the fee it kept.

    Raises NoGateway for one that never took money, BadNumber, BadSums, BadDay, RemittedBefore when the
    statement is in the books, RemitsTooMuch for more than it holds.
    """
    statement = codes.statement_number(number)
    if statement is None:
        raise BadNumber
    _check(gross_vnd, fee_vnd, bank_vnd, day)
    alone(f"clearing:{adapter}")
    if GatewayRemittance.objects.filter(adapter=adapter, number=statement).exists():
        raise RemittedBefore
    if not queries.clearing().filter(owner=adapter).exists():
        raise NoGateway
    if gross_vnd > balances.balance(accounts.gateway(adapter)):
        raise RemitsTooMuch
    steer("after:remittances.holds")
    remittance = GatewayRemittance.objects.create(
        adapter=adapter,
        number=statement,
        gross_vnd=gross_vnd,
        fee_vnd=fee_vnd,
        bank_vnd=bank_vnd,
        day=day,
        entered_by=by,
        note=note.strip()[:300],
    )
    post.gateway_remits(
        statement, adapter=adapter, bank_vnd=bank_vnd, fee_vnd=fee_vnd, at=min(dates.at(day, 12), dates.now())
    )
    countings.sent(
        sender=f"gateway:{adapter}",
        about=f"remittance:{adapter}:{statement}",
        words=statement,
        amount_vnd=bank_vnd,
    )
    return remittance


def _check(gross_vnd: int, fee_vnd: int, bank_vnd: int, day: date) -> None:
    if gross_vnd <= 0 or fee_vnd < 0 or bank_vnd < 0 or gross_vnd != fee_vnd + bank_vnd:
        raise BadSums
    if not date(2000, 1, 1) <= day <= dates.today():
        raise BadDay
