"""The write side: search rows made from the rooms below, always by the same code, a few queries for any number."""

import logging
import time
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, Min, OuterRef, QuerySet, Value
from django.db.models.functions import Mod

from common import dates
from common.locks import ordered
from common.steer import steer
from farmers.models import Household, Storefront
from shop.catalogue.models import Listing, Pack
from shop.search import known, selling, wordlist
from shop.search.build import row_of
from shop.search.known import Known
from shop.search.models import SearchCell, SearchRow
from shop.stock.models import Lot
from shop.stock.queries import sellable_lots

log = logging.getLogger(__name__)
CHUNK = 1000
#: a row that could not be written is tried again after so long
_PUT_OFF = timedelta(hours=6)
#: jobs last a minute at most
_BUDGET_S = 40
_KEY = ("product_id", "commune_code", "marks", "band")
_COLUMNS = [each.name for each in SearchRow._meta.fields if each.name != "listing"]


@transaction.atomic
def refresh(listing_id: int) -> None:
    """Make the row of one listing true now: written, or gone when the listing may not be shown."""
    _write([listing_id], dates.now(), known.read())


def rebuild() -> int:
    """Make all rows true now and drop those of listings that may not be shown; how many rows stand comes back."""
    kept = rebuild_part(0, 1)
    settle()
    return kept


def rebuild_part(part: int, parts: int) -> int:
    """The same for every `parts`-th storefront, without counts and words: for several processes side by side."""
    moment, kept, names = dates.now(), 0, known.read()
    mine = Listing.objects.annotate(part=Mod("storefront", Value(parts))).filter(part=part)
    for ids in chunks(mine.order_by("storefront", "pk").values_list("pk", flat=True).iterator()):
        kept += _write_good(ids, moment, names, new_words=False)
    return kept


def settle() -> None:
    """Fold the counts and count the words, after all parts."""
    fold_changes()
    wordlist.count()


def refresh_stale(*, chunk: int = CHUNK) -> int:
    """Rows that time alone made untrue (a lot ended, a paper ran out, a season turned); how many comes back.

    Stops after 40 seconds: the next run goes on. Builds everything when there is nothing yet.
    """
    if not SearchRow.objects.exists() and shown().exists():
        return rebuild()
    ends, done, names = time.monotonic() + _BUDGET_S, 0, known.read()
    while time.monotonic() < ends:
        moment = dates.now()
        stale = SearchRow.objects.filter(stale_at__lte=moment).order_by("stale_at")
        ids = list(stale.values_list("pk", flat=True)[:chunk])
        _write_good(ids, moment, names)
        done += len(ids)
        if len(ids) < chunk:
            break
    return done


def refresh_product(product_id: int, after: int = 0) -> int | None:
    """One chunk of a product's listings after a listing id: the id to go on from comes back, None at the end."""
    return _refresh_some(Listing.objects.filter(product=product_id), after)


def refresh_commune(code: str, after: int = 0) -> int | None:
    """The same for the listings of a commune's households."""
    return _refresh_some(Listing.objects.filter(storefront__household__commune=code), after)


def _refresh_some(listings: QuerySet[Listing], after: int) -> int | None:
    ids = list(listings.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK])
    if ids:
        _write_good(ids, dates.now(), known.read())
    return ids[-1] if len(ids) == CHUNK else None


