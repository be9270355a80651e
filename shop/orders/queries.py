"""The read side of orders, and the gates that fetch and prove the right."""

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet, prefetch_related_objects

from accounts.models import User
from farmers.models import Household, Storefront
from payments.intake.models import Payment, Refund
from shop.orders import links
from shop.orders.errors import NotYours
from shop.orders.models import Order, OrderLine, OrderPayment, SubOrder

LINES = Prefetch("lines", OrderLine.objects.select_related("pack__listing__product__category"))
#: what a buyer sees of a part: what was bought is frozen in its lines
PARTS = Prefetch(
    "suborders",
    SubOrder.objects.select_related("storefront").prefetch_related("lines").order_by("position"),
)


def access_order(number: str, *, user: User | None = None, token: str = "") -> Order:
    """The buyer's own order with its parts and lines: by account, or by the guest's signed link.

    Raises NotYours (shown as 404). Three queries.
    """
    order = None
    if "\x00" not in number:
        order = Order.objects.filter(number=number.upper()).first()
    if order is None:
        raise NotYours
    is_buyer = user is not None and user.is_authenticated and order.user_id == user.pk
    if not is_buyer and not (token and links.opens(order, token)):
        raise NotYours
    prefetch_related_objects([order], PARTS)
    return order


def orders_of(user: User) -> QuerySet[Order]:
    """A member's orders, newest first, with their parts and lines."""
    return Order.objects.filter(user=user).prefetch_related(PARTS)


def suborders_of(storefront: Storefront) -> QuerySet[SubOrder]:
    """What a household has to do or has done, soonest clock first; unpaid ones are not its business yet."""
    rows = SubOrder.objects.filter(storefront=storefront).exclude(state=SubOrder.State.AWAITING_PAYMENT)
    rows = rows.exclude(state=SubOrder.State.CANCELLED, confirmed_at__isnull=True)
    return rows.select_related("order").prefetch_related(LINES).order_by("pack_by", "id")


def access_suborder(household: Household, number: str, position: int) -> SubOrder:
    """The household's part of an order. Raises NotYours (shown as 404) for anybody else's, or an unpaid one."""
    if "\x00" in number:
        raise NotYours
    rows = SubOrder.objects.select_related("order", "storefront__household__commune").prefetch_related(
        LINES, "lines__allocations__lot", "events", "uses__payment"
    )
    rows = rows.exclude(state=SubOrder.State.AWAITING_PAYMENT)
    found = rows.filter(
        order__number=number.upper(), position=position, storefront__household=household
    ).first()
    if found is None:
        raise NotYours
    return found


def order_of_payment(payment: Payment) -> Order | None:
    """The order that a payment pays, or None."""
    use = OrderPayment.objects.select_related("order").filter(payment=payment).first()
    return use.order if use else None


def open_attempt(order: Order) -> Payment | None:
    """The attempt to pay the whole order that is open now."""
    use = order.uses.select_related("payment").filter(open=True, suborder=None).first()
    return use.payment if use else None


def attempts_untold(order: Order) -> list[Payment]:
    """Attempts at the whole order that were taken back after they had begun: money may be there, nobody has said no."""
    taken_back = Payment.objects.filter(use__order=order, use__suborder=None, state=Payment.State.CANCELLED)
    return list(taken_back.filter(step__isnull=False).order_by("id"))


def paid_together(payment_ids: Iterable[int]) -> set[int]:
    """All payments of the orders that these pay. One query."""
    uses = OrderPayment.objects.filter(order__uses__payment__in=payment_ids)
    return set(uses.values_list("payment_id", flat=True))


def payment_of_part(order: Order, suborder: SubOrder) -> Payment | None:
    """The payment whose money pays this part, also when the bank took it back since; None when unpaid."""
    mine = order.uses.select_related("payment").filter(payment__settled_vnd__gt=0)
    mine = mine.filter(suborder=suborder) if order.is_cod else mine.filter(suborder__isnull=True)
    # Of several, it is the one with most left: money that came too late went back whole.
    left_vnd = F("payment__settled_vnd") - F("payment__refund_asked_vnd")
    late = Exists(Refund.objects.filter(payment=OuterRef("payment"), key="late"))
    use = mine.order_by(late, left_vnd.desc(), "id").first()
    return use.payment if use else None


def payment_that_stayed(order: Order) -> Payment | None:
    """The payment that paid the order; None for cash, or when the bank gave it back to the buyer already."""
    if order.is_cod:
        return None
    payment = payment_of_part(order, order.suborders.all()[0])
    return payment if payment and payment.state != Payment.State.CHARGED_BACK else None


def suborders_for_admin() -> QuerySet[SubOrder]:
    return SubOrder.objects.select_related("order", "storefront")


def payments_of(order: Order) -> list[Payment]:
    """What was asked for the whole order, oldest first. No query for cash, which is paid by the parcel."""
    if order.is_cod:
        return []
    return list(Payment.objects.filter(use__order=order, use__suborder=None).order_by("id"))


def refunds_of(order: Order) -> list[Refund]:
    """Money on its way back to the buyer of this order, oldest first. No query for cash nobody has taken yet.

    What waits for a second person's yes, or got a no, is no promise yet.
    """
    if order.is_cod and not any(part.delivered_at for part in order.suborders.all()):
        return []
    promised = Refund.objects.exclude(state__in=(Refund.State.ASKED, Refund.State.REJECTED))
    return list(promised.filter(payment__use__order=order).order_by("id"))
