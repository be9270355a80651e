"""The write side of carts."""

import secrets

from django.db import connection, transaction

from accounts.models import User
from common import dates
from shop.cart import queries
from shop.cart.errors import BadCount, CartFull, NotForSale
from shop.cart.models import Cart, CartLine
from shop.cart.values import Added, Owner

MOST_PACKS, MOST_LINES = 99, 60
TAKE = (
    "DELETE FROM cart_cartline WHERE id = ANY(%s) AND cart_id = (SELECT id FROM cart_cart WHERE {owner} = %s)"
)
TAKE_MEMBERS, TAKE_GUESTS = TAKE.format(owner="user_id"), TAKE.format(owner="token")
OPEN = """
    INSERT INTO cart_cart ({owner}, changed_at) VALUES (%s, %s)
    ON CONFLICT ({owner}) DO UPDATE SET changed_at = EXCLUDED.changed_at RETURNING id
"""
OPEN_MEMBERS, OPEN_GUESTS = OPEN.format(owner="user_id"), OPEN.format(owner="token")
# A row only for a pack that is on sale: how many lines the cart has, and whether the pack is one of them.
LOOK = """
    SELECT (SELECT count(*) FROM cart_cartline WHERE cart_id = %(cart)s),
        EXISTS (SELECT 1 FROM cart_cartline WHERE cart_id = %(cart)s AND pack_id = pack.id)
    FROM catalogue_pack AS pack
    JOIN catalogue_listing AS listing ON listing.id = pack.listing_id
    JOIN farmers_storefront AS storefront ON storefront.id = listing.storefront_id
    JOIN farmers_household AS household ON household.id = storefront.household_id
    WHERE pack.id = %(pack)s AND pack.is_active AND listing.state = 'published' AND household.state = 'verified'
"""
PUT = """
    INSERT INTO cart_cartline AS line (cart_id, pack_id, count, added_at)
    VALUES (%(cart)s, %(pack)s, %(count)s, %(now)s)
    ON CONFLICT (cart_id, pack_id) DO UPDATE SET count = LEAST(line.count + EXCLUDED.count, %(most)s)
    RETURNING id, count
"""


def new_token() -> str:
    """The secret of a guest's cart, for the signed cookie."""
    return secrets.token_urlsafe(24)


@transaction.atomic
def add(owner: Owner, pack_id: int, count: int = 1) -> Added:
    """Put so many packs into the owner's cart; what lies there already is added to, up to 99.

    Raises NotForSale, BadCount, CartFull; the cart is as before then. Three statements.
    """
    if not 1 <= count <= MOST_PACKS:
        raise BadCount(MOST_PACKS)
    with connection.cursor() as cursor:
        # The cart is locked first, so of two packs at once the second counts the first.
        cart_id = _open_cart(cursor, owner)
        cursor.execute(LOOK, {"pack": pack_id, "cart": cart_id})
        found = cursor.fetchone()
        if found is None:
            raise NotForSale
        lines, is_there = found
        if not is_there and lines >= MOST_LINES:
            raise CartFull(MOST_LINES)
        now = dates.now()
        cursor.execute(
            PUT, {"cart": cart_id, "pack": pack_id, "count": count, "now": now, "most": MOST_PACKS}
        )
        line_id, total = cursor.fetchone()
    return Added(line_id=line_id, count=total, lines=lines + (not is_there))


def set_count(owner: Owner, line_id: int, count: int) -> None:
    """So many packs of that line; 0 takes it out. Another's line is left alone. Raises BadCount."""
    if not 0 <= count <= MOST_PACKS:
        raise BadCount(MOST_PACKS)
    lines = CartLine.objects.filter(cart__in=queries.carts_of(owner), pk=line_id)
    if count:
        lines.update(count=count)
    else:
        lines.delete()


def take_out(owner: Owner, line_ids: list[int]) -> None:
    """Remove these lines of the owner's cart; used after an order was placed of them."""
    with connection.cursor() as cursor:
        if owner.user_id:
            cursor.execute(TAKE_MEMBERS, [line_ids, owner.user_id])
        elif owner.token:
            cursor.execute(TAKE_GUESTS, [line_ids, owner.token])


@transaction.atomic
def merge(token: str, user: User) -> None:
    """What a guest had in the cart comes along at sign-in; of a pack in both, the larger count stays."""
    guest = Cart.objects.select_for_update().filter(token=token).first()
    if guest is None:
        return
    with connection.cursor() as cursor:
        cart_id = _open_cart(cursor, Owner(user_id=user.pk))
    for line in guest.lines.all():
        kept, new = CartLine.objects.get_or_create(
            cart_id=cart_id, pack_id=line.pack_id, defaults={"count": line.count}
        )
        if not new and kept.count < line.count:
            CartLine.objects.filter(pk=kept.pk).update(count=line.count)
    guest.delete()


def _open_cart(cursor, owner: Owner) -> int:
    """The id of the owner's cart, made if there was none, and locked until the transaction ends."""
    if owner.user_id:
        cursor.execute(OPEN_MEMBERS, [owner.user_id, dates.now()])
    else:
        cursor.execute(OPEN_GUESTS, [owner.token, dates.now()])
    return cursor.fetchone()[0]
