"""Which deliveries are possible, and what they cost."""

from collections.abc import Iterable
from random import Random

from config.province.demo.roads import REACH, Road
from config.scale.goods import Wares
from shop.delivery.models import Rate, Zone


class Roads:
    """The province's rates in memory."""

    def __init__(self) -> None:
        self._zones = {code: zone for zone in Zone.objects.all() for code in zone.province_codes}
        self._rates: dict[str, list[Rate]] = {zone.code: [] for zone in self._zones.values()}
        for rate in Rate.objects.select_related("method").order_by("pk"):
            self._rates[rate.zone_id].append(rate)

    def to(
        self, province_code: str, wares: Iterable[Wares], methods: tuple[str, ...], gross_g: int, rng: Random
    ) -> Road | None:
        """One of a household's ways by which a parcel of these wares gets to that province in time, or None."""
        zone = self._zones[province_code]
        if any(REACH.index(zone.reach) > REACH.index(each.reach) for each in wares):
            return None
        patience = min(each.max_transit_days for each in wares)
        fit = [
            rate
            for rate in self._rates[zone.code]
            if rate.method_id in methods and rate.days <= patience and gross_g <= rate.max_g
        ]
        shipped = [rate for rate in fit if not rate.method.is_pickup] or fit
        if not shipped:
            return None
        rate = rng.choice(shipped)
        return Road(
            method=rate.method_id,
            method_name=rate.method.name,
            is_pickup=rate.method.is_pickup,
            days=rate.days,
            fee_vnd=rate.fee_vnd(gross_g),
        )
