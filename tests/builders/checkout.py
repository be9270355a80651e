"""Quotes of a cart for Hanoi, ready to be placed."""

from uuid import uuid4

from shop.cart.values import CartItem
from shop.checkout import quote
from shop.checkout.place import place
from shop.orders.models import Order
from shop.orders.values import Quote
from tests.builders.orders import HANOI, a_buyer


def a_quote(lines: list[CartItem], **chosen: str) -> Quote:
    return quote.make(lines, HANOI, {line.storefront_id: "post" for line in lines} | chosen)


def placed(
    found: Quote, *, key: str = "", adapter: str = "sandbox", seen_total_vnd: int | None = None, **buyer
) -> Order:
    """Place it; a fresh key and the total of the quote unless something else is said."""
    seen = found.total_vnd if seen_total_vnd is None else seen_total_vnd
    return place(found, a_buyer(**buyer), key=key or uuid4().hex, adapter=adapter, seen_total_vnd=seen)
