"""The read side of carts."""

import json

from django.db import connection
from django.db.models import QuerySet

from shop.cart.models import Cart, CartLine
from shop.cart.values import CartItem, Owner

# Read by every page from the cart to the order. Written out, since the ORM takes ten times as long to build
# it; names that nothing is sought by come from subqueries, which spares PostgreSQL planning their joins.
LINES = """
    SELECT line.id, line.count, pack.id, pack.label, pack.price_vnd, pack.net_qty, pack.gross_g, pack.is_active,
        listing.id, listing.slug, listing.state, listing.title,
        product.slug, product.unit, product.tax_class, product.shelf_life_days, product.max_transit_days,
        product.reach, product.age_restricted,
        COALESCE(NULLIF(product.illustration, ''),
            (SELECT illustration FROM catalogue_category WHERE id = product.category_id)),
        storefront.id, storefront.name, storefront.slug, storefront.on_holiday_until,
        household.state, household.own_grown,
        (SELECT name FROM farmers_commune WHERE code = household.commune_id),
        storefront.takes_cash, storefront.methods
    FROM cart_cartline AS line
    JOIN catalogue_pack AS pack ON pack.id = line.pack_id
    JOIN catalogue_listing AS listing ON listing.id = pack.listing_id
    JOIN catalogue_product AS product ON product.id = listing.product_id
    JOIN farmers_storefront AS storefront ON storefront.id = listing.storefront_id
    JOIN farmers_household AS household ON household.id = storefront.household_id
    WHERE line.cart_id = (SELECT id FROM cart_cart WHERE {owner} = %s)
    ORDER BY line.added_at, line.id
"""
LINES_OF_MEMBER, LINES_OF_GUEST = LINES.format(owner="user_id"), LINES.format(owner="token")


def carts_of(owner: Owner) -> QuerySet[Cart]:
    """The owner's cart as a queryset of none or one."""
    if owner.user_id:
        return Cart.objects.filter(user_id=owner.user_id)
    return Cart.objects.filter(token=owner.token) if owner.token else Cart.objects.none()


def lines_of(owner: Owner) -> list[CartItem]:
    """What lies in the cart, in the order it was put there. One query; none for somebody without a cart."""
    if not owner.user_id and not owner.token:
        return []
    with connection.cursor() as cursor:
        if owner.user_id:
            cursor.execute(LINES_OF_MEMBER, [owner.user_id])
        else:
            cursor.execute(LINES_OF_GUEST, [owner.token])
        return [CartItem(*row[:-1], methods=json.loads(row[-1])) for row in cursor.fetchall()]


def count_lines(owner: Owner) -> int:
    return CartLine.objects.filter(cart__in=carts_of(owner)).count()
