"""Money that a gateway sends on or the bank returns comes to our account as a transfer, and is counted for what it is for."""

from typing import TYPE_CHECKING

from payments.intake import inflows
from payments.intake import services as intake
from payments.intake.models import Credit

if TYPE_CHECKING:
    from benchmarks.trade.market import Market

#: every so many of them is counted, taken back as a mistake, and counted again
MISTAKE = 3


def comes(market: "Market", amount_vnd: int, note: str) -> None:
    """What was accounted for, or returned, arrives: the books have it twice until a person says what it is for."""
    reference = market.tills.bank.receive(amount_vnd, note)
    credit = Credit.objects.get(bank_ref=reference)
    for again in (True, False) if credit.pk % MISTAKE == 0 else (False,):
        inflow = inflows.inflows_for(credit).first()
        counting = intake.credit_counted(credit, inflow, by=market.town.approver)
        assert counting.amount_vnd == amount_vnd, (counting.amount_vnd, amount_vnd)
        if again:
            intake.counting_undone(counting, by=market.town.approver, why="ghép nhầm")
            credit.refresh_from_db()
