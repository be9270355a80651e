"""One function per act. Plain values go in, amounts in whole đồng; each act posts once.

Done a second time an act writes nothing and its entry comes back; with other amounts it raises ActDiffers.
`at` is when it happened; now, if nothing else is said. Call them inside the transaction of the act, with
its locks held: the books lock nothing themselves.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from payments.books import accounts
from payments.books.accounts import Name
from payments.books.models import Entry
from payments.books.write import enter

Kind = Entry.Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Shares:
    """Who earns what of a suborder. `promotions_vnd` is the part of it that the province pays."""

    payable_vnd: int = 0
    commission_vnd: int = 0
    vat_vnd: int = 0
    income_tax_vnd: int = 0
    delivery_vnd: int = 0
    promotions_vnd: int = 0

    @property
    def paid_vnd(self) -> int:
        """What the buyer pays of it."""
        earned = self.payable_vnd + self.commission_vnd + self.vat_vnd + self.income_tax_vnd
        return earned + self.delivery_vnd - self.promotions_vnd

    def __sub__(self, other: "Shares") -> "Shares":
        return Shares(**{name: getattr(self, name) - getattr(other, name) for name in self.__slots__})


@dataclass(frozen=True, kw_only=True, slots=True)
class Earners:
    """Who earns it: the household, and who brought the parcel (an owner key)."""

    household_id: int
    delivery_owner: str

    def lines(self, shares: Shares) -> dict[Name, int]:
        """What each of them is credited, and promotions debited."""
        return _sum(
            (accounts.payable(self.household_id), -shares.payable_vnd),
            (accounts.COMMISSION, -shares.commission_vnd),
            (accounts.VAT, -shares.vat_vnd),
            (accounts.INCOME_TAX, -shares.income_tax_vnd),
            (accounts.delivery(self.delivery_owner), -shares.delivery_vnd),
            (accounts.PROMOTIONS, shares.promotions_vnd),
        )


def settled(payment_id: int, *, adapter: str, amount_vnd: int, at: datetime | None = None) -> Entry:
    """A gateway took a buyer's money."""
    lines = {accounts.gateway(adapter): amount_vnd, accounts.escrow(payment_id): -amount_vnd}
    return enter(Kind.SETTLED, f"payment:{payment_id}", lines, at=at)


def credit_arrived(credit_id: int | str, *, amount_vnd: int, at: datetime | None = None) -> Entry:
    """A bank transfer came in; whose it is is not known yet. Every credit, matched or not."""
    lines = {accounts.BANK: amount_vnd, accounts.unidentified(credit_id): -amount_vnd}
    return enter(Kind.CREDIT_ARRIVED, f"credit:{credit_id}", lines, at=at)


def credit_at_gateway(
    credit_id: int | str, *, adapter: str, amount_vnd: int, at: datetime | None = None
) -> Entry:
    """A gateway took money that nobody asked for so; whose it is is not known yet, or it goes back."""
    lines = {accounts.gateway(adapter): amount_vnd, accounts.unidentified(credit_id): -amount_vnd}
    return enter(Kind.CREDIT_AT_GATEWAY, f"credit:{credit_id}", lines, at=at)


def credit_assigned(
    credit_id: int | str, *, payment_id: int, amount_vnd: int, at: datetime | None = None
) -> Entry:
    """So much of a transfer pays that payment: the settle of a bank transfer. Once per transfer and payment."""
    lines = {accounts.unidentified(credit_id): amount_vnd, accounts.escrow(payment_id): -amount_vnd}
    act = f"{Kind.CREDIT_ASSIGNED}:credit:{credit_id}:payment:{payment_id}"
    return enter(Kind.CREDIT_ASSIGNED, f"credit:{credit_id}", lines, act=act, at=at)


