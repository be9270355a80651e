"""Money that a gateway took and doubts is never dropped in silence, and never a reason to ship."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import IntegrityError

from accounts.notices.models import Notice
from common import dates
from payments.intake import audit, queries, services
from payments.intake.models import Payment
from payments.intake.services import charges
from shop.checkout import place
from shop.orders import services as orders
from shop.orders.models import Order
from shop.stock.models import Lot
from tests import jobs
from tests.builders import payments as made
from tests.builders.catalogue import a_listing
from tests.builders.orders import an_order, payment_of
from tests.builders.payouts import officer

pytestmark = pytest.mark.django_db
State = Payment.State


class Walk:
    """An order whose buyer paid at VNPay, which took the money and doubts it (07)."""

    def __init__(self, site, listing=None) -> None:
        self.site = site
        self.start = dates.now()
        self.listing = listing or a_listing(price_vnd=350_000, qty=5_000)
        self.order = an_order(self.listing, adapter="vnpay")
        self.payment = payment_of(self.order)
        site.gateway.come(services.begin(self.payment, site.hop).url)
        self.say("07")

    def say(self, code: str) -> None:
        """What VNPay says from now on, and a word about it."""
        self.site.gateway.pay(self.payment.reference, code, code)
        self.site.hear(self.site.word(self.payment))
        self.fresh()

    def fresh(self) -> None:
        self.payment.refresh_from_db()
        self.order.refresh_from_db()

    def after(self, minutes: int) -> None:
        """All that jobs do at that moment after the start."""
        with time_machine.travel(self.start + timedelta(minutes=minutes), tick=False):
            charges.expire_due()
            charges.ask_due()
            jobs.run_due()
        self.fresh()

    def letters(self) -> list[str]:
        return list(
            Notice.objects.filter(phone=self.order.phone).order_by("pk").values_list("kind", flat=True)
        )


@pytest.fixture
def walk(vnpay) -> Walk:
    return Walk(vnpay)


def reserved(walk: Walk) -> int:
    return Lot.objects.get(listing=walk.listing).reserved_qty


def test_nothing_is_confirmed_and_the_buyer_is_told_not_to_pay_again(walk, client):
    assert (walk.payment.state, walk.order.state) == ("pending", "placed") and walk.payment.held_at
    assert walk.letters() == ["order_money_held"]
    for page in (f"/thanh-toan/{walk.payment.reference}/", f"/thanh-toan/{walk.payment.reference}/ve/"):
        text = client.get(page).text
        assert "đừng trả thêm lần nữa" in text and "pay.html" not in text


def test_at_the_end_of_the_hold_it_stays_pending_and_its_goods_are_let_go(walk):
    assert reserved(walk) == 5_000
    walk.after(15)
    walk.after(21)
    assert (walk.payment.state, walk.order.state, reserved(walk)) == ("pending", "expired", 0)
    assert walk.payment.let_go_at and walk.payment.held_at
    assert walk.letters() == ["order_money_held", "order_expired"]
    assert "không mất" in Notice.objects.get(kind="order_expired").text
    walk.after(22)
    assert (walk.letters().count("order_expired"), list(charges.due_to_expire())) == (1, [])


def test_it_is_asked_about_until_the_gateway_decides(walk):
    walk.after(21)
    asked = walk.payment.asked_times
    for hours in (2, 24, 72):
        walk.after(60 * hours)
    assert walk.payment.asked_times == asked + 3 and walk.payment.state == "pending"
    walk.site.gateway.pay(walk.payment.reference)
    walk.after(60 * 96)
    assert (walk.payment.state, walk.payment.held_at, walk.order.state) == ("settled", None, "paid")
    walk.after(60 * 97)
    assert walk.payment.asked_times == asked + 4


def test_what_settles_after_its_goods_were_let_go_is_late_money_and_revives_the_order(walk):
    walk.after(21)
    walk.say("00")
    assert (walk.payment.state, walk.order.state, reserved(walk)) == ("settled", "paid", 5_000)
    assert walk.payment.events.get(to="settled").late
    assert list(audit.breaks()) == []
    call_command("audit_books")


def test_or_goes_back_whole_when_the_goods_are_gone(walk):
    walk.after(21)
    an_order(walk.listing, adapter="cod")
    walk.say("00")
    assert (walk.order.state, walk.payment.refund_asked_vnd) == ("expired", walk.payment.settled_vnd)
    assert "order_money_back" in walk.letters()


def test_what_settles_in_time_is_no_late_money(walk):
    walk.say("00")
    assert not walk.payment.events.get(to="settled").late and walk.order.state == "paid"


def test_when_the_gateway_decides_against_it_the_buyer_hears_so(walk):
    walk.say("02")
    assert (walk.payment.state, walk.payment.held_at) == ("failed", None)
    assert walk.letters() == ["order_money_held", "order_money_not_taken"]
    assert place.can_pay_again(walk.order)


def test_an_attempt_that_simply_failed_sends_no_such_letter(vnpay):
    order = an_order(a_listing(qty=5_000), adapter="vnpay")
    payment = payment_of(order)
    vnpay.gateway.come(services.begin(payment, vnpay.hop).url)
    vnpay.gateway.cancel(payment.reference)
    vnpay.hear(vnpay.word(payment))
    assert not Notice.objects.filter(kind="order_money_not_taken").exists()


def test_what_the_buyer_cancels_meanwhile_goes_back_when_it_settles(walk):
    orders.cancel_by_buyer(walk.order, by=None)
    walk.fresh()
    assert (walk.payment.state, walk.order.state, reserved(walk)) == ("pending", "cancelled", 0)
    walk.site.gateway.pay(walk.payment.reference)
    walk.after(60)
    assert (walk.payment.state, walk.payment.refund_asked_vnd) == ("settled", walk.payment.settled_vnd)
    assert Order.objects.get().state == "cancelled"


def test_doubt_that_comes_after_the_end_of_the_hold_is_asked_about_too(vnpay):
    payment = vnpay.pending()
    with time_machine.travel(dates.now() + timedelta(minutes=36)):
        services.expire(payment)
    assert Payment.objects.get().state == "expired"
    vnpay.gateway.pay(payment.reference, "07", "07")
    vnpay.hear(vnpay.word(payment))
    assert list(queries.held_payments()) == [payment]
    vnpay.gateway.pay(payment.reference, "02", "02")
    with time_machine.travel(dates.now() + timedelta(minutes=40)):
        assert charges.ask_due() == 1
        jobs.run_due()
        assert (list(queries.held_payments()), charges.ask_due()) == ([], 0)


def test_the_database_knows_no_money_that_is_there_and_doubted():
    payment = made.settled()
    with pytest.raises(IntegrityError, match="payment_held_is_not_settled"):
        Payment.objects.filter(pk=payment.pk).update(held_at=dates.now())


def test_a_person_sees_it_and_may_ask_once_more(walk, client):
    tuan = officer("Tuấn")
    tuan.user_permissions.set(Permission.objects.filter(codename__in=("access_admin", "change_refund")))
    client.force_login(tuan)
    page = client.get("/quan-tri/tai-chinh/").text
    assert walk.order.number in page and "mà còn nghi ngờ (1)" in page
    walk.site.gateway.pay(walk.payment.reference)
    client.post(f"/quan-tri/tai-chinh/bi-giu/{walk.payment.pk}/hoi-lai/")
    jobs.run_due()
    walk.fresh()
    assert walk.payment.state == "settled"
    assert "mà còn nghi ngờ" not in client.get("/quan-tri/tai-chinh/").text
