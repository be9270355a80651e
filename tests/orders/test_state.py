import pytest

from shop.orders import state
from shop.orders.models import Order, SubOrder

S = SubOrder.State
O = Order.State


@pytest.mark.parametrize(
    ("states", "paid", "is_cod", "buyer_cancelled", "wanted"),
    [
        ([S.AWAITING_PAYMENT, S.AWAITING_PAYMENT], False, False, False, O.PLACED),
        ([S.CANCELLED, S.CANCELLED], False, False, False, O.EXPIRED),
        ([S.CANCELLED, S.CANCELLED], False, False, True, O.CANCELLED),
        ([S.CONFIRMED, S.CONFIRMED], True, False, False, O.PAID),
        ([S.CONFIRMED, S.CONFIRMED], True, True, False, O.PLACED),
        ([S.DELIVERED, S.CONFIRMED], True, False, False, O.PARTLY_FULFILLED),
        ([S.DELIVERED, S.DECLINED], True, False, False, O.FULFILLED),
        ([S.COMPLETED, S.DELIVERED], True, False, False, O.FULFILLED),
        ([S.COMPLETED, S.REFUNDED, S.CANCELLED], True, False, False, O.COMPLETED),
        ([S.DECLINED, S.CANCELLED], True, False, False, O.CANCELLED),
        ([S.RETURNED], True, True, False, O.CANCELLED),
    ],
)
def test_an_orders_state_follows_from_its_parts(states, paid, is_cod, buyer_cancelled, wanted):
    assert state.of(states, paid=paid, is_cod=is_cod, buyer_cancelled=buyer_cancelled) == wanted
