"""Facets as groups of links, chips of what is chosen, and the orders to choose from: each is an address."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypedDict

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common import money
from common.templatetags.vn import decimal
from farmers.models import CertificateKind
from shop.market.pages.names import Names
from shop.search.values import Choice, Found
from shop.search.wish import Wish

SORTS = {
    "phu-hop": gettext_noop("Phù hợp nhất"),
    "moi": gettext_noop("Mới đăng"),
    "gia-thap": gettext_noop("Giá mỗi kg thấp trước"),
    "gia-cao": gettext_noop("Giá mỗi kg cao trước"),
}
#: so many choices of a group stand open; the rest opens with one tap
FIRST = 6
#: facets of which several values may be chosen at once
SEVERAL = {"xa", "chung-nhan"}
#: stands for a value while the address of a group's choices is written once
_ANY = "0any0"


class Link(TypedDict):
    """A choice as a row or a chip shows it. A dictionary: templates read those fastest, and a page has sixty."""

    label: str
    url: str
    #: how many it leaves, in words of figures, or '' when nobody counted
    count: str
    chosen: bool
    sub: str
    #: 'vi' where the label is a name that is not translated, else ''
    lang: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """One facet. `lang` is 'vi' where the labels are names that are not translated."""

    title: str
    first: list[Link]
    rest: list[Link]
    is_open: bool
    lang: str


class Filters:
    """One page of results seen as links."""

    def __init__(self, wish: Wish, found: Found, names: Names) -> None:
        self.wish, self.found, self.names = wish, found, names

    def any(self) -> bool:
        """Whether there is anything to choose."""
        return any(self.found.facets.values())

    def key(self) -> str:
        """The same for all pages of results whose groups are the same but for their numbers."""
        return f"{self.wish.category}/{self.wish.but().query()}"

    def groups(self) -> list[Group]:
        """The facets that have something to choose, in the order of the page."""
        titles = {
            "nhom": _("Nhóm hàng"),
            "san-pham": _("Sản phẩm"),
            "mua": _("Mùa vụ"),
            "xa": _("Xã, phường"),
            "huyen": _("Huyện cũ"),
            "gia": _("Giá mỗi kg, lít, chiếc"),
            "chung-nhan": _("Chứng nhận"),
        }
        made = [self._group(name, title) for name, title in titles.items() if self.found.facets.get(name)]
        return [group for group in made if group.first]

    def chips(self) -> list[Link]:
        """What is chosen; each link takes it off."""
        wish = self.wish
        chips = [_link(f"“{wish.q}”", self._url(wish.but(q="")))] if wish.q else []
        for name, value in self._chosen():
            off = self._url(self._toggled(name, value, True))
            chips.append(_link(self._label(name, value), off, lang=_lang(name)))
        return chips

    def sorts(self) -> list[Link]:
        return [
            _link(_(label), self._url(self.wish.but(sort=sort)), chosen=sort == self.wish.sort)
            for sort, label in SORTS.items()
        ]

    def next_url(self) -> str:
        return self._url(replace(self.wish, after=self.found.next_after)) if self.found.next_after else ""

    def first_url(self) -> str:
        return self._url(self.wish.but()) if self.wish.after else ""

    def clear_url(self) -> str:
        return reverse("market:catalogue")

    def read_as_url(self) -> str:
        """The search as it was understood, for those who want to go on from there."""
        return self._url(self.wish.but(q=self.found.read_as)) if self.found.read_as else ""

    def words_only_url(self) -> str:
        """What was typed, looked for without any filter; '' when no filter is set."""
        return self.clear_url() + Wish(q=self.wish.q).query() if self.wish.q and any(self._chosen()) else ""

    def _url(self, wish: Wish) -> str:
        path = (
            reverse("market:category", args=[wish.category]) if wish.category else reverse("market:catalogue")
        )
        return path + wish.query()

    def _chosen(self) -> Iterable[tuple[str, str]]:
        wish = self.wish
        yield from [("nhom", wish.category)] if wish.category in self.names.categories else []
        yield from [("san-pham", wish.product)] if wish.product else []
        yield from [("mua", "1")] if wish.in_season else []
        yield from (("xa", code) for code in wish.communes if code in self.names.communes)
        yield from [("huyen", wish.district)] if wish.district else []
        yield from [("gia", wish.price)] if wish.price else []
        yield from (("chung-nhan", mark) for mark in wish.marks)

    def _group(self, name: str, title: str) -> Group:
        choices = [each for each in self.found.facets[name] if self._known(name, each.value)]
        links = [self._link(name, choice, url) for choice, url in self._addressed(name, choices)]
        if name != "gia":
            links.sort(key=lambda link: not link["chosen"])
        return Group(
            title=title,
            first=links[:FIRST],
            rest=links[FIRST:],
            is_open=name != "huyen" or bool(self.wish.district),
            lang=_lang(name),
        )

    def _known(self, name: str, value: str) -> bool:
        return name != "nhom" or value in self.names.categories

    def _addressed(self, name: str, choices: list[Choice]) -> Iterable[tuple[Choice, str]]:
        """Each choice with its address. Where all differ in one value only, the address is written once."""
        single = name in ("nhom", "san-pham", "huyen", "gia")
        first = name in SEVERAL and not any(each.chosen for each in choices)
        alike = (single or first) and _ANY not in self.wish.q
        pattern = self._url(self._toggled(name, _ANY, False)) if alike else ""
        for each in choices:
            if alike and not each.chosen:
                yield each, pattern.replace(_ANY, each.value)
            else:
                yield each, self._url(self._toggled(name, each.value, each.chosen))

    def _link(self, name: str, choice: Choice, url: str) -> Link:
        return _link(
            self._label(name, choice.value, choice.label),
            url,
            count="" if choice.count is None else decimal(choice.count),
            chosen=choice.chosen,
            sub=self._sub(name, choice.value),
            lang=_lang(name),
        )

    def _toggled(self, name: str, value: str, chosen: bool) -> Wish:
        """The wish with this value taken off if it is chosen, else put on."""
        wish = self.wish
        if name == "mua":
            return wish.but(in_season=not chosen)
        field = {"nhom": "category", "san-pham": "product", "huyen": "district", "gia": "price"}.get(name)
        if field:
            return wish.but(**{field: "" if chosen else value})
        field = {"xa": "communes", "chung-nhan": "marks"}[name]
        values = set(getattr(wish, field))
        return wish.but(**{field: tuple(sorted(values - {value} if chosen else values | {value}))})

    def _label(self, name: str, value: str, label: str = "") -> str:
        """The value in words; `label` is what search calls it, for names that came up this minute."""
        names = self.names
        if name == "mua":
            return _("Đang vào mùa")
        if name == "gia":
            return _price(value)
        if name == "chung-nhan":
            return str(CertificateKind(value).label)
        if name == "san-pham":
            return names.products[value].name if value in names.products else label or value
        if name == "xa":
            return names.communes[value].short_name if value in names.communes else label or value
        return (names.categories if name == "nhom" else names.districts).get(value, label or value)

    def _sub(self, name: str, value: str) -> str:
        place = self.names.communes.get(value) if name == "xa" else None
        return place.former if place else ""


def _link(
    label: str, url: str, *, count: str = "", chosen: bool = False, sub: str = "", lang: str = ""
) -> Link:
    return Link(label=label, url=url, count=count, chosen=chosen, sub=sub, lang=lang)


def _lang(name: str) -> str:
    """The language of a facet's labels when it is not the page's: places are called the same everywhere."""
    return "vi" if name in ("xa", "huyen") else ""


def _price(value: str) -> str:
    low, high = value.split("-")
    if not low:
        return _("Dưới %(price)s") % {"price": money.vnd(int(high))}
    if not high:
        return _("Từ %(price)s") % {"price": money.vnd(int(low))}
    return _("%(low)s đến %(high)s") % {"low": money.vnd(int(low)), "high": money.vnd(int(high))}
