"""One listing, with what the rooms below know of it, as a flat search row. Pure: nothing is read or written here."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from common import dates
from common.photos.pictures import picture
from common.vietnamese import fold
from shop.catalogue.models import Listing, Pack, Product
from shop.search import text
from shop.search.models import SearchRow
from shop.stock.models import Lot

LANGUAGES = {"vi": "name_vi", "en": "name_en", "zh-hans": "name_zh_hans"}
#: more than any published_at in seconds: a better standing comes before any age
_STEP = 10**10


def row_of(listing: Listing, lots: list[Lot], coming: date | None, moment: datetime) -> SearchRow:
    """The row of a listing fetched with its packs, photos, product, household, commune and certificates.

    `lots` are the sellable ones, soonest best-before first; `coming` the first harvest day still to come.
    """
    product, storefront = listing.product, listing.storefront
    commune = storefront.household.commune
    pack = min(_active(listing), key=lambda each: (each.price_vnd, each.pk))
    published_at = listing.published_at or listing.created_at
    standing, available_qty, harvested_on = _stock(listing, lots, dates.local(moment).date())
    head, words = _texts(listing)
    return SearchRow(
        listing=listing,
        product=product,
        storefront=storefront,
        slug=listing.slug,
        title=listing.title,
        grade=listing.grade,
        product_slug=product.slug,
        product_names={code: getattr(product, name) or "" for code, name in LANGUAGES.items()},
        category_slug=product.category.slug,
        storefront_slug=storefront.slug,
        storefront_name=storefront.name,
        commune_code=commune.code,
        commune_name=commune.name,
        districts=sorted(
            {district_slug(name) for name in commune.former_districts or [commune.former_district]}
        ),
        pack_label=pack.label,
        net_qty=pack.net_qty,
        price_vnd=pack.price_vnd,
        per_large_vnd=per_large_vnd(pack, product),
        unit=product.unit,
        shelf_life_days=product.shelf_life_days,
        reach=product.reach,
        standing=standing,
        available_qty=available_qty,
        harvested_on=harvested_on,
        months=sorted(product.season_months),
        marks=marks_of(listing, dates.local(moment).date()),
        photo=photo_of(listing),
        drawing=product.drawing,
        published_at=published_at,
        weight=standing * _STEP + int(published_at.timestamp()),
        stale_at=min(_turns(listing, lots, coming, moment), default=None),
        refreshed_at=moment,
        head=head,
        words=words,
        folded=fold(words),
    )


def district_slug(name: str) -> str:
    """'Văn Lãng' → 'van-lang': what `huyen=` says."""
    return fold(name).replace(" ", "-")


def per_large_vnd(pack: Pack, product: Product) -> int:
    """Đồng per kilo, litre or piece, rounded to the nearest đồng."""
    per = 1 if product.unit == "piece" else 1000
    return (pack.price_vnd * per + pack.net_qty // 2) // pack.net_qty


def marks_of(listing: Listing, day: date) -> list[str]:
    """Kinds of certificates of the household for this product that count on that day."""
    papers = listing.storefront.household.certificates.all()
    return sorted(
        {each.kind for each in papers if each.product_code == listing.product.slug and each.counts_on(day)}
    )


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
            }
    return {}


def _active(listing: Listing) -> list[Pack]:
    return [pack for pack in listing.packs.all() if pack.is_active]


def _stock(listing: Listing, lots: Iterable[Lot], today: date) -> tuple[int, int, date | None]:
    """Standing, available quantity and harvest day: of harvested lots, else of pre-orders, else sold out."""
    least = min(pack.net_qty for pack in _active(listing))
    here = [lot for lot in lots if lot.harvested_on <= today]
    later = [lot for lot in lots if lot.harvested_on > today]
    for standing, some in ((SearchRow.Standing.IN_STOCK, here), (SearchRow.Standing.PRE_ORDER, later)):
        qty = sum(lot.available_qty for lot in some)
        if qty >= least:
            days = [lot.harvested_on for lot in some]
            return standing, qty, max(days) if standing == SearchRow.Standing.IN_STOCK else min(days)
    return SearchRow.Standing.SOLD_OUT, 0, None


def _texts(listing: Listing) -> tuple[str, str]:
    """(names without diacritics, all words as written in lower case); letters and digits only."""
    product, storefront = listing.product, listing.storefront
    commune = storefront.household.commune
    names = [listing.title, *(getattr(product, name) or "" for name in LANGUAGES.values()), *product.synonyms]
    category = [getattr(product.category, name) or "" for name in LANGUAGES.values()]
    places = [commune.name, commune.former_district, *commune.former_communes]
    everything = [*names, *category, storefront.name, *places, listing.text]
    return fold(text.plain(" ".join(names))), text.plain(" ".join(everything))


def _turns(
    listing: Listing, lots: Iterable[Lot], coming: date | None, moment: datetime
) -> Iterator[datetime]:
    """The moments after `moment` at which the row becomes untrue without anybody doing anything."""
    for lot in lots:
        yield dates.at(lot.best_before + timedelta(days=1), 0)
        if lot.cut_off_at and lot.cut_off_at > moment:
            yield lot.cut_off_at
    if coming:
        yield dates.at(coming, 0)
    for paper in listing.storefront.household.certificates.all():
        for day in (paper.issued_on, paper.valid_to and paper.valid_to + timedelta(days=1)):
            if day and dates.at(day, 0) > moment:
                yield dates.at(day, 0)
