"""What pages read by one written query is what the models say."""

import pytest

from common import dates
from farmers.errors import NotYours as NoStorefront
from farmers.models import GrowingArea, Household
from farmers.queries import access_storefront, storefront_sheet
from shop.catalogue.errors import NotYours as NoListing
from shop.catalogue.models import Listing, ListingPhoto, Pack
from shop.catalogue.queries import listing_sheet, public_listing
from tests.builders.catalogue import a_photo
from tests.builders.shelf import a_paper, a_product, a_storefront, on_shelf

pytestmark = pytest.mark.django_db


@pytest.fixture
def listing() -> Listing:
    """A listing with two packs and a retired one, papers of this and another product, and a garden."""
    shop, product = a_storefront(), a_product()
    made = on_shelf(storefront=shop, product=product, grade=2, text="Hái sáng sớm.")
    facts = {"net_qty": 5_000, "gross_g": 5_400, "price_vnd": 300_000}
    Pack.objects.create(listing=made, label="Thùng", position=1, **facts)
    Pack.objects.create(listing=made, label="Đã thôi", is_active=False, **facts)
    a_paper(shop, product)
    a_paper(shop, product, "organic", state="submitted")
    a_paper(shop, a_product("Hoa hồi khô", category="Gia vị"), "ocop-4", valid_to=dates.today())
    for area_m2 in (700, 2_400):
        GrowingArea.objects.create(
            household=shop.household,
            name="Lân",
            crop_code="na",
            area_m2=area_m2,
            commune=shop.household.commune,
        )
    return made


def same(shown, stored, *names: str) -> bool:
    return [getattr(shown, name) for name in names] == [getattr(stored, name) for name in names]


def test_a_listing_reads_as_its_models(listing, django_assert_num_queries):
    stored = public_listing(listing.storefront.slug, listing.slug)
    with django_assert_num_queries(1):
        sheet = listing_sheet(listing.storefront.slug, listing.slug)
        shown, shop = sheet.listing, sheet.listing.storefront
        assert same(shown, stored, "pk", "product_id", "grade", "slug", "title", "text", "state")
        assert same(shop, stored.storefront, "pk", "name", "slug", "story", "methods", "on_holiday_until")
        household = stored.storefront.household
        assert same(shop.household, household, "pk", "state", "joined_on", "commune_id")
        assert same(shop.household.commune, household.commune, "code", "name", "former_district")
    packs = stored.packs.filter(is_active=True)
    assert [
        (each.pk, each.label, each.net_qty, each.gross_g, each.price_vnd) for each in sheet.packs
    ] == list(packs.values_list("pk", "label", "net_qty", "gross_g", "price_vnd"))


def test_papers_are_the_verified_ones_of_that_product(listing):
    today, household = dates.today(), listing.storefront.household
    papers = [each for each in household.certificates.all() if each.counts_on(today)]
    of_listing = listing_sheet(listing.storefront.slug, listing.slug).papers
    of_storefront = storefront_sheet(listing.storefront.slug).papers
    facts = ("kind", "number", "product_code", "issued_on", "valid_to")
    for shown, code in ((of_listing, listing.product.slug), (of_storefront, None)):
        wanted = [each for each in papers if code in (None, each.product_code)]
        assert all(same(one, other, *facts) for one, other in zip(shown, wanted, strict=True))
        assert all(each.counts_on(today) for each in shown)
    assert (len(of_listing), len(of_storefront)) == (1, 2)


def test_a_storefront_reads_as_its_models(listing, django_assert_num_queries):
    stored = access_storefront(listing.storefront.slug)
    with django_assert_num_queries(1):
        sheet = storefront_sheet(listing.storefront.slug)
        assert same(sheet.storefront, stored, "pk", "name", "slug", "story", "methods", "on_holiday_until")
        assert sheet.storefront.household.commune.name == stored.household.commune.name
    assert (sheet.area_m2, sheet.photo) == (3_100, None)


def test_what_was_not_read_is_read_when_it_is_asked_for(listing):
    shown = listing_sheet(listing.storefront.slug, listing.slug).listing
    assert shown.published_at == listing.published_at
    assert shown.storefront.household.kind == Household.Kind.HOUSEHOLD


def test_photos_come_in_their_order_and_show_only_made_sizes(listing):
    for position, title in ((1, "sau"), (0, "đầu")):
        ListingPhoto.objects.create(listing=listing, photo=a_photo(title), position=position)
    shots = listing_sheet(listing.storefront.slug, listing.slug).photos
    assert [shot.alt for shot in shots] == ["đầu", "sau"]
    assert [(shot.picture("wide"), shot.own) for shot in shots] == [(None, ""), (None, "")]


@pytest.mark.parametrize("state", [Listing.State.DRAFT, Listing.State.PENDING, Listing.State.ARCHIVED])
def test_what_the_public_may_not_see_is_not_read(listing, state):
    Listing.objects.filter(pk=listing.pk).update(state=state)
    with pytest.raises(NoListing):
        listing_sheet(listing.storefront.slug, listing.slug)


def test_nobody_reads_of_a_household_that_is_not_verified(listing):
    Household.objects.update(state=Household.State.SUSPENDED)
    with pytest.raises(NoListing):
        listing_sheet(listing.storefront.slug, listing.slug)
    with pytest.raises(NoStorefront):
        storefront_sheet(listing.storefront.slug)
