"""The read side of carts."""

from django.db.models import QuerySet

from shop.cart.models import Cart, CartLine
from shop.cart.values import Owner


def carts_of(owner: Owner) -> QuerySet[Cart]:
    """The owner's cart as a queryset of none or one."""
    if owner.user_id:
        return Cart.objects.filter(user_id=owner.user_id)
    return Cart.objects.filter(token=owner.token) if owner.token else Cart.objects.none()


def lines_of(owner: Owner) -> list[CartLine]:
    """The lines with all that a quote needs of pack, listing, product and household. One query."""
    rows = CartLine.objects.filter(cart__in=carts_of(owner)).select_related(
        "pack__listing__product__category", "pack__listing__storefront__household__commune"
    )
    return list(rows.order_by("added_at", "id"))


def count_lines(owner: Owner) -> int:
    return CartLine.objects.filter(cart__in=carts_of(owner)).count()
