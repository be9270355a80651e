"""The signed link by which a guest sees an order. Raising `link_version` revokes links sent before."""

from django.core.signing import BadSignature, Signer
from django.utils.crypto import constant_time_compare

from shop.orders.models import Order

SIGNER = Signer(salt="shop.orders.links", sep=".")


def sign(order: Order) -> str:
    """The token for `?k=`: version and 128 random bits of the order, signed."""
    return SIGNER.sign(f"{order.link_version}~{order.secret}")


def opens(order: Order, token: str) -> bool:
    """Whether the token was made for this order and has not been revoked."""
    try:
        version, _sep, secret = SIGNER.unsign(token).partition("~")
    except BadSignature:
        return False
    return version == str(order.link_version) and constant_time_compare(secret, order.secret)
