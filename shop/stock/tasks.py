"""Jobs of those who wait for goods: thin, safe to run twice."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from shop.catalogue.models import Listing
from shop.stock import watching

PATIENT = RetryStrategy(max_attempts=5, exponential_wait=5)
#: listings whose watchers one job looks after
AT_ONCE = 100


@app.task(name="stock.tell_watchers", retry=PATIENT)
def tell_watchers(listing_ids: list[int]) -> None:
    """One batch of those who wait for each listing; another job follows for those who are left."""
    if more := [listing_id for listing_id in listing_ids if watching.tell(listing_id)]:
        tell_watchers.defer(listing_ids=more)


@app.task(name="stock.look_again", retry=PATIENT)
def look_again(watch_id: int) -> None:
    """The goods may have come between asking and confirming."""
    tell_watchers(watching.due(watch_id))


@app.periodic(cron="23 0-12 * * *")
@app.task(name="stock.tell_overdue", queueing_lock="stock.tell_overdue")
def tell_overdue(timestamp: int = 0) -> None:
    """Time alone opens what was closed: a holiday ends, the day of a harvest comes. By day, 7 to 19 o'clock here."""
    found = watching.due()
    for first in range(0, len(found), AT_ONCE):
        tell_watchers.defer(listing_ids=found[first : first + AT_ONCE])


@app.periodic(cron="47 * * * *")
@app.task(name="stock.forget_watches", queueing_lock="stock.forget_watches")
def forget_watches(timestamp: int = 0) -> None:
    watching.forget()


def ask(listing_ids: list[int]) -> None:
    """Where somebody waits, a job of the caller's transaction looks whether there is something to tell."""
    if awaited := watching.awaited(listing_ids):
        tell_watchers.defer(listing_ids=awaited)


def ask_household(household_id: int) -> None:
    """All listings of a household: it was verified, or sells again."""
    rows = Listing.objects.filter(storefront__household=household_id, state=Listing.State.PUBLISHED)
    ask(list(rows.values_list("pk", flat=True)))
