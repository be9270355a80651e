"""The audit names what should not be."""

import pytest

from shop.catalogue import audit
from tests.builders.catalogue import a_listing, a_product
from tests.builders.farmers import BAC_SON, a_certificate, a_household, a_storefront

pytestmark = pytest.mark.django_db


def test_an_honest_market_has_nothing_to_name():
    a_listing()
    assert list(audit.breaks()) == []


def test_listings_that_may_not_be_there_are_named():
    bare = a_listing(with_photo=False)
    bare.packs.update(is_active=False)
    foreign = a_listing(storefront=a_storefront(commune=BAC_SON))
    assert list(audit.breaks()) == [
        f"listing {bare.pk}: on the market without a pack",
        f"listing {bare.pk}: on the market without a photo",
        f"listing {foreign.pk}: has no right to the name of na-chi-lang",
    ]


def test_codes_without_a_product_are_named():
    a_product()
    household = a_household(grows=["na-chi-lang", "khong-co"])
    paper = a_certificate(household, product_code="cung-khong")
    assert list(audit.breaks()) == [
        f"certificate {paper.pk}: no product 'cung-khong'",
        f"household {household.pk}: grows no product 'khong-co'",
    ]
