"""What must always be true of the search rows: each shown listing has one, no other has."""

from collections.abc import Iterator

from shop.search.models import SearchRow
from shop.search.services import shown


def breaks() -> Iterator[str]:
    """Yields a sentence per break. Rows whose job still waits may be named too: run it when the queue is empty."""
    wanted = set(shown().values_list("pk", flat=True))
    have = set(SearchRow.objects.values_list("pk", flat=True))
    for listing_id in sorted(wanted - have):
        yield f"Listing {listing_id} is published and cannot be found."
    for listing_id in sorted(have - wanted):
        yield f"Listing {listing_id} can be found and is not on sale."
