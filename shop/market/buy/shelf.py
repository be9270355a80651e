"""What cart and checkout show of each line beside the quote: its picture and its page."""

from shop.cart.values import CartItem
from shop.checkout.quote import is_stuck
from shop.orders.values import Quote
from shop.search.queries import photos_of


def parts_with_cards(quote: Quote, items: list[CartItem]) -> list[dict]:
    """Parts of the quote, each line with its item and thumbnail. One query for all pictures."""
    by_id = {item.line_id: item for item in items}
    pictures = photos_of([item.listing_id for item in items])
    return [
        {
            "part": part,
            "stuck": is_stuck(part),
            "rows": [
                {"line": line, "item": by_id[line.cart_line_id], "thumb": pictures.get(line.listing_id)}
                for line in part.lines
            ],
        }
        for part in quote.parts
    ]
