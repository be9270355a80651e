"""Placing in a crowd: exactly what there is gets sold, one form is one order, one phone's cash orders are counted."""

from uuid import uuid4

import pytest

from payments.intake.models import Payment
from shop.cart.values import Owner
from shop.checkout import limits
from shop.checkout.errors import CashLimit
from shop.orders.models import Order
from shop.stock import audit
from shop.stock.errors import StockShort
from shop.stock.models import Lot, Reservation
from tests.builders.cart import lines
from tests.builders.catalogue import a_listing
from tests.builders.checkout import a_quote, placed
from tests.builders.delivery import roads
from tests.races.test_stock import crowd

pytestmark = pytest.mark.race
BUYERS, BOXES, BOX = 200, 50, 5_000


@pytest.fixture
def _laid(committed_db):
    roads()


@pytest.fixture
def found(_laid):
    """A quote for one of fifty boxes, as each of the buyers sees it."""
    return a_quote(lines((a_listing(qty=BOXES * BOX), 1)))


def test_two_hundred_orders_for_fifty_boxes_are_fifty(found):
    refused = []

    def buy(number: int) -> None:
        try:
            placed(found)
        except StockShort:
            refused.append(number)

    crowd(BUYERS, buy, at_once=32)
    assert (Order.objects.count(), Payment.objects.count(), len(refused)) == (BOXES, BOXES, BUYERS - BOXES)
    assert Lot.objects.get().available_qty == 0 and list(audit.breaks()) == []


def test_a_button_pressed_by_many_fingers_is_one_order(found):
    numbers = set()
    key = uuid4().hex
    crowd(32, lambda _number: numbers.add(placed(found, key=key).number), at_once=32)
    assert (len(numbers), Order.objects.count(), Payment.objects.count(), Reservation.objects.count()) == (
        1,
        1,
        1,
        1,
    )


def test_one_phone_never_has_more_open_cash_orders_than_allowed(found):
    refused = []

    def buy(number: int) -> None:
        try:
            placed(found, adapter="cod")
        except CashLimit:
            refused.append(number)

    crowd(16, buy, at_once=16)
    assert (Order.objects.count(), len(refused)) == (limits.MOST_OPEN, 16 - limits.MOST_OPEN)


def test_baskets_of_five_of_twenty_households_never_deadlock(_laid):
    listings = [a_listing(qty=10_000_000, with_photo=False) for _ in range(20)]
    quotes, troubles = [], []
    for number in range(20):
        basket = Owner(token=f"basket-{number}")
        quotes.append(
            a_quote(lines(*[(listings[(number * 7 + step * 3) % 20], 1) for step in range(5)], owner=basket))
        )

    def buy(number: int) -> None:
        try:
            placed(quotes[number % 20])
        except Exception as error:
            troubles.append(error)

    crowd(80, buy, at_once=8)
    assert troubles == [] and Order.objects.count() == 80 and list(audit.breaks()) == []
