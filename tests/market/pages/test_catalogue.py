"""The catalogue's links: one address for one wish, pages without end or repetition, and always a way on."""

import re

import pytest
from django.db import OperationalError, connection, transaction
from django.http import QueryDict
from django.urls import reverse

from common import dates
from farmers.models import CertificateKind
from shop.market.pages import browse, filters, suggest
from shop.market.pages.names import names
from shop.search import services
from shop.search.values import Choice, Found
from shop.search.wish import PRICES, Wish
from tests.builders.shelf import a_commune, a_paper, a_product, a_storefront, on_shelf
from tests.market.pages.reading import links, next_page, words

pytestmark = pytest.mark.django_db
CARD = re.compile(r'<h3><a href="(/gian-hang/[^"]+)"')


def found(**changes) -> Found:
    return Found(**{"rows": (), "total": 0, **changes})


def test_a_choice_leads_to_the_one_address_of_its_wish(client):
    """Addresses written once for a whole group are those that the wish itself would write."""
    place, product = a_commune(), a_product()
    other = a_product("Hoa hồi khô", category="Gia vị")
    wishes = [
        Wish(),
        Wish(q="na & chi", sort="gia-thap"),
        Wish(q=filters._ANY),
        Wish(category="gia-vi", product=other.slug, communes=("06325", place.code), marks=("vietgap",)),
        Wish(district="chi-lang", in_season=True, price=PRICES[0], after="12.7"),
    ]
    values = {
        "nhom": ["trai-cay", "gia-vi"],
        "san-pham": [product.slug, other.slug],
        "mua": ["1"],
        "xa": [place.code],
        "huyen": ["chi-lang"],
        "gia": list(PRICES),
        "chung-nhan": ["ocop-4", "vietgap"],
    }
    for wish in wishes:
        for name, some in values.items():
            facets = {
                name: tuple(Choice(value=each, count=1, chosen=_chosen(wish, name, each)) for each in some)
            }
            made = filters.Filters(wish, found(facets=facets), names())
            for group in made.groups():
                for link in (*group.first, *group.rest):
                    path, _, query = link["url"].partition("?")
                    kind = path.split("/")[2] if path.startswith("/nhom/") else ""
                    again = Wish.read(QueryDict(query), marks=CertificateKind.values, category=kind)
                    assert again.query() == (f"?{query}" if query else ""), link
                    assert again.after == "" and again.q == wish.q


def _chosen(wish: Wish, name: str, value: str) -> bool:
    return (
        value
        in {
            "nhom": (wish.category,),
            "san-pham": (wish.product,),
            "mua": ("1",) if wish.in_season else (),
            "xa": wish.communes,
            "huyen": (wish.district,),
            "gia": (wish.price,),
            "chung-nhan": wish.marks,
        }[name]
    )


def test_choosing_and_taking_off_lead_back_to_where_one_was(client):
    product, shop = a_product(), a_storefront()
    a_paper(shop, product)
    on_shelf(product=product, storefront=shop)
    start = client.get("/san-pham/?sap-xep=moi")
    for address in sorted(each for each in links(start) if each.endswith("sap-xep=moi") and "?" in each):
        narrowed = client.get(address)
        assert narrowed.status_code == 200
        assert "/san-pham/?sap-xep=moi" in links(narrowed), address


def test_a_product_can_be_chosen_and_leads_to_its_own_page(client):
    on_shelf("Na A", product=a_product())
    on_shelf("Hồi A", product=a_product("Hoa hồi khô", category="Gia vị"))
    assert "/san-pham/?san-pham=na-chi-lang" in links(client.get("/san-pham/"))
    page = client.get("/san-pham/?san-pham=na-chi-lang")
    assert "Na A" in words(page) and "Hồi A" not in words(page)
    assert "/san-pham/na-chi-lang/" in links(page)


def test_more_than_anybody_counts_is_said_to_be_more(client, monkeypatch):
    monkeypatch.setattr(browse.find, "find", lambda wish: found(total=10_000, over=True))
    assert "hơn 10.000 tin bán" in words(client.get("/san-pham/?q=na"))


