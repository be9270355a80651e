"""From "Nhận việc" to "hoàn tất", and what happens when a household cannot, or time runs out."""

from datetime import timedelta

import pytest
import time_machine

from accounts.notices.models import Notice
from common import dates
from payments.intake.models import Payment, Refund
from shop.fulfilment import escalate, hand_over, pack
from shop.fulfilment.errors import CashNotTaken
from shop.orders.errors import IllegalMove, MovedMeanwhile, OrderError
from shop.orders.models import Order, SubOrder
from shop.orders.moves import Role
from shop.stock import audit
from shop.stock import services as stock
from tests.builders.catalogue import a_listing
from tests.builders.orders import an_order
from tests.orders.test_services import pay, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    listing = a_listing(price_vnd=350_000)
    stock.open_lot(listing, harvested_on=dates.today(), qty=20_000, by=None)
    order = an_order(listing)
    pay(order)
    return order


@pytest.fixture
def part(order) -> SubOrder:
    return order.suborders.get()


@pytest.fixture
def cash_part() -> SubOrder:
    listing = a_listing(price_vnd=350_000)
    stock.open_lot(listing, harvested_on=dates.today(), qty=20_000, by=None)
    return an_order(listing, adapter="cod").suborders.get()


@pytest.fixture(autouse=True)
def _stock_is_clean_afterwards():
    yield
    assert list(audit.breaks()) == []


def fresh(part: SubOrder) -> SubOrder:
    return SubOrder.objects.select_related("order", "storefront").get(pk=part.pk)


def test_the_whole_way_of_a_parcel(order, part):
    pack.acknowledge(part)
    pack.pack(fresh(part), by=None)
    hand_over.hand_over(fresh(part), carrier="Viettel Post", tracking="VTP1", by=None)
    hand_over.deliver(fresh(part), by=None, role=Role.BUYER)
    assert states(order) == ["fulfilled", "delivered"]
    with time_machine.travel(dates.now() + timedelta(days=3, minutes=1)):
        assert escalate.complete_delivered() == 1
    assert states(order) == ["completed", "completed"]


def test_seen_is_kept_from_the_first_time(part):
    pack.acknowledge(part)
    first = fresh(part).seen_at
    pack.acknowledge(part)
    assert fresh(part).seen_at == first


def test_two_taps_pack_once(part):
    one, two = fresh(part), fresh(part)
    pack.pack(one, by=None)
    with pytest.raises((IllegalMove, MovedMeanwhile)):
        pack.pack(two, by=None)
    assert part.events.filter(to="packed").count() == 1


def test_cannot_fulfil_gives_the_money_back_and_shrinks_the_lot(order, part):
    lot = part.lines.get().pack.listing.lots.get()
    pack.cannot_fulfil(part, reason="mưa", left={lot.pk: 3_000}, by=None)
    lot.refresh_from_db()
    assert states(order) == ["cancelled", "declined"] and lot.available_qty == 3_000
    assert Refund.objects.get().amount_vnd == order.total_vnd


def test_a_cash_parcel_is_delivered_with_its_cash(cash_part):
    pack.pack(cash_part, by=None)
    hand_over.hand_over(fresh(cash_part), carrier="nhà", tracking="", by=None)
    with pytest.raises(CashNotTaken):
        hand_over.deliver(fresh(cash_part), by=None, role=Role.HOUSEHOLD)
    hand_over.deliver(fresh(cash_part), by=None, role=Role.HOUSEHOLD, cash_by="household")
    payment = Payment.objects.get()
    assert (payment.state, payment.settled_vnd) == ("settled", 380_000) and fresh(
        cash_part
    ).cash_by == "household"


def test_cash_the_buyer_spoke_of_first_is_still_asked_for(cash_part):
    pack.pack(cash_part, by=None)
    hand_over.hand_over(fresh(cash_part), carrier="nhà", tracking="", by=None)
    hand_over.deliver(fresh(cash_part), by=None, role=Role.BUYER)
    assert hand_over.cash_is_open(cash_part.order, fresh(cash_part))
    hand_over.take_cash(fresh(cash_part), by=None, cash_by="carrier")
    assert Payment.objects.get().state == "settled"


