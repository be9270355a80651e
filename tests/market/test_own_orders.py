"""A buyer's own orders: seen by their owner, by the guest's link, and changed once however often one taps."""

import pytest
from django.urls import reverse

from common import dates
from shop.orders import links
from shop.stock import services as stock
from tests.builders.catalogue import a_listing
from tests.builders.orders import an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    listing = a_listing()
    stock.open_lot(listing, harvested_on=dates.today(), qty=20_000, by=None)
    return an_order(listing)


@pytest.fixture
def guest(client, order):
    client.get(reverse("market:order", args=[order.number]), {"k": links.sign(order)})
    return client


def test_the_link_is_kept_and_leaves_the_address(client, order):
    answer = client.get(reverse("market:order", args=[order.number]), {"k": links.sign(order)}, follow=True)
    assert answer.redirect_chain == [(reverse("market:order", args=[order.number]), 302)]
    assert answer.status_code == 200 and order.number in answer.text


def test_without_the_link_there_is_no_such_order(client, order):
    assert client.get(reverse("market:order", args=[order.number])).status_code == 404


def test_cancelling_twice_cancels_once_and_is_no_error(guest, order):
    address = reverse("market:order-cancel", args=[order.number])
    answers = [guest.post(address).status_code for _tap in range(2)]
    order.refresh_from_db()
    assert (answers, order.state) == ([302, 302], "cancelled")
    assert order.suborders.get().events.filter(to="cancelled").count() == 1
