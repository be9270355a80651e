"""A product's offers side by side: price, grade, harvest, and when and for how much they reach a province."""

from datetime import timedelta

import pytest

from common import dates
from farmers.models import Storefront
from shop.catalogue.models import Listing
from shop.delivery.models import Method
from shop.market.pages import product as page_of
from shop.search import services as search
from shop.search.values import Offers
from shop.stock import services as stock
from tests.builders.delivery import roads
from tests.builders.shelf import a_paper, a_product, a_storefront, on_shelf
from tests.market.pages.reading import links, words

pytestmark = pytest.mark.django_db
PAGE = "/san-pham/na-chi-lang/"


@pytest.fixture
def goods():
    """Two households: one posts and has papers, the other only hands over at the farm."""
    roads()
    product = a_product()
    posts, hands_over = a_storefront("Hộ Gửi Xa"), a_storefront("Hộ Tại Vườn")
    Storefront.objects.filter(pk=posts.pk).update(methods=["post", "coach"])
    Storefront.objects.filter(pk=hands_over.pk).update(methods=["pickup"])
    a_paper(posts, product)
    on_shelf("Na gửi xa", product=product, storefront=posts, price_vnd=150_000, grade=1)
    on_shelf("Na tại vườn", product=product, storefront=hands_over, price_vnd=120_000)
    return product


def test_each_offer_says_price_grade_papers_and_what_is_left(client, goods):
    page = words(client.get(PAGE))
    assert "2 hộ bán, so cạnh nhau" in page
    row = page[page.index("Na gửi xa") :]
    for said in (
        "75.000 ₫/kg",
        "150.000 ₫ · Túi",
        "Loại 1",
        "VietGAP",
        "Có hàng",
        "còn 20 kg",
        "hái hôm nay",
    ):
        assert said in row
    assert page.index("Na tại vườn") < page.index("Na gửi xa"), "the cheaper first"


def test_a_province_is_answered_for_every_offer(client, goods):
    page = words(client.get(PAGE + "?tinh=01"))
    assert "Giao tới Hà Nội" in page
    assert "35.000 ₫ Xe khách đêm, tới" in page
    assert "không mất phí tự đến lấy, từ" in page


def test_where_it_would_spoil_nothing_is_promised(client, goods):
    page = words(client.get(PAGE + "?tinh=79"))
    assert "đi lâu quá, sẽ hỏng" in page and "Bưu điện" not in page


def test_the_province_goes_along_to_the_listing(client, goods):
    assert any(each.endswith("/na-gui-xa/?tinh=01") for each in links(client.get(PAGE + "?tinh=01")))
    assert not any(each.endswith("/na-gui-xa/?tinh=zz") for each in links(client.get(PAGE + "?tinh=zz")))


def test_the_next_harvest_is_named(client, goods):
    day = dates.today() + timedelta(days=9)
    on_shelf("Na đợi", product=goods, harvested_on=day)
    page = words(client.get(PAGE))
    row = page[page.index("Na đợi") :]
    assert "Đặt trước" in row and f"hái {day.day}/{day.month}" in row


def test_a_household_on_holiday_says_until_when(client, goods):
    until = dates.today() + timedelta(days=3)
    Storefront.objects.update(on_holiday_until=until)
    page = words(client.get(PAGE + "?tinh=01"))
    assert f"Nghỉ đến {until.day}/{until.month}/{until.year}" in page and "Xe khách đêm" not in page


def test_what_does_not_fit_the_page_is_one_link_away(client, goods, monkeypatch):
    shown = page_of.kept.offers("na-chi-lang")
    many = Offers(cards=shown.cards, total=5_678, households=1_000, over=True)
    monkeypatch.setattr(page_of.kept, "offers", lambda slug: many)
    page = client.get(PAGE)
    assert "hơn 1.000 hộ bán" in words(page) and "Xem cả 5.678 tin bán" in words(page)
    assert "/san-pham/?san-pham=na-chi-lang&sap-xep=gia-thap" in links(page)


def test_all_offers_on_the_page_need_no_other_link(client, goods):
    assert "Xem cả" not in words(client.get(PAGE))


def test_the_table_is_kept_until_an_offer_changes(client, goods, django_assert_num_queries, settings):
    """For those who have not chosen a province; what is left of a listing is a change."""
    before = client.get(PAGE).content
    listing = Listing.objects.get(title="Na gửi xa")
    stock.open_lot(listing, harvested_on=dates.today(), qty=7_000, by=None)
    search.refresh(listing.pk)
    page = client.get(PAGE)
    assert "còn 27 kg" in words(page) and page.content != before
    settings.COUNTS_S = 30
    client.get(PAGE)
    with django_assert_num_queries(0):
        assert client.get(PAGE).content == page.content


def test_one_and_fifty_offers_cost_the_same(client, django_assert_max_num_queries):
    roads()
    product = a_product()
    on_shelf("Na 0", product=product)
    for query in ("", "?tinh=01"):
        client.get(PAGE + query)
    for number in range(50):
        shop = a_storefront(f"Hộ {number}")
        on_shelf(f"Na {number + 1}", product=product, storefront=shop)
    for query in ("", "?tinh=01"):
        with django_assert_max_num_queries(8):
            assert client.get(PAGE + query).status_code == 200


def test_with_nothing_to_buy_the_page_costs_no_more(client, django_assert_max_num_queries):
    on_shelf("Hồi", product=a_product("Hoa hồi khô", category="Gia vị"))
    for number in range(30):
        on_shelf(f"Na {number}", product=a_product(), storefront=a_storefront(f"Hộ {number}"), left_qty=0)
    client.get(PAGE)
    with django_assert_max_num_queries(8):
        page = client.get(PAGE + "?tinh=01")
    assert "Bây giờ đang có" in words(page) and "Hồi" in words(page)


def test_a_household_on_holiday_is_nowhere_said_to_have_goods(client, goods):
    """Not by the product's page, not to search engines, and whoever wants to wait may."""
    until = dates.today() + timedelta(days=3)
    Storefront.objects.update(on_holiday_until=until)
    search.rebuild()
    page = client.get(PAGE)
    seen, data = words(page), page.content.decode()
    assert f"Nghỉ đến {until.day}/{until.month}/{until.year}" in seen and "Báo tôi khi có" in seen
    assert ">Có hàng<" not in data
    for wrong in ("so cạnh nhau", "còn 20 kg", "chờ lô sau"):
        assert wrong not in seen
    assert '"@type":"AggregateOffer"' not in data and "InStock" not in data
    assert words(client.get("/san-pham/")).count("Tạm hết") == 2
    asked = client.get("/bao-khi-co/san-pham/na-chi-lang/")
    assert asked.context["is_open"] is False


def test_what_one_language_calls_a_road_stays_in_it(client, goods):
    Method.objects.filter(code="coach").update(name_en="Night coach")
    assert "Night coach" in words(client.get("/en" + PAGE + "?tinh=01"))
    page = words(client.get(PAGE + "?tinh=01"))
    assert "Xe khách đêm" in page and "Night coach" not in page


def test_a_product_without_months_names_none(client):
    a_product("Mật ong", season_months=[])
    page = words(client.get("/san-pham/mat-ong/"))
    assert "None" not in page and "Chưa tới mùa" not in page and "Chưa hộ nào mở bán" in page
