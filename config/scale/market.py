"""All tables that the generator fills, and what the rooms of the generator hand to one another."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from accounts.models import User
from common import codes, dates
from config.scale.goods import UsualPack, Wares
from config.scale.tables import Table
from farmers.models import Certificate, GrowingArea, Household, Membership, Storefront
from payments.intake.models import Payment, PaymentEvent, Refund
from shop.catalogue.models import Listing, ListingPhoto, Pack
from shop.checkout.models import CashPhone
from shop.fulfilment.models import Shipment
from shop.orders.models import Allocation, Order, OrderLine, OrderPayment, SubOrder, SubOrderEvent
from shop.stock.models import Lot, Movement, Reservation

#: the odd factor spreads following numbers over all codes of seven signs without a repeat
_SPREAD, _START, _CODES = 7_368_787_045, 19_260_817, 32**7


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A pack of a listing, with its id."""

    id: int
    pack: UsualPack


@dataclass(kw_only=True, slots=True)
class Harvest:
    """A lot until it is sent: orders may still draw from it. Quantities in the product's unit."""

    id: int
    listing_id: int
    field_id: int | None
    harvested_on: date
    best_before: date
    cut_off_at: datetime | None
    harvested_qty: int
    sold_qty: int = 0
    spoiled_qty: int = 0
    reserved_qty: int = 0
    is_open: bool = True
    created_at: datetime

    @property
    def left_qty(self) -> int:
        return self.harvested_qty - self.sold_qty - self.spoiled_qty - self.reserved_qty

    def can_be_bought(self, now: datetime) -> bool:
        today = dates.local(now).date()
        ahead = self.harvested_on > today
        late = ahead and self.cut_off_at is not None and self.cut_off_at <= now
        return self.is_open and self.best_before >= today and not late


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Offer:
    """A published listing as an order sees it."""

    listing_id: int
    storefront_id: int
    owner_id: int
    own_grown: bool
    methods: tuple[str, ...]
    wares: Wares
    title: str
    published_at: datetime
    boxes: tuple[Box, ...]
    lots: tuple[Harvest, ...]


@dataclass(kw_only=True)
class Market:
    """The tables, and the lots and offers of the farms at hand. Nothing in it grows with the whole market."""

    now: datetime
    lots_at_hand: list[Harvest] = field(default_factory=list)
    offers_at_hand: list[Offer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.today = dates.local(self.now).date()
        self.users, self.households, self.memberships = Table(User), Table(Household), Table(Membership)
        self.storefronts, self.papers, self.fields = Table(Storefront), Table(Certificate), Table(GrowingArea)
        self.listings, self.photos, self.packs = Table(Listing), Table(ListingPhoto), Table(Pack)
        self.lots, self.movements, self.reservations = Table(Lot), Table(Movement), Table(Reservation)
        self.orders, self.suborders, self.events = Table(Order), Table(SubOrder), Table(SubOrderEvent)
        self.lines, self.allocations, self.shipments = Table(OrderLine), Table(Allocation), Table(Shipment)
        self.payments, self.payment_events = Table(Payment), Table(PaymentEvent)
        self.refunds, self.uses, self.cash_phones = Table(Refund), Table(OrderPayment), Table(CashPhone)

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """All of them, parents before children."""
        return tuple(each for each in vars(self).values() if isinstance(each, Table))

    @cached_property
    def _taken(self) -> set[str]:
        return set(Lot.objects.values_list("trace_code", flat=True))

    def put_lots(self) -> None:
        """The lots at hand become rows with the movements that no order explains."""
        for lot in self.lots_at_hand:
            self.lots.put(
                lot.id,
                harvested_on=lot.harvested_on,
                best_before=lot.best_before,
                cut_off_at=lot.cut_off_at,
                trace_code=self._trace_code(lot.id),
                harvested_qty=lot.harvested_qty,
                reserved_qty=lot.reserved_qty,
                sold_qty=lot.sold_qty,
                spoiled_qty=lot.spoiled_qty,
                is_open=lot.is_open,
                created_at=lot.created_at,
                growing_area_id=lot.field_id,
                listing_id=lot.listing_id,
            )
        self.lots_at_hand.clear()

    def move(self, lot: Harvest, kind: str, qty: int, at: datetime, holder: str = "") -> None:
        """Say why a lot's figures are what they are."""
        if qty:
            self.movements.add(kind=kind, qty=qty, holder=holder, at=at, lot_id=lot.id)

    def _trace_code(self, number: int) -> str:
        """A code of its own for every lot; the few that somebody has already are stepped over."""
        code = spread_code(number)
        while code in self._taken:
            number += 1 << 30
            code = spread_code(number)
        return code


def spread_code(number: int) -> str:
    """Seven sayable signs and their check sign, another one for every number below 32 ** 7."""
    value = (number * _SPREAD + _START) % _CODES
    body = "".join(codes.SIGNS[(value >> shift) & 31] for shift in range(30, -1, -5))
    return body + codes.check_sign(body)
