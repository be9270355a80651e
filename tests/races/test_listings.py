"""Two hands on one listing, over real connections: one wins, the other is told, nothing is done twice."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from farmers import services as farmers
from farmers.models import Household
from shop.catalogue import services
from shop.catalogue.errors import AlreadyListed, IllegalMove, MovedMeanwhile
from shop.catalogue.models import Listing
from tests import cast
from tests.builders.catalogue import a_listing, a_product
from tests.builders.farmers import CHI_LANG, a_commune, a_storefront


def together(*acts):
    """Run the acts at once, each on its own connection; their results or errors come back."""
    start = threading.Barrier(len(acts))

    def run(act):
        try:
            start.wait(10)
            return act()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_submits_make_one_event(committed_db):
    sau, listing = cast.ba_sau(), a_listing(state="draft")
    twins = [Listing.objects.get(pk=listing.pk) for _each in range(8)]
    ends = together(*[lambda each=each: services.submit(each, by=sau) for each in twins])
    assert ends.count(None) == 1 and all(isinstance(end, MovedMeanwhile) for end in ends if end)
    assert listing.events.count() == 1


def test_two_proposals_make_one_listing(committed_db):
    sau, storefront, product = cast.ba_sau(), a_storefront(), a_product()
    ends = together(*[lambda: services.propose(storefront, product=product, grade=None, by=sau)] * 8)
    assert sum(isinstance(end, Listing) for end in ends) == 1
    assert all(isinstance(end, Listing | AlreadyListed) for end in ends) and Listing.objects.count() == 1


def test_publish_and_return_at_once_end_in_one_of_the_two(committed_db):
    tuan, listing = cast.tuan(), a_listing(state="pending")
    twins = [Listing.objects.get(pk=listing.pk) for _each in range(2)]
    ends = together(
        lambda: services.publish(twins[0], by=tuan),
        lambda: services.return_(twins[1], by=tuan, why="Ảnh mờ."),
    )
    state = Listing.objects.get(pk=listing.pk).state
    # Published first it may still be taken off the market; returned first it cannot be published.
    if ends[1] is None and ends[0] is None:
        raise AssertionError("both acts say that they were first")
    assert {type(end) for end in ends if end} <= {MovedMeanwhile, IllegalMove}
    assert state == ("published" if ends[0] is None else "returned")


def test_an_application_sent_eight_times_is_one_household(committed_db):
    sau, commune = cast.ba_sau(), a_commune(*CHI_LANG)
    facts = {"name": "Hộ bà Sáu", "commune": commune, "grows": ["na-chi-lang"], "terms": True}
    ends = together(*[lambda: farmers.apply(sau, **facts)] * 8)
    assert all(isinstance(end, Household) for end in ends) and Household.objects.count() == 1