def fold_changes() -> None:
    """Add what the cells gained and lost to their numbers. A change that two would fold goes to the one that deletes it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH gone AS (DELETE FROM search_searchchange RETURNING cell_id, change), "
            "summed AS (SELECT cell_id, sum(change) AS change FROM gone GROUP BY cell_id) "
            "UPDATE search_searchcell SET listings = listings + summed.change "
            "FROM summed WHERE search_searchcell.id = summed.cell_id"
        )


def shown() -> QuerySet[Listing]:
    """Listings that a buyer may see: published, of a verified household, with a pack to buy."""
    return Listing.objects.filter(
        Exists(Pack.objects.filter(listing=OuterRef("pk"), is_active=True)),
        state=Listing.State.PUBLISHED,
        storefront__household__state=Household.State.VERIFIED,
    )


def built(ids: list[int], moment: datetime, names: Known) -> list[SearchRow]:
    """The rows that these listings should have now, but for their cells. Nine queries for any number."""
    listings = (
        shown()
        .filter(pk__in=ids, product__in=names.products)
        .select_related("storefront__household")
        .prefetch_related("packs", "photos__photo__renditions", "storefront__household__certificates")
    )
    lots, coming = sellable_lots(ids, moment), _coming(ids, moment)
    # Meanwhile somebody may have taken the last pack off, or moved to a place that was not there when names were read.
    return [
        row_of(listing, lots[listing.pk], coming.get(listing.pk), moment, names)
        for listing in listings
        if listing.storefront.household.commune_id in names.communes
        and any(pack.is_active for pack in listing.packs.all())
    ]


def _write_good(ids: list[int], moment: datetime, names: Known, *, new_words: bool = True) -> int:
    """Write what can be written: where it fails each half is tried for itself, until the bad listing stands alone.

    That one is logged and left for some hours. How many were written comes back.
    """
    try:
        with transaction.atomic():
            return _write(ids, moment, names, new_words=new_words)
    except (OperationalError, InterfaceError):
        # A lock or the connection, not a listing.
        raise
    except Exception:
        if len(ids) == 1:
            log.exception("The search row of listing %s cannot be written.", ids[0])
            SearchRow.objects.filter(pk=ids[0]).update(stale_at=moment + _PUT_OFF)
            return 0
    half = len(ids) // 2
    return sum(_write_good(each, moment, names, new_words=new_words) for each in (ids[:half], ids[half:]))


def _write(ids: list[int], moment: datetime, names: Known, *, new_words: bool = True) -> int:
    """Rows of these listings, inside the caller's transaction; how many were written comes back."""
    if not ids:
        return 0
    # Two jobs must not overtake one another: the later reads after the earlier has written. A storefront's
    # listings wait for one another, because its line in the directory adds them up.
    storefronts = set(Listing.objects.filter(pk__in=ids).values_list("storefront", flat=True))
    ordered(Storefront.objects.filter(pk__in=storefronts))
    rows = built(ids, moment, names)
    steer("search.built")
    _put_into_cells(rows)
    SearchRow.objects.filter(pk__in=set(ids) - {row.pk for row in rows}).delete()
    SearchRow.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["listing"], update_fields=_COLUMNS
    )
    if new_words:
        wordlist.add(rows)
    selling.refresh(storefronts, names)
    return len(rows)


def _put_into_cells(rows: Iterable[SearchRow]) -> None:
    """Give each row its cell; missing ones are made, in one order so that two jobs never wait crosswise."""
    wanted = {_key(row): row for row in rows}
    missing = [
        SearchCell(**dict(zip(_KEY, (*key[:2], list(key[2]), key[3]), strict=True))) for key in sorted(wanted)
    ]
    cells = _cells(wanted)
    missing = [cell for cell in missing if _key(cell) not in cells]
    if missing:
        SearchCell.objects.bulk_create(missing, ignore_conflicts=True)
        cells = _cells(wanted)
    for row in rows:
        row.cell_id = cells[_key(row)]


def _cells(keys: Iterable[tuple]) -> dict[tuple, int]:
    found = SearchCell.objects.filter(
        product__in={key[0] for key in keys}, commune_code__in={key[1] for key in keys}
    )
    return {_key(cell): cell.pk for cell in found}


def _key(each: SearchRow | SearchCell) -> tuple:
    return (each.product_id, each.commune_code, tuple(each.marks), each.band)


def _coming(ids: list[int], moment: datetime) -> dict[int, date]:
    """Listing id → the first harvest day still to come, also of lots whose pre-order is closed already."""
    open_lots = Lot.objects.filter(listing__in=ids, is_open=True, harvested_on__gt=dates.local(moment).date())
    return dict(open_lots.order_by().values_list("listing").annotate(Min("harvested_on")))


def chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """The ids in lists of at most `CHUNK`."""
    chunk: list[int] = []
    for each in ids:
        chunk.append(each)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
