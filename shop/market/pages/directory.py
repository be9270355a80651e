"""The directory of households: a map of tiles, a search box, and the households by commune."""

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import TypedDict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from common.templatetags.vn import decimal
from farmers.models import CertificateKind
from shop.market import seo
from shop.market.pages import share, tiles
from shop.market.pages.errors import in_time
from shop.market.pages.names import Place, names
from shop.market.pages.public import public
from shop.search import find
from shop.search.values import Households
from shop.search.wish import Wish

#: tones of a tile that has households, from few to many
TONES = 4


class Tile(TypedDict):
    """A commune on the map; `url` is '' where nobody sells, `tone` 0 there and else 1 to 4."""

    code: str
    name: str
    count: str
    url: str
    tone: int
    row: int
    column: int
    chosen: bool


class District(TypedDict):
    """A former district with its communes: how the list is read on a phone and aloud."""

    name: str
    tiles: list[Tile]


@public
@in_time
def storefronts(request: HttpRequest) -> HttpResponse:
    """Households that sell something, by commune; `q` searches names, places and goods."""
    wish = Wish.read(request.GET, marks=CertificateKind.values)
    found = find.households(wish)
    counts = {each["commune_code"]: each["households"] for each in find.communes()}
    districts = _districts(wish, counts)
    here = reverse("market:storefronts")
    place = names().communes.get(wish.communes[0]) if len(wish.communes) == 1 else None
    crumbs = [(pgettext("danh sách", "Gian hàng"), here if place else "")]
    crumbs += [(place.name, "")] if place else []
    context = {
        "wish": wish,
        "heading": _heading(place),
        "rows": [_row(each) for each in found.rows],
        "counted": _counted(found),
        "districts": districts,
        "communes": _to_choose(districts),
        "next_url": here + replace(wish, after=found.next_after).query() if found.next_after else "",
        "first_url": here + wish.but().query() if wish.after else "",
        "folded": bool(wish.q or wish.after or wish.narrowed),
        "crumbs": crumbs,
        "jsonld": [seo.breadcrumbs(crumbs), seo.storefront_list(found.rows)],
        "og_image": share.of_market(),
        **seo.indexed(here, wish, own_words=bool(place) and wish == Wish(communes=wish.communes)),
    }
    return render(request, "market/storefronts.html", context)


def _row(found: dict) -> dict:
    """A household with its address, the names of its goods, and what it has now in words ('' when it waits)."""
    number = found["to_buy"]
    words = ngettext("%(number)s tin đang có hàng", "%(number)s tin đang có hàng", number)
    return {
        "url": reverse("market:storefront", args=[found["storefront_slug"]]),
        "name": found["storefront_name"],
        "place": found["commune_name"],
        "drawing": found["drawing"],
        "goods": ", ".join(found["products"]),
        "now": words % {"number": decimal(number)} if number else "",
    }


def _heading(place: Place | None) -> str:
    return _("Gian hàng ở %(place)s") % {"place": place.name} if place else _("Gian hàng của các hộ")


def _counted(found: Households) -> str:
    total = found.total
    if found.over:
        return _("hơn %(number)s hộ đã xác minh đang có tin bán") % {"number": decimal(total)}
    words = ngettext(
        "%(number)s hộ đã xác minh đang có tin bán", "%(number)s hộ đã xác minh đang có tin bán", total
    )
    return words % {"number": decimal(total)}


def _districts(wish: Wish, counts: dict[str, int]) -> list[District]:
    """All communes as tiles, below their former districts, from north to south."""
    places = names().communes
    cells = tiles.layout(tuple((each.code, each.lat, each.lon) for each in places.values()))
    most = max(counts.values(), default=0)
    base = reverse("market:storefronts")
    grouped: dict[str, list[Place]] = {}
    for place in places.values():
        grouped.setdefault(place.former, []).append(place)
    ordered = sorted(grouped.items(), key=lambda item: min(cells[each.code].row for each in item[1]))
    return [
        District(
            name=former,
            tiles=[
                _tile(each, cells[each.code], counts.get(each.code, 0), most, wish, base) for each in some
            ],
        )
        for former, some in ordered
    ]


def _tile(place: Place, cell: tiles.Cell, count: int, most: int, wish: Wish, base: str) -> Tile:
    chosen = place.code in wish.communes
    there = Wish(q=wish.q, communes=() if chosen else (place.code,))
    return Tile(
        code=place.code,
        name=place.short_name,
        count=decimal(count),
        url=base + there.query() if count or chosen else "",
        tone=tone(count, most),
        row=cell.row,
        column=cell.column,
        chosen=chosen,
    )


def tone(count: int, most: int) -> int:
    """How dark a tile is, 0 (nobody) to 4 (nearly as many as anywhere): by the logarithm, since few have most."""
    if not count:
        return 0
    return 1 + min(TONES - 1, int(TONES * math.log(count) / math.log(most + 1)))


def _to_choose(districts: Iterable[District]) -> list[Tile]:
    """Communes to choose from in the search form: those with households, by the alphabet of the names."""
    order = {code: number for number, code in enumerate(names().communes)}
    found = [tile for district in districts for tile in district["tiles"] if tile["url"]]
    return sorted(found, key=lambda tile: order[tile["code"]])
