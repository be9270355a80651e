"""The made-up market: exact in number, true to the house's rules, the same for the same seed, built once."""

from collections import Counter
from itertools import islice
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F

from accounts.models import User
from common import dates
from config.scale import build, letters
from config.scale.goods import Province
from config.scale.market import spread_code
from config.scale.tables import Table
from farmers.models import Certificate, Household, Storefront
from payments.intake.models import Payment
from shop.catalogue import audit as catalogue_audit
from shop.catalogue.models import Listing, ListingPhoto, Pack
from shop.checkout import limits
from shop.checkout.models import CashPhone
from shop.orders import state
from shop.orders.models import Order, SubOrder, SubOrderEvent
from shop.stock import audit as stock_audit
from shop.stock.models import Lot
from shop.stock.queries import sellable
from tests.builders import orders as made
from tests.builders import shelf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("patient")]
FIGURES = {"storefronts": 110, "listings": 450, "orders": 90}


@pytest.fixture
def province():
    call_command("load_province", "20")


def fill(**changes) -> None:
    call_command("build_scale_data", **FIGURES | {"no_search": True, "no_sizes": True} | changes)


@pytest.mark.usefixtures("province")
def test_a_market_keeps_every_rule_of_the_house():
    """One build for many promises, since it takes seconds."""
    fill()
    connection.check_constraints()
    the_figures_are_exact()
    assert list(stock_audit.breaks()) == []
    assert list(catalogue_audit.breaks()) == []
    call_command("audit_books")
    its_rows_pass_the_forms_own_checks()
    orders_stand_in_the_state_their_parts_give_them()
    cash_is_counted_by_phone()
    nothing_happened_before_it_could()
    nobody_can_be_written_to()
    shares_are_as_promised()
    ids_go_on_where_the_market_ends()
    a_second_run_does_nothing()
    other_figures_are_refused()


def the_figures_are_exact():
    assert Storefront.objects.count() == FIGURES["storefronts"]
    assert Listing.objects.count() == FIGURES["listings"]
    assert Order.objects.count() == FIGURES["orders"]
    on_sale = Lot.objects.exclude(reservations__state__in=["sold", "released"])
    two = Counter(on_sale.values_list("listing", flat=True))
    assert set(two.values()) == {2} and len(two) == FIGURES["listings"]
    packs = Counter(Pack.objects.values_list("listing", flat=True))
    assert set(packs.values()) == {1, 2, 3} and len(packs) == FIGURES["listings"]


def its_rows_pass_the_forms_own_checks():
    for model in (Household, Storefront, Listing, Pack, Lot, Certificate, Order, SubOrder, Payment):
        for row in model.objects.all()[:60]:
            row.full_clean(validate_unique=False, exclude=["step"])


def orders_stand_in_the_state_their_parts_give_them():
    before = dict(Order.objects.values_list("pk", "state"))
    for order in Order.objects.all():
        state.refresh(order)
    assert dict(Order.objects.values_list("pk", "state")) == before
    assert Counter(before.values()).most_common(1)[0][0] == Order.State.COMPLETED
    paid = Payment.objects.filter(state="settled").values_list("adapter", flat=True)
    assert set(paid) == {"cod", "sandbox"}


def cash_is_counted_by_phone():
    counted = {row.phone: row.open_count for row in CashPhone.objects.all()}
    cash = Order.objects.filter(adapter="cod").values_list("phone", flat=True)
    found = {phone: limits.open_orders(phone).count() for phone in set(cash)}
    assert {phone: count for phone, count in found.items() if count} == counted


def nothing_happened_before_it_could():
    assert not SubOrderEvent.objects.filter(at__gt=dates.now()).exists()
    assert not Listing.objects.filter(created_at__lt=F("storefront__household__created_at")).exists()
    early = SubOrder.objects.filter(lines__pack__listing__published_at__gt=F("order__placed_at"))
    assert not early.exists()


