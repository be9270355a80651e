"""Whoever waits for goods is told once, when they can really be bought, and is forgotten at once."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.errors import TooMany
from accounts.models import User
from accounts.notices.models import Notice
from common import dates
from farmers import services as farmers
from farmers.models import Household
from shop.catalogue import services as catalogue
from shop.catalogue.models import Listing, Product
from shop.stock import letters, links, services, tasks, watching
from shop.stock.errors import CannotTell, CannotText, NotYours
from shop.stock.models import Lot, Watch
from shop.stock.values import Draw
from tests import cast
from tests.builders.catalogue import a_listing, a_product
from tests.jobs import run_due, waiting

pytestmark = pytest.mark.django_db
MAIL, OTHER = "lan@thu.vn", "mai@thu.vn"


@pytest.fixture
def listing() -> Listing:
    return a_listing()


def waits(thing: Product | Listing, contact: str = MAIL, **fields) -> Watch:
    """A confirmed wish."""
    of = {"product": thing} if isinstance(thing, Product) else {"listing": thing}
    return Watch.objects.create(contact=contact, confirmed_at=dates.now(), **of, **fields)


def asks(thing: Product | Listing, contact: str = MAIL, language: str = "vi") -> Watch | None:
    watching.ask(thing, contact, address="10.0.0.1", language=language)
    return Watch.objects.filter(contact=contact).first()


def harvest(listing: Listing, qty: int = 10_000, days: int = 0) -> Lot:
    """A lot opens and the jobs run."""
    lot = services.open_lot(listing, harvested_on=dates.today() + timedelta(days=days), qty=qty, by=None)
    run_due()
    return lot


def by_the_clock() -> None:
    tasks.tell_overdue()
    run_due()


def told() -> list[str]:
    """Who was written to, in the order of the letters."""
    return list(Notice.objects.filter(kind=letters.TOLD).order_by("id").values_list("email", flat=True))


def letter() -> Notice:
    return Notice.objects.filter(kind=letters.TOLD).get()


# Being told


@pytest.mark.parametrize("of", ["listing", "product"])
def test_who_waits_is_told_once_when_a_lot_opens_and_forgotten(listing, of):
    watch = waits(listing if of == "listing" else listing.product)
    harvest(listing)
    harvest(listing)
    watch.refresh_from_db()
    assert told() == [MAIL] and (watch.contact, bool(watch.told_at)) == ("", True)
    assert [each.to for each in mail.outbox] == [[MAIL]]


def test_the_letter_says_who_has_what_and_leads_there(listing, settings):
    waits(listing)
    lot = harvest(listing)
    found, shop = letter(), listing.storefront
    for words in (listing.title, shop.name, shop.household.commune.name, "10\u00a0kg", "350.000"):
        assert words in found.text, words
    day = lot.harvested_on
    assert f"{day.day}/{day.month}/{day.year}" in found.text and found.subject.startswith("Đã có")
    assert f"{settings.PUBLIC_URL}/gian-hang/{shop.slug}/{listing.slug}/" in found.text


def test_whoever_waits_for_the_product_is_led_to_the_product(listing):
    waits(listing.product)
    harvest(listing)
    assert letter().subject == "Đã có Na Chi Lăng" and "/san-pham/na-chi-lang/" in letter().html


def test_a_pre_order_is_told_with_its_harvest_day_and_its_last_moment(listing):
    waits(listing)
    lot = harvest(listing, days=5)
    day, found = lot.harvested_on, letter()
    assert "đặt trước" in found.subject.lower() and f"{day.day}/{day.month}/{day.year}" in found.text
    eve = day - timedelta(days=1)
    assert f"18:00 ngày {eve.day}/{eve.month}/{eve.year}" in found.text


def test_letters_come_in_the_language_in_which_they_were_asked_for(listing):
    waits(listing, language="en")
    harvest(listing)
    assert letter().language == "en" and "/en/gian-hang/" in letter().text


def test_who_waits_for_product_and_listing_gets_one_letter(listing):
    waits(listing)
    waits(listing.product)
    waits(listing.product, OTHER)
    harvest(listing)
    assert told() == [MAIL, OTHER] and not Watch.objects.filter(watching.LIVE).exists()


def test_others_are_not_told(listing):
    waits(a_listing(storefront=cast.strangers_household().storefront))
    waits(a_product(slug="hong", name="Hồng vành khuyên"))
    Watch.objects.create(listing=listing, contact=OTHER)
    harvest(listing)
    assert told() == [] and Watch.objects.filter(watching.LIVE).count() == 3


def test_goods_that_come_back_from_an_order_are_goods(listing):
    lot = services.open_lot(listing, harvested_on=dates.today(), qty=5_000, by=None)
    services.reserve({"line:1": [Draw(lot_id=lot.pk, qty=5_000)]})
    run_due()
    waits(listing)
    services.release(["line:1"])
    run_due()
    assert told() == [MAIL]


def test_an_order_asks_nobody(listing):
    """The hot path: holding goods makes less of them, so nobody looks who waits."""
    lot = services.open_lot(listing, harvested_on=dates.today(), qty=5_000, by=None)
    waits(listing)
    services.reserve({"line:1": [Draw(lot_id=lot.pk, qty=5_000)]})
    services.shrink_to(lot, 0, by=None)
    services.close(lot)
    assert waiting("stock.tell_watchers") == 0


def test_where_nobody_waits_no_job_is_written(listing):
    waits(a_product(slug="hong", name="Hồng vành khuyên"))
    services.open_lot(listing, harvested_on=dates.today(), qty=5_000, by=None)
    assert waiting("stock.tell_watchers") == 0


def test_less_than_the_smallest_pack_is_nothing(listing):
    waits(listing)
    harvest(listing, qty=4_999)
    assert told() == [] and watching.due() == []
    harvest(listing, qty=5_000)
    assert told() == [MAIL]


STANDINGS = {
    "draft": {"state": Listing.State.DRAFT},
    "paused": {"state": Listing.State.PAUSED},
    "returned": {"state": Listing.State.RETURNED},
    "archived": {"state": Listing.State.ARCHIVED},
}


@pytest.mark.parametrize("fields", STANDINGS.values(), ids=STANDINGS)
def test_a_listing_that_is_not_on_the_market_tells_nobody(listing, fields):
    waits(listing)
    waits(listing.product, OTHER)
    Listing.objects.filter(pk=listing.pk).update(**fields)
    harvest(listing)
    assert told() == [] and watching.due() == [] and not watching.can_be_bought(listing)


@pytest.mark.parametrize("state", [each for each in Household.State if each != Household.State.VERIFIED])
def test_the_lot_of_a_household_that_is_not_verified_tells_nobody(listing, state):
    waits(listing.product)
    Household.objects.update(state=state)
    harvest(listing)
    assert told() == [] and watching.due() == []


def test_a_household_on_holiday_tells_when_it_is_back(listing):
    waits(listing)
    shop = listing.storefront
    shop.on_holiday_until = dates.today()
    shop.save(update_fields=["on_holiday_until"])
    harvest(listing)
    assert told() == []
    shop.on_holiday_until = dates.today() - timedelta(days=1)
    shop.save(update_fields=["on_holiday_until"])
    by_the_clock()
    assert told() == [MAIL]


def test_a_listing_published_with_a_lot_tells_those_who_wait_for_the_product():
    """The usual way of a new listing: the lot is there before the province lets it onto the market."""
    listing = a_listing(state=Listing.State.PENDING)
    waits(listing.product)
    harvest(listing)
    assert told() == []
    catalogue.publish(listing, by=cast.tuan())
    run_due()
    assert told() == [MAIL]


def test_a_paused_listing_tells_when_it_sells_again(listing):
    catalogue.pause(listing, by=cast.ba_sau())
    waits(listing)
    harvest(listing)
    catalogue.resume(listing, by=cast.ba_sau())
    run_due()
    assert told() == [MAIL]


def test_a_household_that_may_sell_again_tells(listing):
    household = listing.storefront.household
    farmers.suspend(household, by=cast.tuan(), why="Xem lại giấy")
    waits(listing)
    harvest(listing)
    assert told() == []
    farmers.reinstate(household, by=cast.tuan())
    run_due()
    assert told() == [MAIL]


def test_the_day_of_the_harvest_opens_a_pre_order_whose_cut_off_is_over(listing):
    lot = harvest(listing, days=2)
    night = dates.at(lot.harvested_on - timedelta(days=1), 21)
    with time_machine.travel(night, tick=False):
        waits(listing)
        by_the_clock()
        assert told() == []
    with time_machine.travel(dates.at(lot.harvested_on, 7, 23), tick=False):
        by_the_clock()
    assert told() == [MAIL]


def test_what_came_before_the_answer_is_told_with_the_answer(listing):
    """The lot opens while the letter with the link lies unread."""
    watch = asks(listing.product)
    harvest(listing)
    assert told() == []
    watching.confirm(watch)
    run_due()
    assert told() == [MAIL]


# Many


def test_many_are_told_in_batches_by_the_job_and_the_household_waits_for_none(listing, monkeypatch):
    monkeypatch.setattr(watching, "BATCH", 4)
    costs = []
    for number in (1, 10):
        for each in range(number):
            waits(listing if each % 2 else listing.product, f"{number}-{each}@thu.vn")
        with CaptureQueriesContext(connection) as opening:
            services.open_lot(listing, harvested_on=dates.today(), qty=5_000, by=None)
        costs.append(len(opening))
        assert not Notice.objects.filter(email__startswith=f"{number}-").exists()
        run_due()
    assert told() == ["1-0@thu.vn", *(f"10-{each}@thu.vn" for each in range(10))] and costs[0] == costs[1]


def test_the_job_that_runs_twice_tells_once(listing):
    waits(listing)
    services.open_lot(listing, harvested_on=dates.today(), qty=5_000, by=None)
    for _time in range(2):
        tasks.tell_watchers([listing.pk])
    run_due()
    assert told() == [MAIL]


def test_a_job_that_breaks_off_has_told_and_forgotten_nobody(listing, monkeypatch):
    watch = waits(listing)
    services.open_lot(listing, harvested_on=dates.today(), qty=5_000, by=None)
    with monkeypatch.context() as patch, pytest.raises(RuntimeError), transaction.atomic():
        patch.setattr(letters, "_send", _broken)
        watching.tell(listing.pk)
    watch.refresh_from_db()
    assert (told(), watch.contact, watch.told_at) == ([], MAIL, None)
    run_due()
    assert told() == [MAIL]


def _broken(*args, **kwargs):
    raise RuntimeError


def test_finding_nobody_costs_two_queries(listing, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert watching.tell(listing.pk) is False


# Asking, confirming, stopping


def test_a_typed_contact_counts_only_once_its_owner_has_confirmed_it(listing):
    watch = asks(listing)
    found = Notice.objects.get()
    assert (found.email, found.kind) == (MAIL, letters.ASKED) and f"?k={links.sign(watch.pk)}" in found.text
    harvest(listing)
    assert told() == [] and not watching.waiting([MAIL]).exists()
    watching.confirm(watch)
    assert watching.waiting([MAIL], listing).get() == watch
    assert not watching.waiting([MAIL], listing.product).exists() and not watching.waiting([OTHER]).exists()


def test_asking_again_is_the_same_wish_and_says_so_only_to_its_owner(listing):
    watch = asks(listing)
    asks(listing, language="en")
    assert Watch.objects.get() == watch and Notice.objects.count() == 2
    assert Watch.objects.get().language == "en"
    asks(listing)
    watching.confirm(Watch.objects.get())
    asks(listing, language="en")
    newest = Notice.objects.first()
    assert newest.subject.startswith("Bạn đang chờ") and Watch.objects.get().language == "vi"
    assert f"?k={links.sign(watch.pk)}" in newest.text


def test_asking_costs_the_same_for_who_waits_already(listing):
    """Neither the answer nor its time says who waits."""
    waits(listing, OTHER)
    costs = []
    for contact in (MAIL, OTHER):
        with CaptureQueriesContext(connection) as asked:
            asks(listing, contact)
        costs.append(len(asked))
    assert abs(costs[0] - costs[1]) <= 3


def test_a_member_asks_for_an_own_contact_with_one_tap(listing):
    lan = cast.lan()
    watch = watching.keep(listing, lan, lan.phone, language="vi")
    assert watch.confirmed_at and not Notice.objects.exists()
    again = watching.keep(listing, lan, lan.phone, language="vi")
    assert again.pk == watch.pk
    with pytest.raises(CannotTell):
        watching.keep(listing, lan, MAIL, language="vi")


def test_a_member_makes_the_wish_count_that_somebody_typed(listing):
    lan = User.objects.create_user(email=MAIL, email_verified_at=dates.now())
    watch = asks(listing)
    assert watching.keep(listing, lan, MAIL, language="vi").pk == watch.pk
    assert watching.waiting([MAIL]).count() == 1


@pytest.mark.parametrize("confirmed", [True, False])
def test_who_stops_is_forgotten_and_told_nothing(listing, confirmed):
    watch = waits(listing) if confirmed else asks(listing)
    watching.stop(watch)
    watching.confirm(watch)
    harvest(listing)
    watch.refresh_from_db()
    assert (watch.contact, bool(watch.stopped_at), told()) == ("", True, [])
    assert asks(listing).pk != watch.pk


def test_stopping_after_being_told_changes_nothing(listing):
    watch = waits(listing)
    harvest(listing)
    watching.stop(watch)
    watch.refresh_from_db()
    assert watch.told_at and not watch.stopped_at


def test_a_link_opens_its_own_wish_alone(listing):
    watch, other = waits(listing), waits(listing, OTHER)
    assert watching.access_watch(links.sign(watch.pk)) == watch
    signature = links.sign(watch.pk).partition(".")[2]
    for token in ("", "1", f"{other.pk}.{signature}", f"{watch.pk}.{signature[:-1]}", links.SIGNER.sign("x")):
        with pytest.raises(NotYours):
            watching.access_watch(token)


def test_a_site_without_text_messages_says_so(listing, settings):
    settings.NOTICE_CHANNELS = ["email"]
    assert not watching.reaches_phones()
    with pytest.raises(CannotText):
        asks(listing, "+84912345678")
    with pytest.raises(CannotTell):
        asks(listing, "lan@example.invalid")
    assert not Watch.objects.exists() and not Notice.objects.exists()


def test_letters_to_one_contact_and_from_one_network_have_a_limit(listing, settings):
    settings.CODE_LIMITS = {"contact_hour": 2, "contact_day": 20, "address_hour": 3}
    asks(listing)
    asks(listing)
    with pytest.raises(TooMany):
        asks(listing)
    with pytest.raises(TooMany):
        asks(listing, OTHER)
    assert Notice.objects.count() == 2 and Watch.objects.count() == 1


def test_a_member_may_wait_for_many_things_but_not_for_all(listing, settings, monkeypatch):
    """Keeping a wish sends no letter, so the limits of letters do not count; there is one of its own."""
    lan = cast.lan()
    settings.CODE_LIMITS = {"contact_hour": 1, "contact_day": 1, "address_hour": 1}
    monkeypatch.setattr(watching, "KEPT_A_DAY", 8)
    for number in range(8):
        watching.keep(a_product(slug=f"qua-{number}"), lan, lan.phone, language="vi")
    with pytest.raises(TooMany):
        watching.keep(listing, lan, lan.phone, language="vi")
    assert Watch.objects.count() == 8
    asks(listing)


# Forgetting


def test_who_leaves_is_forgotten_with_all_wishes_and_their_letters(listing):
    """Confirmed, typed or told: neither the row nor the outbox knows the contact afterwards; others stay."""
    lan = User.objects.create_user(email=MAIL, email_verified_at=dates.now())
    waits(listing.product)
    asks(listing)
    asks(listing, OTHER)
    waits(a_listing(), OTHER)
    assert Notice.objects.filter(email=MAIL).exists()
    lan.delete()
    assert not Watch.objects.filter(contact=MAIL).exists() and not Notice.objects.filter(email=MAIL).exists()
    assert (
        Watch.objects.filter(contact=OTHER).count() == 2 and Notice.objects.filter(email=OTHER).count() == 1
    )
    run_due()


def test_a_contact_that_was_never_verified_is_not_forgotten_for_its_namesake(listing):
    waits(listing)
    User.objects.create_user(email=MAIL).delete()
    assert Watch.objects.filter(contact=MAIL).exists()


def test_what_nobody_confirmed_is_gone_after_a_day(listing):
    asks(listing)
    with time_machine.travel(dates.now() + timedelta(hours=23), tick=False):
        tasks.forget_watches()
        assert Watch.objects.count() == 1
    with time_machine.travel(dates.now() + timedelta(hours=25), tick=False):
        assert watching.access_watch(links.sign(Watch.objects.get().pk)) is None
        tasks.forget_watches()
    assert not Watch.objects.exists() and not Notice.objects.exists()


def test_asking_again_begins_the_day_anew(listing):
    asks(listing)
    with time_machine.travel(dates.now() + timedelta(hours=20), tick=False):
        asks(listing)
    with time_machine.travel(dates.now() + timedelta(hours=40), tick=False):
        tasks.forget_watches()
        assert Watch.objects.count() == 1


def test_a_year_without_goods_is_enough(listing):
    watch = waits(listing)
    for days, left in ((364, 1), (366, 0)):
        with time_machine.travel(dates.now() + timedelta(days=days), tick=False):
            tasks.forget_watches()
        assert Watch.objects.filter(pk=watch.pk).count() == left


def test_what_is_over_knows_nobody_and_goes_after_a_month(listing):
    waits(listing)
    waits(listing, OTHER)
    watching.stop(Watch.objects.get(contact=OTHER))
    harvest(listing)
    assert set(Watch.objects.values_list("contact", flat=True)) == {""}
    with time_machine.travel(dates.now() + timedelta(hours=25), tick=False):
        tasks.forget_watches()
    assert Watch.objects.count() == 2 and not Notice.objects.exists()
    with time_machine.travel(dates.now() + timedelta(days=31), tick=False):
        tasks.forget_watches()
    assert not Watch.objects.exists()


def test_no_link_job_or_log_names_the_contact(listing, caplog):
    caplog.set_level("DEBUG")
    asks(listing)
    waits(listing.product)
    services.open_lot(listing, harvested_on=dates.today(), qty=5_000, by=None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name || args::text FROM procrastinate_jobs")
        jobs = [row[0] for row in cursor.fetchall()]
    run_due()
    said = [record.getMessage() for record in caplog.records if record.name != "demo.post"]
    own = [text for text in Notice.objects.values_list("text", flat=True)]
    assert not [text for text in (*jobs, *said, *own) if MAIL in text]


# The database itself


BROKEN = {
    "watch_is_of_one_product_or_one_listing": [
        lambda listing: {"product": listing.product, "listing": listing},
        lambda listing: {},
    ],
    "watch_knows_whom_only_while_it_lives": [
        lambda listing: {"listing": listing, "contact": ""},
        lambda listing: {"listing": listing, "confirmed_at": dates.now(), "told_at": dates.now()},
        lambda listing: {"listing": listing, "stopped_at": dates.now()},
    ],
    "watch_ends_once": [
        lambda listing: {
            "listing": listing,
            "contact": "",
            **dict.fromkeys(("confirmed_at", "told_at", "stopped_at"), dates.now()),
        }
    ],
    "watch_is_told_only_when_confirmed": [
        lambda listing: {"listing": listing, "contact": "", "told_at": dates.now()}
    ],
}
CASES = [(name, case) for name, cases in BROKEN.items() for case in cases]


@pytest.mark.parametrize(("name", "fields"), CASES, ids=[name for name, _case in CASES])
def test_the_database_refuses_what_no_wish_can_be(listing, name, fields):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Watch.objects.create(**{"contact": MAIL, **fields(listing)})


def test_one_contact_waits_once_for_a_thing(listing):
    for thing in (listing, listing.product):
        waits(thing)
        with (
            pytest.raises(IntegrityError, match="one_live_watch_per_contact_and_thing"),
            transaction.atomic(),
        ):
            waits(thing)
    harvest(listing)
    waits(listing)
