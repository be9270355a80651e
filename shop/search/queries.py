"""Small reads of the flat rows for pages that show goods beside other things."""

from collections.abc import Iterable

from shop.search.models import SearchRow


def photos_of(listing_ids: Iterable[int]) -> dict[int, dict]:
    """Listing id → the photo of its card ({src, srcset, width, height, alt, tiny}), where there is one. One query."""
    rows = SearchRow.objects.filter(listing_id__in=list(listing_ids)).values_list("listing_id", "photo")
    return {listing_id: photo for listing_id, photo in rows if photo}
