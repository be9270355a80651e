"""Writes the planned past: orders with parts, lines, lots, money and events, whose counters agree."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from accounts.models import User
from common import dates, phones, places, province
from config.province.demo.clockwork import Step, steps
from config.province.demo.dice import dice, sayable
from config.province.demo.harvests import new_lot
from config.province.demo.money import write_money
from config.province.demo.roads import Roads
from config.province.demo.stories import Part, Story, World, stories
from farmers.models import GrowingArea
from shop.catalogue.models import Listing
from shop.fulfilment.models import Shipment
from shop.orders import clock, rates, state
from shop.orders.models import Allocation, Order, OrderLine, SubOrder, SubOrderEvent
from shop.stock import services as stock
from shop.stock.models import Lot, Movement, Reservation
from shop.stock.queries import sellable_lots
from shop.stock.values import Draw

State = SubOrder.State
#: what was never packed was let go again
LET_GO = {State.CANCELLED, State.DECLINED}
CAME_BACK = {State.RETURNED}


@dataclass(kw_only=True)
class Written:
    """One part on its way into the database."""

    story: Story
    part: Part
    steps: list[Step]
    suborder: SubOrder = field(init=False)
    line: OrderLine = field(init=False)
    lot: Lot = field(init=False)

    def at(self, to: str) -> datetime | None:
        return next((step.at for step in self.steps if step.to == to), None)

    @property
    def harvest_day(self) -> date:
        """Its lot's; else the morning of the confirmation for fresh goods, some time before for what keeps."""
        if self.part.lot:
            return self.part.lot.harvested_on
        day = dates.local(self.steps[0].at).date()
        return day if self.part.listing.product.is_fresh else day.replace(day=1) - timedelta(days=5)


def load_orders(people: dict[str, User], now: datetime) -> int:
    """Write two hundred past orders once; later runs find them and do nothing."""
    if Order.objects.filter(key__startswith="demo-").exists():
        return 0
    told = list(stories(_world(now)))
    orders = Order.objects.bulk_create(_order(story, people) for story in told)
    parts = [
        Written(story=story, part=part, steps=steps(story, part, dice("steps", story.name, place)))
        for story in told
        for place, part in enumerate(story.parts)
    ]
    by_name = {order.key: order for order in orders}
    _write_suborders(parts, by_name)
    _write_stock(parts)
    _write_events(parts, people)
    write_money(orders, parts)
    return len(orders)


def _world(now: datetime) -> World:
    published = Listing.objects.filter(state=Listing.State.PUBLISHED).order_by("storefront__slug", "slug")
    related = published.select_related("product", "storefront__household").prefetch_related("packs")
    listings = list(related)
    return World(
        listings=listings,
        lots=sellable_lots([listing.pk for listing in listings], now),
        roads=Roads(),
        now=now,
        first=province.read("households.json")["households"][0]["slug"],
    )


def _order(story: Story, people: dict[str, User]) -> Order:
    user = people[story.buyer["phone"]]
    home = places.province_named(story.where["province"])
    commune = places.commune_named(story.where["province"], story.where["commune"])
    if home is None or commune is None:
        raise LookupError(f"No such place: {story.where}")
    rng = dice("number", story.name)
    code = sayable(rng)
    goods = sum(part.goods_vnd for part in story.parts)
    delivery = sum(part.road.fee_vnd for part in story.parts)
    placed_at = min(
        steps(story, part, dice("steps", story.name, place))[0].at for place, part in enumerate(story.parts)
    )
    placed_at -= timedelta(minutes=20 if story.unpaid else 3 if story.adapter != "cod" else 0)
    confirmed = not story.unpaid
    return Order(
        number=f"{province.order_prefix()}-{code[:4]}-{code[4:]}",
        key=story.name,
        user=user if rng.random() < 0.7 or "0101" in story.buyer["phone"] else None,
        name=story.buyer["name"],
        phone=phones.parse(story.buyer["phone"]),
        email=story.buyer["email"],
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
            paid=confirmed,
            is_cod=story.adapter == "cod",
            buyer_cancelled=confirmed and all(part.state == State.CANCELLED for part in story.parts),
        ),
        placed_at=placed_at,
        hold_ends_at=None if story.adapter == "cod" else placed_at + timedelta(minutes=15),
        buyer_cancelled_at=story.anchor
        if confirmed and all(part.state == State.CANCELLED for part in story.parts)
        else None,
    )