def credit_given_back(
    credit_id: int | str, *, amount_vnd: int, adapter: str = "", key: str = "", at: datetime | None = None
) -> Entry:
    """What nobody owns of a transfer went back: from our bank, or through the gateway `adapter` that held it.

    `key` names the giving back, where there is more than one.
    """
    source = accounts.gateway(adapter) if adapter else accounts.BANK
    lines = {accounts.unidentified(credit_id): amount_vnd, source: -amount_vnd}
    act = f"{Kind.CREDIT_GIVEN_BACK}:credit:{credit_id}{f':{key}' if key else ''}"
    return enter(Kind.CREDIT_GIVEN_BACK, f"credit:{credit_id}", lines, act=act, at=at)


def credit_counted(credit_id: int | str, *, amount_vnd: int, key: str, at: datetime | None = None) -> Entry:
    """So much of a transfer is what a gateway or a carrier sent: the bank has it by their own act already.

    `key` names the counting.
    """
    lines = {accounts.unidentified(credit_id): amount_vnd, accounts.BANK: -amount_vnd}
    act = f"{Kind.CREDIT_COUNTED}:credit:{credit_id}:{key}"
    return enter(Kind.CREDIT_COUNTED, f"credit:{credit_id}", lines, act=act, at=at)


def credit_uncounted(credit_id: int | str, *, amount_vnd: int, key: str, at: datetime | None = None) -> Entry:
    """It was counted by mistake: the bank has it by the transfer again, and it is nobody's."""
    lines = {accounts.BANK: amount_vnd, accounts.unidentified(credit_id): -amount_vnd}
    act = f"{Kind.CREDIT_UNCOUNTED}:credit:{credit_id}:{key}"
    return enter(Kind.CREDIT_UNCOUNTED, f"credit:{credit_id}", lines, act=act, at=at)


def gateway_remits(
    remittance: str, *, adapter: str, bank_vnd: int, fee_vnd: int, at: datetime | None = None
) -> Entry:
    """A gateway sent what it held to our bank and kept its fee. `remittance` is its statement's number."""
    lines = {
        accounts.BANK: bank_vnd,
        accounts.fees(adapter): fee_vnd,
        accounts.gateway(adapter): -(bank_vnd + fee_vnd),
    }
    return enter(Kind.GATEWAY_REMITS, f"remittance:{adapter}:{remittance}", lines, at=at)


def cash_collected(payment_id: int, *, holder: str, amount_vnd: int, at: datetime | None = None) -> Entry:
    """The cash of one parcel was taken by `holder`, the owner key of a carrier or a household."""
    lines = {accounts.cash(holder): amount_vnd, accounts.escrow(payment_id): -amount_vnd}
    return enter(Kind.CASH_COLLECTED, f"payment:{payment_id}", lines, at=at)


def cash_remitted(
    payment_id: int,
    *,
    carrier: str,
    bank_vnd: int,
    fee_vnd: int = 0,
    before_vnd: int = 0,
    at: datetime | None = None,
) -> Entry:
    """A carrier handed over the cash of one parcel, or a part of it, less the fee it kept.

    `carrier` is its code, `before_vnd` what of this cash was accounted for before: that names the act.
    """
    owner = accounts.carrier(carrier)
    lines = {
        accounts.BANK: bank_vnd,
        accounts.delivery(owner): fee_vnd,
        accounts.cash(owner): -(bank_vnd + fee_vnd),
    }
    act = f"{Kind.CASH_REMITTED}:payment:{payment_id}{f':{before_vnd}' if before_vnd else ''}"
    return enter(Kind.CASH_REMITTED, f"payment:{payment_id}", lines, act=act, at=at)


def cash_kept(
    suborder_id: int, *, household_id: int, goods_vnd: int, delivery_vnd: int, at: datetime | None = None
) -> Entry:
    """The household keeps the cash it took: what it is owed shrinks by as much, below nothing if need be.

    `delivery_vnd` is the part of the cash that pays its own delivery, `goods_vnd` all the rest.
    """
    owner = accounts.household(household_id)
    lines = {
        accounts.payable(household_id): goods_vnd,
        accounts.delivery(owner): delivery_vnd,
        accounts.cash(owner): -(goods_vnd + delivery_vnd),
    }
    return enter(Kind.CASH_KEPT, f"suborder:{suborder_id}", lines, at=at)


