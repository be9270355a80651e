"""Money that moves between our bank and those who work for the market: gateways, carriers, the tax office."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from benchmarks.trade import counting
from benchmarks.trade.happened import CarrierPaid, GatewayRemitted, TaxPaid
from benchmarks.trade.plain import Reckoning, reckon
from benchmarks.trade.plans import END, GATEWAYS, MONTH_ENDS, START
from payments.intake import services as intake
from payments.payouts import dues
from payments.payouts.models import Due

if TYPE_CHECKING:
    from benchmarks.trade.market import Market

#: of a thousand đồng a gateway keeps so many
KEEPS = 11
FRIDAY = timedelta(days=4, hours=10)


class Settling:
    """All sums are the plain reckoning's: statements come from outside, they do not read the market's books."""

    def __init__(self, market: "Market") -> None:
        self.market = market

    def plan(self) -> None:
        """Every Friday gateways send half of what they hold and carriers are paid; after the month the tax office."""
        friday = START + FRIDAY
        while friday < END:
            self.market.at(friday, lambda at=friday: self._settle(at))
            friday += timedelta(weeks=1)
        taxed = MONTH_ENDS + timedelta(days=1, hours=10)
        self.market.at(taxed, lambda: self._pay_taxes(taxed))

    def _settle(self, at: datetime) -> None:
        plain = reckon(self.market.facts)
        for code in GATEWAYS:
            if (gross_vnd := plain.sheet[f"gateway {code}"] // 2) > 0:
                self._remit(at, code, gross_vnd)
        for code in sorted({part.sold.driver for part in plain.parts.values() if part.sold.driver}):
            if (owed_vnd := -plain.sheet[f"delivery {code}"]) > 0:
                self._pay_carrier(at, code, owed_vnd)

    def _remit(self, at: datetime, code: str, gross_vnd: int) -> None:
        """The gateway keeps its fee and sends the rest; the statement is entered, the transfer counted for it."""
        fee_vnd = gross_vnd * KEEPS // 1_000
        intake.gateway_remits(
            code,
            number=f"{code}-{at:%y%m%d}",
            gross_vnd=gross_vnd,
            fee_vnd=fee_vnd,
            bank_vnd=gross_vnd - fee_vnd,
            day=at.date(),
            by=self.market.town.approver,
        )
        self.market.tills.send_on(code, gross_vnd)
        counting.comes(self.market, gross_vnd - fee_vnd, f"THANH TOAN {code} {at:%d%m}")
        self.market.note(GatewayRemitted(at=at, way=code, gross_vnd=gross_vnd, fee_vnd=fee_vnd))

    def _pay_carrier(self, at: datetime, code: str, amount_vnd: int) -> None:
        number = f"{code}-{at:%y%m%d}"
        due = dues.propose_carrier(code, number=number, amount_vnd=amount_vnd, by=self.market.town.proposer)
        self._send(due, number)
        self.market.note(CarrierPaid(at=at, driver=code, amount_vnd=amount_vnd))

    def _pay_taxes(self, at: datetime) -> None:
        """Three quarters of what the month withheld: a refund after it may have lessened the rest."""
        plain: Reckoning = reckon(fact for fact in self.market.facts if fact.at < MONTH_ENDS)
        vat_vnd, tax_vnd = (-plain.sheet[name] * 3 // 4 for name in ("tax vat", "tax income"))
        if vat_vnd + tax_vnd <= 0:
            return
        due = dues.propose_taxes(
            START.date(), vat_vnd=vat_vnd, income_tax_vnd=tax_vnd, by=self.market.town.proposer
        )
        self._send(due, f"{START:%Y-%m}")
        self.market.note(TaxPaid(at=at, vat_vnd=vat_vnd, income_tax_vnd=tax_vnd))

    def _send(self, due: Due, number: str) -> None:
        """Another person approves it and it leaves the bank."""
        dues.approve(due, by=self.market.town.approver)
        dues.sent(due, by=self.market.town.approver, bank_ref=f"OUT {number}")
        self.market.tills.bank.move(-due.amount_vnd)
