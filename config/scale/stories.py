"""What happened to an order: who bought what of whom, where each part stands, and when each step was taken."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from common import dates, places, province
from config.province.demo.clockwork import HOLD, ROLES, WAYS, Step
from config.province.demo.roads import Road
from config.scale.market import Box, Harvest, Market, Offer
from config.scale.odds import Odds
from config.scale.roads import Roads
from payments.adapters.cod import Cod
from shop.orders.models import SubOrder
from shop.orders.moves import Role

State = SubOrder.State
#: of a thousand orders; "" is one that nobody paid
ENDS = Odds(
    {
        State.COMPLETED: 800,
        State.DELIVERED: 45,
        State.SHIPPED: 35,
        State.PACKED: 12,
        State.CONFIRMED: 30,
        State.CANCELLED: 32,
        State.DECLINED: 14,
        State.RETURNED: 10,
        State.DISPUTED: 1,
        State.REFUNDED: 3,
        "": 18,
    }.items()
)
#: how long ago the last step was, in hours
AGES = {
    State.COMPLETED: (1, 24_000),
    State.DELIVERED: (2, 60),
    State.SHIPPED: (1, 20),
    State.PACKED: (0.2, 5),
    State.CONFIRMED: (0.1, 9),
    State.CANCELLED: (30, 20_000),
    State.DECLINED: (40, 20_000),
    State.RETURNED: (60, 20_000),
    State.DISPUTED: (6, 30),
    State.REFUNDED: (300, 20_000),
    "": (2, 20_000),
}
#: states of a parcel that is still to come
OPEN = {State.CONFIRMED, State.PACKED, State.SHIPPED, State.DISPUTED}
#: a part of an order that is on its way may already be there
HALF_THERE = {State.SHIPPED: State.DELIVERED}
CASH = 0.4
#: households in one order, of a hundred orders
PARTS = Odds({1: 68, 2: 25, 3: 7}.items())
TRIES = 12
#: longer than any way from placing to the end: what is sold younger than this has no past
LONGEST_WAY = timedelta(days=11)


@dataclass(frozen=True, kw_only=True, slots=True)
class Buyer:
    """Who buys; a guest has no user. The phone is one of the demo's, which no channel ever writes to."""

    number: int
    user_id: int | None
    name: str
    phone: str
    email: str


@dataclass(kw_only=True, slots=True)
class Pick:
    """A pack so many times, and the harvest it is taken from. Ids come when it is written."""

    offer: Offer
    box: Box
    count: int
    lot: Harvest | None = None

    @property
    def qty(self) -> int:
        return self.box.pack.net_qty * self.count

    @property
    def goods_vnd(self) -> int:
        return self.box.pack.price_vnd * self.count


