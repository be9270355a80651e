"""Which ways to pay a quote may take: what payments offer for its sum, and cash only where somebody takes it."""

from django.utils.translation import gettext as _

from payments.adapters.contract import Adapter
from payments.intake.queries import way_to_pay, ways_to_pay
from shop.orders.values import Quote


def ways_of(quote: Quote) -> list[Adapter]:
    """What a buyer may choose for this quote, in order; for an empty one what there is."""
    return [each for each in ways_to_pay(quote.total_vnd or None) if _fits(each, quote)]


def way_of(quote: Quote, code: str) -> Adapter | None:
    """The way of that code if this quote may be paid by it now, else None."""
    way = way_to_pay(code, quote.total_vnd)
    return way if way and _fits(way, quote) else None


def why_no_cash(quote: Quote) -> str:
    """Why this quote is not paid in cash, for the buyer; "" when it may be, or nobody's order may."""
    if quote.can_be_paid_in_cash:
        return ""
    if not any(each.traits.by_hand for each in ways_to_pay(quote.total_vnd or None)):
        return ""
    refusing = [part.storefront_name for part in quote.parts if not part.takes_cash]
    if refusing:
        text = _("Đơn này phải trả trước: %(households)s không nhận tiền mặt khi giao.")
        return text % {"households": ", ".join(refusing)}
    away = [part.storefront_name for part in quote.parts if not part.can_be_paid_in_cash]
    text = _("Đơn này phải trả trước: cách giao đã chọn của %(households)s không thu tiền mặt.")
    return text % {"households": ", ".join(away)}


def _fits(way: Adapter, quote: Quote) -> bool:
    return quote.can_be_paid_in_cash or not way.traits.by_hand
