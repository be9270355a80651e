"""An order's life: paid, cancelled, expired, paid too late; the money follows to the đồng."""

from datetime import timedelta

import pytest
import time_machine

from common import dates
from common.steer import listen
from payments.adapters.contract import Fact
from payments.intake import services as intake
from payments.intake.models import Payment, Refund
from shop.fulfilment import pack
from shop.orders import services
from shop.orders.errors import IllegalMove, TooLateToCancel
from shop.orders.models import Order, SubOrder
from shop.orders.moves import MOVES, Role, State, move
from shop.stock import audit
from shop.stock import services as stock
from shop.stock.models import Lot
from tests.builders.catalogue import a_listing
from tests.builders.orders import an_order, payment_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def listings():
    made = [a_listing(price_vnd=350_000), a_listing(price_vnd=115_000)]
    for listing in made:
        stock.open_lot(listing, harvested_on=dates.today(), qty=20_000, by=None)
    return made


@pytest.fixture
def order(listings):
    return an_order(*listings)


@pytest.fixture(autouse=True)
def _stock_is_clean_afterwards():
    yield
    assert list(audit.breaks()) == []


def pay(order: Order, payment: Payment | None = None) -> Payment:
    payment = payment or payment_of(order)
    if payment.state == Payment.State.CREATED:
        Payment.objects.filter(pk=payment.pk).update(state=Payment.State.PENDING)
    fact = Fact(
        kind="settled", about=payment.reference, event_id=f"paid-{payment.pk}", amount_vnd=payment.asked_vnd,
        gateway_ref="bank-1", code="00", raw="",
    )  # fmt: skip
    intake.apply(fact)
    payment.refresh_from_db()
    return payment


def states(order: Order) -> list[str]:
    order.refresh_from_db()
    return [order.state, *order.suborders.order_by("position").values_list("state", flat=True)]


def test_an_order_adds_up_and_holds_its_goods(order, listings):
    assert (order.goods_vnd, order.delivery_vnd, order.total_vnd) == (465_000, 60_000, 525_000)
    assert [listing.lots.get().available_qty for listing in listings] == [15_000, 15_000]
    assert states(order) == ["placed", "awaiting_payment", "awaiting_payment"]


def test_money_confirms_every_part_and_starts_its_clock(order):
    pay(order)
    assert states(order) == ["paid", "confirmed", "confirmed"]
    assert all(part.pack_by > dates.now() for part in order.suborders.all())


def test_cash_on_delivery_is_confirmed_when_placed(listings):
    order = an_order(*listings, adapter="cod")
    assert states(order) == ["placed", "confirmed", "confirmed"]
    assert sorted(use.payment.asked_vnd for use in order.uses.all()) == [145_000, 380_000]


def test_the_buyer_cancels_an_unpaid_order_whole(order, listings):
    services.cancel_by_buyer(order, by=None)
    assert states(order) == ["cancelled", "cancelled", "cancelled"]
    assert payment_of(order).state == Payment.State.CANCELLED
    assert listings[0].lots.get().available_qty == 20_000


def test_a_cancelled_part_is_refunded_and_the_other_goes_on(order):
    pay(order)
    part = order.suborders.get(position=2)
    services.cancel_part(part, by=None, role=Role.BUYER)
    assert states(order) == ["paid", "confirmed", "cancelled"]
    assert [each.amount_vnd for each in Refund.objects.all()] == [145_000]


def test_a_packed_part_is_the_buyers_no_more_to_cancel(order):
    pay(order)
    part = order.suborders.get(position=1)
    pack.pack(part, by=None)
    with pytest.raises(TooLateToCancel):
        services.cancel_part(part, by=None, role=Role.BUYER)
    services.cancel_by_buyer(order, by=None)
    assert states(order) == ["paid", "packed", "cancelled"]


def test_an_unpaid_order_lets_its_goods_go(order, listings):
    with time_machine.travel(dates.now() + timedelta(minutes=21)):
        intake.expire(payment_of(order))
    assert states(order) == ["expired", "cancelled", "cancelled"]
    assert listings[0].lots.get().available_qty == 20_000


