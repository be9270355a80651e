"""Another way to pay at once: the open attempt is taken back, and whatever still comes for it is not lost."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from wagtail.models import Site

from cms.models import SiteSettings
from common import dates
from payments.intake import services
from payments.intake.models import Payment, Refund
from shop.checkout import place
from shop.checkout.errors import AttemptsUsedUp, HoldOver, WayNotOffered
from shop.orders.models import Order, OrderPayment
from tests import jobs
from tests.builders import payments as made
from tests.builders import transfers
from tests.builders.catalogue import a_listing
from tests.builders.orders import an_order, payment_of
from tests.builders.transfers import came
from tests.payments.adapters.conftest import open_site
from tests.payments.test_races import THREADS, at_once

State = Payment.State


def bought(adapter: str = "vietqr") -> Order:
    return an_order(a_listing(price_vnd=350_000, qty=20_000), adapter=adapter)


def begun(order: Order) -> Payment:
    """The buyer sees the code."""
    payment = payment_of(order)
    services.begin(payment, made.HOP)
    payment.refresh_from_db()
    return payment


def state(row) -> str:
    return type(row).objects.get(pk=row.pk).state


def page(payment: Payment) -> str:
    return f"/thanh-toan/{payment.reference}/"


@pytest.mark.django_db
class TestOneAfterTheOther:
    @pytest.fixture(autouse=True)
    def _ways(self, monkeypatch):
        transfers.configure(monkeypatch)

    def test_the_open_attempt_is_taken_back_and_the_other_way_is_open(self, client):
        order = bought()
        old = begun(order)
        answer = client.post(page(old) + "lai/", {"way": "sandbox"})
        fresh = payment_of(order)
        assert (answer.status_code, answer["Location"]) == (303, page(fresh))
        assert (state(old), fresh.adapter, fresh.state) == ("cancelled", "sandbox", "created")
        assert Order.objects.get().adapter == "sandbox"
        assert [use.payment for use in OrderPayment.objects.filter(open=True)] == [fresh]

    def test_the_page_offers_every_way_but_its_own_and_cash(self, client):
        old = begun(bought())
        seen = client.get(page(old)).text
        assert "Trả bằng cách khác" in seen and 'value="sandbox"' in seen
        assert 'value="vietqr"' not in seen and 'value="cod"' not in seen

    def test_so_does_the_page_that_waits_for_the_gateway(self, client):
        old = begun(bought("sandbox"))
        assert 'value="vietqr"' in client.get(page(old) + "ve/").text

    def test_the_same_way_leads_back_to_the_open_attempt(self, client):
        old = begun(bought())
        assert client.post(page(old) + "lai/", {"way": "vietqr"})["Location"] == page(old)
        assert client.post(page(old) + "lai/")["Location"] == page(old)
        assert (state(old), Payment.objects.count()) == ("pending", 1)

    @pytest.mark.parametrize("way", ["cod", "khong-co", "\x00", "a" * 1000])
    def test_what_is_not_offered_leaves_the_open_attempt_open(self, client, way):
        old = begun(bought())
        answer = client.post(page(old) + "lai/", {"way": way})
        assert (answer.status_code, state(old), Payment.objects.count()) == (409, "pending", 1)
        assert "Chưa đổi được cách trả" in answer.text and page(old) in answer.text

    def test_nobody_changes_after_the_hold(self):
        order = bought()
        old = begun(order)
        Order.objects.update(hold_ends_at=dates.now())
        with pytest.raises(HoldOver):
            place.pay_again(order, "sandbox")
        assert state(old) == "pending"

    def test_nobody_changes_while_a_gateway_doubts_the_money(self):
        order = bought("sandbox")
        old = begun(order)
        made.say("held", old)
        assert place.pay_again(order, "vietqr") == old

    def test_a_transfer_that_was_under_way_pays_the_order_all_the_same(self):
        order = bought()
        old = begun(order)
        fresh = place.pay_again(order, "sandbox")
        came(380_000, old.gateway_ref)
        order.refresh_from_db()
        assert (state(old), state(fresh), order.state) == ("settled", "cancelled", "paid")
        call_command("audit_books")

    def test_whoever_pays_both_ways_gets_one_back_whole(self):
        order = bought()
        old = begun(order)
        fresh = place.pay_again(order, "sandbox")
        services.begin(fresh, made.HOP)
        made.say("settled", fresh)
        came(380_000, old.gateway_ref)
        refund = Refund.objects.get()
        assert (refund.payment, refund.amount_vnd) == (old, 380_000)
        call_command("audit_books")

    def test_what_was_transferred_in_part_goes_back(self, client):
        order = bought()
        old = begun(order)
        came(100_000, old.gateway_ref)
        assert "100.000 ₫ bạn đã chuyển sẽ được trả về" in client.get(page(old)).text.replace("\u00a0", " ")
        place.pay_again(order, "sandbox")
        assert transfers.credit().state == "to_return"

    def test_money_at_a_gateway_that_cannot_close_is_asked_for_once_more_at_the_end(self, monkeypatch):
        with open_site("vnpay", monkeypatch) as site:
            order = bought("vnpay")
            old = payment_of(order)
            site.gateway.come(services.begin(old, site.hop).url)
            place.pay_again(order, "vietqr")
            # The buyer had the page open, paid there after all, and VNPay's word got lost.
            site.gateway.pay(old.reference)
            jobs.run_due()
            assert state(old) == "cancelled"
            with time_machine.travel(old.expires_at + timedelta(minutes=6)):
                jobs.run_due()
            order.refresh_from_db()
            assert (state(old), order.state) == ("settled", "paid")

    def test_who_comes_from_an_attempt_that_was_taken_back_is_not_told_that_nothing_was_paid(self, client):
        old = begun(bought())
        client.post(page(old) + "lai/", {"way": "sandbox"})
        fresh = payment_of(Order.objects.get())
        for address in (page(old), page(old) + "ve/"):
            seen = client.get(address).text
            assert "Bạn không bị trừ tiền" not in seen and page(fresh) in seen and "Trả lại bằng" not in seen
        services.cancel(fresh)
        OrderPayment.objects.update(open=False)
        assert "Bạn không bị trừ tiền" not in client.get(page(old)).text
        Order.objects.update(hold_ends_at=dates.now())
        seen = client.get(page(old)).text
        assert "Bạn không bị trừ tiền" not in seen and "Đã hết giờ giữ hàng" in seen

    def test_nor_is_who_tried_another_way_after_it_that_failed(self, client, monkeypatch):
        """The first one was paid after it had been taken back, and only its gateway knows."""
        with open_site("vnpay", monkeypatch) as site:
            order = bought("vnpay")
            old = payment_of(order)
            site.gateway.come(services.begin(old, site.hop).url)
            fresh = place.pay_again(order, "sandbox")
            services.begin(fresh, made.HOP)
            jobs.run_due()
            site.gateway.pay(old.reference)
            made.say("failed", fresh)
            for address in (page(fresh), page(fresh) + "ve/"):
                seen = client.get(address).text
                assert "không bị trừ tiền" not in seen and "Nếu bạn đã trả" in seen and "Trả lại bằng" in seen
            assert jobs.waiting("payments.ask_late") == 1
            jobs.run_due()
            assert state(old) == "settled"
            assert client.get(page(fresh))["Location"] == f"/don-hang/{order.number}/"

    def test_nor_when_the_hold_is_over(self, client):
        old = begun(bought())
        fresh = place.pay_again(Order.objects.get(), "sandbox")
        services.begin(fresh, made.HOP)
        made.say("failed", fresh)
        Order.objects.update(hold_ends_at=dates.now())
        for answer in (client.get(page(fresh)), client.post(page(fresh) + "lai/", {"way": "vietqr"})):
            assert "không bị trừ tiền" not in answer.text and "Nếu tiền đã đi" in answer.text
        assert state(old) == "cancelled"

    def test_who_failed_at_the_only_attempt_is_told_so(self, client):
        payment = begun(bought("sandbox"))
        made.say("failed", payment)
        assert "Bạn không bị trừ tiền" in client.get(page(payment)).text

    def test_so_many_attempts_and_then_a_person_helps(self, client, settings):
        settings.ATTEMPTS_AN_ORDER = 3
        about = {"phone": "0205 123 456", "email": "cho@example.invalid"}
        site = Site.objects.get(is_default_site=True)
        SiteSettings.objects.update_or_create(site=site, defaults=about)
        caches["memory"].clear()
        order = bought()
        begun(order)
        for way in ("sandbox", "vietqr"):
            last = place.pay_again(order, way)
        with pytest.raises(AttemptsUsedUp):
            place.pay_again(order, "sandbox")
        assert place.pay_again(order, "vietqr") == last and Payment.objects.count() == 3
        assert "Trả bằng cách khác" not in client.get(page(last)).text
        answer = client.post(page(last) + "lai/", {"way": "sandbox"})
        assert answer.status_code == 409 and "Bạn đã thử trả đơn này 3 lần" in answer.text
        assert "tel:0205123456" in answer.text and "mailto:cho@example.invalid" in answer.text
        services.cancel(last)
        OrderPayment.objects.update(open=False)
        seen = client.get(page(last)).text
        assert (
            "Bạn đã thử trả đơn này nhiều lần" in seen
            and "tel:0205123456" in seen
            and "Trả lại bằng" not in seen
        )

    def test_attempts_at_a_parcel_or_at_another_order_are_not_counted(self, settings):
        settings.ATTEMPTS_AN_ORDER = 2
        begun(bought())
        order = bought()
        begun(order)
        OrderPayment.objects.create(
            order=order, suborder=order.suborders.get(), payment=made.opened(adapter="cod")
        )
        assert place.pay_again(order, "sandbox").adapter == "sandbox"

    def test_coming_back_to_it_asks_its_gateway_and_no_oftener_than_every_ten_seconds(
        self, client, monkeypatch
    ):
        with open_site("vnpay", monkeypatch) as site:
            order = bought("vnpay")
            old = payment_of(order)
            site.gateway.come(services.begin(old, site.hop).url)
            place.pay_again(order, "vietqr")
            jobs.run_due()
            site.gateway.pay(old.reference)
            assert "Đang xác nhận" in client.get(page(old) + "ve/").text
            client.get(page(old) + "ve/")
            assert jobs.waiting("payments.ask_late") == 1
            jobs.run_due()
            assert state(old) == "settled"
            assert client.get(page(old) + "ve/")["Location"] == f"/don-hang/{order.number}/"

    def test_a_gateway_out_of_reach_keeps_them_waiting(self, client, monkeypatch):
        with open_site("vnpay", monkeypatch) as site:
            order = bought("vnpay")
            old = payment_of(order)
            services.begin(old, site.hop)
            place.pay_again(order, "vietqr")
        assert "Đang xác nhận" in client.get(page(old) + "ve/").text
        jobs.run_due()
        assert state(old) == "cancelled"

    def test_a_hold_of_a_day_stays_one(self):
        order = bought()
        Order.objects.update(hold_ends_at=dates.now() + timedelta(hours=24))
        begun(order)
        fresh = place.pay_again(order, "sandbox")
        assert fresh.expires_at > dates.now() + timedelta(hours=23)

    def test_cash_stays_out_of_reach(self):
        order = bought()
        begun(order)
        with pytest.raises(WayNotOffered):
            place.pay_again(order, "cod")


# Together


@pytest.mark.race
def test_changing_and_paying_at_once_loses_no_money(committed_db, monkeypatch):
    transfers.configure(monkeypatch)
    order = bought("sandbox")
    old = begun(order)
    call = made.notification(old)

    def act(number: int) -> object:
        if number % 2:
            return made.hear(call)
        return place.pay_again(order, "vietqr").pk

    at_once(act)
    order.refresh_from_db()
    assert (state(old), order.state, order.uses.filter(open=True).count()) == ("settled", "paid", 0)
    assert Refund.objects.count() == 0
    others = Payment.objects.exclude(pk=old.pk)
    assert {each.state for each in others} <= {"cancelled"} and others.count() <= 1
    call_command("audit_books")


@pytest.mark.race
def test_eight_changes_at_once_open_one_attempt(committed_db, monkeypatch):
    transfers.configure(monkeypatch)
    order = bought("sandbox")
    begun(order)
    found = at_once(lambda _number: place.pay_again(order, "vietqr").pk)
    assert len(set(found)) == 1 and len(found) == THREADS
    assert order.uses.filter(open=True).count() == 1


@pytest.mark.race
def test_control_without_the_lock_only_the_unique_row_keeps_two_attempts_from_being_open(
    committed_db, monkeypatch
):
    transfers.configure(monkeypatch)
    order = bought("sandbox")
    services.cancel(begun(order))
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_open_payment_per_order")
    seen = threading.Barrier(THREADS, timeout=10)
    monkeypatch.setattr(place, "lock_order", lambda pk: (Order.objects.get(pk=pk), []))
    # It is asked when nobody has seen an open attempt: all have looked before anybody opens one.
    monkeypatch.setattr(place, "can_pay_again", lambda _order: seen.wait() >= 0)
    at_once(lambda _number: place.pay_again(order, "vietqr").pk)
    assert order.uses.filter(open=True).count() == THREADS


@pytest.mark.race
def test_who_loses_a_race_for_locks_begins_anew(committed_db, monkeypatch):
    transfers.configure(monkeypatch)
    order = bought("sandbox")
    old = begun(order)
    real, tried = place.lock_order, []

    def beaten(order_id: int):
        tried.append(order_id)
        if len(tried) == 1:
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$")
        return real(order_id)

    monkeypatch.setattr(place, "lock_order", beaten)
    fresh = place.pay_again(order, "vietqr")
    assert len(tried) == 2 and (state(old), fresh.adapter) == ("cancelled", "vietqr")
    assert order.uses.filter(open=True).count() == 1
