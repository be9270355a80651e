"""Which deliveries were possible, and what they cost."""

from dataclasses import dataclass
from random import Random

from shop.catalogue.models import Listing
from shop.delivery.models import Rate, Zone

REACH = ("province", "north", "national")


@dataclass(frozen=True, kw_only=True, slots=True)
class Road:
    method: str
    method_name: str
    is_pickup: bool
    days: int
    fee_vnd: int


class Roads:
    """The province's rates in memory."""

    def __init__(self) -> None:
        self._zones = {code: zone for zone in Zone.objects.all() for code in zone.province_codes}
        self._rates = list(Rate.objects.select_related("method"))

    def to(self, listing: Listing, province_code: str, gross_g: int, rng: Random) -> Road | None:
        """One of the ways this listing reaches that province in time, or None."""
        zone = self._zones[province_code]
        product = listing.product
        if REACH.index(zone.reach) > REACH.index(product.reach):
            return None
        fit = [
            rate
            for rate in self._rates
            if rate.zone_id == zone.code
            and rate.method_id in listing.storefront.methods
            and rate.days <= product.max_transit_days
            and gross_g <= rate.max_g
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
