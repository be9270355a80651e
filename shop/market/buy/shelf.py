"""What cart and checkout show of each line beside the quote: its picture and its page."""

from shop.cart.models import CartLine
from shop.catalogue.models import Listing
from shop.checkout.quote import is_stuck
from shop.orders.values import Quote
from shop.search.queries import photos_of


def parts_with_cards(quote: Quote, lines: list[CartLine]) -> list[dict]:
    """Parts of the quote, each line with its listing and thumbnail. One query for all pictures."""
    by_id = {line.pk: line for line in lines}
    pictures = photos_of([line.pack.listing_id for line in lines])
    return [
        {
            "part": part,
            "stuck": is_stuck(part),
            "rows": [_row(line, by_id[line.cart_line_id].pack.listing, pictures) for line in part.lines],
        }
        for part in quote.parts
    ]


def _row(line, listing: Listing, pictures: dict) -> dict:
    return {"line": line, "listing": listing, "thumb": pictures.get(listing.pk)}