def test_a_declined_cash_parcel_asks_for_no_money(cash_part):
    pack.cannot_fulfil(cash_part, reason="mưa", left={}, by=None)
    assert Payment.objects.get().state == "cancelled" and not Refund.objects.exists()


@pytest.mark.parametrize(("refused", "refund_vnd"), [(True, 350_000), (False, 380_000)])
def test_a_parcel_that_comes_back_is_refunded(order, part, refused, refund_vnd):
    pack.pack(part, by=None)
    hand_over.hand_over(fresh(part), carrier="x", tracking="", by=None)
    hand_over.come_back(fresh(part), by=None, refused=refused)
    assert Refund.objects.get().amount_vnd == refund_vnd and states(order) == ["cancelled", "returned"]
    assert part.lines.get().pack.listing.lots.get().spoiled_qty == 5_000


def test_only_a_pick_up_skips_the_road(part):
    pack.pack(part, by=None)
    with pytest.raises(OrderError):
        hand_over.deliver(fresh(part), by=None, role=Role.HOUSEHOLD)


def test_an_unseen_order_is_reminded_once_in_daylight(part):
    with time_machine.travel(dates.add_daylight(part.confirmed_at, 2) + timedelta(minutes=1)):
        assert (escalate.remind_unseen(), escalate.remind_unseen()) == (1, 0)
    assert Notice.objects.filter(kind="household_reminder").exists()


def test_a_part_that_cannot_be_reminded_or_completed_stops_no_clock(part, monkeypatch):
    def fails(*_a, **_k):
        raise RuntimeError

    listing = a_listing(price_vnd=115_000)
    stock.open_lot(listing, harvested_on=dates.today(), qty=20_000, by=None)
    order = an_order(listing)
    pay(order)
    other = order.suborders.get()
    monkeypatch.setattr(escalate.letters, "household_reminder", lambda each: each.pk == part.pk and fails())
    with time_machine.travel(dates.add_daylight(other.confirmed_at, 2) + timedelta(minutes=1)):
        assert escalate.remind_unseen() == 1
    assert (fresh(part).reminded_at, fresh(other).reminded_at is None) == (None, False)
    monkeypatch.setattr(escalate.hand_over, "complete", fails)
    SubOrder.objects.filter(pk=part.pk).update(
        state="delivered", delivered_at=dates.now() - timedelta(days=4)
    )
    assert escalate.complete_delivered() == 0
    SubOrder.objects.filter(pk=part.pk).update(state="confirmed", delivered_at=None)


def test_past_the_clock_the_province_looks_and_then_the_system_declines(order, part):
    with time_machine.travel(part.pack_by + timedelta(hours=1)):
        assert (escalate.escalate_late(), escalate.decline_overdue()) == (1, 0)
    with time_machine.travel(part.pack_by + timedelta(hours=12, minutes=1)):
        assert escalate.decline_overdue() == 1
    assert states(order) == ["cancelled", "declined"] and Refund.objects.get().amount_vnd == 380_000
    assert part.events.last().role == Role.SYSTEM


def test_what_was_packed_at_the_last_minute_is_not_declined_by_the_clock(order, part):
    with time_machine.travel(part.pack_by + timedelta(hours=12, minutes=1)):
        pack.pack(fresh(part), by=None)
        with pytest.raises(IllegalMove):
            pack.cannot_fulfil(part, reason="muộn", left={}, by=None, role=Role.SYSTEM)
    assert states(order) == ["paid", "packed"] and not Refund.objects.exists()


def test_a_part_packed_late_leaves_the_provinces_queue(part):
    with time_machine.travel(part.pack_by + timedelta(hours=1)):
        escalate.escalate_late()
        pack.pack(fresh(part), by=None)
    assert fresh(part).escalated_at is None


def test_the_letter_of_a_refused_parcel_names_what_really_goes_back(order, part):
    pack.pack(part, by=None)
    hand_over.hand_over(fresh(part), carrier="x", tracking="", by=None)
    hand_over.come_back(fresh(part), by=None, refused=True)
    text = Notice.objects.filter(phone="+84900000101").latest("id").text
    assert "350.000" in text and "380.000" not in text


def test_cash_is_taken_only_for_a_delivered_parcel(cash_part):
    with pytest.raises(IllegalMove):
        hand_over.take_cash(cash_part, by=None, cash_by="household")
    assert Payment.objects.get().settled_vnd == 0
