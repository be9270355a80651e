"""What stands on a shelf: a listing with its packs, its pictures and two harvests."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from common import dates
from config.scale.album import Album
from config.scale.goods import Wares, listing_slug, packs_of
from config.scale.market import Box, Harvest, Market, Offer
from config.scale.odds import Odds
from config.scale.voices import Farmer, Voice
from shop.catalogue.models import Listing
from shop.stock.models import Movement

#: of a thousand listings
STATES = Odds(
    {
        Listing.State.PUBLISHED: 940,
        Listing.State.PAUSED: 20,
        Listing.State.ARCHIVED: 14,
        Listing.State.PENDING: 12,
        Listing.State.DRAFT: 8,
        Listing.State.RETURNED: 6,
    }.items()
)
_SENT = {Listing.State.PUBLISHED, Listing.State.PAUSED, Listing.State.ARCHIVED}
#: of a hundred listings so many have nothing left at all, a harvest past its best, only one to come.
#: It is the same on every day of the year, so that two measurements compare.
SOLD_OUT, EXPIRED, ONLY_AHEAD = 12, 6, 10
#: pre-orders that close at some time, of a hundred
CLOSING = 70


@dataclass(frozen=True, kw_only=True, slots=True)
class Shop:
    """The farm that a shelf stands in. `bend` is how its prices compare with the guide's."""

    storefront_id: int
    owner_id: int
    own_grown: bool
    methods: tuple[str, ...]
    farmer: Farmer
    joined_at: datetime
    bend: float
    fields: dict[str, int]


def fill(
    market: Market,
    shop: Shop,
    wares: Wares,
    grade: int | None,
    *,
    voice: Voice,
    album: Album,
    rng: Random,
) -> None:
    """Put one listing on the shelf; published ones are also left at hand for orders."""
    packs = packs_of(wares, grade, shop.bend, rng)
    title = voice.title(shop.farmer, wares, grade, packs[0].label, rng)
    state = STATES.draw(rng)
    made_at = shop.joined_at + (market.now - shop.joined_at) * rng.random() * 0.98
    published_at = made_at + timedelta(minutes=90)
    listing_id = market.listings.add(
        grade=grade,
        slug=listing_slug(wares, grade),
        title=title,
        text=voice.text(shop.farmer, wares, rng),
        state=state,
        returned_reason=voice.returned(rng) if state == Listing.State.RETURNED else "",
        change_waits=False,
        created_at=made_at,
        submitted_at=None if state == Listing.State.DRAFT else made_at + timedelta(minutes=10),
        published_at=published_at if state in _SENT else None,
        storefront_id=shop.storefront_id,
        product_id=wares.id,
    )
    for position, photo_id in enumerate(album.draw(wares, rng) if state != Listing.State.DRAFT else ()):
        market.photos.add(position=position, listing_id=listing_id, photo_id=photo_id)
    boxes = []
    for position, pack in enumerate(packs):
        pack_id = market.packs.add(
            label=pack.label,
            net_qty=pack.net_qty,
            gross_g=pack.gross_g,
            price_vnd=pack.price_vnd,
            position=position,
            is_active=True,
            listing_id=listing_id,
        )
        boxes.append(Box(id=pack_id, pack=pack))
    lots = _two_harvests(market, listing_id, shop.fields.get(wares.slug), wares, boxes[-1], rng)
    if state == Listing.State.PUBLISHED:
        market.offers_at_hand.append(
            Offer(
                listing_id=listing_id,
                storefront_id=shop.storefront_id,
                owner_id=shop.owner_id,
                own_grown=shop.own_grown,
                methods=shop.methods,
                wares=wares,
                title=title,
                published_at=published_at,
                boxes=tuple(boxes),
                lots=lots,
            )
        )


def _two_harvests(
    market: Market, listing_id: int, field_id: int | None, wares: Wares, largest: Box, rng: Random
) -> tuple[Harvest, Harvest]:
    """The harvest that lies there and the one to come, in whole packs."""
    roll = rng.random() * 100
    sold_out = roll < SOLD_OUT
    expired = SOLD_OUT <= roll < SOLD_OUT + EXPIRED
    gone = sold_out or SOLD_OUT + EXPIRED <= roll < SOLD_OUT + EXPIRED + ONLY_AHEAD
    shelf = timedelta(days=wares.shelf_days)
    back = shelf.days + rng.randint(1, 20) if expired else rng.randint(0, min(shelf.days, 120))
    day, next_day = market.today - timedelta(days=back), _next_day(market.today, wares, rng)
    picked_at = min(dates.at(day, 7), market.now)
    lots = []
    for harvested_on in (day, next_day):
        ahead = harvested_on is next_day
        closes = ahead and rng.random() * 100 < CLOSING
        lot = Harvest(
            id=market.lots.claim(),
            listing_id=listing_id,
            field_id=field_id,
            harvested_on=harvested_on,
            best_before=harvested_on + shelf,
            cut_off_at=dates.at(harvested_on, 0) - timedelta(hours=6) if closes else None,
            harvested_qty=_packs(largest.pack.price_vnd, rng) * largest.pack.net_qty,
            created_at=picked_at,
        )
        market.move(lot, Movement.Kind.HARVEST, lot.harvested_qty, picked_at)
        _wear(market, lot, largest.pack.net_qty, gone=sold_out if ahead else gone, rng=rng)
        lots.append(lot)
    if sold_out and rng.random() < 0.3:
        lots[1].is_open = False
    market.lots_at_hand += lots
    return lots[0], lots[1]


def _wear(market: Market, lot: Harvest, pack_qty: int, *, gone: bool, rng: Random) -> None:
    """What was sold at the farm's gate and what spoiled, all of it or some."""
    packs = lot.harvested_qty // pack_qty
    lot.sold_qty = (packs if gone else int(packs * 0.8 * max(0.0, rng.random() - 0.4))) * pack_qty
    if lot.left_qty and rng.random() < 0.04:
        lot.spoiled_qty = pack_qty
    market.move(lot, Movement.Kind.SALE, lot.sold_qty, lot.created_at)
    market.move(lot, Movement.Kind.SPOIL, lot.spoiled_qty, lot.created_at)


def _packs(pack_vnd: int, rng: Random) -> int:
    """So many packs as are worth half a million to thirty million đồng."""
    return max(3, int(500_000 * 60 ** rng.random()) // pack_vnd)


def _next_day(today: date, wares: Wares, rng: Random) -> date:
    """In season the next pick, else some day of the next season's first month."""
    soon = today + timedelta(days=rng.randint(1, max(2, min(wares.shelf_days, 21))))
    if soon.month in wares.months:
        return soon
    months = (today.year * 12 + today.month - 1 + ahead for ahead in range(1, 13))
    first = next((month for month in months if month % 12 + 1 in wares.months), None)
    return soon if first is None else date(first // 12, first % 12 + 1, rng.randint(1, 28))
