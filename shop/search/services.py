"""The write side: search rows made from the rooms below, always by the same code, a few queries for any number."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Min, QuerySet

from common import dates
from farmers.models import Household
from shop.catalogue.models import Listing
from shop.search.build import row_of
from shop.search.models import SearchRow
from shop.stock.models import Lot
from shop.stock.queries import sellable_lots

CHUNK = 500
_COLUMNS = [each.name for each in SearchRow._meta.fields if each.name not in {"listing", "vector", "exact"}]


@transaction.atomic
def refresh(listing_id: int) -> None:
    """Make the row of one listing true now: written, or gone when the listing may not be shown."""
    _write([listing_id], dates.now())


def rebuild() -> int:
    """Make all rows true now and drop those of listings that may not be shown; how many rows stand comes back."""
    moment, kept = dates.now(), 0
    for ids in _chunks(shown().order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            kept += _write(ids, moment)
    SearchRow.objects.exclude(listing__in=shown().values("pk")).delete()
    return kept


def refresh_stale(*, limit: int = 500) -> int:
    """Rows that time alone made untrue (a lot ended, a pre-order closed, a paper ran out); how many comes back."""
    moment = dates.now()
    ids = list(
        SearchRow.objects.filter(stale_at__lte=moment)
        .order_by("stale_at")
        .values_list("pk", flat=True)[:limit]
    )
    with transaction.atomic():
        _write(ids, moment)
    return len(ids)


def shown() -> QuerySet[Listing]:
    """Listings that a buyer may see: published, of a verified household, with a pack to buy."""
    return Listing.objects.filter(
        state=Listing.State.PUBLISHED,
        storefront__household__state=Household.State.VERIFIED,
        packs__is_active=True,
    ).distinct()


def _write(ids: list[int], moment: datetime) -> int:
    """Rows of these listings, inside the caller's transaction; how many were written comes back."""
    # Two jobs for one listing must not overtake one another: the later reads after the earlier has written.
    list(
        Listing.objects.filter(pk__in=ids)
        .order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk", flat=True)
    )
    listings = (
        shown()
        .filter(pk__in=ids)
        .select_related("product__category", "storefront__household__commune")
        .prefetch_related("packs", "photos__photo__renditions", "storefront__household__certificates")
    )
    lots, coming = sellable_lots(ids, moment), _coming(ids, moment)
    rows = [row_of(listing, lots[listing.pk], coming.get(listing.pk), moment) for listing in listings]
    SearchRow.objects.filter(pk__in=set(ids) - {row.pk for row in rows}).delete()
    SearchRow.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["listing"], update_fields=_COLUMNS
    )
    _index([row.pk for row in rows])
    return len(rows)


def _coming(ids: list[int], moment: datetime) -> dict[int, date]:
    """Listing id → the first harvest day still to come, also of lots whose pre-order is closed already."""
    open_lots = Lot.objects.filter(listing__in=ids, is_open=True, harvested_on__gt=dates.local(moment).date())
    return dict(open_lots.order_by().values_list("listing").annotate(Min("harvested_on")))


def _index(ids: list[int]) -> None:
    """The words as PostgreSQL searches them; titles weigh most, the household's text least."""
    SearchRow.objects.filter(pk__in=ids).update(
        vector=SearchVector("head", weight="A", config="simple")
        + SearchVector("folded", weight="C", config="simple"),
        exact=SearchVector("words", config="simple"),
    )


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    chunk: list[int] = []
    for each in ids:
        chunk.append(each)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
