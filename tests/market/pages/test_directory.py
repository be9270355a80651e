"""Households by commune: a map of tiles that is also a list, a search, and pages without end or repetition."""

import math
import re

import pytest

from common import province
from shop.market.pages import directory, tiles
from shop.search import sellers, services
from tests.builders.shelf import a_commune, a_product, a_storefront, on_shelf
from tests.market.pages.reading import links, next_page, words

pytestmark = pytest.mark.django_db
STORE = re.compile(r'<h3><a href="(/gian-hang/[^"]+)"')


def points() -> tuple[tiles.Point, ...]:
    return tuple((row["code"], row["lat"], row["lon"]) for row in province.read("communes.json")["communes"])


def test_every_commune_has_a_tile_of_its_own_within_the_style_sheet():
    at = tiles.layout(points())
    spots = {(cell.row, cell.column) for cell in at.values()}
    assert len(at) == len(spots) == 65
    assert all(1 <= row <= tiles.MOST and 1 <= column <= tiles.MOST for row, column in spots)


def test_tiles_lie_as_the_communes_lie():
    """Whoever lies clearly further north or west does so on the map, nearly always."""
    at, known = tiles.layout(points()), points()
    pairs = [
        (first, second)
        for first in known
        for second in known
        if first[1] - second[1] > 0.2 and first != second
    ]
    right = sum(at[north[0]].row < at[south[0]].row for north, south in pairs)
    assert right / len(pairs) > 0.99
    pairs = [(first, second) for first in known for second in known if second[2] - first[2] > 0.2]
    right = sum(at[west[0]].column < at[east[0]].column for west, east in pairs)
    assert right / len(pairs) > 0.99


def test_the_same_communes_always_lie_the_same_way():
    assert tiles.layout.__wrapped__(points()) == tiles.layout.__wrapped__(points())


@pytest.mark.parametrize("some", [(), (("1", 21.0, 106.0),), (("1", 21.0, 106.0), ("2", 21.0, 106.0))])
def test_few_places_or_none_are_laid_out_too(some):
    assert len({(cell.row, cell.column) for cell in tiles.layout(some).values()}) == len(some)


def test_the_assignment_is_the_cheapest_there_is():
    costs = [[4, 1, 3, 9], [2, 0, 5, 9], [3, 2, 2, 9]]
    chosen = tiles.cheapest(costs)
    assert sum(costs[row][column] for row, column in enumerate(chosen)) == 5
    assert len(set(chosen)) == 3


def test_tones_grow_with_the_number_of_households():
    tones = [directory.tone(count, 10_000) for count in (0, 1, 9, 50, 800, 10_000)]
    assert tones == sorted(tones) and tones[0] == 0 and tones[-1] == directory.TONES
    assert directory.tone(1, 1) >= 1 and math.isfinite(directory.tone(1, 1))


def test_a_tile_names_its_commune_and_counts_its_households(client):
    on_shelf(storefront=a_storefront(commune=a_commune()))
    a_commune("Xã Bắc Sơn", "06325", "Bắc Sơn")
    page = client.get("/gian-hang/")
    assert "Chi Lăng 1 hộ" in words(page) and "Bắc Sơn , chưa có hộ bán" in words(page)
    assert "/gian-hang/?xa=06463" in links(page) and "/gian-hang/?xa=06325" not in links(page)


def test_a_chosen_tile_can_be_left_again_and_words_stay(client):
    on_shelf(storefront=a_storefront(commune=a_commune()))
    page = client.get("/gian-hang/?q=na&xa=06463")
    assert "Gian hàng ở Xã Chi Lăng" in words(page)
    assert "/gian-hang/?q=na" in links(page)


def test_pages_of_households_follow_each_other(client):
    product = a_product()
    for number in range(30):
        on_shelf(f"Na {number}", product=product, storefront=a_storefront(f"Hộ {number}"), found=False)
    services.rebuild()
    first = client.get("/gian-hang/")
    assert "30 hộ đã xác minh đang có tin bán" in words(first)
    second = client.get(next_page(first))
    seen = [*STORE.findall(first.content.decode()), *STORE.findall(second.content.decode())]
    assert len(seen) == 30 == len(set(seen)) and not next_page(second)
    assert "/gian-hang/" in links(second)


def test_one_and_fifty_households_cost_the_same(client, django_assert_max_num_queries):
    product = a_product()
    on_shelf("Na", product=product)
    client.get("/gian-hang/")
    for number in range(50):
        on_shelf(f"Na {number}", product=product, storefront=a_storefront(f"Hộ {number}"))
    for query in ("", "?q=na", "?xa=06463", "?q=ho&xa=06463&sau=6463.1"):
        with django_assert_max_num_queries(8):
            assert client.get(f"/gian-hang/{query}").status_code == 200


def test_more_than_are_counted_are_said_to_be_more(client, monkeypatch):
    monkeypatch.setattr(sellers, "MOST_COUNTED", 3)
    for number in range(3):
        on_shelf("Na", storefront=a_storefront(f"Hộ {number}"))
    address = "/gian-hang/?xa=06463"
    assert " 3 hộ đã xác minh đang có tin bán" in words(client.get(address))
    assert "hơn 3" not in words(client.get(address))
    on_shelf("Na", storefront=a_storefront("Hộ 4"))
    assert "hơn 3 hộ đã xác minh đang có tin bán" in words(client.get(address))
    assert " 4 hộ đã xác minh đang có tin bán" in words(client.get("/gian-hang/")), "all are added up"


@pytest.mark.parametrize(("wide", "high"), [(0.2, 2.6), (2.6, 0.2), (0.0, 1.0), (1.0, 0.0)])
def test_a_long_narrow_land_has_room_for_all(wide, high):
    some = tuple((str(each), 20 + high * each / 130, 105 + wide * (each % 7) / 7) for each in range(130))
    cells = tiles.layout(some).values()
    assert len({(cell.row, cell.column) for cell in cells}) == 130
    assert all(cell.row <= tiles.MOST and cell.column <= tiles.MOST for cell in cells)
