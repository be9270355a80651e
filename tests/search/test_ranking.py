"""Sixty things that people really type, and the product that must come first."""

import time
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from config.province import goods, places
from config.province.rows import Loader
from farmers.models import CertificateKind, Commune
from shop.catalogue.models import Product
from shop.search import find, known, services, wordlist
from shop.search.wish import Wish
from tests.builders.shelf import a_storefront, on_shelf

#: custard apples are in season
DAY = datetime(2026, 8, 15, 2, tzinfo=UTC)

#: ten words of our own names that leave over two hundred rests
NAME_WORDS = "chi apple hoa rice dong van vu thai tan loc"

#: what is typed → slug of the product of the first card
FIRST = {
    # as it is written, in capitals, without diacritics, turned round
    "na chi lăng": "na-chi-lang",
    "Na Chi Lăng": "na-chi-lang",
    "NA CHI LANG": "na-chi-lang",
    "chi lang na": "na-chi-lang",
    "na dai": "na-dai",
    "na bở": "na-bo",
    "na nữ hoàng": "na-nu-hoang",
    "hồi": "hoa-hoi-kho",
    "hoa hồi": "hoa-hoi-kho",
    "hoa hoi kho": "hoa-hoi-kho",
    "hoa hồi tươi": "hoa-hoi-tuoi",
    "tinh dầu hồi": "tinh-dau-hoi",
    "hồng bảo lâm": "hong-bao-lam",
    "hồng không hạt": "hong-bao-lam",
    "hong vanh khuyen": "hong-vanh-khuyen",
    "hồng treo gió": "hong-treo-gio",
    "quýt bắc sơn": "quyt-vang-bac-son",
    "quýt vàng": "quyt-vang-bac-son",
    "thạch đen": "thach-den-kho",
    "bột thạch đen": "bot-thach-den",
    "đào mẫu sơn": "dao-mau-son",
    "hạt dẻ": "hat-de",
    "bưởi": "buoi-huu-lung",
    "vải thiều": "vai-huu-lung",
    "thanh long ruột đỏ": "thanh-long-binh-gia",
    "mắc mật": "qua-mac-mat",
    "lá mắc mật": "la-mac-mat",
    "ba kích": "ba-kich",
    "chè đình lập": "che-dinh-lap",
    "rượu mẫu sơn": "ruou-mau-son",
    "măng ớt": "mang-ot",
    "măng khô": "mang-kho",
    "khâu nhục": "khau-nhuc",
    "vịt quay": "vit-quay",
    "lạp xưởng": "lap-xuong",
    "bánh chưng đen": "banh-chung-den",
    "khẩu sli": "khau-sli",
    "mật ong": "mat-ong-rung",
    "mật ong ngũ gia bì": "mat-ong-ngu-gia-bi",
    "khoai môn": "khoai-mon",
    "rau bò khai": "rau-bo-khai",
    "nấm hương": "nam-huong",
    "trám đen": "tram-den",
    "gạo nếp cái hoa vàng": "gao-nep-cai",
    "gà sáu ngón": "ga-sau-ngon",
    "mắc ca": "hat-mac-ca",
    # other names
    "mãng cầu": "na-chi-lang",
    "sương sáo": "thach-den-kho",
    "tiên thảo": "thach-den-kho",
    "đại hồi": "hoa-hoi-kho",
    "tai vị": "hoa-hoi-kho",
    "móc mật": "qua-mac-mat",
    "star anise": "hoa-hoi-kho",
    "custard apple": "na-chi-lang",
    "honey": "mat-ong-rung",
    "八角": "hoa-hoi-kho",
    "番荔枝": "na-dai",
    # half typed, with the input method off or half way, without spaces, with a slip
    "na chi lan": "na-chi-lang",
    "na chi lawng": "na-chi-lang",
    "hoa hooi": "hoa-hoi-kho",
    "hoa hoofi": "hoa-hoi-kho",
    "nachilang": "na-chi-lang",
    "matong": "mat-ong-rung",
    "mat onng": "mat-ong-rung",
    "hat dde": "hat-de",
    "thahc den": "thach-den-kho",
    # with a weight, a wish, a place
    "5 cân na": "na-chi-lang",
    "1kg mật ong": "mat-ong-rung",
    "nửa cân hạt dẻ": "hat-de",
    "mua hoa hồi ở đâu": "hoa-hoi-kho",
    "giá quýt bắc sơn": "quyt-vang-bac-son",
    "na xã chi lăng": "na-chi-lang",
    "khoai lang lộc bình": "khoai-lang-loc-binh",
}


@pytest.fixture
def market(db):
    """The province's whole catalogue: one household sells one listing of each product, all equally fresh."""
    loader = Loader(update=False)
    with time_machine.travel(DAY, tick=False):
        places.load_communes(loader)
        goods.load_goods(loader)
        shop = a_storefront("Nông sản nhà Lý", commune=Commune.objects.get(name="Xã Chi Lăng"))
        for product in Product.objects.order_by("-position"):
            on_shelf(f"{product.name} nhà trồng", product=product, storefront=shop, found=False)
        services.rebuild()
        yield


def search(typed: str):
    query = QueryDict(mutable=True)
    query["q"] = typed
    return find.find(Wish.read(query, marks=CertificateKind.values))


def test_what_people_type_finds_what_they_mean(market):
    found = {typed: search(typed) for typed in FIRST}
    wrong = {
        typed: (found[typed].rows[0].product_slug if found[typed].rows else "nothing", wanted)
        for typed, wanted in FIRST.items()
        if not found[typed].rows or found[typed].rows[0].product_slug != wanted
    }
    assert len(FIRST) >= 60
    assert not wrong


def test_a_mended_search_says_how_it_was_read(market):
    assert search("na chi lawng").read_as == "na chi lăng"
    assert search("nachilang").read_as == "na chi lăng"
    assert search("mat onng").read_as == "mật ong"
    assert search("na chi lang").read_as == ""
    assert search("5 cân na").read_as == ""


def test_totals_are_what_the_pages_show(market):
    for typed in ("hồng", "chi lăng", "đen", "nhà trồng", "na"):
        found = search(typed)
        assert found.total and found.total >= len(found.rows), typed
        if not found.next_after:
            assert found.total == len(found.rows), typed


def test_new_words_are_known_at_once_and_counted_at_night(market):
    listing = on_shelf("Na sấy giòn rụm", product=Product.objects.get(slug="na-dai"), text="Ngọt thanh.")
    assert [card.listing_id for card in search("giòn rụm").rows] == [listing.pk]
    assert [card.listing_id for card in search("na giòn").rows] == [listing.pk]
    assert [card.listing_id for card in search("ngọt thanh").rows] == [listing.pk]
    wordlist.count()
    assert [card.listing_id for card in search("gion rum").rows] == [listing.pk]


def test_words_of_many_names_stay_a_small_question(market):
    """Every product and every commune leaves other words over; not each of these ways is sought."""
    words = set(NAME_WORDS.split())
    names = known.read()
    product = next(each for each in names.products.values() if not each.folded & words)
    commune = next(each for each in names.communes.values() if not each.folded & words)
    for word in words:
        on_shelf(
            f"Túi {word} {word}",
            product=Product.objects.get(pk=product.id),
            storefront=a_storefront(f"Hộ {word}", commune=Commune.objects.get(pk=commune.code)),
        )
    wordlist.count()
    search(NAME_WORDS)
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as asked:
        search(NAME_WORDS)
    assert time.perf_counter() - began < 1
    assert max(len(each["sql"]) for each in asked.captured_queries) < 40_000
