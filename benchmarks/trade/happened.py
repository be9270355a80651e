"""What happened, as the script says it: plain values in the order of time. All that `plain` may read."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """`vat` and `income_tax` in 1/100,000 of the line."""

    price_vnd: int
    count: int
    fee_bp: int
    vat: int
    income_tax: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Sold(Fact):
    """One household's part of an order. `driver` is a carrier's code, empty for the household itself."""

    part: str
    order: int
    household: int
    way: str
    lines: tuple[Line, ...]
    delivery_vnd: int
    driver: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Paid(Fact):
    """The buyer's money came by that way. Not `kept`: it came too late and goes back."""

    order: int
    way: str
    amount_vnd: int
    kept: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Transferred(Fact):
    """A transfer reached the bank account. `back_vnd` of it is nobody's, and due to go back from `back_from` on."""

    amount_vnd: int
    back_vnd: int = 0
    back_from: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered(Fact):
    part: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CashTaken(Fact):
    """`by` is household or carrier."""

    part: str
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CashHandedOver(Fact):
    part: str
    fee_vnd: int


@dataclass(frozen=True, kw_only=True, slots=True)
class GatewayRemitted(Fact):
    """A gateway sent `gross_vnd` of what it held to our bank, less the fee that it kept."""

    way: str
    gross_vnd: int
    fee_vnd: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CarrierPaid(Fact):
    driver: str
    amount_vnd: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TaxPaid(Fact):
    vat_vnd: int
    income_tax_vnd: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Stopped(Fact):
    """A part came to nothing. `refused`: the buyer sent the parcel away, so its delivery stays to be paid."""

    part: str
    refused: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class GaveBack(Fact):
    """The buyer gets something back of a part that was delivered. `fault`: household, carrier, nobody, not_asked."""

    part: str
    goods_vnd: int
    delivery_vnd: int
    fault: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenByBank(Fact):
    """The buyer's bank took the whole payment of the order back."""

    order: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock(Fact):
    """The market looked whose hold is over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk(Fact):
    """The finance desk sent by hand all that waited to go back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposed(Fact):
    """A payout run for what was earned before `end`."""

    end: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejected(Fact):
    household: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent(Fact):
    """All that was proposed and not rejected left the bank."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounced(Fact):
    household: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Cleared(Fact):
    """A person says that the account which sent the money back is right."""

    household: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountSet(Fact):
    """A household set another bank account; `held_h` hours its payouts wait."""

    household: int
    held_h: int
