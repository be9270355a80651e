"""Many change goods at once while jobs follow them: in the end the search is what a rebuild would make."""

import random

import pytest
from django.db import connection, transaction

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


def test_folding_by_two_at_once_counts_once(listings):
    crowd(4, lambda _number: services.fold_changes(), at_once=4)
    services.fold_changes()
    assert list(audit.breaks()) == []
    assert sum(SearchCell.objects.values_list("listings", flat=True)) == len(listings)
