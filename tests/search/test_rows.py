"""Rows follow what happens below: one job a listing, and building anew changes nothing."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
import time_machine
from django.core.cache import caches
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from common import dates
from farmers import services as farmers
from farmers.models import Commune, Household, Storefront
from farmers.signals import household_changed
from shop.catalogue.models import Listing, Pack, Product
from shop.catalogue.signals import listing_changed
from shop.search import audit, find, known, services, tasks, text, wordlist
from shop.search.models import SearchRow, SearchSeller, SearchWord
from shop.search.values import Card
from shop.search.wish import PRICES, Wish
from shop.stock import services as stock
from tests import cast, jobs
from tests.builders.shelf import a_commune, a_paper, a_product, a_storefront, on_shelf

pytestmark = pytest.mark.django_db
REFRESH = "search.refresh"


def row(listing: Listing) -> SearchRow | None:
    return SearchRow.objects.filter(pk=listing.pk).first()


def plain(rows) -> list[dict]:
    return [
        {name: value for name, value in each.items() if name != "refreshed_at"}
        for each in rows.order_by("pk").values()
    ]


def test_refresh_and_rebuild_agree():
    shop, product = a_storefront(), a_product()
    a_paper(shop, product)
    for number in range(3):
        on_shelf(f"Na {number}", storefront=shop, product=product, grade=number + 1)
    one_by_one = plain(SearchRow.objects.all())
    SearchRow.objects.all().delete()
    assert services.rebuild() == 3
    assert plain(SearchRow.objects.all()) == one_by_one


def test_rebuilding_costs_the_same_for_one_and_for_many():
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            services.rebuild()
        return len(asked)

    on_shelf("Na 0")
    alone = queries()
    for number in range(1, 12):
        on_shelf(f"Na {number}")
    assert queries() == alone


def test_many_changes_wait_as_one_job(django_capture_on_commit_callbacks):
    listing = on_shelf(found=False)
    jobs.run_due()
    for _ in range(3):
        listing_changed.send(sender=Listing, listing_id=listing.pk)
    assert jobs.waiting(REFRESH) == 1


def test_stock_that_changes_changes_the_row():
    listing = on_shelf(left_qty=20_000)
    lot = listing.lots.get()
    stock.correct(lot, harvested_qty=6_000, by=None)
    jobs.run_due()
    assert row(listing).available_qty == 6_000
    stock.close(lot)
    jobs.run_due()
    assert row(listing).standing == SearchRow.Standing.SOLD_OUT


def test_a_paused_listing_and_a_suspended_household_vanish():
    shop = a_storefront()
    paused, other = (
        on_shelf("Na", storefront=shop),
        on_shelf("Hồng", product=a_product("Hồng"), storefront=shop),
    )
    Listing.objects.filter(pk=paused.pk).update(state=Listing.State.PAUSED)
    listing_changed.send(sender=Listing, listing_id=paused.pk)
    jobs.run_due()
    assert row(paused) is None and row(other)
    Household.objects.filter(pk=shop.household_id).update(state=Household.State.SUSPENDED)
    household_changed.send(sender=Household, household_id=shop.household_id)
    jobs.run_due()
    assert row(other) is None


def test_time_alone_makes_a_row_stale():
    listing = on_shelf()
    with time_machine.travel(dates.now() + timedelta(days=6)):
        assert row(listing).standing == SearchRow.Standing.IN_STOCK
        assert services.refresh_stale() == 1
        assert row(listing).standing == SearchRow.Standing.SOLD_OUT


def test_a_pre_order_becomes_stock_on_its_day():
    day = dates.today() + timedelta(days=5)
    listing = on_shelf(harvested_on=day)
    assert row(listing).standing == SearchRow.Standing.PRE_ORDER
    with time_machine.travel(dates.at(day, 1)):
        services.refresh_stale()
        assert row(listing).standing == SearchRow.Standing.IN_STOCK


def test_the_audit_names_what_is_missing_and_what_is_too_much():
    missing, gone = on_shelf("Na", found=False), on_shelf("Hồng", product=a_product("Hồng"))
    Listing.objects.filter(pk=gone.pk).update(state=Listing.State.ARCHIVED)
    assert list(audit.breaks()) == [
        f"Listing {missing.pk} is published and cannot be found.",
        f"Listing {gone.pk} can be found and is not on sale.",
    ]


def rests(shop: Storefront, days: int | None) -> None:
    """The household writes on its own page that it is away so many days from today, and the jobs run."""
    until = None if days is None else dates.today() + timedelta(days=days)
    farmers.write_storefront(shop, story="", methods=[], on_holiday_until=until, by=cast.tuan())
    jobs.run_due()


def on_top(listing: Listing) -> Card | None:
    """The listing as a grid of what can be bought shows it."""
    return next(iter(find.cards(find.Rule(storefront=listing.storefront.slug))), None)


def test_a_household_on_holiday_has_nothing_to_buy_until_the_day_after():
    listing = on_shelf()
    assert on_top(listing)
    rests(listing.storefront, 2)
    assert (row(listing).standing, row(listing).available_qty) == (SearchRow.Standing.SOLD_OUT, 0)
    assert on_top(listing) is None and not list(audit.breaks())
    with time_machine.travel(dates.at(dates.today() + timedelta(days=2), 23), tick=False):
        services.refresh_stale()
        assert row(listing).standing == SearchRow.Standing.SOLD_OUT and not list(audit.breaks())
    with time_machine.travel(dates.at(dates.today() + timedelta(days=3), 0, 1), tick=False):
        assert services.refresh_stale() == 1
        assert row(listing).standing == SearchRow.Standing.IN_STOCK and on_top(listing)
        assert not list(audit.breaks())


def test_a_household_that_comes_back_early_sells_at_once():
    listing = on_shelf()
    rests(listing.storefront, 5)
    rests(listing.storefront, None)
    assert row(listing).standing == SearchRow.Standing.IN_STOCK
    rests(listing.storefront, -1)
    assert row(listing).standing == SearchRow.Standing.IN_STOCK


def test_building_anew_keeps_a_holiday():
    listing = on_shelf()
    rests(listing.storefront, 5)
    one_by_one = plain(SearchRow.objects.all())
    services.rebuild()
    assert plain(SearchRow.objects.all()) == one_by_one and one_by_one[0]["standing"] == 0


@pytest.mark.parametrize(
    "change",
    [{"reach": "north"}, {"shelf_life_days": 90}, {"unit": "ml"}, {"illustration": "hong"}],
    ids=lambda change: next(iter(change)),
)
def test_what_a_card_shows_of_its_product_is_in_its_version(change):
    listing = on_shelf()
    before = row(listing).version
    Product.objects.filter(pk=listing.product_id).update(**change)
    services.refresh(listing.pk)
    assert row(listing).version != before


def test_what_a_card_shows_of_its_commune_is_in_its_version():
    listing = on_shelf()
    before = row(listing).version
    Commune.objects.update(name="Xã Quan Sơn")
    services.refresh(listing.pk)
    assert row(listing).version != before
    services.refresh(listing.pk)
    assert not list(audit.breaks())


def _breaking(monkeypatch, *bad: int):
    """These listings cannot be written, whatever the reason."""
    build = services.row_of

    def row_of(listing, *rest):
        if listing.pk in bad:
            raise ValueError("no such row")
        return build(listing, *rest)

    monkeypatch.setattr(services, "row_of", row_of)


def test_a_gram_may_cost_what_a_pack_may():
    dearest = on_shelf("Trầm hương", net_qty=1, price_vnd=100_000_000, left_qty=10)
    assert (row(dearest).per_large_vnd, row(dearest).band) == (100_000_000_000, len(PRICES) - 1)


@pytest.mark.parametrize("sign", ["각", "뷁", "a", "ứ", "𠀋"])
def test_a_word_that_never_ends_is_cut_as_it_is_stored(sign):
    listing = on_shelf("Na", text=sign * 90)
    assert row(listing)
    assert all(len(text.fold(word)) <= text.LONGEST_WORD for word in text.tokens(sign * 90))
    wordlist.count()
    assert [card.listing_id for card in find.find(Wish(q=sign * 90)).rows] == [listing.pk]


def test_one_bad_listing_stops_nobody_else(monkeypatch, caplog):
    made = [on_shelf(f"Na {number}") for number in range(1, 6)]
    bad = made[2]
    _breaking(monkeypatch, bad.pk)
    with time_machine.travel(dates.now() + timedelta(days=6)):
        services.refresh_stale(chunk=2)
        assert [row(each).standing for each in made if each != bad] == [SearchRow.Standing.SOLD_OUT] * 4
        assert row(bad).stale_at > dates.now()
        # The clock's job of the next minute has nothing to do.
        assert services.refresh_stale() == 0
        assert services.rebuild() == 4
        services.refresh_product(bad.product_id)
    assert f"listing {bad.pk} " in caplog.text


def test_a_lost_lock_is_no_bad_listing(monkeypatch):
    on_shelf("Na")
    monkeypatch.setattr(services, "ordered", Mock(side_effect=OperationalError("lock timeout")))
    with pytest.raises(OperationalError):
        services.rebuild()


def test_what_changes_while_many_are_built_is_left_to_its_own_job(monkeypatch):
    stripped, moved, other = (on_shelf(f"Na {number}") for number in range(3))
    read = known.read()
    household = moved.storefront.household
    Household.objects.filter(pk=household.pk).update(commune=a_commune("Xã Mới", "06999", "Mới"))
    lots = services.sellable_lots

    def sellable_lots(ids, moment):
        # The listings are chosen by now, and their packs not read yet.
        Pack.objects.filter(listing=stripped.pk).update(is_active=False)
        return lots(ids, moment)

    monkeypatch.setattr(services, "sellable_lots", sellable_lots)
    monkeypatch.setattr(services, "shown", lambda: Listing.objects.all())
    monkeypatch.setattr(known, "read", lambda: read)
    assert services.rebuild() == 1
    assert row(other) and not row(stripped) and not row(moved)
    assert SearchSeller.objects.count() == 1


def test_a_product_renamed_is_known_after_the_commit(django_capture_on_commit_callbacks):
    product = a_product("Na")
    before = known.now()
    with django_capture_on_commit_callbacks(execute=True):
        product.name_vi = product.name = "Na dai"
        product.save()
        # Another thread reads before the commit.
        caches["memory"].set("search.known", before, 30)
    assert known.now().products[product.pk].names["vi"] == "Na dai"


def test_a_commune_renamed_renames_its_households_lines(django_capture_on_commit_callbacks):
    commune = a_commune()
    on_shelf("Na", storefront=a_storefront(commune=commune))
    jobs.run_due()
    with django_capture_on_commit_callbacks(execute=True):
        commune.name = "Xã Quán Thanh"
        commune.save()
    jobs.run_due()
    assert list(audit.breaks()) == []
    assert "'thanh'" in SearchSeller.objects.get().names


def test_many_saves_of_a_product_start_one_chain(django_capture_on_commit_callbacks):
    product = a_product("Na")
    jobs.run_due()
    for _ in range(3):
        product.save()
    assert jobs.waiting("search.refresh_product") == 1
    with django_capture_on_commit_callbacks(execute=True):
        product.save()
    assert jobs.waiting("search.refresh_product") == 1


def test_words_that_nobody_has_any_more_are_dropped():
    gone, kept = on_shelf("Túi rụm", text="Giòn tan."), on_shelf("Túi đồi")
    wordlist.count()
    assert list(wordlist.breaks()) == []
    Listing.objects.filter(pk=gone.pk).update(state=Listing.State.PAUSED)
    services.refresh(gone.pk)
    assert "Word rum stands in no listing." in list(wordlist.breaks())
    wordlist.count()
    assert list(wordlist.breaks()) == []
    assert set(SearchWord.objects.values_list("word", flat=True)) >= {"tui", "doi"}
    assert not SearchWord.objects.filter(word__in=["rum", "gion"]).exists()
    assert row(kept)


def test_only_a_lock_is_waited_for_in_vain(monkeypatch, caplog):
    listing = on_shelf()
    failing = "SELECT search_fails(%s, '{}')"
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION search_fails(ids bigint[], code text) RETURNS bigint LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION USING ERRCODE = code; END $$"
        )
    monkeypatch.setattr(tasks, "DEFER", failing.format("53200"))
    with pytest.raises(OperationalError):
        tasks.ask([listing.pk])
    monkeypatch.setattr(tasks, "DEFER", failing.format("55P03"))
    tasks.ask([listing.pk])
    assert str(listing.pk) in caplog.text
