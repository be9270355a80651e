import pytest

from shop.orders import state
from shop.orders.models import Order, SubOrder

S = SubOrder.State
Whole = Order.State


@pytest.mark.parametrize(
    ("states", "paid", "is_cod", "buyer_cancelled", "wanted"),
    [
        ([S.AWAITING_PAYMENT, S.AWAITING_PAYMENT], False, False, False, Whole.PLACED),
        ([S.CANCELLED, S.CANCELLED], False, False, False, Whole.EXPIRED),
        ([S.CANCELLED, S.CANCELLED], False, False, True, Whole.CANCELLED),
        ([S.CONFIRMED, S.CONFIRMED], True, False, False, Whole.PAID),
        ([S.CONFIRMED, S.CONFIRMED], True, True, False, Whole.PLACED),
        ([S.DELIVERED, S.CONFIRMED], True, False, False, Whole.PARTLY_FULFILLED),
        ([S.DELIVERED, S.DECLINED], True, False, False, Whole.FULFILLED),
        ([S.COMPLETED, S.DELIVERED], True, False, False, Whole.FULFILLED),
        ([S.COMPLETED, S.REFUNDED, S.CANCELLED], True, False, False, Whole.COMPLETED),
        ([S.DECLINED, S.CANCELLED], True, False, False, Whole.CANCELLED),
        ([S.RETURNED], True, True, False, Whole.CANCELLED),
    ],
)
def test_an_orders_state_follows_from_its_parts(states, paid, is_cod, buyer_cancelled, wanted):
    assert state.of(states, paid=paid, is_cod=is_cod, buyer_cancelled=buyer_cancelled) == wanted