def completed(
    suborder_id: int,
    *,
    payment_id: int,
    earners: Earners,
    shares: Shares,
    charged_back: bool = False,
    at: datetime | None = None,
) -> Entry:
    """The hold is over: what the buyer paid is earned. What the bank took back comes from the loss fund."""
    source = accounts.LOSS_FUND if charged_back else accounts.escrow(payment_id)
    lines = {**earners.lines(shares), source: shares.paid_vnd}
    return enter(Kind.COMPLETED, f"suborder:{suborder_id}", lines, at=at)


def from_escrow(payment_id: int, amount_vnd: int) -> dict[Name, int]:
    """Who bears a refund: the money that nobody has earned yet."""
    return {accounts.escrow(payment_id): amount_vnd}


def from_earners(earners: Earners, shares: Shares) -> dict[Name, int]:
    """Who bears a refund after completion by the household's fault: all who earned, each its part."""
    return {name: -amount_vnd for name, amount_vnd in earners.lines(shares).items()}


def from_carrier(owner: str, amount_vnd: int) -> dict[Name, int]:
    """Who bears a refund by the fault of who brought the parcel (an owner key), at any time."""
    return {accounts.delivery(owner): amount_vnd}


def from_loss_fund(amount_vnd: int) -> dict[Name, int]:
    """Who bears a refund that is nobody's fault, at any time."""
    return {accounts.LOSS_FUND: amount_vnd}


def refund_approved(
    refund_id: int, *, borne: Mapping[Name, int], amount_vnd: int, at: datetime | None = None
) -> Entry:
    """Money will go back to a buyer. `borne` says who bears it: see the functions `from_…` above."""
    lines = _sum(*borne.items(), (accounts.refunds_due(refund_id), -amount_vnd))
    return enter(Kind.REFUND_APPROVED, f"refund:{refund_id}", lines, at=at)


def refund_done(
    refund_id: int,
    *,
    adapter: str,
    amount_vnd: int,
    by_hand: bool,
    again: int = 0,
    at: datetime | None = None,
) -> Entry:
    """The money is back with the buyer: through the gateway, or from our bank when a person sent it.

    `again` says how often it has come back to the gateway before.
    """
    source = accounts.BANK if by_hand else accounts.gateway(adapter)
    lines = {accounts.refunds_due(refund_id): amount_vnd, source: -amount_vnd}
    return _due(Kind.REFUND_DONE, f"refund:{refund_id}", lines, again, at)


def refund_bounced(
    refund_id: int, *, adapter: str, amount_vnd: int, again: int = 0, at: datetime | None = None
) -> Entry:
    """The buyer's bank sent it back to the gateway: it is due as before; `again` as above."""
    lines = {accounts.gateway(adapter): amount_vnd, accounts.refunds_due(refund_id): -amount_vnd}
    return _due(Kind.REFUND_BOUNCED, f"refund:{refund_id}", lines, again, at)


def refund_by_bank(
    refund_id: int, *, amount_vnd: int, rest_id: int = 0, rest_vnd: int = 0, at: datetime | None = None
) -> Entry:
    """A chargeback brought the buyer what was due: it comes off what the loss fund bore of that.

    `rest_vnd` of it the bank did not bring: that stays due, as the refund `rest_id`.
    """
    lines = {
        accounts.refunds_due(refund_id): amount_vnd,
        accounts.refunds_due(rest_id): -rest_vnd,
        accounts.LOSS_FUND: -(amount_vnd - rest_vnd),
    }
    return enter(Kind.REFUND_BY_BANK, f"refund:{refund_id}", lines, at=at)


