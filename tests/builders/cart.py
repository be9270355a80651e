"""Carts with goods in them."""

from shop.cart import queries, services
from shop.cart.values import CartItem, Owner
from shop.catalogue.models import Listing

GUEST = Owner(token="guest-of-the-tests")


def lines(*wanted: tuple[Listing, int], owner: Owner = GUEST) -> list[CartItem]:
    """Put so many of each listing's first pack into the cart; all its lines come back."""
    for listing, count in wanted:
        services.add(owner, listing.packs.first().pk, count)
    return queries.lines_of(owner)
