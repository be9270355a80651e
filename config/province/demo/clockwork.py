"""When each step of a past order was taken, counted back from its last one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from config.province.demo.stories import Part, Story
from shop.orders.models import SubOrder
from shop.orders.moves import Role

State = SubOrder.State
HOLD = timedelta(days=3)
#: the steps that lead to each state
WAYS = {
    State.CONFIRMED: (State.CONFIRMED,),
    State.PACKED: (State.CONFIRMED, State.PACKED),
    State.SHIPPED: (State.CONFIRMED, State.PACKED, State.SHIPPED),
    State.DELIVERED: (State.CONFIRMED, State.PACKED, State.SHIPPED, State.DELIVERED),
    State.COMPLETED: (State.CONFIRMED, State.PACKED, State.SHIPPED, State.DELIVERED, State.COMPLETED),
    State.DISPUTED: (State.CONFIRMED, State.PACKED, State.SHIPPED, State.DELIVERED, State.DISPUTED),
    State.REFUNDED: (
        State.CONFIRMED,
        State.PACKED,
        State.SHIPPED,
        State.DELIVERED,
        State.DISPUTED,
        State.REFUNDED,
    ),
    State.RETURNED: (State.CONFIRMED, State.PACKED, State.SHIPPED, State.RETURNED),
    State.CANCELLED: (State.CONFIRMED, State.CANCELLED),
    State.DECLINED: (State.CONFIRMED, State.DECLINED),
}
ROLES = {
    State.CONFIRMED: Role.SYSTEM,
    State.COMPLETED: Role.SYSTEM,
    State.CANCELLED: Role.BUYER,
    State.DISPUTED: Role.BUYER,
    State.REFUNDED: Role.STAFF,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    frm: str
    to: str
    role: str
    at: datetime


def steps(story: Story, part: Part, rng: Random) -> list[Step]:
    """The steps of one part, first to last."""
    if story.unpaid:
        return [Step(frm=State.AWAITING_PAYMENT, to=State.CANCELLED, role=Role.SYSTEM, at=story.anchor)]
    way = [to for to in WAYS[part.state] if not (part.road.is_pickup and to == State.SHIPPED)]
    at, moments = story.anchor, []
    for to in reversed(way):
        moments.insert(0, at)
        at -= _before(to, part, rng)
    froms = [State.AWAITING_PAYMENT, *way]
    return [
        Step(frm=frm, to=to, role=ROLES.get(to, Role.HOUSEHOLD), at=moment)
        for frm, to, moment in zip(froms, way, moments, strict=False)
    ]


def _before(to: str, part: Part, rng: Random) -> timedelta:
    """How long after the step before it this one came."""
    if to == State.COMPLETED:
        return HOLD
    if to in (State.DELIVERED, State.RETURNED):
        return timedelta(hours=20 * max(1, part.road.days) + rng.randrange(6))
    if to == State.SHIPPED:
        return timedelta(minutes=rng.randrange(20, 240))
    if to == State.PACKED:
        return timedelta(minutes=rng.randrange(60, 900))
    return timedelta(minutes=rng.randrange(30, 600))
