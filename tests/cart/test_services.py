"""What lies in a cart: added, counted, taken out, brought along at sign-in."""

import pytest

from farmers.models import Household
from shop.cart import queries, services
from shop.cart.errors import BadCount, CartFull, NotForSale
from shop.cart.values import Owner
from shop.catalogue.models import Listing
from tests import cast
from tests.builders.cart import GUEST, lines
from tests.builders.catalogue import a_listing

pytestmark = pytest.mark.django_db
STRANGER = Owner(token="somebody-else")


@pytest.fixture
def pack():
    return a_listing().packs.first()


def counts(owner: Owner) -> list[int]:
    return [line.count for line in queries.lines_of(owner)]


def test_the_same_pack_twice_is_one_line(pack):
    services.add(GUEST, pack.pk, 2)
    services.add(GUEST, pack.pk, 3)
    assert counts(GUEST) == [5]


def test_a_line_never_grows_beyond_99(pack):
    services.add(GUEST, pack.pk, 98)
    services.add(GUEST, pack.pk, 98)
    assert counts(GUEST) == [99]


@pytest.mark.parametrize("count", [0, -1, 100, 10**6])
def test_a_count_out_of_range_changes_nothing(pack, count):
    with pytest.raises(BadCount):
        services.add(GUEST, pack.pk, count)
    assert counts(GUEST) == []


@pytest.mark.parametrize("state", [Listing.State.DRAFT, Listing.State.PAUSED, Listing.State.ARCHIVED])
def test_only_what_is_public_goes_into_a_cart(pack, state):
    Listing.objects.filter(pk=pack.listing_id).update(state=state)
    with pytest.raises(NotForSale):
        services.add(GUEST, pack.pk)


def test_a_suspended_household_sells_nothing(pack):
    Household.objects.update(state=Household.State.SUSPENDED)
    with pytest.raises(NotForSale):
        services.add(GUEST, pack.pk)


def test_a_cart_has_an_end(pack, monkeypatch):
    monkeypatch.setattr(services, "MOST_LINES", 1)
    services.add(GUEST, pack.pk)
    with pytest.raises(CartFull):
        services.add(GUEST, a_listing().packs.first().pk)


def test_nobody_changes_anothers_line(pack):
    line = services.add(GUEST, pack.pk, 2)
    services.set_count(STRANGER, line.line_id, 9)
    services.take_out(STRANGER, [line.line_id])
    assert counts(GUEST) == [2]


def test_zero_takes_a_line_out(pack):
    services.set_count(GUEST, services.add(GUEST, pack.pk, 2).line_id, 0)
    assert counts(GUEST) == []


def test_at_sign_in_the_guests_goods_come_along_once(pack):
    lan = cast.lan()
    member, other = Owner(user_id=lan.pk), a_listing().packs.first()
    services.add(member, pack.pk, 1)
    services.add(GUEST, pack.pk, 3)
    services.add(GUEST, other.pk, 2)
    services.merge(GUEST.token, lan)
    services.merge(GUEST.token, lan)
    assert sorted(counts(member)) == [2, 3] and counts(GUEST) == []


def test_somebody_without_a_cart_sees_none(pack):
    lines((pack.listing, 1))
    assert queries.lines_of(Owner()) == []
