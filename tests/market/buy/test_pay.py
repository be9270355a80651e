"""Between order and gateway: the page leads on, waits honestly, and offers another try while goods are held."""

import pytest

from common import dates
from payments.intake.models import Payment
from shop.orders.models import Order
from tests.builders.catalogue import a_listing
from tests.builders.orders import an_order, payment_of
from tests.builders.payments import say

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    return an_order(a_listing(qty=20_000))


@pytest.fixture
def page(order) -> str:
    return f"/thanh-toan/{payment_of(order).reference}/"


def text(response) -> str:
    return response.content.decode().replace("\u00a0", " ")


def test_the_page_begins_once_and_leads_on(client, order, page):
    assert 'http-equiv="refresh"' in text(client.get(page))
    step = payment_of(order).step
    client.get(page)
    assert step and payment_of(order).step == step and payment_of(order).state == Payment.State.PENDING


def test_coming_back_proves_nothing(client, order, page):
    client.get(page)
    assert "Đang xác nhận" in text(client.get(page + "ve/?status=paid"))
    order.refresh_from_db()
    assert order.state == Order.State.PLACED


def test_paid_leads_to_the_order(client, order, page):
    client.get(page)
    say("settled", payment_of(order))
    assert client.get(page + "ve/")["Location"] == f"/don-hang/{order.number}/"
    assert client.get(page)["Location"] == f"/don-hang/{order.number}/"


def test_refused_offers_another_try(client, order, page):
    client.get(page)
    say("failed", payment_of(order))
    ended = text(client.get(page + "ve/"))
    assert "chưa thành" in ended and "Trả lại" in ended
    fresh = client.post(page + "lai/", {"way": "sandbox"})
    assert (fresh.status_code, fresh["Location"]) == (303, f"/thanh-toan/{payment_of(order).reference}/")
    assert order.uses.count() == 2


def test_a_second_try_in_cash_is_refused_by_hand_too(client, order, page):
    client.get(page)
    say("failed", payment_of(order))
    assert client.post(page + "lai/", {"way": "cod"}).status_code == 409 and order.uses.count() == 1


def test_after_the_hold_no_try_is_offered(client, order, page):
    client.get(page)
    say("failed", payment_of(order))
    Order.objects.update(hold_ends_at=dates.now())
    assert "Trả lại bằng" not in text(client.get(page)) and "Đã hết giờ giữ hàng" in text(client.get(page))
