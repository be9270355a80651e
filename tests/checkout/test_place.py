"""Placing: once per key, whole or not at all, cash within its limits."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from common import dates
from payments.adapters.sandbox import Sandbox
from payments.intake.models import Payment
from shop.catalogue.models import Pack
from shop.checkout import limits
from shop.checkout.errors import CashLimit, ChooseWay, HoldOver, NothingToPlace, QuoteStale, WayNotOffered
from shop.checkout.place import pay_again
from shop.orders.models import Order, OrderPayment, SubOrder
from shop.stock import audit
from shop.stock.errors import StockShort
from shop.stock.models import Lot, Reservation
from tests.builders.cart import lines
from tests.builders.catalogue import a_listing
from tests.builders.checkout import a_quote, placed
from tests.builders.delivery import roads
from tests.builders.orders import payment_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday():
    roads()
    with time_machine.travel("2026-08-17T09:00:00+07:00", tick=False):
        yield
    assert list(audit.breaks()) == []


@pytest.fixture
def two():
    return [a_listing(price_vnd=350_000, qty=20_000), a_listing(price_vnd=115_000, qty=20_000)]


@pytest.fixture
def found(two):
    return a_quote(lines((two[0], 1), (two[1], 2)))


def nothing_is_kept() -> bool:
    return not (Order.objects.exists() or Payment.objects.exists() or Reservation.objects.exists())


def test_a_placed_order_holds_its_goods_and_asks_once_for_all(found):
    order = placed(found)
    assert (order.total_vnd, payment_of(order).asked_vnd, order.uses.count()) == (742_000, 742_000, 1)
    assert list(Lot.objects.order_by("id").values_list("reserved_qty", flat=True)) == [5_000, 10_000]
    assert order.hold_ends_at == dates.now() + timedelta(minutes=15)


def test_the_way_to_pay_says_how_long_goods_are_held(found, monkeypatch):
    monkeypatch.setattr(Sandbox, "traits", replace(Sandbox.traits, hold=timedelta(minutes=40)))
    order = placed(found)
    assert order.hold_ends_at == payment_of(order).expires_at == dates.now() + timedelta(minutes=40)


def test_the_same_key_is_the_same_order(found):
    assert placed(found, key="lan:1") == placed(found, key="lan:1")
    assert (Order.objects.count(), Payment.objects.count(), Reservation.objects.count()) == (1, 1, 2)


def test_a_key_whose_order_is_there_leads_to_it_whatever_has_changed_since(found):
    order = placed(found, key="lan:1")
    assert placed(found, key="lan:1", seen_total_vnd=1) == placed(found, key="lan:1", adapter="gold") == order
    assert placed(a_quote([]), key="lan:1", seen_total_vnd=0) == order


def test_a_number_that_is_taken_is_thrown_again(found, monkeypatch):
    first = placed(found)
    numbers = iter([first.number, "XL-2222-2222"])
    monkeypatch.setattr("shop.orders.rows.codes.new", lambda _prefix: next(numbers))
    assert placed(found).number == "XL-2222-2222"


def test_cash_leaves_its_events_and_its_clock(found):
    order = placed(found, adapter="cod")
    for part in order.suborders.all():
        event = part.events.get()
        assert (event.frm, event.to, event.role) == ("awaiting_payment", "confirmed", "system")
        assert part.pack_by > part.confirmed_at == dates.now()
        paid = part.uses.get().payment.events.get()
        assert (paid.frm, paid.to, paid.because) == ("created", "pending", "opened")


def test_cash_is_confirmed_at_once_with_one_payment_a_parcel(found):
    order = placed(found, adapter="cod")
    assert [use.payment.asked_vnd for use in order.uses.order_by("id")] == [410_000, 332_000]
    assert {part.state for part in order.suborders.all()} == {"confirmed"} and order.hold_ends_at is None


def test_a_total_the_buyer_did_not_see_is_not_placed(found, two):
    with pytest.raises(QuoteStale):
        placed(found, seen_total_vnd=found.total_vnd - 1)
    assert nothing_is_kept()


def test_a_price_that_rose_meanwhile_is_shown_before_it_is_asked(found, two):
    seen = found.total_vnd
    Pack.objects.filter(listing=two[0]).update(price_vnd=400_000)
    with pytest.raises(QuoteStale):
        placed(a_quote(lines()), seen_total_vnd=seen)


def test_somebody_faster_leaves_nothing_of_this_order(found, two):
    Lot.objects.filter(listing=two[1]).update(harvested_qty=5_000)
    with pytest.raises(StockShort):
        placed(found)
    assert nothing_is_kept() and Lot.objects.filter(reserved_qty__gt=0).count() == 0
    Lot.objects.filter(listing=two[1]).update(harvested_qty=20_000)


def test_nothing_is_no_order():
    with pytest.raises(NothingToPlace):
        placed(a_quote([]), seen_total_vnd=0)


@pytest.mark.parametrize(
    ("adapter", "error"), [("", ChooseWay), ("gold", WayNotOffered), ("Cod", WayNotOffered)]
)
def test_a_way_that_is_not_there_is_refused(found, adapter, error):
    with pytest.raises(error):
        placed(found, adapter=adapter)
    assert nothing_is_kept()


def test_cash_has_a_largest_sum(two):
    Pack.objects.filter(listing=two[0]).update(price_vnd=5_000_001)
    with pytest.raises(CashLimit):
        placed(a_quote(lines((two[0], 1))), adapter="cod")


def test_a_phone_has_few_open_cash_orders(two):
    lines((two[0], 1))
    for _ in range(limits.MOST_OPEN):
        placed(a_quote(lines()), adapter="cod")
    with pytest.raises(CashLimit):
        placed(a_quote(lines()), adapter="cod")
    assert placed(a_quote(lines()), adapter="cod", phone="+84900000102").number


def test_delivered_and_paid_cash_orders_leave_room_for_the_next(two):
    lines((two[0], 1))
    for _ in range(limits.MOST_OPEN):
        placed(a_quote(lines()), adapter="cod")
    SubOrder.objects.update(state="delivered", delivered_at=dates.now(), cash_by="household")
    assert placed(a_quote(lines()), adapter="cod").number


def ended(order: Order) -> None:
    """The first attempt came to nothing."""
    Payment.objects.update(state=Payment.State.FAILED)
    OrderPayment.objects.update(open=False)


def test_another_attempt_while_the_goods_are_held(found):
    order = placed(found)
    ended(order)
    again = pay_again(order, "sandbox")
    assert (again.asked_vnd, order.uses.filter(open=True).count()) == (742_000, 1)
    assert pay_again(order, "sandbox") == again


def test_no_attempt_after_the_hold(found):
    order = placed(found)
    ended(order)
    Order.objects.update(hold_ends_at=dates.now())
    with pytest.raises(HoldOver):
        pay_again(order, "sandbox")


def test_a_second_attempt_is_never_cash(found):
    """Its phone was not proved, and nobody would carry the money."""
    order = placed(found)
    ended(order)
    with pytest.raises(WayNotOffered):
        pay_again(order, "cod")


def test_a_hold_never_lasts_longer_than_an_hour(found):
    order = placed(found)
    for minutes in range(10, 70, 10):
        ended(order)
        with time_machine.travel(order.placed_at + timedelta(minutes=minutes)):
            if minutes < 60:
                pay_again(order, "sandbox")
    order.refresh_from_db()
    assert order.hold_ends_at == order.placed_at + timedelta(minutes=60)
