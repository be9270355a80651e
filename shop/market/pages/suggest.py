"""What somebody who is still typing may mean: a fragment of links below the search box, the same for everybody."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypedDict

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from common.templatetags.vn import decimal
from shop.market.pages.errors import in_time
from shop.market.pages.names import names
from shop.market.pages.public import public
from shop.search import suggest as search
from shop.search.values import Hint
from shop.search.wish import Wish

#: hints change with the goods, not with the person: browsers and caches keep them
KEPT_S = 300


class Option(TypedDict):
    """One line to choose; `drawing` or `icon` stands before it."""

    url: str
    label: str
    note: str
    count: str
    drawing: str
    icon: str


class Group(TypedDict):
    """Options of one kind; `lang` is 'vi' where their names are not translated."""

    title: str
    options: list[Option]
    lang: str


@public
@in_time
def suggest(request: HttpRequest) -> HttpResponse:
    """Products, communes, households and searches for `q`; an empty answer for nothing."""
    typed = request.GET.get("q", "").strip()
    groups = _groups(search.suggest(typed)) if typed else []
    # Without the request: no context of a page's frame is needed here, and none is paid for.
    response = HttpResponse(render_to_string("market/catalogue_suggest.html", {"groups": groups}))
    response["Cache-Control"] = f"public, max-age={KEPT_S}"
    response["X-Robots-Tag"] = "noindex"
    return response


def _groups(found: search.Suggested) -> list[Group]:
    """The kinds that have something, in the order of the list."""
    made = [
        Group(title=_("Sản phẩm"), options=[_product(each) for each in found.products], lang=""),
        Group(title=_("Xã, phường"), options=[_commune(each) for each in found.communes], lang="vi"),
        Group(
            title=pgettext("danh sách", "Gian hàng"),
            options=[_storefront(each) for each in found.storefronts],
            lang="vi",
        ),
        Group(title=_("Tìm"), options=list(_searches(found.searches)), lang="vi"),
    ]
    return [group for group in made if group["options"]]


def _product(hint: Hint) -> Option:
    known = names().products.get(hint.code)
    url = reverse("market:product", args=[hint.code])
    return _option(hint, url, drawing=known.drawing if known else "", icon="leaf")


def _commune(hint: Hint) -> Option:
    known = names().communes.get(hint.code)
    said = replace(hint, note=known.former) if known else hint
    return _option(said, reverse("market:catalogue") + Wish(communes=(hint.code,)).query(), icon="pin")


def _storefront(hint: Hint) -> Option:
    return _option(hint, reverse("market:storefront", args=[hint.code]), icon="store")


def _searches(hints: Iterable[Hint]) -> Iterable[Option]:
    path = reverse("market:catalogue")
    for hint in hints:
        yield _option(hint, path + Wish(q=hint.code).query(), icon="search")


def _option(hint: Hint, url: str, *, icon: str, drawing: str = "") -> Option:
    number = hint.count
    words = ngettext("%(number)s tin bán", "%(number)s tin bán", number or 0)
    return Option(
        url=url,
        label=hint.label,
        note=hint.note,
        count="" if number is None else words % {"number": decimal(number)},
        drawing=drawing,
        icon=icon,
    )
