"""What a buyer types and ticks finds what it should, in the order it should."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.http import QueryDict

from common import dates
from farmers.models import CertificateKind
from shop.search import find, known
from shop.search.services import refresh
from shop.search.suggest import suggest
from shop.search.wish import Wish
from tests.builders.shelf import a_commune, a_paper, a_product, a_storefront, on_shelf

pytestmark = pytest.mark.django_db


def titles(query: str = "", **fields) -> list[str]:
    wish = Wish.read(QueryDict(query), marks=CertificateKind.values, **fields)
    return [card.title for card in find.find(wish).rows]


@pytest.mark.parametrize("typed", ["na chi lang", "Na Chi Lăng", "NA CHI LANG", "chi lăng na", "na chi lan"])
def test_with_and_without_diacritics_finds_the_same(typed):
    on_shelf("Na Chi Lăng loại 1")
    on_shelf(
        "Hồng không hạt",
        product=a_product("Hồng Bảo Lâm"),
        storefront=a_storefront(commune=a_commune("Xã Y", "06001")),
    )
    assert titles(f"q={typed}") == ["Na Chi Lăng loại 1"]


def test_written_just_so_comes_first():
    on_shelf("Mận tam hoa", product=a_product("Mận"))
    on_shelf("Màn hoa thêu tay", product=a_product("Vải", category="Hàng thêu"))
    assert titles("q=mận")[0] == "Mận tam hoa"
    assert titles("q=màn")[0] == "Màn hoa thêu tay"
    assert sorted(titles("q=man")) == ["Màn hoa thêu tay", "Mận tam hoa"]


def test_names_come_before_stories():
    on_shelf("Quýt vàng", product=a_product("Quýt"), text="Trồng xen hồng.")
    on_shelf("Hồng giòn", product=a_product("Hồng"))
    assert titles("q=hồng") == ["Hồng giòn", "Quýt vàng"]


def test_a_short_word_is_not_a_beginning():
    on_shelf("Măng năm thứ hai", product=a_product("Măng"), storefront=a_storefront("Hộ Lý"))
    assert titles("q=na") == []
    assert titles("q=mang") == ["Măng năm thứ hai"]


def test_synonyms_places_and_other_languages_find_it():
    product = a_product(synonyms=["mãng cầu ta"], name_en="Custard apple", name_zh_hans="支棱番荔枝")
    on_shelf(product=product, storefront=a_storefront("Hộ Mai Sao"))
    for typed in ("mang cau", "custard", "番荔枝", "mai sao", "chi lang"):
        assert titles(f"q={typed}") == ["Na Chi Lăng loại 1"], typed


def test_each_facet_narrows_and_is_counted():
    far = a_storefront("Hộ Bắc Sơn", commune=a_commune("Xã Bắc Sơn", "06325", "Bắc Sơn"))
    on_shelf("Na gần", price_vnd=150_000)
    other = a_product("Quýt vàng", season_months=[], category="Cam quýt")
    a_paper(far, other)
    on_shelf("Quýt xa", product=other, storefront=far, price_vnd=60_000)
    assert titles("xa=06325") == titles("huyen=bac-son") == titles("chung-nhan=vietgap") == ["Quýt xa"]
    assert titles("gia=-50000") == ["Quýt xa"]
    assert titles("mua=1") == titles(category="trai-cay") == ["Na gần"]
    facets = find.find(Wish()).facets
    assert {(each.value, each.count) for each in facets["xa"]} == {("06463", 1), ("06325", 1)}
    assert [(each.value, each.count) for each in facets["gia"]] == [("-50000", 1), ("50000-100000", 1)]


def test_choices_of_a_facet_are_counted_without_itself():
    on_shelf("Na gần")
    on_shelf("Na xa", storefront=a_storefront(commune=a_commune("Xã Bắc Sơn", "06325", "Bắc Sơn")))
    found = find.find(Wish(communes=("06325",)))
    assert found.total == 1
    assert {(each.value, each.count, each.chosen) for each in found.facets["xa"]} == {
        ("06463", 1, False),
        ("06325", 1, True),
    }


def test_prices_sort_by_kilo():
    on_shelf("Túi to", price_vnd=300_000, net_qty=10_000)
    on_shelf("Túi nhỏ", price_vnd=100_000, net_qty=1_000)
    assert titles("sap-xep=gia-thap") == ["Túi to", "Túi nhỏ"]
    assert titles("sap-xep=gia-cao") == ["Túi nhỏ", "Túi to"]


def test_what_can_be_had_comes_first():
    on_shelf("Hết", left_qty=0)
    on_shelf("Đặt trước", harvested_on=dates.today() + timedelta(days=9))
    on_shelf("Có hàng")
    assert titles() == ["Có hàng", "Đặt trước", "Hết"]


@pytest.mark.parametrize("sort", ["phu-hop", "moi", "gia-thap", "gia-cao"])
@pytest.mark.parametrize("q", ["", "na"])
def test_pages_show_each_listing_once(sort, q, monkeypatch):
    monkeypatch.setattr(find, "PAGE", 3)
    for number in range(7):
        on_shelf(f"Na {number}", price_vnd=150_000 + number % 2)
    wish, seen = Wish(sort=sort, q=q), []
    while True:
        found = find.find(wish)
        seen += [card.title for card in found.rows]
        if not found.next_after:
            break
        wish = replace(wish, after=found.next_after)
    assert len(seen) == found.total == 7 == len(set(seen))


def test_a_pack_that_cannot_be_filled_is_sold_out():
    listing = on_shelf(net_qty=5_000, left_qty=4_999)
    assert find.cards([listing.pk])[0].standing == 0


def test_a_grid_takes_a_rule_or_a_hand():
    na, off = on_shelf("Na"), on_shelf("Quýt", product=a_product("Quýt", season_months=[]), left_qty=0)
    assert [card.title for card in find.cards([off.pk, na.pk, 0])] == ["Quýt", "Na"]
    assert [card.title for card in find.cards(find.Rule(in_season=True))] == ["Na"]
    assert find.cards(find.Rule(product="quyt")) == ()
    assert [card.title for card in find.cards(find.Rule(commune="06463", sold_out=True))] == ["Na", "Quýt"]


def test_marks_count_only_within_their_dates():
    shop, product = a_storefront(), a_product()
    paper = a_paper(shop, product, valid_to=dates.today())
    listing = on_shelf(storefront=shop, product=product)
    assert find.cards([listing.pk])[0].marks == ["vietgap"]
    type(paper).objects.filter(pk=paper.pk).update(valid_to=dates.today() - timedelta(days=1))
    refresh(listing.pk)
    assert find.cards([listing.pk])[0].marks == []


@pytest.mark.parametrize("sort", ["phu-hop", "moi", "gia-thap", "gia-cao"])
@pytest.mark.parametrize("q", ["", "na", "vườn"])
@pytest.mark.parametrize("after", ["0.0", f"{'9' * 16}.{'9' * 18}", "-999999999999999999.1"])
def test_no_place_in_the_list_is_an_error(sort, q, after):
    on_shelf("Na Chi Lăng")
    find.find(Wish.read(QueryDict(f"q={q}&sap-xep={sort}&sau={after}"), marks=()))


#: ten words that nobody knows, two of them a letter off from words of a listing, the last half typed
UNKNOWN = "qwert zxcvb poiuy lkjhg mnbvc giorn ngoth asdfg hjklq trewqa"


@pytest.mark.parametrize(("ask", "most"), [(lambda typed: find.find(Wish(q=typed)), 6), (suggest, 4)])
@pytest.mark.parametrize("typed", [UNKNOWN, "xe máy", "giorn", "a b c d e f g h i j"])
def test_unknown_words_ask_few_queries(ask, most, typed, django_assert_max_num_queries):
    on_shelf("Na sấy giòn", text="Ngọt thanh.")
    known.now()
    with django_assert_max_num_queries(most):
        ask(typed)


def test_several_slips_are_mended_at_once():
    listing = on_shelf("Túi hoàng hôn rực rỡ", product=a_product("Na"), storefront=a_storefront("Hộ Lý"))
    found = find.find(Wish(q="hoafng rujc qwertz"))
    assert found.rows == () and found.total == 0
    found = find.find(Wish(q="hoangg rucj"))
    assert [card.listing_id for card in found.rows] == [listing.pk]
    assert found.read_as
