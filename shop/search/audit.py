"""What must always be true of the search: everything in it is what building it anew would make."""

from collections.abc import Iterator

from django.db.models import Q

from common import dates
from shop.catalogue.models import Listing
from shop.search import known, selling, sql
from shop.search.models import SearchRow, SearchSeller
from shop.search.services import built, chunks, shown

_NOT_COMPARED = {"refreshed_at", "cell"}
_FIELDS = [each.attname for each in SearchRow._meta.fields if each.name not in _NOT_COMPARED]
_OF_SELLER = [each.attname for each in SearchSeller._meta.fields]
_VECTORS = {"names", "story"}


def breaks() -> Iterator[str]:
    """Yields a sentence per break. Rows whose job still waits may be named too: run it when the queue is empty."""
    yield from _missing()
    yield from _untrue()
    yield from _cells()
    yield from _sellers()


def _missing() -> Iterator[str]:
    ids = shown().filter(search_row=None).order_by("pk").values_list("pk", flat=True)
    for listing_id in ids.iterator():
        yield f"Listing {listing_id} is published and cannot be found."
    gone = SearchRow.objects.exclude(listing__in=shown().values("pk")).order_by("pk")
    for listing_id in gone.values_list("pk", flat=True).iterator():
        yield f"Listing {listing_id} can be found and is not on sale."


def _untrue() -> Iterator[str]:
    """Rows that differ from what they would be now; those that wait for the clock's job are left out."""
    moment, names = dates.now(), known.read()
    current = SearchRow.objects.filter(Q(stale_at=None) | Q(stale_at__gt=moment))
    ids = Listing.objects.filter(search_row__in=current).order_by("pk").values_list("pk", flat=True)
    for chunk in chunks(ids.iterator()):
        have = {row.pk: row for row in current.filter(pk__in=chunk).select_related("cell")}
        for row in built(chunk, moment, names):
            old = have.get(row.pk)
            if old is not None:
                yield from _differences(row, old)


def _differences(row: SearchRow, old: SearchRow) -> Iterator[str]:
    for name in _FIELDS:
        if _plain(name, getattr(row, name)) != _plain(name, getattr(old, name)):
            yield f"Listing {row.pk}: {name} is not what it would be now."
    cell = old.cell
    if (cell.product_id, cell.commune_code, cell.marks, cell.band) != (
        row.product_id,
        row.commune_code,
        row.marks,
        row.band,
    ):
        yield f"Listing {row.pk} stands in a cell of other listings."


def _cells() -> Iterator[str]:
    counted = (
        "SELECT cell.id, cell.listings + coalesce(waiting.change, 0), coalesce(found.listings, 0) "
        "FROM search_searchcell cell "
        "LEFT JOIN (SELECT cell_id, sum(change) AS change FROM search_searchchange GROUP BY 1) AS waiting "
        "ON waiting.cell_id = cell.id "
        "LEFT JOIN (SELECT cell_id, count(*) AS listings FROM search_searchrow GROUP BY 1) AS found "
        "ON found.cell_id = cell.id "
        "WHERE cell.listings + coalesce(waiting.change, 0) <> coalesce(found.listings, 0)"
    )
    for cell, said, listings in sql.rows(counted):
        yield f"Cell {cell} says {said} listings and has {listings}."


def _sellers() -> Iterator[str]:
    names = known.read()
    wanted = SearchRow.objects.order_by("storefront").values_list("storefront", flat=True).distinct()
    for gone in SearchSeller.objects.exclude(storefront__in=wanted).values_list("pk", flat=True):
        yield f"Storefront {gone} is in the directory and sells nothing."
    for chunk in chunks(wanted.iterator()):
        have = {row.pk: row for row in SearchSeller.objects.filter(pk__in=chunk)}
        for line in selling.built(set(chunk), names):
            old = have.get(line.pk)
            if old is None or any(
                _plain(name, getattr(line, name)) != _plain(name, getattr(old, name)) for name in _OF_SELLER
            ):
                yield f"Storefront {line.pk}: its line in the directory is not what it would be now."


def _plain(name: str, value: object) -> object:
    """A vector as the set of its entries: PostgreSQL has an order of its own."""
    return set(str(value).split()) if name in _VECTORS else value
