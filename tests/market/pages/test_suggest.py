"""While somebody types: products, places, households and searches to choose from, cheap and the same for all."""

import re

import pytest

from shop.market.pages import suggest
from shop.search.values import Hint, Suggested
from tests.builders.shelf import a_commune, a_product, a_storefront, on_shelf
from tests.market.pages.reading import links, words

pytestmark = pytest.mark.django_db


def ask(client, typed: str, prefix: str = ""):
    return client.get(f"{prefix}/goi-y/", {"q": typed})


@pytest.fixture
def four_kinds(monkeypatch):
    a_product(), a_commune()
    hints = Suggested(
        products=(Hint(code="na-chi-lang", label="Na Chi Lăng", count=1_234),),
        communes=(Hint(code="06463", label="Xã Chi Lăng", note="Chi Lăng"),),
        storefronts=(Hint(code="ba-sau-1", label="Vườn nhà Bà Sáu", note="Xã Chi Lăng"),),
        searches=(Hint(code="na chi lăng", label="na chi lăng"),),
    )
    monkeypatch.setattr(suggest.search, "suggest", lambda typed: hints)


def test_each_kind_leads_to_its_page(client, four_kinds):
    assert links(ask(client, "na")) - {"/static/img/icons.svg#pin"} >= {
        "/san-pham/na-chi-lang/",
        "/san-pham/?xa=06463",
        "/gian-hang/ba-sau-1/",
        "/san-pham/?q=na+chi+l%C4%83ng",
    }


def test_a_product_comes_with_its_drawing_a_place_with_its_district(client, four_kinds):
    page = ask(client, "na")
    assert "illustrations/na.svg" in page.content.decode()
    assert "huyện Chi Lăng cũ" in words(page) and "1.234 tin bán" in words(page)


def test_the_fragment_is_a_list_of_options_for_a_combobox(client, four_kinds):
    page = ask(client, "na").content.decode()
    options = re.findall(r"<a ([^>]*)>", page)
    assert len(options) == 4
    assert all('role="option"' in each and 'aria-selected="false"' in each for each in options)
    assert page.count('role="group" aria-label="') == 4 and "<html" not in page


def test_it_speaks_the_language_of_the_page(client, four_kinds):
    assert "/en/san-pham/na-chi-lang/" in links(ask(client, "na", "/en"))


@pytest.mark.parametrize("typed", ["", "   ", "\t"])
def test_nothing_typed_gets_nothing_and_asks_nobody(client, django_assert_num_queries, typed):
    with django_assert_num_queries(0):
        page = ask(client, typed)
    assert (page.status_code, page.content.strip()) == (200, b"")


def test_hints_may_be_kept_five_minutes_and_are_for_no_robot(client):
    page = ask(client, "na")
    assert page["Cache-Control"] == "public, max-age=300" and page["X-Robots-Tag"] == "noindex"
    assert not page.cookies and "Cookie" not in page.get("Vary", "")


def test_hints_cost_the_same_for_one_and_for_many(client, django_assert_max_num_queries):
    product = a_product()
    on_shelf("Na 0", product=product)
    ask(client, "na")
    for number in range(20):
        on_shelf(f"Na {number + 1}", product=product, storefront=a_storefront(f"Hộ na {number}"))
    for typed, most in (("n", 4), ("na", 4), ("na chi", 4), ("ho na", 4), ("x" * 90, 4), ("nq chj lag", 8)):
        with django_assert_max_num_queries(most):
            assert ask(client, typed).status_code == 200


def test_every_search_box_knows_where_to_ask(client):
    on_shelf()
    for path, boxes in (("/san-pham/", 2), ("/gian-hang/", 3), ("/en/san-pham/", 2)):
        page = client.get(path).content.decode()
        prefix = "/en" if path.startswith("/en") else ""
        assert page.count(f'<search-hints data-src="{prefix}/goi-y/"') == boxes
