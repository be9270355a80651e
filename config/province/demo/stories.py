"""What happened in the demo's past: two hundred orders in every state, planned before anything is written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from common import province
from config.province.demo.dice import dice
from config.province.demo.harvests import rhythm_of
from config.province.demo.roads import Road, Roads
from shop.catalogue.models import Listing, Pack
from shop.orders.models import SubOrder
from shop.stock.models import Lot

State = SubOrder.State
#: how many orders end how
COUNTS = {
    State.COMPLETED: 138,
    State.DELIVERED: 12,
    State.SHIPPED: 11,
    State.PACKED: 6,
    State.CONFIRMED: 12,
    State.CANCELLED: 8,
    State.DECLINED: 4,
    State.RETURNED: 3,
    State.DISPUTED: 1,
    State.REFUNDED: 1,
}
#: orders that nobody paid
UNPAID = 4
#: how long ago the last step was, in hours
AGES = {
    State.COMPLETED: (10, 8000),
    State.DELIVERED: (2, 60),
    State.SHIPPED: (1, 20),
    State.PACKED: (0.2, 5),
    State.CONFIRMED: (0.1, 9),
    State.CANCELLED: (30, 4000),
    State.DECLINED: (40, 3000),
    State.RETURNED: (60, 3000),
    State.DISPUTED: (6, 30),
    State.REFUNDED: (300, 900),
}
#: a part of an order that is on its way may already be there
HALF_THERE = {State.SHIPPED: State.DELIVERED}
KEEPS_DAYS = 150
#: how much sooner than other goods the most loved product is chosen
LOVED = 0.35


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One household's share: what, how it travels, where it stands."""

    listing: Listing
    pack: Pack
    count: int
    road: Road
    state: str
    #: what waits to be packed is drawn from a lot on sale; older goods get a past harvest of their own
    lot: Lot | None = None

    @property
    def goods_vnd(self) -> int:
        return self.pack.price_vnd * self.count


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """One order. `anchor` is the moment of its last step."""

    name: str
    buyer: dict
    where: dict
    street: str
    note: str
    adapter: str
    anchor: datetime
    unpaid: bool = False
    parts: tuple[Part, ...] = field(default=())


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """What the stories are made of. `lots` are those on sale now, by listing; telling a story uses them up."""

    listings: list[Listing]
    lots: dict[int, list[Lot]]
    roads: Roads
    now: datetime
    #: slug of the storefront that always has something to do
    first: str


def stories(world: World) -> Iterator[Story]:
    """All of them; the first household and the first buyer always have something to do."""
    names = [state for state, count in COUNTS.items() for _each in range(count)]
    names += [""] * UNPAID
    for place, state in enumerate(names):
        story = _story(f"demo-{place:03}", state, world)
        if story.parts:
            yield story


def _story(name: str, state: str, world: World) -> Story:
    data = province.read("demo.json")
    rng = dice("order", name)
    low, high = AGES[state] if state else (50, 2000)
    anchor = world.now - timedelta(hours=low + (high - low) * rng.random() ** 2)
    where = rng.choice(data["destinations"])
    parts = _parts(rng, name, state, world, anchor, where)
    if not parts:
        where = {"province": province.about()["code"], "commune": data["home_commune"]}
        parts = _parts(rng, name, state, world, anchor, where)
    lan = rng.random() < (0.4 if state in (State.CONFIRMED, State.SHIPPED, State.DELIVERED) else 0.06)
    return Story(
        name=name,
        buyer=data["buyers"][0 if lan else rng.randrange(1, len(data["buyers"]))],
        where=where,
        street=rng.choice(data["streets"]),
        note=rng.choice(data["notes"]),
        adapter="sandbox" if not state or rng.random() < 0.55 else "cod",
        anchor=anchor,
        unpaid=not state,
        parts=parts,
    )


def _parts(
    rng: Random, name: str, state: str, world: World, anchor: datetime, where: dict
) -> tuple[Part, ...]:
    """One or two parts by different households whose goods were ripe then and arrive there."""
    data = province.read("demo.json")
    waits = state == State.CONFIRMED
    day = anchor.date() - timedelta(days=4)
    ripe = [each for each in world.listings if (world.lots[each.pk] if waits else _ripe(each, day))]
    loved = data["always"]["product"]
    ripe.sort(key=lambda listing: rng.random() * (LOVED if listing.product.slug == loved else 1))
    if state in (State.CONFIRMED, State.PACKED, State.SHIPPED) and int(name[-3:]) % 3 == 0:
        ripe.sort(key=lambda listing: listing.storefront.slug != world.first)
    wanted = 2 if rng.random() < 0.35 or (state in HALF_THERE and int(name[-3:]) % 2 == 0) else 1
    parts: list[Part] = []
    for listing in ripe:
        if any(part.listing.storefront_id == listing.storefront_id for part in parts):
            continue
        now_state = HALF_THERE.get(state, state) if parts else state
        if part := _part(rng, listing, now_state or State.CANCELLED, world, where):
            parts.append(part)
        if len(parts) == wanted:
            break
    return tuple(parts)


def _part(rng: Random, listing: Listing, state: str, world: World, where: dict) -> Part | None:
    pack = rng.choice(list(listing.packs.all()))
    count = rng.choice((1, 1, 1, 2, 2, 3))
    road = world.roads.to(listing, where["province"], pack.gross_g * count, rng)
    if road is None:
        return None
    lot = None
    if state == State.CONFIRMED:
        lot = next((lot for lot in world.lots[listing.pk] if lot.available_qty >= pack.net_qty * count), None)
        if lot is None:
            return None
        lot.reserved_qty += pack.net_qty * count
    return Part(listing=listing, pack=pack, count=count, road=road, state=state, lot=lot)


def _ripe(listing: Listing, day: date) -> bool:
    months = rhythm_of(listing.product, listing.storefront.slug).months
    return day.month in months or listing.product.shelf_life_days >= KEEPS_DAYS