def nobody_can_be_written_to():
    assert not User.objects.exclude(phone=None).exists()
    assert not User.objects.exclude(email__endswith="@scale.example.invalid").exists()
    assert not Order.objects.exclude(phone__startswith="+84900000").exists()
    assert not any(user.has_usable_password() for user in User.objects.all())


def shares_are_as_promised():
    """Of some hundred listings only roughly."""
    published = Listing.objects.filter(state=Listing.State.PUBLISHED)
    assert 0.88 <= published.count() / FIGURES["listings"] <= 0.99
    can_be_bought = sellable(dates.now()).values("listing")
    assert 0.06 <= published.exclude(pk__in=can_be_bought).count() / published.count() <= 0.2
    drawn = ListingPhoto.objects.filter(position=0, photo__waiting=True).count()
    assert 0.5 <= drawn / ListingPhoto.objects.filter(position=0).count() <= 0.7
    with_papers = Household.objects.exclude(certificates=None).distinct().count()
    assert 0.05 <= with_papers / FIGURES["storefronts"] <= 0.25
    assert len(set(published.values_list("title", flat=True))) > 0.8 * published.count()


def ids_go_on_where_the_market_ends():
    last = User.objects.latest("pk").pk
    assert User.objects.create_user(email="a@example.invalid").pk > last


def a_second_run_does_nothing():
    once = [model.objects.count() for model in (User, Listing, Lot, Order)]
    fill()
    assert [model.objects.count() for model in (User, Listing, Lot, Order)] == once


def other_figures_are_refused():
    with pytest.raises(CommandError, match="Another market"):
        fill(listings=451)


@pytest.mark.usefixtures("province")
def test_the_same_seed_makes_the_same_market_and_another_seed_another():
    first, again, other = (titles(seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def titles(seed: int) -> list[tuple]:
    with transaction.atomic():
        fill(seed=seed, storefronts=30, listings=120, orders=0)
        found = list(Listing.objects.order_by("pk").values_list("title", "text", "storefront__name", "state"))
        transaction.set_rollback(True)
    return found


@pytest.mark.usefixtures("province")
def test_few_products_are_offered_most_and_each_of_them_by_somebody():
    drawn = Counter(wares.slug for wares in islice(draws(), 20_000))
    assert drawn.most_common(1)[0][0] == "na-chi-lang"
    assert 0.17 <= drawn["na-chi-lang"] / 20_000 <= 0.25
    assert 0.5 <= sum(count for _slug, count in drawn.most_common(10)) / 20_000 <= 0.75
    assert len(drawn) == 66


def draws():
    rng, all_wares = Random(1), Province().all
    while True:
        yield all_wares.draw(rng)


def test_where_people_have_ordered_it_asks_first(settings):
    settings.DEMO = False
    made.an_order(shelf.on_shelf())
    with pytest.raises(CommandError, match="--yes"):
        fill()
    assert build.built() is None


@pytest.mark.parametrize(("storefronts", "listings"), [(0, 0), (10, 5000), (10, -1)])
def test_a_market_that_cannot_be_is_refused(storefronts, listings):
    with pytest.raises(CommandError, match="At least one storefront"):
        fill(storefronts=storefronts, listings=listings)


def test_codes_of_lots_do_not_repeat():
    assert len({spread_code(number) for number in range(20_000)}) == 20_000


def test_rows_of_one_table_name_the_same_columns():
    table = Table(Storefront)
    table.add(name="a", slug="a")
    with pytest.raises(ValueError, match="farmers_storefront"):
        table.add(slug="b", name="b")


def test_slips_and_lost_marks_look_like_those_of_people():
    assert letters.without_marks("Na Chi Lăng, Đồng Mỏ") == "Na Chi Lang, Dong Mo"
    assert letters.slug("Vườn na bà Sáu!", 60) == "vuon-na-ba-sau"
    slips = {letters.slip("Đào Mẫu Sơn", Random(seed)) for seed in range(60)}
    assert {"ĐàoMẫu Sơn", "Đào Maaxu Sơn", "Đào Mẫu Sown"} & slips and len(slips) > 10