@dataclass(kw_only=True, slots=True)
class Part:
    """One household's share of an order."""

    picks: list[Pick]
    road: Road
    state: str
    steps: list[Step] = field(default_factory=list)

    @property
    def offer(self) -> Offer:
        return self.picks[0].offer

    @property
    def goods_vnd(self) -> int:
        return sum(pick.goods_vnd for pick in self.picks)

    @property
    def total_vnd(self) -> int:
        return self.goods_vnd + self.road.fee_vnd

    @property
    def is_open(self) -> bool:
        """Its cash is still to come, if it is paid in cash."""
        return self.state in OPEN

    @property
    def is_fresh(self) -> bool:
        return any(pick.offer.wares.is_fresh for pick in self.picks)

    def at(self, to: str) -> datetime | None:
        """When it came to that state."""
        return next((step.at for step in self.steps if step.to == to), None)

    @property
    def harvest_day(self) -> date:
        """Of what lies on sale; else the morning of the confirmation, or some time before for what keeps."""
        days = [pick.lot.harvested_on for pick in self.picks if pick.lot]
        day = dates.local(self.steps[0].at).date()
        return max(days) if days else day if self.is_fresh else day.replace(day=1) - timedelta(days=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """One order. `anchor` is the moment of its last step."""

    buyer: Buyer
    where: tuple[places.Place, places.Place]
    street: str
    note: str
    adapter: str
    anchor: datetime
    unpaid: bool
    parts: list[Part]

    @property
    def is_cod(self) -> bool:
        return self.adapter == "cod"


class Teller:
    """Tells stories about the offers at hand."""

    def __init__(self, market: Market) -> None:
        self._market, self._roads = market, Roads()
        self._data = province.read("demo.json")
        home = province.about()["code"]
        self._far = [_place(row["province"], row["commune"]) for row in self._data["destinations"]]
        self._home = _place(home, self._data["home_commune"])

    def tell(self, buyer: Buyer, rng: Random, *, may_owe_cash: bool) -> Story | None:
        """A story, or None when nothing at hand can be sent anywhere.

        Only who `may_owe_cash` has a parcel on its way that is paid at the door.
        """
        state = ENDS.draw(rng)
        for where in (rng.choice(self._far), self._home):
            parts = self._parts(state or State.CANCELLED, where[0].code, rng)
            if parts:
                break
        else:
            return None
        total_vnd = sum(part.total_vnd for part in parts)
        cash = state and total_vnd <= Cod.Config.max_vnd and rng.random() < CASH
        if cash and not may_owe_cash:
            cash = not any(part.is_open for part in parts)
        story = Story(
            buyer=buyer,
            where=where,
            street=rng.choice(self._data["streets"]),
            note=rng.choice(self._data["notes"]),
            adapter="cod" if cash else "sandbox",
            anchor=self._anchor(state, parts, rng),
            unpaid=not state,
            parts=parts,
        )
        _take_steps(story, rng)
        return story

    def _anchor(self, state: str, parts: list[Part], rng: Random) -> datetime:
        """When the last step was taken: after all of it had been published, mostly not long ago."""
        newest = max(pick.offer.published_at for part in parts for pick in part.picks)
        low, high = (timedelta(hours=hours) for hours in AGES[state])
        high = min(high, self._market.now - newest - LONGEST_WAY)
        low = min(low, high)
        return self._market.now - low - (high - low) * rng.random() ** 2

    def _parts(self, state: str, province_code: str, rng: Random) -> list[Part]:
        """One to three parts by different households."""
        wanted = PARTS.draw(rng)
        parts: list[Part] = []
        for _try in range(TRIES):
            offers = self._offers(rng)
            if any(offer.published_at + LONGEST_WAY >= self._market.now for offer in offers):
                continue
            if any(part.offer.storefront_id == offers[0].storefront_id for part in parts):
                continue
            now_state = HALF_THERE.get(state, state) if parts else state
            if part := self._part(offers, now_state, province_code, rng):
                parts.append(part)
            if len(parts) == wanted:
                break
        return parts

    def _offers(self, rng: Random) -> list[Offer]:
        """One offer, some far more often than others; now and then another of the same household."""
        offers = self._market.offers_at_hand
        at = int(len(offers) * rng.random() ** 2.5)
        beside = offers[at - 1]
        two = rng.random() < 0.3 and beside.storefront_id == offers[at].storefront_id and at > 0
        return [offers[at], beside] if two else [offers[at]]

    def _part(self, offers: list[Offer], state: str, province_code: str, rng: Random) -> Part | None:
        picks = [
            Pick(offer=each, box=rng.choice(each.boxes), count=rng.choice((1, 1, 1, 2, 2, 3)))
            for each in offers
        ]
        gross_g = sum(pick.box.pack.gross_g * pick.count for pick in picks)
        wares = [each.wares for each in offers]
        road = self._roads.to(province_code, wares, offers[0].methods, gross_g, rng)
        if road is None or (state == State.CONFIRMED and not self._hold(picks)):
            return None
        return Part(picks=picks, road=road, state=state)

    def _hold(self, picks: list[Pick]) -> bool:
        """What waits to be packed is held of lots on sale: of all picks, or of none."""
        for pick in picks:
            able = (lot for lot in pick.offer.lots if lot.can_be_bought(self._market.now))
            pick.lot = next((lot for lot in able if lot.left_qty >= pick.qty), None)
        if not all(pick.lot for pick in picks):
            return False
        for pick in picks:
            if pick.lot:
                pick.lot.reserved_qty += pick.qty
        return True


def _place(province_code: str, commune_code: str) -> tuple[places.Place, places.Place]:
    home, commune = places.province_named(province_code), places.commune_named(province_code, commune_code)
    if home is None or commune is None:
        raise LookupError(f"No such place: {province_code}/{commune_code}")
    return home, commune


def _take_steps(story: Story, rng: Random) -> None:
    """Date the steps of all parts, counted back from the last one; they were confirmed at one moment."""
    if story.unpaid:
        late = Step(frm=State.AWAITING_PAYMENT, to=State.CANCELLED, role=Role.SYSTEM, at=story.anchor)
        for part in story.parts:
            part.steps = [late]
        return
    dated = [_moments(part, story.anchor, rng) for part in story.parts]
    first = min(moments[0] for moments in dated)
    for part, moments in zip(story.parts, dated, strict=True):
        way = _way(part)
        part.steps = [
            Step(frm=frm, to=to, role=ROLES.get(to, Role.HOUSEHOLD), at=at)
            for frm, to, at in zip((State.AWAITING_PAYMENT, *way), way, (first, *moments[1:]), strict=False)
        ]


def _way(part: Part) -> list[str]:
    """The states it went through; who fetches the goods skips the road."""
    return [to for to in WAYS[State(part.state)] if not (part.road.is_pickup and to == State.SHIPPED)]


def _moments(part: Part, anchor: datetime, rng: Random) -> list[datetime]:
    """When it came to each state of its way."""
    at, moments = anchor, []
    for to in reversed(_way(part)):
        moments.append(at)
        at -= _before(to, part, rng)
    return moments[::-1]


def _before(to: str, part: Part, rng: Random) -> timedelta:
    """How long after the step before it this one came."""
    if to == State.COMPLETED:
        return HOLD
    if to in (State.DELIVERED, State.RETURNED):
        return timedelta(hours=20 * max(1, part.road.days) + rng.randrange(6))
    return timedelta(minutes=rng.randrange(20, 600))