def _write_suborders(parts: list[Written], orders: dict[str, Order]) -> None:
    positions: dict[str, int] = defaultdict(int)
    for each in parts:
        positions[each.story.name] += 1
        each.suborder = _suborder(each, orders[each.story.name], positions[each.story.name])
    SubOrder.objects.bulk_create(each.suborder for each in parts)
    lines = [_line(each) for each in parts]
    for each, line, ruled in zip(parts, lines, rates.of(lines, dates.today()), strict=True):
        each.line = line
        for name, value in ruled.on(line.line_vnd).items():
            setattr(line, name, value)
    OrderLine.objects.bulk_create(lines)


def _suborder(each: Written, order: Order, position: int) -> SubOrder:
    part, road = each.part, each.part.road
    confirmed_at = None if each.story.unpaid else each.at(State.CONFIRMED)
    fresh = part.listing.product.is_fresh
    first = confirmed_at or order.placed_at
    packed_by = clock.pack_by(confirmed_at=first, ready_on=each.harvest_day, is_fresh=fresh)
    arrives = dates.local(packed_by).date() + timedelta(days=road.days)
    ends = {State.COMPLETED, State.REFUNDED, State.CANCELLED, State.DECLINED, State.RETURNED}
    delivered_at = each.at(State.DELIVERED)
    reasons = province.read("demo.json")["reasons"].get(part.state, [""])
    rng = dice("why", each.story.name, position)
    return SubOrder(
        order=order,
        position=position,
        storefront=part.listing.storefront,
        state=part.state,
        goods_vnd=part.goods_vnd,
        delivery_vnd=road.fee_vnd,
        total_vnd=part.goods_vnd + road.fee_vnd,
        method=road.method,
        method_name=road.method_name,
        is_pickup=road.is_pickup,
        promised_from=arrives,
        promised_to=arrives + timedelta(days=0 if road.days <= 1 else 1),
        is_fresh=fresh,
        ready_on=each.harvest_day,
        confirmed_at=confirmed_at,
        pack_by=packed_by if confirmed_at else None,
        seen_at=_seen_at(each, rng),
        packed_at=each.at(State.PACKED),
        shipped_at=each.at(State.SHIPPED),
        delivered_at=delivered_at,
        ended_at=each.steps[-1].at if part.state in ends else None,
        end_reason=rng.choice(reasons) if confirmed_at else "",
        cash_by=(SubOrder.CashBy.HOUSEHOLD if road.method in ("own", "pickup") else SubOrder.CashBy.CARRIER)
        if delivered_at and order.is_cod
        else "",
    )


def _seen_at(each: Written, rng) -> datetime | None:
    """A third of what waits was not seen yet; everything further was."""
    confirmed_at = each.at(State.CONFIRMED)
    if confirmed_at is None or (each.part.state == State.CONFIRMED and rng.random() < 0.4):
        return None
    after = each.steps[1].at if len(each.steps) > 1 else each.story.anchor
    return min(confirmed_at + timedelta(minutes=rng.randrange(3, 90)), after)


def _line(each: Written) -> OrderLine:
    part, product = each.part, each.part.listing.product
    return OrderLine(
        suborder=each.suborder,
        pack=part.pack,
        title=part.listing.title,
        pack_label=part.pack.label,
        unit=product.unit,
        count=part.count,
        price_vnd=part.pack.price_vnd,
        line_vnd=part.goods_vnd,
        net_qty=part.pack.net_qty * part.count,
        gross_g=part.pack.gross_g * part.count,
        tax_class=product.tax_class,
        own_grown=part.listing.storefront.household.own_grown,
    )


def _write_stock(parts: list[Written]) -> None:
    """What waits holds of the lots on sale; the rest was drawn from harvests of its own."""
    waiting = [each for each in parts if each.part.lot]
    for each in waiting:
        each.lot = each.part.lot
    _write_past_harvests([each for each in parts if not each.part.lot])
    Allocation.objects.bulk_create(
        Allocation(line=each.line, lot=each.lot, qty=each.line.net_qty) for each in parts
    )
    stock.reserve({each.line.holder: (Draw(lot_id=each.lot.pk, qty=each.line.net_qty),) for each in waiting})


