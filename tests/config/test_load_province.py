"""The province's data: once is enough, twice does no harm, and what officers changed stays."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from wagtail.models import Page, Site

from cms.models import HomePage, StandardPage
from farmers.models import Commune
from shop.catalogue.models import Category, Product
from shop.delivery.models import Rate, Zone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("patient")]


@pytest.fixture
def loaded():
    call_command("load_province", "20")


def counts():
    models = (Commune, Category, Product, Zone, Rate, Page, Group, Site)
    return [model.objects.count() for model in models]


def test_it_brings_communes_goods_zones_and_pages(loaded):
    assert Commune.objects.count() == 65
    assert Category.objects.count() == 8
    assert Product.objects.count() == 66
    assert sum(len(zone.province_codes) for zone in Zone.objects.all()) == 34
    assert HomePage.objects.count() == 3


def test_twice_is_the_same_as_once(loaded):
    once = counts()
    call_command("load_province", "20")
    assert counts() == once


def test_what_an_officer_changed_stays(loaded):
    Rate.objects.filter(method="post", zone="province").update(first_vnd=12_000)
    call_command("load_province", "20")
    assert Rate.objects.get(method="post", zone="province").first_vnd == 12_000


def test_update_renews_reference_rows_but_never_pages(loaded):
    Rate.objects.filter(method="post", zone="province").update(first_vnd=12_000)
    Page.objects.filter(slug="cach-mua").update(title="Mua thế nào")
    call_command("load_province", "20", "--update")
    assert Rate.objects.get(method="post", zone="province").first_vnd == 20_000
    assert Page.objects.filter(title="Mua thế nào").count() == 3


def test_names_are_there_in_three_languages(loaded):
    product = Product.objects.get(slug="na-chi-lang")
    assert (product.name_vi, product.name_en) == ("Na Chi Lăng", "Chi Lang custard apple")
    assert product.name_zh_hans.startswith("支棱")


def test_every_language_has_the_same_pages_as_translations_of_one_another(loaded):
    for slug in (
        "quy-che-hoat-dong",
        "bao-ve-du-lieu",
        "giao-hang-doi-tra",
        "cach-mua",
        "cach-ban",
        "gioi-thieu",
    ):
        pages = StandardPage.objects.filter(slug=slug)
        assert len({page.translation_key for page in pages}) == 1
        assert {page.locale.language_code for page in pages} == {"vi", "en", "zh-hans"}


def test_roles_carry_what_their_work_needs(loaded):
    moderators = Group.objects.get(name="Kiểm duyệt")
    codes = set(moderators.permissions.values_list("codename", flat=True))
    assert {"access_admin", "change_household", "change_listing"} <= codes
    assert "change_refund" not in codes


def test_another_province_is_refused_with_a_hint():
    with pytest.raises(CommandError, match="PROVINCE=99"):
        call_command("load_province", "99")


def test_every_page_passes_the_editors_own_checks(loaded):
    for page in Page.objects.filter(depth__gt=1).specific():
        page.full_clean()
        page.body.stream_block.clean(page.body)
