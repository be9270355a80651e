"""Facets as groups of links, chips of what is chosen, and the orders to choose from: each is an address."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common import money
from farmers.models import CertificateKind, Commune
from shop.catalogue.models import Category
from shop.search.build import district_slug
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    label: str
    url: str
    count: int | None = None
    chosen: bool = False
    sub: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    name: str
    title: str
    first: tuple[Link, ...]
    rest: tuple[Link, ...] = ()


class Filters:
    """One page of results seen as links. Two queries: categories and communes."""

    def __init__(self, wish: Wish, found: Found) -> None:
        self.wish, self.found = wish, found
        self.categories = {each.slug: each for each in Category.objects.all()}
        self.communes = {each.code: each for each in Commune.objects.all()}
        self.districts = {
            district_slug(name): name for each in self.communes.values() for name in each.former_districts
        }

    def groups(self) -> list[Group]:
        """The facets that have something to choose, in the order of the page."""
        made = [
            self._group("nhom", _("Nhóm hàng")),
            self._group("mua", _("Mùa vụ")),
            self._group("xa", _("Xã, phường")),
            self._group("huyen", _("Huyện cũ")),
            self._group("gia", _("Giá mỗi kg, lít, chiếc")),
            self._group("chung-nhan", _("Chứng nhận")),
        ]
        return [group for group in made if group.first]

    def chips(self) -> list[Link]:
        """What is chosen; each link takes it off."""
        wish = self.wish
        chips = [Link(label=f"“{wish.q}”", url=self._url(wish.but(q="")))] if wish.q else []
        for name, value in self._chosen():
            chips.append(
                Link(label=self._label(name, value), url=self._url(self._toggled(name, value, True)))
            )
        return chips

    def sorts(self) -> list[Link]:
        return [
            Link(label=_(label), url=self._url(self.wish.but(sort=sort)), chosen=sort == self.wish.sort)
            for sort, label in SORTS.items()
        ]

    def next_url(self) -> str:
        return self._url(replace(self.wish, after=self.found.next_after)) if self.found.next_after else ""

    def first_url(self) -> str:
        return self._url(self.wish.but()) if self.wish.after else ""

    def clear_url(self) -> str:
        return reverse("market:catalogue")

    def _url(self, wish: Wish) -> str:
        path = (
            reverse("market:category", args=[wish.category]) if wish.category else reverse("market:catalogue")
        )
        return path + wish.query()

    def _chosen(self) -> Iterable[tuple[str, str]]:
        wish = self.wish
        yield from [("nhom", wish.category)] if wish.category in self.categories else []
        yield from [("mua", "1")] if wish.in_season else []
        yield from (("xa", code) for code in wish.communes if code in self.communes)
        yield from [("huyen", wish.district)] if wish.district else []
        yield from [("gia", wish.price)] if wish.price else []
        yield from (("chung-nhan", mark) for mark in wish.marks)

    def _group(self, name: str, title: str) -> Group:
        choices = self.found.facets.get(name, ())
        links = [self._link(name, choice) for choice in choices if self._known(name, choice.value)]
        links.sort(key=lambda link: not link.chosen) if name != "gia" else None
        return Group(name=name, title=title, first=tuple(links[:FIRST]), rest=tuple(links[FIRST:]))

    def _known(self, name: str, value: str) -> bool:
        return name != "nhom" or value in self.categories

    def _link(self, name: str, choice: Choice) -> Link:
        url = self._url(self._toggled(name, choice.value, choice.chosen))
        label, sub = self._label(name, choice.value), self._sub(name, choice.value)
        return Link(label=label, url=url, count=choice.count, chosen=choice.chosen, sub=sub)

    def _toggled(self, name: str, value: str, chosen: bool) -> Wish:
        wish = self.wish
        if name == "nhom":
            return wish.but(category="" if chosen else value)
        if name == "mua":
            return wish.but(in_season=not chosen)
        if name == "xa":
            return wish.but(
                communes=_without(wish.communes, value) if chosen else _with(wish.communes, value)
            )
        if name == "huyen":
            return wish.but(district="" if chosen else value)
        if name == "chung-nhan":
            return wish.but(marks=_without(wish.marks, value) if chosen else _with(wish.marks, value))
        low, high = (None, None) if chosen else (int(part) if part else None for part in value.split("-"))
        return wish.but(price_min=low, price_max=high)

    def _label(self, name: str, value: str) -> str:
        if name == "nhom":
            return self.categories[value].name
        if name == "mua":
            return _("Đang vào mùa")
        if name == "xa":
            commune = self.communes.get(value)
            return commune.short_name if commune else value
        if name == "huyen":
            return self.districts.get(value, value)
        if name == "chung-nhan":
            return str(CertificateKind(value).label)
        return _price(value)

    def _sub(self, name: str, value: str) -> str:
        commune = self.communes.get(value) if name == "xa" else None
        return _("huyện %(name)s cũ") % {"name": commune.former_district} if commune else ""


def _with(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return tuple(sorted({*values, value}))


def _without(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return tuple(each for each in values if each != value)


def _price(value: str) -> str:
    low, high = value.split("-")
    if not low:
        return _("Dưới %(price)s") % {"price": money.vnd(int(high))}
    if not high:
        return _("Từ %(price)s") % {"price": money.vnd(int(low))}
    return _("%(low)s đến %(high)s") % {"low": money.vnd(int(low)), "high": money.vnd(int(high))}
