"""Two buyers, one last box: exactly one gets it. The control shows that the guard is what does it."""

import threading
from collections.abc import Callable

import pytest
from django.db import close_old_connections, connection, transaction

from common import dates
from shop.stock import audit, services
from shop.stock.errors import StockShort
from shop.stock.models import Lot, Reservation
from shop.stock.values import Draw
from tests.builders.catalogue import a_listing

pytestmark = pytest.mark.race
BUYERS, BOXES, BOX = 200, 50, 5_000


def crowd(number: int, act: Callable[[int], None], *, at_once: int = 100) -> None:
    """Run `act(0)` … `act(number - 1)` in threads with connections of their own, released together."""
    gate = threading.Barrier(at_once)

    def one(first: int) -> None:
        gate.wait()
        for mine in range(first, number, at_once):
            close_old_connections()
            act(mine)
        connection.close()

    threads = [threading.Thread(target=one, args=[first]) for first in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.fixture
def lot(committed_db) -> Lot:
    return services.open_lot(a_listing(), harvested_on=dates.today(), qty=BOXES * BOX, by=None)


def test_two_hundred_buyers_get_exactly_fifty_boxes(lot):
    refused = []

    def buy(number: int) -> None:
        try:
            services.reserve({f"line:{number}": [Draw(lot_id=lot.pk, qty=BOX)]})
        except StockShort:
            refused.append(number)

    crowd(BUYERS, buy)
    lot.refresh_from_db()
    assert (Reservation.objects.count(), len(refused), lot.available_qty) == (BOXES, BUYERS - BOXES, 0)
    assert list(audit.breaks()) == []


def test_without_the_guard_the_same_crowd_is_sold_more_than_there_is(lot):
    """The control: read, think, write. If this ever passes as exact, the test above proves nothing."""
    sold = []
    read = threading.Barrier(100)

    def buy(number: int) -> None:
        seen = Lot.objects.get(pk=lot.pk)
        if number < 100:
            read.wait()
        if seen.available_qty >= BOX:
            with transaction.atomic():
                Reservation.objects.create(lot=lot, holder=f"line:{number}", qty=BOX)
            sold.append(number)

    crowd(BUYERS, buy)
    assert len(sold) > BOXES


def test_baskets_of_hot_lots_never_deadlock(committed_db):
    listing = a_listing()
    lots = [
        services.open_lot(listing, harvested_on=dates.today(), qty=10_000_000, by=None) for _ in range(20)
    ]
    troubles: list[Exception] = []

    def buy(number: int) -> None:
        mine = [lots[(number * 7 + step * 3) % 20] for step in range(5)]
        try:
            services.reserve({f"line:{number}:{lot.pk}": [Draw(lot_id=lot.pk, qty=1)] for lot in mine})
            if number % 3 == 0:
                services.release([f"line:{number}:{lot.pk}" for lot in mine])
        except Exception as error:
            troubles.append(error)

    crowd(400, buy, at_once=8)
    assert troubles == [] and list(audit.breaks()) == []
