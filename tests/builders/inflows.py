"""Statements of gateways and cash of carriers in the books, and credits that may bring their money."""

from itertools import count

from common import dates
from payments.books import accounts
from payments.intake import services
from payments.intake.models import Credit, Inflow
from tests.builders import payments as made
from tests.builders import transfers
from tests.builders.payouts import officer

_refs = count(1)


def remitted(bank_vnd: int = 183_000, *, number: str = "BK-11", fee_vnd: int = 2_000) -> Inflow:
    """A gateway's statement of one payment, entered."""
    made.settled(amount_vnd=bank_vnd + fee_vnd)
    facts = {"gross_vnd": bank_vnd + fee_vnd, "fee_vnd": fee_vnd, "bank_vnd": bank_vnd, "day": dates.today()}
    services.gateway_remits("sandbox", number=number, by=officer("Tuấn"), **facts)
    return Inflow.objects.get(about=f"remittance:sandbox:{number}")


def handed_over(
    bank_vnd: int = 180_000, *, carrier: str = "coach", fee_vnd: int = 0, file: str = ""
) -> Inflow:
    """The cash of one parcel that a carrier accounts for, by hand or by a file of that name."""
    payment = made.opened(adapter="cod", amount_vnd=bank_vnd + fee_vnd)
    services.settle_by_hand(payment, by=None, held_by=accounts.carrier(carrier))
    said = (f"cash_file:{file}", f"{carrier}-{file}.csv") if file else None
    services.cash_handed_over(payment, bank_vnd=bank_vnd, fee_vnd=fee_vnd, by=officer("Tuấn"), file=said)
    return Inflow.objects.get(about=said[0] if said else f"payment:{payment.pk}")


def came(amount_vnd: int, bank_ref: str = "") -> Credit:
    """Money on the account that names nobody."""
    bank_ref = bank_ref or f"IN{next(_refs)}"
    transfers.came(amount_vnd, "chuyen tien thu ho", bank_ref)
    return transfers.credit(bank_ref)
