"""What lies in the lots: in season fresh from the tree, out of season pre-orders or what keeps."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from common import dates, province
from config.province.demo.dice import dice, sayable
from farmers.models import GrowingArea
from shop.catalogue.models import Listing, Product
from shop.stock.models import Lot, Movement

#: out of season, the first pick of the next season is offered this many days ahead
AHEAD_DAYS = 60
#: what a lot is worth, in đồng, from small to large
WORTH_VND = (3_000_000, 5_000_000, 8_000_000, 12_000_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """When a listing is harvested. Months are a set of 1–12."""

    months: frozenset[int]
    shelf_days: int
    #: out of season too something can be had: the first pick of the coming season
    always: bool = False

    @property
    def gap_days(self) -> int:
        """From one harvest to the next, so that something good is always there."""
        return max(2, min(self.shelf_days - 1, 21))

    def days(self, today: date, late: int) -> list[date]:
        """Harvest days to have on that date, oldest first; at most one lies in the past. `late` is 0…6."""
        if today.month in self.months:
            return self._in_season(today, late)
        last = self._last_before(today)
        kept = [last] if last and last + timedelta(days=self.shelf_days) > today + timedelta(days=10) else []
        start = self._next_after(today)
        near = self.always or (start - today).days <= AHEAD_DAYS
        return kept or ([start + timedelta(days=3 + late)] if near else [])

    def _in_season(self, today: date, late: int) -> list[date]:
        if self.shelf_days > 30:
            return [today - timedelta(days=5 + late * 4)]
        first = today - timedelta(days=min(late % 2, self.shelf_days // 4))
        coming = [first + timedelta(days=self.gap_days * step) for step in range(1, 5)]
        return [first, *(day for day in coming if day.month in self.months)]

    def _last_before(self, today: date) -> date | None:
        days = (today - timedelta(days=back) for back in range(1, 366))
        return next((day for day in days if day.month in self.months), None)

    def _next_after(self, today: date) -> date:
        return next(
            day for ahead in range(1, 367) if (day := today + timedelta(days=ahead)).month in self.months
        )


def load_harvests(now: datetime) -> int:
    """Give every published listing the lots that today asks for; how many were made comes back."""
    today = dates.local(now).date()
    published = Listing.objects.filter(state=Listing.State.PUBLISHED).select_related(
        "product", "storefront__household"
    )
    listings = list(published.prefetch_related("packs", "lots"))
    fields = {(area.household_id, area.crop_code): area for area in GrowingArea.objects.all()}
    used = set(Lot.objects.values_list("trace_code", flat=True))
    lots = [lot for listing in listings for lot in _missing(listing, fields, today, used)]
    Movement.objects.bulk_create(
        Movement(lot=lot, kind=Movement.Kind.HARVEST, qty=lot.harvested_qty)
        for lot in Lot.objects.bulk_create(lots)
    )
    return len(lots)


def rhythm_of(product: Product, storefront_slug: str) -> Rhythm:
    data = province.read("demo.json")["always"]
    always = product.slug == data["product"] and storefront_slug in _always_slugs()
    months = frozenset(product.season_months) | (frozenset(data["also_months"]) if always else frozenset())
    return Rhythm(months=months, shelf_days=product.shelf_life_days, always=always)


def new_lot(
    listing: Listing, day: date, qty: int, area: GrowingArea | None, used: set[str], *, is_open: bool = True
) -> Lot:
    """A lot with a trace code that is the same on every machine; `used` learns the code."""
    rng = dice("lot", listing.storefront.slug, listing.slug, day, is_open)
    code = sayable(rng)
    while code in used:
        code = sayable(rng)
    used.add(code)
    return Lot(
        listing=listing,
        harvested_on=day,
        best_before=day + timedelta(days=listing.product.shelf_life_days),
        cut_off_at=dates.at(day, 0) - timedelta(hours=6) if is_open else None,
        growing_area=area,
        trace_code=code,
        harvested_qty=qty,
        is_open=is_open,
    )


def _always_slugs() -> set[str]:
    wanted = set(province.read("demo.json")["always"]["households"])
    return {row["slug"] for row in province.read("households.json")["households"] if row["id"] in wanted}


def _missing(listing: Listing, fields: dict, today: date, used: set[str]) -> Iterator[Lot]:
    """Lots that the listing lacks: one in stock if nothing can be had, and harvests after the last one known."""
    rng = dice("harvest", listing.storefront.slug, listing.slug)
    wanted = rhythm_of(listing.product, listing.storefront.slug).days(today, rng.randint(0, 6))
    open_lots = [lot for lot in listing.lots.all() if lot.is_open and lot.best_before >= today]
    here = [lot for lot in open_lots if lot.harvested_on <= today and lot.available_qty > 0]
    later = max((lot.harvested_on for lot in open_lots if lot.harvested_on > today), default=today)
    area = fields.get((listing.storefront.household_id, listing.product.slug))
    for day in wanted:
        if (day <= today and not here) or (day > today and day > later):
            yield new_lot(
                listing,
                day,
                _harvest_qty(listing, dice("qty", listing.storefront.slug, listing.slug, day)),
                area,
                used,
            )


def _harvest_qty(listing: Listing, rng) -> int:
    """Whole packs worth a few million đồng, in the product's unit."""
    packs = sorted(listing.packs.all(), key=lambda pack: pack.net_qty)
    largest = packs[-1]
    count = max(6, rng.choice(WORTH_VND) // largest.price_vnd)
    return largest.net_qty * count