def _write_past_harvests(parts: list[Written]) -> None:
    """Past harvests, each as large as what was drawn from it and a little that spoiled."""
    harvests: dict[tuple[int, date], list[Written]] = defaultdict(list)
    for each in parts:
        harvests[each.part.listing.pk, each.harvest_day].append(each)
    areas = {(area.household_id, area.crop_code): area for area in GrowingArea.objects.all()}
    used = set(Lot.objects.values_list("trace_code", flat=True))
    for (_listing, day), mine in harvests.items():
        lot = _past_lot(mine, day, areas, used)
        for each in mine:
            each.lot = lot
    lots = list({id(each.lot): each.lot for each in parts}.values())
    Lot.objects.bulk_create(lots)
    moves = [
        Movement(lot=lot, kind=Movement.Kind.HARVEST, qty=lot.harvested_qty, at=_noon(lot)) for lot in lots
    ]
    moves += [
        Movement(lot=lot, kind=Movement.Kind.SPOIL, qty=lot.spoiled_qty, at=_noon(lot))
        for lot in lots
        if lot.spoiled_qty
    ]
    Movement.objects.bulk_create(moves + [movement for each in parts for movement in _movements(each)])
    Reservation.objects.bulk_create(_reservation(each) for each in parts)


def _noon(lot: Lot) -> datetime:
    return dates.at(lot.harvested_on, 12)


def _past_lot(mine: list[Written], day: date, areas: dict, used: set[str]) -> Lot:
    listing = mine[0].part.listing
    area = areas.get((listing.storefront.household_id, listing.product.slug))
    gone = sum(each.line.net_qty for each in mine if each.part.state in CAME_BACK)
    sold = sum(each.line.net_qty for each in mine if each.part.state not in LET_GO | CAME_BACK)
    left = sum(each.line.net_qty for each in mine if each.part.state in LET_GO)
    spoiled = gone + left + sold * dice("waste", listing.slug, day).randrange(0, 6) // 100
    lot = new_lot(listing, day, sold + spoiled, area, used, is_open=False)
    lot.sold_qty, lot.spoiled_qty = sold, spoiled
    lot.created_at = _noon(lot)
    return lot


def _movements(each: Written) -> list[Movement]:
    """Sold when packed; what came back is not sold after all."""
    packed_at = each.at(State.PACKED)
    if packed_at is None:
        return []
    made = [
        Movement(
            lot=each.lot,
            kind=Movement.Kind.SALE,
            qty=each.line.net_qty,
            holder=each.line.holder,
            at=packed_at,
        )
    ]
    if each.part.state in CAME_BACK:
        back = Movement.Kind.COME_BACK
        at = each.steps[-1].at
        made.append(Movement(lot=each.lot, kind=back, qty=-each.line.net_qty, holder=each.line.holder, at=at))
    return made


def _reservation(each: Written) -> Reservation:
    part_state, last = each.part.state, each.steps[-1].at
    if part_state in LET_GO | CAME_BACK:
        now, ended_at = Reservation.State.RELEASED, last
    else:
        now, ended_at = Reservation.State.SOLD, each.at(State.PACKED)
    return Reservation(
        lot=each.lot,
        holder=each.line.holder,
        qty=each.line.net_qty,
        state=now,
        created_at=each.suborder.order.placed_at,
        ended_at=ended_at,
    )


def _write_events(parts: list[Written], people: dict[str, User]) -> None:
    owners = {row["slug"]: people[row["phone"]] for row in province.read("households.json")["households"]}
    admin = people[province.read("demo.json")["admin"]["phone"]]
    carriers = province.read("demo.json")["carriers"]
    events, shipments = [], []
    for each in parts:
        by_role = {
            "household": owners[each.suborder.storefront.slug],
            "buyer": each.suborder.order.user,
            "staff": admin,
        }
        events += [
            SubOrderEvent(
                suborder=each.suborder,
                frm=step.frm,
                to=step.to,
                by=by_role.get(step.role),
                role=step.role,
                at=step.at,
            )
            for step in each.steps
        ]
        if each.at(State.SHIPPED):
            shipments.append(_shipment(each, carriers))
    SubOrderEvent.objects.bulk_create(events)
    Shipment.objects.bulk_create(shipments)


def _shipment(each: Written, carriers: dict) -> Shipment:
    rng = dice("parcel", each.suborder.number)
    returned, delivered = each.at(State.RETURNED), each.at(State.DELIVERED)
    kind = Shipment.State
    return Shipment(
        suborder=each.suborder,
        carrier=rng.choice(carriers[each.part.road.method]),
        tracking=f"DEMO{rng.randrange(10**8):08}" if each.part.road.method == "post" else "",
        state=kind.RETURNED if returned else kind.DELIVERED if delivered else kind.IN_TRANSIT,
        handed_over_at=each.at(State.SHIPPED),
        ended_at=returned or delivered,
    )
