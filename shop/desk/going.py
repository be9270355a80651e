"""The going price: what other households ask for the same product and grade."""

from dataclasses import dataclass

from django.db.models import F, Max, Min

from shop.catalogue.models import Listing, Pack
from shop.desk.forms.fields import unit_word

#: the bar of the picture: its left edge, right edge, and the rim left free on both sides
LEFT, RIGHT = 4, 292


@dataclass(frozen=True, kw_only=True, slots=True)
class GoingPrice:
    """Lowest and highest price per kilo, litre or piece, in đồng."""

    low_vnd: int
    high_vnd: int
    unit: str

    @property
    def unit_word(self) -> str:
        return unit_word(self.unit)

    @property
    def low_x(self) -> int:
        return self.place(self.low_vnd)

    @property
    def high_x(self) -> int:
        return self.place(self.high_vnd)

    @property
    def width(self) -> int:
        return max(6, self.high_x - self.low_x)

    def place(self, price_vnd: int) -> int:
        """Where a price stands on the bar: a quarter of the span is left free at both ends."""
        span = max(self.high_vnd - self.low_vnd, self.high_vnd // 5, 1)
        start = self.low_vnd - span // 2
        at = LEFT + (RIGHT - LEFT) * (price_vnd - start) // (2 * span)
        return min(RIGHT - 8, max(LEFT + 8, at))


def going_price(listing: Listing) -> GoingPrice | None:
    """Of published listings of other households; None while nobody else sells it. One query."""
    per = 1 if listing.product.unit == "piece" else 1000
    others = Pack.objects.filter(
        listing__product_id=listing.product_id,
        listing__grade=listing.grade,
        listing__state=Listing.State.PUBLISHED,
        is_active=True,
    ).exclude(listing__storefront_id=listing.storefront_id)
    per_large = others.annotate(per_vnd=F("price_vnd") * per / F("net_qty"))
    row = per_large.aggregate(low=Min("per_vnd"), high=Max("per_vnd"))
    if row["low"] is None:
        return None
    return GoingPrice(low_vnd=row["low"], high_vnd=row["high"], unit=listing.product.unit)
