"""Values that travel from checkout into orders. Frozen: what the buyer saw is what is placed."""

from dataclasses import dataclass, field
from datetime import date, datetime

from shop.stock.values import Draw


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """Where the parcels go. Codes and names as text."""

    province_code: str
    province_name: str
    commune_code: str
    commune_name: str
    street: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Buyer:
    name: str
    #: +84…
    phone: str
    email: str = ""
    language: str = "vi"
    user_id: int | None = None
    destination: Destination
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One way one household can deliver to the destination."""

    method: str
    name: str
    hint: str
    is_pickup: bool
    fee_vnd: int
    arrives_from: date
    arrives_to: date
    #: whether who brings it takes the money for it
    takes_cash: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Why a household's part, or one line of it, cannot be bought as it stands, with ways out."""

    #: short, sold_out, price_changed, paused, out_of_reach, would_spoil, holiday, age_restricted
    code: str
    words: str
    #: for `short`: how many packs can be had
    left_count: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class QuoteLine:
    cart_line_id: int
    pack_id: int
    listing_id: int
    title: str
    pack_label: str
    unit: str
    count: int
    price_vnd: int
    line_vnd: int
    net_qty: int
    gross_g: int
    tax_class: str
    own_grown: bool
    is_fresh: bool
    #: the latest harvest day among the lots it draws from
    ready_on: date
    draws: tuple[Draw, ...]
    problem: Problem | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotePart:
    """One household's share of the quote."""

    storefront_id: int
    storefront_name: str
    storefront_slug: str
    commune: str
    lines: tuple[QuoteLine, ...]
    choices: tuple[Choice, ...]
    chosen: Choice | None
    #: the household lets its buyers pay in cash
    takes_cash: bool = True
    problem: Problem | None = None

    @property
    def goods_vnd(self) -> int:
        return sum(line.line_vnd for line in self.lines if line.problem is None)

    @property
    def delivery_vnd(self) -> int:
        return self.chosen.fee_vnd if self.chosen else 0

    @property
    def total_vnd(self) -> int:
        return self.goods_vnd + self.delivery_vnd

    @property
    def can_be_paid_in_cash(self) -> bool:
        return self.takes_cash and (self.chosen is None or self.chosen.takes_cash)

    @property
    def can_be_placed(self) -> bool:
        return (
            self.problem is None
            and self.chosen is not None
            and all(line.problem is None for line in self.lines)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """Frozen answer of checkout: per household goods, delivery choices, totals and problems."""

    parts: tuple[QuotePart, ...]
    made_at: datetime
    destination: Destination | None = None
    problems: tuple[Problem, ...] = field(default=())

    @property
    def goods_vnd(self) -> int:
        return sum(part.goods_vnd for part in self.parts)

    @property
    def delivery_vnd(self) -> int:
        return sum(part.delivery_vnd for part in self.parts)

    @property
    def total_vnd(self) -> int:
        return self.goods_vnd + self.delivery_vnd

    @property
    def can_be_placed(self) -> bool:
        return bool(self.parts) and all(part.can_be_placed for part in self.parts)

    @property
    def can_be_paid_in_cash(self) -> bool:
        """Whether every household takes cash, and every parcel goes where, and by whom, it is taken."""
        return all(part.can_be_paid_in_cash for part in self.parts)

    @property
    def draws(self) -> tuple[Draw, ...]:
        return tuple(draw for part in self.parts for line in part.lines for draw in line.draws)
