"""One listing, with what the rooms below know of it, as a flat search row. Pure: nothing is read or written here."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from common import dates
from common.photos.pictures import picture
from shop.catalogue.models import Listing, Pack, Product
from shop.search import text
from shop.search.known import Known, KnownProduct
from shop.search.models import SearchRow
from shop.search.wish import band_of
from shop.stock.models import Lot

#: more than any published_at in seconds: a better standing comes before any age
STEP = 10**10
#: the weight from which something can be bought
AVAILABLE = 2 * STEP
_ON_CARD = [
    "slug",
    "title",
    "grade",
    "product_id",
    "storefront_slug",
    "storefront_name",
    "commune_code",
    "pack_label",
    "net_qty",
    "price_vnd",
    "per_large_vnd",
    "standing",
    "available_qty",
    "harvested_on",
    "marks",
    "photo",
]
_OF_PRODUCT = ["unit", "reach", "shelf_life_days", "drawing"]


def row_of(
    listing: Listing, lots: list[Lot], coming: date | None, moment: datetime, known: Known
) -> SearchRow:
    """The row of a listing fetched with its packs, photos, product, household and certificates, but for its cell.

    `lots` are the sellable ones, soonest best-before first; `coming` the first harvest day still to come.
    """
    product, storefront = known.products[listing.product_id], listing.storefront
    pack = min(_active(listing), key=lambda each: (each.price_vnd, each.pk))
    published_at = listing.published_at or listing.created_at
    today = dates.local(moment).date()
    standing, available_qty, harvested_on = _stock(listing, lots, today)
    names, story = _vectors(listing, product, known)
    per_vnd = per_large_vnd(pack, product)
    in_season = today.month in product.months
    row = SearchRow(
        listing=listing,
        product_id=product.id,
        storefront=storefront,
        slug=listing.slug,
        title=listing.title,
        grade=listing.grade,
        storefront_slug=storefront.slug,
        storefront_name=storefront.name,
        commune_code=storefront.household.commune_id,
        pack_label=pack.label,
        net_qty=pack.net_qty,
        price_vnd=pack.price_vnd,
        per_large_vnd=per_vnd,
        band=band_of(per_vnd),
        standing=standing,
        available_qty=available_qty,
        harvested_on=harvested_on,
        marks=marks_of(listing, product, today),
        photo=photo_of(listing),
        published_at=published_at,
        weight=(standing * 2 + in_season) * STEP + int(published_at.timestamp()),
        stale_at=min(_turns(listing, product, lots, coming, moment), default=None),
        refreshed_at=moment,
        names=names,
        story=story,
    )
    row.version = _version(row, product, known)
    return row


def _version(row: SearchRow, product: KnownProduct, known: Known) -> int:
    """A number of 63 bits that stands for all that a card shows."""
    said = [getattr(row, name) for name in _ON_CARD] + [getattr(product, name) for name in _OF_PRODUCT]
    said.append(known.communes[row.commune_code].name)
    shown = json.dumps(said, default=str, ensure_ascii=False)
    return int.from_bytes(hashlib.blake2b(shown.encode(), digest_size=8).digest()) >> 1


def per_large_vnd(pack: Pack, product: Product | KnownProduct) -> int:
    """Đồng per kilo, litre or piece, rounded to the nearest đồng."""
    per = 1 if product.unit == "piece" else 1000
    return (pack.price_vnd * per + pack.net_qty // 2) // pack.net_qty


def marks_of(listing: Listing, product: KnownProduct, day: date) -> list[str]:
    """Kinds of certificates of the household for this product that count on that day."""
    papers = listing.storefront.household.certificates.all()
    return sorted({each.kind for each in papers if each.product_code == product.slug and each.counts_on(day)})


def photo_of(listing: Listing) -> dict:
    """The first photo whose sizes are made already, or an empty dict: then the drawing is shown."""
    for row in sorted(listing.photos.all(), key=lambda each: each.position):
        shown = picture(row.photo, "card")
        if shown:
            return {
                "src": shown.src,
                "srcset": shown.srcset,
                "width": shown.width,
                "height": shown.height,
                "alt": shown.alt,
                "tiny": shown.tiny,
            }
    return {}


def _active(listing: Listing) -> list[Pack]:
    return [pack for pack in listing.packs.all() if pack.is_active]


def _stock(listing: Listing, lots: Iterable[Lot], today: date) -> tuple[int, int, date | None]:
    """Standing, available quantity and harvest day: of harvested lots, else of pre-orders, else sold out.

    A household on holiday sells nothing.
    """
    if listing.storefront.rests_on(today):
        return SearchRow.Standing.SOLD_OUT, 0, None
    least = min(pack.net_qty for pack in _active(listing))
    here = [lot for lot in lots if lot.harvested_on <= today]
    later = [lot for lot in lots if lot.harvested_on > today]
    for standing, some in ((SearchRow.Standing.IN_STOCK, here), (SearchRow.Standing.PRE_ORDER, later)):
        qty = sum(lot.available_qty for lot in some)
        if qty >= least:
            days = [lot.harvested_on for lot in some]
            return standing, qty, max(days) if standing == SearchRow.Standing.IN_STOCK else min(days)
    return SearchRow.Standing.SOLD_OUT, 0, None


def _vectors(listing: Listing, product: KnownProduct, known: Known) -> tuple[str, str]:
    """(names, story) as tsvectors, without the words that product and place say already."""
    commune = known.communes[listing.storefront.household.commune_id]
    said = product.folded | commune.folded
    names = [(word, "A") for word in text.tokens(listing.title)]
    names += [(word, "B") for word in text.tokens(listing.storefront.name)]
    names = [(word, label) for word, label in names if text.fold(word) not in said]
    said = said | {text.fold(word) for word, _label in names}
    story = [(word, "D") for word in text.tokens(listing.text) if text.fold(word) not in said]
    return text.vector(names), text.vector(story)


def _turns(
    listing: Listing, product: KnownProduct, lots: Iterable[Lot], coming: date | None, moment: datetime
) -> Iterator[datetime]:
    """The moments after `moment` at which the row becomes untrue without anybody doing anything."""
    for lot in lots:
        yield dates.at(lot.best_before + timedelta(days=1), 0)
        if lot.cut_off_at and lot.cut_off_at > moment:
            yield lot.cut_off_at
    if coming:
        yield dates.at(coming, 0)
    last_day = listing.storefront.on_holiday_until
    if last_day and listing.storefront.rests_on(dates.local(moment).date()):
        yield dates.at(last_day + timedelta(days=1), 0)
    for paper in listing.storefront.household.certificates.all():
        for day in (paper.issued_on, paper.valid_to and paper.valid_to + timedelta(days=1)):
            if day and dates.at(day, 0) > moment:
                yield dates.at(day, 0)
    yield from _season_turns(product, dates.local(moment).date())


def _season_turns(product: KnownProduct, today: date) -> Iterator[datetime]:
    """The first day of the next month in which the season begins or ends, if there is one."""
    month, year = today.month, today.year
    for _each in range(12):
        month, year = (1, year + 1) if month == 12 else (month + 1, year)
        if (month in product.months) != (today.month in product.months):
            yield dates.at(date(year, month, 1), 0)
            return