def charged_back(
    payment_id: int, *, adapter: str, amount_vnd: int, escrow_vnd: int, at: datetime | None = None
) -> Entry:
    """The buyer's bank took so much back; escrow, `escrow_vnd`, is emptied.

    What escrow does not hold any more the loss fund bears. Of a smaller sum it gets what is left, and pays from it
    what the order's parts still earn and what still goes back.
    """
    lines = {
        accounts.escrow(payment_id): escrow_vnd,
        accounts.LOSS_FUND: amount_vnd - escrow_vnd,
        accounts.gateway(adapter): -amount_vnd,
    }
    return enter(Kind.CHARGED_BACK, f"payment:{payment_id}", lines, at=at)


def payout_sent(
    payout_id: int, *, household_id: int, payable_vnd: int, delivery_vnd: int, at: datetime | None = None
) -> Entry:
    """What a household earned, and for its own delivery, left our bank."""
    return _payout(Kind.PAYOUT_SENT, payout_id, household_id, payable_vnd, delivery_vnd, at)


def payout_bounced(
    payout_id: int, *, household_id: int, payable_vnd: int, delivery_vnd: int, at: datetime | None = None
) -> Entry:
    """The bank sent it back: it is owed as before."""
    return _payout(Kind.PAYOUT_BOUNCED, payout_id, household_id, -payable_vnd, -delivery_vnd, at)


def carrier_paid(
    statement: str, *, carrier: str, amount_vnd: int, again: int = 0, at: datetime | None = None
) -> Entry:
    """A carrier was paid for a statement of its fees; `again` says how often the bank has returned it before."""
    return _carrier(Kind.CARRIER_PAID, statement, carrier, amount_vnd, again, at)


def carrier_bounced(
    statement: str, *, carrier: str, amount_vnd: int, again: int = 0, at: datetime | None = None
) -> Entry:
    """The bank sent it back, or it never left: it is owed as before."""
    return _carrier(Kind.CARRIER_BOUNCED, statement, carrier, -amount_vnd, again, at)


def tax_paid(
    period: str, *, vat_vnd: int, income_tax_vnd: int, again: int = 0, at: datetime | None = None
) -> Entry:
    """What was withheld went to the tax office. `period` is the month declared, as 2026-11; `again` as above."""
    return _tax(Kind.TAX_PAID, period, vat_vnd, income_tax_vnd, again, at)


def tax_bounced(
    period: str, *, vat_vnd: int, income_tax_vnd: int, again: int = 0, at: datetime | None = None
) -> Entry:
    """The bank sent it back, or it never left: it is owed as before."""
    return _tax(Kind.TAX_BOUNCED, period, -vat_vnd, -income_tax_vnd, again, at)


def _carrier(
    kind: str, statement: str, carrier: str, amount_vnd: int, again: int, at: datetime | None
) -> Entry:
    lines = {accounts.delivery(accounts.carrier(carrier)): amount_vnd, accounts.BANK: -amount_vnd}
    return _due(kind, f"statement:{carrier}:{statement}", lines, again, at)


def _tax(kind: str, period: str, vat_vnd: int, income_tax_vnd: int, again: int, at: datetime | None) -> Entry:
    lines = {
        accounts.VAT: vat_vnd,
        accounts.INCOME_TAX: income_tax_vnd,
        accounts.BANK: -(vat_vnd + income_tax_vnd),
    }
    return _due(kind, f"tax:{period}", lines, again, at)


def _due(kind: str, about: str, lines: dict[Name, int], again: int, at: datetime | None) -> Entry:
    return enter(kind, about, lines, act=f"{kind}:{about}{f':{again}' if again else ''}", at=at)


def _payout(
    kind: str, payout_id: int, household_id: int, payable_vnd: int, delivery_vnd: int, at: datetime | None
) -> Entry:
    lines = {
        accounts.payable(household_id): payable_vnd,
        accounts.delivery(accounts.household(household_id)): delivery_vnd,
        accounts.BANK: -(payable_vnd + delivery_vnd),
    }
    return enter(kind, f"payout:{payout_id}", lines, at=at)


def _sum(*lines: tuple[Name, int]) -> dict[Name, int]:
    total: dict[Name, int] = defaultdict(int)
    for name, amount_vnd in lines:
        total[name] += amount_vnd
    return dict(total)