def test_a_choice_that_nobody_counted_shows_no_number(client, monkeypatch):
    a_product()
    facets = {
        "san-pham": (Choice(value="na-chi-lang", count=None),),
        "mua": (Choice(value="1", count=1_234),),
    }
    monkeypatch.setattr(browse.find, "find", lambda wish: found(total=3, facets=facets))
    page = client.get("/san-pham/").content.decode()
    row = page[page.index("?san-pham=na-chi-lang") :].split("</li>")[0]
    assert "Na Chi Lăng" in row and 'class="num"' not in row
    assert "1.234" in page


def test_what_was_mended_is_said_and_what_was_typed_stays(client, monkeypatch):
    monkeypatch.setattr(browse.find, "find", lambda wish: found(total=1, read_as="na chi lăng"))
    page = client.get("/san-pham/?q=na+chi+lawng")
    assert "Đang hiện kết quả cho “na chi lăng”" in words(page)
    assert 'value="na chi lawng"' in page.content.decode()
    assert "/san-pham/?q=na+chi+l%C4%83ng" in links(page)


def test_pages_follow_each_other_until_all_was_seen_once(client):
    shop = a_storefront()
    for number in range(50):
        on_shelf(f"Na {number}", product=a_product(f"Quả {number}"), storefront=shop, found=False)
    services.rebuild()
    seen, address = [], "/san-pham/?sap-xep=gia-thap"
    for _ in range(5):
        page = client.get(address)
        seen += CARD.findall(page.content.decode())
        address = next_page(page)
        if not address:
            break
    assert len(seen) == 50 == len(set(seen))
    assert "/san-pham/?sap-xep=gia-thap" in links(page), "and from the last one back to the first"


def test_behind_the_last_page_there_is_a_way_back(client):
    on_shelf()
    page = client.get("/san-pham/?q=na&sau=0.0")
    assert "Đã hết danh sách" in words(page) and "/san-pham/?q=na" in links(page)


def test_nothing_found_shows_ways_on(client):
    on_shelf()
    page = client.get("/san-pham/?q=xyzxyz&mua=1")
    assert {"/san-pham/?q=xyzxyz", "/san-pham/", "/nhom/trai-cay/", "/gian-hang/"} <= links(page)


def test_goods_out_of_season_are_named_below(client):
    month = dates.today().month % 12 + 1
    a_product("Đào Mẫu Sơn", season_months=[month])
    on_shelf()
    assert "/san-pham/dao-mau-son/" in links(client.get("/san-pham/"))
    assert "/san-pham/dao-mau-son/" not in links(client.get("/san-pham/?q=na"))


@pytest.mark.parametrize(
    "path", ["/san-pham/?q=na", "/nhom/trai-cay/?q=na", "/gian-hang/?q=na", "/goi-y/?q=na"]
)
def test_a_search_that_takes_too_long_ends_in_a_clear_page(client, monkeypatch, path):
    on_shelf()
    for room, name in ((browse.find, "find"), (browse.find, "households"), (suggest.search, "suggest")):
        monkeypatch.setattr(room, name, _too_slow)
    page = client.get(path)
    assert page.status_code == 503
    assert page["Retry-After"] == "10" and page["Cache-Control"] == "no-store"
    assert "chợ đã dừng" in words(page) and 'value="na"' in page.content.decode()
    assert {path, reverse("market:category", args=["trai-cay"])} <= links(page)


def _too_slow(*_args, **_kwargs):
    """What the web's statement time-out does to a search."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10ms'")
        cursor.execute("SELECT pg_sleep(5)")


def test_another_trouble_of_the_database_is_not_called_slow(client, monkeypatch):
    def gone(*_args, **_kwargs):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(browse.find, "find", gone)
    page = client.get("/san-pham/")
    assert page.status_code == 503 and "Chợ tạm nghỉ" in words(page)


@pytest.mark.parametrize("prefix, marked", [("", False), ("/en", True), ("/zh-hans", True)])
def test_a_chip_says_that_a_place_is_vietnamese(client, prefix, marked):
    """Where the page is not: whoever listens hears the name as it is said."""
    on_shelf()
    page = client.get(f"{prefix}/san-pham/?xa=06463&huyen=chi-lang&mua=1").content.decode()
    chips = page[page.index('class="chips scroll"') :].split("</div>")[0]
    assert chips.count('<span lang="vi">') == (2 if marked else 0) and chips.count("Chi Lăng") == 2