def test_late_money_revives_the_whole_order(order):
    with time_machine.travel(dates.now() + timedelta(minutes=21)):
        intake.expire(payment_of(order))
        pay(order)
    assert states(order) == ["paid", "confirmed", "confirmed"] and not Refund.objects.exists()


def test_late_money_goes_back_whole_when_one_part_cannot_be_had(order, listings):
    with time_machine.travel(dates.now() + timedelta(minutes=21)):
        intake.expire(payment_of(order))
        stock.correct(listings[1].lots.get(), harvested_qty=4_999, by=None)
        pay(order)
    assert states(order) == ["expired", "cancelled", "cancelled"]
    assert Refund.objects.get().amount_vnd == 525_000
    assert listings[0].lots.get().reserved_qty == 0


def test_late_money_for_an_order_the_buyer_cancelled_goes_back(order):
    payment = payment_of(order)
    services.cancel_by_buyer(order, by=None)
    pay(order, payment)
    assert states(order)[0] == "cancelled" and Refund.objects.get().amount_vnd == 525_000


def test_money_that_comes_twice_goes_back_once(order):
    first = pay(order)
    second = intake.open_(amount_vnd=order.total_vnd, adapter="sandbox", words="x", language="vi")
    services.attach(order, [(None, second)])
    pay(order, second)
    assert states(order)[0] == "paid"
    assert [(each.payment_id, each.amount_vnd) for each in Refund.objects.all()] == [(second.pk, 525_000)]
    assert first.refund_asked_vnd == 0


@pytest.mark.parametrize("frm", State.values)
def test_only_the_moves_of_the_table_are_possible(order, frm):
    part = order.suborders.get(position=1)
    for to in set(State.values) - MOVES.get(frm, set()):
        part.state = frm
        with pytest.raises(IllegalMove):
            move(part, to, by=None, role=Role.SYSTEM)
    assert SubOrder.objects.get(pk=part.pk).events.count() == 0


def test_a_part_is_refunded_from_the_money_that_stayed(order):
    """The first try fails, the second pays, then the first one's money comes after all and goes back."""
    first = payment_of(order)
    intake.apply(Fact(kind="failed", about=first.reference, event_id="no"))
    second = intake.open_(amount_vnd=order.total_vnd, adapter="sandbox", words="x", language="vi")
    services.attach(order, [(None, second)])
    pay(order, second)
    pay(order, first)
    services.cancel_part(order.suborders.get(position=2), by=None, role=Role.BUYER)
    given = Refund.objects.order_by("id").values_list("payment_id", "amount_vnd")
    assert list(given) == [(first.pk, 525_000), (second.pk, 145_000)]


def test_no_lot_is_touched_before_every_part_has_ended(order):
    """Lots are locked in one go, by id, so that a cancelling and a placing never wait for each other."""
    pay(order)
    held = []
    listen("after:orders.end_part", lambda: held.append(Lot.objects.filter(reserved_qty=5_000).count()))
    services.cancel_by_buyer(order, by=None)
    listen("after:orders.end_part", None)
    assert held == [2, 2] and Lot.objects.filter(reserved_qty=0).count() == 2


def test_late_money_buys_nothing_that_is_past_its_best(order, listings):
    with time_machine.travel(dates.now() + timedelta(minutes=21)):
        intake.expire(payment_of(order))
    with time_machine.travel(dates.now() + timedelta(days=60)):
        pay(order)
    assert states(order)[0] == "expired" and Refund.objects.get().amount_vnd == 525_000


def test_a_payment_in_dispute_does_not_keep_a_part_from_ending(order):
    payment = pay(order)
    intake.apply(Fact(kind="disputed", about=payment.reference, event_id="d", amount_vnd=525_000))
    services.cancel_part(order.suborders.get(position=2), by=None, role=Role.BUYER)
    assert Refund.objects.get().amount_vnd == 145_000


def test_money_the_bank_took_back_is_not_given_back_again(order):
    payment = pay(order)
    intake.apply(Fact(kind="dispute_lost", about=payment.reference, event_id="l", amount_vnd=525_000))
    services.cancel_part(order.suborders.get(position=2), by=None, role=Role.BUYER)
    assert not Refund.objects.exists()
