"""The signed link by which whoever waits for goods confirms or stops it, without signing in. It names nobody."""

from django.core.signing import BadSignature, Signer

from shop.stock.errors import NotYours

SIGNER = Signer(salt="shop.stock.links", sep=".")


def sign(watch_id: int) -> str:
    """The token for `?k=`."""
    return SIGNER.sign(str(watch_id))


def read(token: str) -> int:
    """The watch's id. Raises NotYours for a token that was not made here."""
    try:
        return int(SIGNER.unsign(token))
    except (BadSignature, ValueError) as error:
        raise NotYours from error
