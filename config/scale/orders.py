"""Orders as rows: parts, lines, what they hold or drew of lots, events and parcels, whose counters agree."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random

from common import dates, province
from config.scale import money
from config.scale.market import Harvest, Market, spread_code
from config.scale.stories import Buyer, Part, Pick, State, Story, Teller
from config.scale.voices import Voice
from shop.checkout.models import CashPhone
from shop.fulfilment.models import Shipment
from shop.orders import clock, state
from shop.orders.models import Order, SubOrder
from shop.orders.models.order import new_secret
from shop.stock.models import Movement, Reservation

#: orders in a row of one buyer
OF_ONE = 3
#: how often a story is begun again when nothing of it can be sent
TRIES = 5
MEMBERS = 0.7
#: 0900000300 … 0900000999 of the demo's numbers
FIRST_PHONE, PHONES = 300, 700
#: fewer than checkout allows, so that these phones can still place an order
MOST_OPEN = 2
_LET_GO = {State.CANCELLED, State.DECLINED}
_BACK = {State.RETURNED}
_ENDED = {State.COMPLETED, State.REFUNDED, *_LET_GO, *_BACK}


class Orders:
    """Writes orders of the offers at hand into a market."""

    def __init__(self, market: Market, *, seed: int) -> None:
        self.market, self.seed = market, seed
        self._voice, self._teller = Voice(), Teller(market)
        self._data = province.read("demo.json")
        self._buyer: Buyer | None = None
        self._open: Counter[str] = Counter()
        self._taken = set(Order.objects.values_list("number", flat=True))

    def add(self, number: int) -> bool:
        """The order of that number; False when nothing at hand can be sent anywhere."""
        rng = Random(f"{self.seed}/order/{number}")  # noqa: S311 - made-up data, not a secret
        buyer = self._buyer_of(number, rng)
        story = self._story(buyer, rng) if self.market.offers_at_hand else None
        if story is None:
            return False
        if story.is_cod and any(part.is_open for part in story.parts):
            self._open[buyer.phone] += 1
        self._write(story, rng)
        return True

    def close(self) -> None:
        """At the end: how many cash orders each phone has open."""
        known = set(CashPhone.objects.values_list("phone", flat=True))
        for phone, count in sorted(self._open.items()):
            if count and phone not in known:
                self.market.cash_phones.add(phone=phone, open_count=count)

    def _story(self, buyer: Buyer, rng: Random) -> Story | None:
        may_owe = self._open[buyer.phone] < MOST_OPEN
        told = (self._teller.tell(buyer, rng, may_owe_cash=may_owe) for _each in range(TRIES))
        return next((story for story in told if story), None)

    def _buyer_of(self, number: int, rng: Random) -> Buyer:
        """Somebody new for every few orders."""
        if self._buyer is None or self._buyer.number != number // OF_ONE:
            self._buyer = self._new_buyer(number // OF_ONE, rng)
        return self._buyer

    def _new_buyer(self, number: int, rng: Random) -> Buyer:
        name = self._voice.person(rng)
        email = f"khach-{self.seed}-{number + 1}@scale.example.invalid"
        joined_at = self.market.now - timedelta(days=rng.randrange(1, 1000))
        user_id = None
        if rng.random() < MEMBERS:
            user_id = self.market.users.add(
                password=f"!{number:039}",
                is_superuser=False,
                email=email,
                email_verified_at=joined_at,
                display_name=name,
                language="vi",
                is_staff=False,
                is_active=True,
                date_joined=joined_at,
            )
        phone = f"+84900000{FIRST_PHONE + rng.randrange(PHONES):03}"
        return Buyer(number=number, user_id=user_id, name=name, phone=phone, email=email)

    def _write(self, story: Story, rng: Random) -> None:
        order_id = self.market.orders.claim()
        number = self._number(order_id)
        confirmed_at = None if story.unpaid else story.parts[0].steps[0].at
        placed_at = story.parts[0].steps[0].at - timedelta(
            minutes=20 if story.unpaid else 0 if story.is_cod else 3
        )
        hold_ends_at = None if story.is_cod else placed_at + timedelta(minutes=15)
        self._put_order(order_id, number, story, placed_at, hold_ends_at)
        parts = [
            (self._suborder(order_id, position, part, story, confirmed_at, placed_at, rng), part)
            for position, part in enumerate(story.parts, start=1)
        ]
        for suborder_id, part in parts:
            for pick in part.picks:
                self._line(suborder_id, pick, part, placed_at, rng)
            self._follow(suborder_id, part, story, rng)
        money.write(self.market, story, order_id, number, parts, placed_at, hold_ends_at)

    def _number(self, order_id: int) -> str:
        """A number of its own for every order, in groups of four; those of other orders are stepped over."""
        at = order_id
        while True:
            code = spread_code(at)
            number = f"{province.order_prefix()}-{code[:4]}-{code[4:]}"
            if number not in self._taken:
                return number
            at += 1 << 30

    def _put_order(
        self, order_id: int, number: str, story: Story, placed_at: datetime, hold_ends_at: datetime | None
    ) -> None:
        home, commune = story.where
        goods = sum(part.goods_vnd for part in story.parts)
        delivery = sum(part.road.fee_vnd for part in story.parts)
        cancelled = not story.unpaid and all(part.state == State.CANCELLED for part in story.parts)
        self.market.orders.put(
            order_id,
            number=number,
            secret=new_secret(),
            link_version=1,
            key=f"scale-{self.seed}-{order_id}",
            user_id=story.buyer.user_id,
            language="vi",
            name=story.buyer.name,
            phone=story.buyer.phone,
            email=story.buyer.email,
            province_code=home.code,
            province_name=home.name,
            commune_code=commune.code,
            commune_name=commune.name,
            street=story.street,
            note=story.note,
            adapter=story.adapter,
            goods_vnd=goods,
            delivery_vnd=delivery,
            total_vnd=goods + delivery,
            state=state.of(
                [part.state for part in story.parts],
                paid=not story.unpaid,
                is_cod=story.is_cod,
                buyer_cancelled=cancelled,
            ),
            placed_at=placed_at,
            hold_ends_at=hold_ends_at,
            buyer_cancelled_at=story.anchor if cancelled else None,
        )

    def _suborder(
        self,
        order_id: int,
        position: int,
        part: Part,
        story: Story,
        confirmed_at: datetime | None,
        placed_at: datetime,
        rng: Random,
    ) -> int:
        packed_by = clock.pack_by(
            confirmed_at=confirmed_at or placed_at, ready_on=part.harvest_day, is_fresh=part.is_fresh
        )
        arrives = dates.local(packed_by).date() + timedelta(days=part.road.days)
        delivered_at = part.at(State.DELIVERED)
        by_household = part.road.method in ("own", "pickup")
        taken_by = SubOrder.CashBy.HOUSEHOLD if by_household else SubOrder.CashBy.CARRIER
        return self.market.suborders.add(
            order_id=order_id,
            position=position,
            storefront_id=part.offer.storefront_id,
            state=part.state,
            goods_vnd=part.goods_vnd,
            delivery_vnd=part.road.fee_vnd,
            total_vnd=part.total_vnd,
            method=part.road.method,
            method_name=part.road.method_name,
            is_pickup=part.road.is_pickup,
            promised_from=arrives,
            promised_to=arrives + timedelta(days=0 if part.road.days <= 1 else 1),
            is_fresh=part.is_fresh,
            ready_on=part.harvest_day,
            confirmed_at=confirmed_at,
            pack_by=packed_by if confirmed_at else None,
            seen_at=_seen_at(part, story, rng),
            packed_at=part.at(State.PACKED),
            shipped_at=part.at(State.SHIPPED),
            delivered_at=delivered_at,
            ended_at=part.steps[-1].at if part.state in _ENDED else None,
            end_reason=rng.choice(self._data["reasons"].get(part.state, [""])) if confirmed_at else "",
            cash_by=taken_by if delivered_at and story.is_cod else "",
        )

    def _line(self, suborder_id: int, pick: Pick, part: Part, placed_at: datetime, rng: Random) -> None:
        offer, pack = pick.offer, pick.box.pack
        line_id = self.market.lines.add(
            suborder_id=suborder_id,
            pack_id=pick.box.id,
            title=offer.title,
            pack_label=pack.label,
            unit=offer.wares.unit,
            count=pick.count,
            price_vnd=pack.price_vnd,
            line_vnd=pick.goods_vnd,
            net_qty=pick.qty,
            gross_g=pack.gross_g * pick.count,
            fee_rate_bp=0,
            tax_class=offer.wares.tax_class,
            own_grown=offer.own_grown,
        )
        holder = f"line:{line_id}"
        lot = pick.lot or self._past_lot(pick, part, holder, rng)
        self.market.allocations.add(line_id=line_id, lot_id=lot.id, qty=pick.qty)
        held, ended_at = Reservation.State.HELD, None
        if part.state in _LET_GO | _BACK:
            held, ended_at = Reservation.State.RELEASED, part.steps[-1].at
        elif part.state != State.CONFIRMED:
            held, ended_at = Reservation.State.SOLD, part.at(State.PACKED)
        self.market.reservations.add(
            lot_id=lot.id, holder=holder, qty=pick.qty, state=held, created_at=placed_at, ended_at=ended_at
        )

    def _past_lot(self, pick: Pick, part: Part, holder: str, rng: Random) -> Harvest:
        """What is packed or ended came from a harvest that is over: as much as was taken, and what spoiled."""
        day = part.harvest_day
        noon = dates.at(day, 12)
        spare = pick.qty * rng.randrange(0, 6) // 100
        lot = Harvest(
            id=self.market.lots.claim(),
            listing_id=pick.offer.listing_id,
            field_id=pick.offer.lots[0].field_id,
            harvested_on=day,
            best_before=day + timedelta(days=pick.offer.wares.shelf_days),
            cut_off_at=None,
            harvested_qty=pick.qty + spare,
            is_open=False,
            created_at=noon,
        )
        self.market.lots_at_hand.append(lot)
        self.market.move(lot, Movement.Kind.HARVEST, lot.harvested_qty, noon)
        packed_at = part.at(State.PACKED)
        if packed_at:
            self.market.move(lot, Movement.Kind.SALE, pick.qty, packed_at, holder)
        if part.state in _BACK:
            self.market.move(lot, Movement.Kind.COME_BACK, -pick.qty, part.steps[-1].at, holder)
        if part.state in _LET_GO | _BACK:
            lot.spoiled_qty = lot.harvested_qty
        else:
            lot.sold_qty, lot.spoiled_qty = pick.qty, spare
        self.market.move(lot, Movement.Kind.SPOIL, lot.spoiled_qty, part.steps[-1].at)
        return lot

    def _follow(self, suborder_id: int, part: Part, story: Story, rng: Random) -> None:
        """The events of its way, and its parcel."""
        people = {"household": part.offer.owner_id, "buyer": story.buyer.user_id}
        for step in part.steps:
            self.market.events.add(
                suborder_id=suborder_id,
                frm=step.frm,
                to=step.to,
                by_id=people.get(step.role),
                role=step.role,
                why="",
                at=step.at,
            )
        shipped_at = part.at(State.SHIPPED)
        if shipped_at is None:
            return
        delivered_at, returned_at = part.at(State.DELIVERED), part.at(State.RETURNED)
        kind = Shipment.State
        self.market.shipments.add(
            suborder_id=suborder_id,
            carrier=rng.choice(self._data["carriers"][part.road.method]),
            tracking=f"SCALE{suborder_id:08}" if part.road.method == "post" else "",
            state=kind.RETURNED if returned_at else kind.DELIVERED if delivered_at else kind.IN_TRANSIT,
            handed_over_at=shipped_at,
            ended_at=returned_at or delivered_at,
        )


def _seen_at(part: Part, story: Story, rng: Random) -> datetime | None:
    """A third of what waits was not seen yet; everything further was."""
    confirmed_at = part.at(State.CONFIRMED)
    if confirmed_at is None or (part.state == State.CONFIRMED and rng.random() < 0.4):
        return None
    after = part.steps[1].at if len(part.steps) > 1 else story.anchor
    return max(confirmed_at, min(confirmed_at + timedelta(minutes=rng.randrange(3, 90)), after))
