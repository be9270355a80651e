"""Limits of cash on delivery: a sum per order, and open orders per phone as one counted row."""

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from common.money import vnd
from payments.adapters import registry
from shop.checkout.errors import CashLimit
from shop.checkout.models import CashPhone
from shop.orders.models import Order, SubOrder

MOST_OPEN = 3
ENDED = (
    SubOrder.State.COMPLETED,
    SubOrder.State.CANCELLED,
    SubOrder.State.DECLINED,
    SubOrder.State.RETURNED,
    SubOrder.State.REFUNDED,
)
# The phone's row, made or found, and locked until the transaction ends; a new one counts this order already.
LOCK = """
    INSERT INTO checkout_cashphone AS known (phone, open_count) VALUES (%s, 1)
    ON CONFLICT (phone) DO UPDATE SET open_count = known.open_count RETURNING open_count
"""
# `open_orders` of the phone beside this one, in a quarter of the time.
COUNT = """
    SELECT count(*) FROM orders_order AS placed
    WHERE placed.phone = %(phone)s AND placed.adapter = 'cod' AND placed.id <> %(order)s AND EXISTS (
        SELECT 1 FROM orders_suborder AS part WHERE part.order_id = placed.id
            AND part.state <> ALL(%(ended)s) AND NOT (part.state = 'delivered' AND part.cash_by <> '')
    )
"""


def check_amount(total_vnd: int) -> None:
    """Raises CashLimit above the sum that is carried in cash, as the administration or the environment sets it."""
    try:
        most_vnd = registry.get("cod").traits.max_vnd
    except registry.NoSuchAdapter:
        return
    if total_vnd > most_vnd:
        text = _("Trả tiền khi nhận nhiều nhất %(most)s một đơn. Bạn chọn cách trả khác hoặc đặt bớt nhé.")
        raise CashLimit(text % {"most": vnd(most_vnd)})


def take_place(order: Order) -> None:
    """Count this cash order among its phone's open ones, or raise CashLimit. Inside the order's transaction.

    The phone's row is locked first, so of two orders at once the second counts the first.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [order.phone])
        (known,) = cursor.fetchone()
        cursor.execute(
            COUNT, {"phone": order.phone, "order": order.pk, "ended": [str(each) for each in ENDED]}
        )
        (others,) = cursor.fetchone()
    if others >= MOST_OPEN:
        text = _(
            "Số này đang có %(most)s đơn trả tiền khi nhận chưa giao xong. Nhận bớt rồi đặt tiếp, hoặc trả trước nhé."
        )
        raise CashLimit(text % {"most": MOST_OPEN})
    if known != others + 1:
        CashPhone.objects.filter(phone=order.phone).update(open_count=others + 1)


def open_orders(phone: str) -> QuerySet[Order]:
    """Cash orders of this phone with a part that is still on its way, or whose cash nobody has taken yet."""
    taken = Q(state=SubOrder.State.DELIVERED) & ~Q(cash_by="")
    open_parts = SubOrder.objects.filter(order=OuterRef("pk")).exclude(taken | Q(state__in=ENDED))
    return Order.objects.filter(Exists(open_parts), phone=phone, adapter="cod")
