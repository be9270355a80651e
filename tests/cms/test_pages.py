"""The province's pages: true to the season, the same for everybody, in three languages."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation
from wagtail.models import Page, Site

from cms import queries, tasks
from cms.blocks.links import check_address, localised
from cms.models import CampaignPage, SiteSettings, StandardPage
from common import dates
from tests.builders.cms import a_home
from tests.builders.shelf import a_product, on_shelf

pytestmark = pytest.mark.django_db


def hero(title, *months, links=()):
    value = {
        "title": title,
        "eyebrow": "Đang vào mùa",
        "months": list(months),
        "links": list(links),
        "scene": "na",
    }
    return {"type": "hero", "value": value}


def grid(rule="season", **value):
    return {"type": "product_grid", "value": {"title": "Hôm nay có gì", "rule": rule, "limit": 8, **value}}


def a_text(home, slug, title, **fields):
    page = StandardPage(slug=slug, title=title, locale=home.locale, show_in_menus=True, **fields)
    home.add_child(instance=page)
    return page


def read(client, path):
    return client.get(path).content.decode()


def test_the_hero_follows_the_months(client):
    a_home(body=[hero("Na trên vách đá", 7, 8, 9), hero("Quýt vàng", 11, 12, 1)])
    with time_machine.travel(datetime(2026, 8, 15, 3, tzinfo=UTC)):
        assert "Na trên vách đá" in (page := read(client, "/")) and "Quýt vàng" not in page
        assert "tháng 8" in page
    with time_machine.travel(datetime(2026, 12, 15, 3, tzinfo=UTC)):
        assert "Quýt vàng" in read(client, "/")


def test_a_home_without_a_fitting_hero_still_has_its_one_heading(client):
    a_home(body=[])
    assert read(client, "/").count("<h1") == 1


def test_a_grid_shows_what_can_be_bought_now(client):
    on_shelf("Na Chi Lăng loại 1")
    on_shelf("Na đã hết", product=a_product("Na bở"), left_qty=0)
    a_home(body=[grid()])
    assert "Na Chi Lăng loại" in (page := read(client, "/"))
    assert "Na đã hết" not in page


def test_a_grid_by_hand_keeps_the_editors_order():
    first, second = on_shelf("Na Chi Lăng loại 1"), on_shelf("Quýt vàng", product=a_product("Quýt"))
    cards = queries.cards("hand", which="", chosen=[second.pk, first.pk], limit=8)
    assert [card.listing_id for card in cards] == [second.pk, first.pk]


def test_a_season_grid_shows_one_listing_of_each_product_first():
    for name in ("Na Chi Lăng loại 1", "Na Chi Lăng loại 2"):
        on_shelf(name)
    on_shelf("Quýt vàng", product=a_product("Quýt"))
    cards = queries.cards("season", which="", chosen=[], limit=2)
    assert {card.product_slug for card in cards} == {"na-chi-lang", "quyt"}


def test_the_home_may_be_kept_by_caches(client):
    a_home(body=[grid()])
    answer = client.get("/")
    assert answer["Cache-Control"] == "public, max-age=60"
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


def test_the_home_asks_the_database_at_most_twelve_times_and_then_for_the_page_alone(
    client, django_assert_max_num_queries
):
    on_shelf()
    a_home(
        body=[
            hero("Na", 8),
            grid(),
            grid("product", which="na-chi-lang"),
            {"type": "categories", "value": {"title": "Nhóm"}},
        ]
    )
    with django_assert_max_num_queries(12):
        client.get("/")
    with django_assert_max_num_queries(1):
        client.get("/")


def test_what_an_editor_publishes_is_seen_at_once(client):
    home = a_home(body=[hero("Na trên vách đá")])
    assert "Na trên vách đá" in read(client, "/")
    home.body = [("hero", hero("Quýt vàng")["value"])]
    home.save_revision().publish()
    assert "Quýt vàng" in read(client, "/")


def test_what_an_editor_only_tries_is_seen_by_the_editor_alone(client):
    home = a_home(body=[hero("Na trên vách đá")])
    read(client, "/")
    home.body = [("hero", hero("Quýt vàng")["value"])]
    tried = home.make_preview_request()
    assert "Quýt vàng" in tried.content.decode() and "public" not in tried.get("Cache-Control", "")
    assert "Na trên vách đá" in (page := read(client, "/")) and "Quýt vàng" not in page


def test_a_page_without_translation_leads_to_the_vietnamese_one(client):
    home = a_home()
    a_home("en", original=home)
    a_text(home, "quy-che", "Quy chế")
    answer = client.get("/en/quy-che/")
    assert (answer.status_code, answer["Location"]) == (302, "/quy-che/")
    assert client.get("/en/khong-co/").status_code == 404


def test_each_language_has_its_own_home(client):
    home = a_home(body=[hero("Na trên vách đá")])
    a_home("en", body=[hero("Custard apples")], original=home)
    assert "Custard apples" in read(client, "/en/")
    assert "Na trên vách đá" in read(client, "/")


def test_text_pages_list_one_another_and_stand_at_the_foot(client):
    home = a_home()
    a_text(home, "quy-che", "Quy chế", body=[("rich_text", "<p>Hàng thật, giá thật.</p>")])
    a_text(home, "cach-mua", "Cách mua")
    SiteSettings.objects.create(site=Site.objects.get(), name="Chợ", phone="0900 000 200")
    page = read(client, "/quy-che/")
    assert "Hàng thật, giá thật." in page
    assert page.count("Cách mua") >= 2
    assert 'href="tel:0900000200"' in page


@pytest.mark.parametrize("to", ["javascript:alert(1)", "//dau.do", "http://dau.do", "san-pham"])
def test_a_button_leads_only_into_the_site_or_to_https(to):
    with pytest.raises(ValidationError):
        check_address(to)


def test_a_button_keeps_the_readers_language():
    with translation.override("en"):
        assert localised(reverse("market:catalogue")) == "/en/san-pham/"
    assert localised("https://langson.gov.vn/") == "https://langson.gov.vn/"


def test_a_campaign_ends_by_its_schedule(client):
    home = a_home()
    page = CampaignPage(slug="mua-na", title="Mùa na", locale=home.locale)
    home.add_child(instance=page)
    Page.objects.filter(pk=page.pk).update(expire_at=dates.now() - timedelta(minutes=1))
    assert client.get("/mua-na/").status_code == 200
    tasks.keep_schedule()
    assert client.get("/mua-na/").status_code == 404
