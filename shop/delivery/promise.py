"""How a household can deliver to a place, when it arrives, what it costs, and whether it would spoil."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from django.db import connection
from django.utils.translation import gettext as _

from common import dates
from shop.catalogue.models import Product
from shop.delivery.models import Rate
from shop.delivery.words import Words, called

REACHES = {Product.Reach.PROVINCE: 0, Product.Reach.NORTH: 1, Product.Reach.NATIONAL: 2}


class Sender(Protocol):
    """Who sends: a storefront, a line of a cart, or as much of one as a list of offers has read."""

    @property
    def methods(self) -> Sequence[str]: ...


class Goods(Protocol):
    """What is sent, as far as the road asks: a product, or a line of a cart."""

    @property
    def max_transit_days(self) -> int: ...
    @property
    def shelf_life_days(self) -> int: ...
    @property
    def reach(self) -> str: ...
    @property
    def is_fresh(self) -> bool: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """What one household would send: the strictest of its goods, and the weight with packaging."""

    gross_g: int
    #: the least days any of the goods may be on the road
    max_transit_days: int
    #: the least days any of the goods keeps
    shelf_life_days: int
    #: province, north or national: the narrowest of the goods
    reach: str
    #: the latest harvest day among the goods
    ready_on: date
    is_fresh: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """One way to deliver, with its price and its days."""

    method: str
    name: str
    hint: str
    is_pickup: bool
    fee_vnd: int
    arrives_from: date
    arrives_to: date
    takes_cash: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What can be offered, cheapest first; with no offer, `reason` is a sentence and `code` its kind."""

    offers: tuple[Offer, ...]
    code: str = ""
    reason: str = ""


def load_of(goods: Iterable[tuple[Goods, int]], ready_on: date) -> Load:
    """The load of (goods, gross grams) pairs."""
    pairs = list(goods)
    products = [each for each, _gross_g in pairs]
    return Load(
        gross_g=sum(gross_g for _product, gross_g in pairs),
        max_transit_days=min(product.max_transit_days for product in products),
        shelf_life_days=min(product.shelf_life_days for product in products),
        reach=min((product.reach for product in products), key=lambda reach: REACHES[reach]),
        ready_on=ready_on,
        is_fresh=any(product.is_fresh for product in products),
    )


@dataclass(frozen=True, slots=True)
class Road:
    """One way to one zone: a rate, with what is asked of its zone and method."""

    reach: str
    method: str
    is_pickup: bool
    days: int
    first_g: int
    first_vnd: int
    step_g: int
    step_vnd: int
    max_g: int
    takes_cash: bool
    words: Words

    fee_vnd = Rate.fee_vnd


# Asked by every quote; the ORM takes five times as long. Should a province stand in two zones, the first counts.
ROADS = """
    SELECT zone.reach, method.code, method.is_pickup,
        rate.days, rate.first_g, rate.first_vnd, rate.step_g, rate.step_vnd, rate.max_g,
        rate.takes_cash
    FROM (
        SELECT code, reach FROM delivery_zone WHERE province_codes @> %s::jsonb ORDER BY position, code LIMIT 1
    ) AS zone
    JOIN delivery_rate AS rate ON rate.zone_id = zone.code
    JOIN delivery_method AS method ON method.code = rate.method_id
    ORDER BY method.position, method.code
"""


class Table:
    """The roads to each province asked for, read once for a whole page in one language. One query a province."""

    def __init__(self) -> None:
        self._roads: dict[str, list[Road]] = {}

    def roads_to(self, province_code: str) -> list[Road]:
        """The roads to the zone the province lies in; none where nobody drives."""
        if province_code not in self._roads:
            with connection.cursor() as cursor:
                cursor.execute(ROADS, [json.dumps([province_code])])
                rows = cursor.fetchall()
            self._roads[province_code] = [Road(*row, called(row[1])) for row in rows]
        return self._roads[province_code]

    def offers(self, storefront: Sender, province_code: str, load: Load) -> Answer:
        """What this household can offer for this load to that province."""
        roads = self.roads_to(province_code)
        if not roads:
            return Answer(offers=(), code="out_of_reach", reason=_("Chưa có tuyến giao tới tỉnh này."))
        mine = [road for road in roads if road.method in storefront.methods]
        if REACHES.get(roads[0].reach, 2) > REACHES[load.reach]:
            pickups = _fitting([road for road in mine if road.is_pickup], load)
            return Answer(offers=pickups) if pickups else _too_far(load)
        found = _fitting(mine, load)
        return Answer(offers=found) if found else _why_not(mine, load)


def _fitting(roads: Iterable[Road], load: Load) -> tuple[Offer, ...]:
    rows = [
        _offer(road, load)
        for road in roads
        if road.days <= load.max_transit_days and load.gross_g <= road.max_g
    ]
    return tuple(sorted(rows, key=lambda offer: (offer.is_pickup, offer.fee_vnd)))


def _why_not(roads: list[Road], load: Load) -> Answer:
    if not roads:
        return Answer(offers=(), code="out_of_reach", reason=_("Hộ này chưa nhận giao tới nơi bạn chọn."))
    if all(road.days > load.max_transit_days for road in roads):
        return _too_far(load)
    most_g = max(road.max_g for road in roads)
    text = _("Kiện hàng nặng quá: mỗi kiện nhiều nhất %(most)s kg. Bạn bớt số lượng hoặc đặt hai lần nhé.")
    return Answer(offers=(), code="too_heavy", reason=text % {"most": most_g // 1000})


def _pack_days(load: Load) -> tuple[date, date]:
    """The first and the last day the parcel may be packed: a day for fresh goods, two for dry ones.

    Nothing is packed before the harvest, nor on a day when nobody works.
    """
    begins = max(load.ready_on, dates.today())
    ends = begins + timedelta(days=1 if load.is_fresh else 2)
    first, last = (
        day if dates.is_working_day(day) else dates.next_working_day(day) for day in (begins, ends)
    )
    return first, last


def _offer(road: Road, load: Load) -> Offer:
    first, last = (day + timedelta(days=road.days) for day in _pack_days(load))
    return Offer(
        method=road.method,
        name=road.words.name,
        hint=road.words.hint,
        is_pickup=road.is_pickup,
        fee_vnd=road.fee_vnd(load.gross_g),
        arrives_from=first,
        arrives_to=last,
        takes_cash=road.takes_cash,
    )


def _too_far(load: Load) -> Answer:
    """No way arrives in time: fresh goods would spoil, others are simply not sent that far."""
    if load.is_fresh:
        text = _("Hàng chỉ giữ được %(days)s ngày, gửi tới đây sẽ hỏng dọc đường nên hộ không nhận.")
        return Answer(offers=(), code="would_spoil", reason=text % {"days": load.shelf_life_days})
    return Answer(offers=(), code="out_of_reach", reason=_("Món này chưa gửi xa tới nơi bạn chọn."))
