"""The write side of carts."""

import secrets

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Least

from accounts.models import User
from common import dates
from farmers.models import Household
from shop.cart import queries
from shop.cart.errors import BadCount, CartFull, NotForSale
from shop.cart.models import Cart, CartLine
from shop.cart.values import Owner
from shop.catalogue.models import Listing, Pack

MOST_PACKS, MOST_LINES = 99, 60


def new_token() -> str:
    """The secret of a guest's cart, for the signed cookie."""
    return secrets.token_urlsafe(24)


@transaction.atomic
def add(owner: Owner, pack_id: int, count: int = 1) -> CartLine:
    """Put so many packs into the owner's cart; what lies there already is added to, up to 99.

    Raises NotForSale, BadCount, CartFull; the cart is as before then.
    """
    if not 1 <= count <= MOST_PACKS:
        raise BadCount(MOST_PACKS)
    pack = _for_sale().filter(pk=pack_id).first()
    if pack is None:
        raise NotForSale
    cart = _open_cart(owner)
    line = cart.lines.filter(pack=pack).first()
    if line is None:
        if cart.lines.count() >= MOST_LINES:
            raise CartFull(MOST_LINES)
        line, new = CartLine.objects.get_or_create(cart=cart, pack=pack, defaults={"count": count})
        if new:
            return line
    CartLine.objects.filter(pk=line.pk).update(count=Least(F("count") + count, Value(MOST_PACKS)))
    line.refresh_from_db(fields=["count"])
    return line


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
    CartLine.objects.filter(cart__in=queries.carts_of(owner), pk__in=line_ids).delete()


@transaction.atomic
def merge(token: str, user: User) -> None:
    """What a guest had in the cart comes along at sign-in; of a pack in both, the larger count stays."""
    guest = Cart.objects.select_for_update().filter(token=token).first()
    if guest is None:
        return
    mine = _open_cart(Owner(user_id=user.pk))
    for line in guest.lines.all():
        kept, new = CartLine.objects.get_or_create(
            cart=mine, pack_id=line.pack_id, defaults={"count": line.count}
        )
        if not new and kept.count < line.count:
            CartLine.objects.filter(pk=kept.pk).update(count=line.count)
    guest.delete()


def _open_cart(owner: Owner) -> Cart:
    who = {"user_id": owner.user_id} if owner.user_id else {"token": owner.token}
    cart, new = Cart.objects.get_or_create(**who)
    if not new:
        Cart.objects.filter(pk=cart.pk).update(changed_at=dates.now())
    return cart


def _for_sale():
    return Pack.objects.filter(
        is_active=True,
        listing__state=Listing.State.PUBLISHED,
        listing__storefront__household__state=Household.State.VERIFIED,
    )
