"""Many change goods at once while jobs follow them: in the end the search is what a rebuild would make."""

import random
import threading

import pytest
from django.db import connection, transaction
from django.db.models import F

from common.steer import listen
from shop.catalogue.models import Listing, Pack
from shop.catalogue.signals import listing_changed
from shop.search import audit, services
from shop.search.models import SearchCell, SearchChange, SearchRow
from shop.stock import services as stock
from tests import jobs
from tests.builders.shelf import a_commune, a_paper, a_product, a_storefront, on_shelf
from tests.races.test_stock import crowd

pytestmark = pytest.mark.race
WRITERS, ACTS = 8, 12


@pytest.fixture
def listings(committed_db) -> list[int]:
    """Twelve listings of four households in two communes, found already."""
    products = [a_product(name) for name in ("Na Chi Lăng", "Hồng Bảo Lâm", "Mật ong")]
    shops = [a_storefront(f"Hộ {number}", commune=_place(number)) for number in range(4)]
    a_paper(shops[0], products[0])
    made = [
        on_shelf(f"{each.name} {shop.pk}", product=each, storefront=shop)
        for shop in shops
        for each in products
    ]
    return [listing.pk for listing in made]


def _place(number: int):
    return a_commune() if number % 2 else a_commune("Xã Bắc Sơn", "06325", "Bắc Sơn")


def _change(listing_id: int, dice: random.Random) -> None:
    """Another price, another state or another quantity, announced as the rooms announce it."""
    listing = Listing.objects.get(pk=listing_id)
    kind = dice.randrange(3)
    if kind == 0:
        with transaction.atomic():
            Pack.objects.filter(listing=listing).update(price_vnd=dice.choice([60_000, 150_000, 900_000]))
            listing_changed.send(sender=Listing, listing_id=listing_id)
    elif kind == 1:
        states = [Listing.State.PUBLISHED, Listing.State.PAUSED]
        with transaction.atomic():
            Listing.objects.filter(pk=listing_id).update(state=dice.choice(states))
            listing_changed.send(sender=Listing, listing_id=listing_id)
    else:
        stock.correct(listing.lots.get(), harvested_qty=dice.choice([1_000, 20_000]), by=None)


def test_the_rows_and_counts_are_what_a_rebuild_would_make(listings):
    def write(number: int) -> None:
        dice = random.Random(number)
        for _act in range(ACTS):
            listing_id = dice.choice(listings)
            _change(listing_id, dice)
            # Jobs run meanwhile, also two for one listing at the same time.
            services.refresh(dice.choice(listings))

    crowd(WRITERS, write, at_once=WRITERS)
    jobs.run_due()
    assert list(audit.breaks()) == []
    services.fold_changes()
    assert not SearchChange.objects.exists()
    assert sum(SearchCell.objects.values_list("listings", flat=True)) == SearchRow.objects.count()
    assert list(audit.breaks()) == []


def test_without_the_trigger_the_counts_lie(listings):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE search_searchrow DISABLE TRIGGER search_rows_go")
    Listing.objects.filter(pk=listings[0]).update(state=Listing.State.PAUSED)
    services.refresh(listings[0])
    assert [line for line in audit.breaks() if line.startswith("Cell")]


def _overtaken(listing_id: int) -> None:
    """A job has built its row; before it writes, the price changes and a second job runs, to its end if it can."""
    built, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        # Only the first: the second passes the same point.
        listen("search.built", None)
        built.set()
        assert go_on.wait(10)

    def job() -> None:
        services.refresh(listing_id)
        connection.close()

    listen("search.built", wait)
    first, second = threading.Thread(target=job), threading.Thread(target=job)
    first.start()
    assert built.wait(10)
    Pack.objects.filter(listing=listing_id).update(price_vnd=900_000)
    second.start()
    second.join(1)
    go_on.set()
    first.join()
    second.join()


def test_a_job_that_read_earlier_does_not_write_later(listings):
    _overtaken(listings[0])
    assert list(audit.breaks()) == []


def test_without_the_storefronts_lock_it_does(listings, monkeypatch):
    """The control: the first job's row, built before the change, overwrites the second's."""
    monkeypatch.setattr(services, "ordered", lambda rows: None)
    _overtaken(listings[0])
    assert f"Listing {listings[0]}: price_vnd is not what it would be now." in list(audit.breaks())


def _fold_in_two_steps(gate: threading.Barrier) -> None:
    """Read what waits, add it, and delete it afterwards."""
    waiting = list(SearchChange.objects.values_list("pk", "cell", "change"))
    gate.wait()
    for _pk, cell, change in waiting:
        SearchCell.objects.filter(pk=cell).update(listings=F("listings") + change)
    SearchChange.objects.filter(pk__in=[pk for pk, _cell, _change in waiting]).delete()


def test_two_who_fold_in_two_steps_count_twice(listings):
    """The control of the next one: what saves it is that one statement deletes and adds."""
    gate = threading.Barrier(2)
    crowd(2, lambda _number: _fold_in_two_steps(gate), at_once=2)
    assert sum(SearchCell.objects.values_list("listings", flat=True)) == 2 * len(listings)


def test_folding_by_two_at_once_counts_once(listings):
    crowd(4, lambda _number: services.fold_changes(), at_once=4)
    services.fold_changes()
    assert list(audit.breaks()) == []
    assert sum(SearchCell.objects.values_list("listings", flat=True)) == len(listings)
