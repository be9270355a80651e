"""Two workers, one crowd of people who wait: each hears once. The control shows that the row does it."""

import threading

import pytest
import time_machine
from django.db import connection, transaction

from accounts.notices.models import Notice
from common import dates
from shop.catalogue.models import Listing
from shop.stock import letters, services, watching
from shop.stock.models import Watch
from tests.builders.catalogue import a_listing
from tests.jobs import run_due
from tests.races.test_stock import crowd

pytestmark = pytest.mark.race
PEOPLE, WORKERS = 60, 12


@pytest.fixture
def listing(committed_db, monkeypatch) -> Listing:
    """Sixty wait for it, and it can be bought."""
    monkeypatch.setattr(watching, "BATCH", 7)
    found = a_listing()
    services.open_lot(found, harvested_on=dates.today(), qty=10_000, by=None)
    Watch.objects.bulk_create(
        Watch(listing=found, contact=f"nguoi{number}@thu.vn", confirmed_at=dates.now())
        for number in range(PEOPLE)
    )
    return found


def told() -> list[str]:
    return sorted(Notice.objects.filter(kind=letters.TOLD).values_list("email", flat=True))


def test_many_workers_tell_each_person_once(listing):
    def work(_number: int) -> None:
        while watching.tell(listing.pk):
            pass

    crowd(WORKERS, work, at_once=WORKERS)
    while watching.tell(listing.pk):
        pass
    assert told() == sorted(f"nguoi{number}@thu.vn" for number in range(PEOPLE))
    assert Watch.objects.filter(told_at__isnull=False, contact="").count() == PEOPLE


def test_without_the_mark_in_the_row_the_same_workers_tell_people_again(listing):
    """The control: read who waits, write to them, mark them. If it ever tells once, the test above proves nothing."""
    read, written = threading.Barrier(WORKERS), []

    def work(_number: int) -> None:
        seen = list(Watch.objects.filter(watching.LIVE, listing=listing).values_list("pk", "contact"))
        read.wait()
        for pk, contact in seen:
            written.append(contact)
            Watch.objects.filter(watching.LIVE, pk=pk).update(told_at=dates.now(), contact="")

    crowd(WORKERS, work, at_once=WORKERS)
    assert len(written) > PEOPLE


def test_forty_wishes_of_one_contact_at_once_are_one(committed_db, settings):
    settings.CODE_LIMITS = {"contact_hour": 100, "contact_day": 100, "address_hour": 100}
    listing, troubles = a_listing(), []

    def ask(_number: int) -> None:
        try:
            watching.ask(listing, "lan@thu.vn", address="10.0.0.1", language="vi")
        except Exception as error:
            troubles.append(error)

    crowd(40, ask, at_once=40)
    assert troubles == [] and Watch.objects.count() == 1


def test_stopping_and_telling_at_once_end_it_one_way(listing):
    """Whoever stops while the letter is written is either told or stopped, and forgotten in both."""
    everybody = list(Watch.objects.all())

    def act(number: int) -> None:
        if number == 0:
            while watching.tell(listing.pk):
                pass
        else:
            for watch in everybody[number::4]:
                watching.stop(watch)

    crowd(5, act, at_once=5)
    while watching.tell(listing.pk):
        pass
    stopped = Watch.objects.filter(stopped_at__isnull=False).count()
    assert stopped + len(told()) == PEOPLE and not Watch.objects.exclude(contact="").exists()


def test_a_lot_that_opens_while_somebody_confirms_is_told(committed_db):
    """Neither sees the other's uncommitted row: the second look, once every act of that moment is over, does."""
    listing = a_listing()
    watch = Watch.objects.create(listing=listing, contact="lan@thu.vn")
    opened, confirmed = threading.Event(), threading.Event()

    def open_slowly() -> None:
        with transaction.atomic():
            services.open_lot(listing, harvested_on=dates.today(), qty=10_000, by=None)
            opened.set()
            confirmed.wait(10)
        connection.close()

    thread = threading.Thread(target=open_slowly)
    thread.start()
    opened.wait(10)
    watching.confirm(watch)
    run_due()
    assert told() == []
    confirmed.set()
    thread.join()
    with time_machine.travel(dates.now() + watching.SETTLED, tick=False):
        run_due()
    assert told() == ["lan@thu.vn"]
