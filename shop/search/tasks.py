"""Jobs that keep the rows true: one waiting job per listing, safe to run twice."""

import logging
from collections.abc import Iterable

from django.db import OperationalError, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task
from psycopg.errors import LockNotAvailable

from farmers.models import Commune
from shop.catalogue.models import Listing, Product
from shop.search import services, wordlist

log = logging.getLogger(__name__)
# What procrastinate's own function does, but a job that waits already is no error that a savepoint must catch.
DEFER = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args)
    SELECT 'default', 'search.refresh', 'search.refresh:' || id, jsonb_build_object('listing_id', id)
    FROM unnest(%s::bigint[]) AS id ORDER BY id
    ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING RETURNING (args ->> 'listing_id')::bigint
"""


@app.task(name="search.refresh")
def refresh(listing_id: int) -> None:
    """Make one listing's row true."""
    services.refresh(listing_id)


@app.periodic(cron="* * * * *")
@app.task(name="search.refresh_stale", queueing_lock="search.refresh_stale")
def refresh_stale(timestamp: int = 0) -> None:
    """Time alone changes what can be bought."""
    services.refresh_stale()


@app.periodic(cron="* * * * *")
@app.task(name="search.fold_changes", queueing_lock="search.fold_changes")
def fold_changes(timestamp: int = 0) -> None:
    """Counts stay quick to read when few changes wait."""
    services.fold_changes()


@app.periodic(cron="20 2 * * *")
@app.task(name="search.count_words", queueing_lock="search.count_words")
def count_words(timestamp: int = 0) -> None:
    """How common each word is changes slowly."""
    wordlist.count()


@app.task(name="search.refresh_product")
def refresh_product(product_id: int, after: int = 0) -> None:
    """Listings of a product whose names or season changed, chunk by chunk: each job asks for the next."""
    go_on = services.refresh_product(product_id, after)
    if go_on is not None:
        refresh_product.defer(product_id=product_id, after=go_on)


@app.task(name="search.refresh_commune")
def refresh_commune(code: str, after: int = 0) -> None:
    """Listings of a commune that has another name, likewise."""
    go_on = services.refresh_commune(code, after)
    if go_on is not None:
        refresh_commune.defer(code=code, after=go_on)


def ask(listing_ids: Iterable[int]) -> None:
    """Defer a refresh of each listing inside the caller's transaction, in one statement for any number."""
    ids = set(listing_ids)
    if waiting := ids - _defer(ids):
        # The jobs that wait may read before this transaction commits: ask once more afterwards.
        transaction.on_commit(lambda: _defer(waiting), robust=True)


def ask_household(household_id: int) -> None:
    """All listings of a household: it was verified, suspended, renamed, or its papers changed."""
    ask(Listing.objects.filter(storefront__household=household_id).values_list("pk", flat=True))


def ask_photo(photo_id: int) -> None:
    """The listings that show this photo: its sizes are made."""
    ask(Listing.objects.filter(photos__photo=photo_id).values_list("pk", flat=True))


def ask_product(product: Product, *, created: bool) -> None:
    """The listings of a product whose names, season or kind may have changed."""
    if not created:
        _start(refresh_product, product_id=product.pk)


def ask_commune(commune: Commune, *, created: bool) -> None:
    """The listings of a commune whose name or districts may have changed, and its households' lines."""
    if not created:
        _start(refresh_commune, code=commune.pk)


def _start(chain: Task, **whose: int | str) -> None:
    """Begin a chain of jobs unless its first one waits already; what it does later has no lock and goes on."""
    first = chain.configure(queueing_lock=f"{chain.name}:{next(iter(whose.values()))}")

    def begin() -> bool:
        try:
            with transaction.atomic():
                first.defer(**whose)
        except AlreadyEnqueued:
            return False
        return True

    if not begin():
        # The one that waits may read before this transaction commits.
        transaction.on_commit(begin, robust=True)


def _defer(listing_ids: set[int]) -> set[int]:
    """The listings whose job was written; of the others one waits, or another transaction is about to write it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(DEFER, [sorted(listing_ids)])
            return {listing_id for (listing_id,) in cursor.fetchall()}
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        log.warning("Another transaction holds the job of one of %s for too long.", sorted(listing_ids))
        return set()
