"""What is wished for, read strictly from an address: a value that this market does not know is left out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urlencode

from shop.search import text

NEWEST, CHEAPEST, DEAREST, BEST = "moi", "gia-thap", "gia-cao", "phu-hop"
SORTS = (BEST, NEWEST, CHEAPEST, DEAREST)
IN_SEASON = "1"
#: đồng per kilo, litre or piece: from, below
PRICES = ("-50000", "50000-100000", "100000-200000", "200000-")
_BANDS = [
    (int(low or 0), int(high) if high else 10**15) for low, high in (each.split("-") for each in PRICES)
]
MOST_VALUES = 20
_CODE = re.compile(r"\d{5}", re.ASCII)
_SLUG = re.compile(r"[a-z0-9-]{1,60}")
#: no number that rows are ordered by is negative, and sixteen digits of microseconds end in the year 2286
_AFTER = re.compile(r"(\d{1,16})\.(\d{1,18})", re.ASCII)


class Query(Protocol):
    """A query string: Django's QueryDict fits."""

    def get(self, name: str, default: str = ...) -> str | None: ...
    def getlist(self, name: str) -> list[str]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """A search: text, filters, order and place in the list."""

    q: str = ""
    category: str = ""
    product: str = ""
    communes: tuple[str, ...] = ()
    district: str = ""
    in_season: bool = False
    marks: tuple[str, ...] = ()
    #: one of `PRICES`, or '' when any price will do
    price: str = ""
    sort: str = BEST
    after: str = ""

    @classmethod
    def read(cls, query: Query, *, marks: Iterable[str], category: str = "") -> "Wish":
        """Read `q, san-pham, xa, huyen, mua, chung-nhan, gia, sap-xep, sau`; `marks` are the kinds of certificates that exist."""
        known = set(marks)
        price = query.get("gia", "") or ""
        product = query.get("san-pham", "") or ""
        sort = query.get("sap-xep", "") or ""
        after = query.get("sau", "") or ""
        district = query.get("huyen", "") or ""
        return cls(
            q=text.tidy(query.get("q", "") or ""),
            category=category,
            product=product if _SLUG.fullmatch(product) else "",
            communes=_several(query.getlist("xa"), lambda code: bool(_CODE.fullmatch(code))),
            district=district if _SLUG.fullmatch(district) else "",
            in_season=query.get("mua", "") in (IN_SEASON, "nay"),
            marks=_several(query.getlist("chung-nhan"), known.__contains__),
            price=price if price in PRICES else "",
            sort=sort if sort in SORTS else BEST,
            after=after if _AFTER.fullmatch(after) else "",
        )

    @property
    def place(self) -> tuple[int, int] | None:
        """The sort value and listing id of the last row of the page before."""
        match = _AFTER.fullmatch(self.after)
        return (int(match[1]), int(match[2])) if match else None

    @property
    def narrowed(self) -> bool:
        """True when a filter beside the text is set."""
        return bool(
            self.product or self.communes or self.district or self.in_season or self.marks or self.price
        )

    def but(self, **changes: object) -> "Wish":
        """The same wish with something changed, from its first page on."""
        return replace(self, **{"after": "", **changes})

    def query(self) -> str:
        """The query string of this wish in one fixed order: '?q=na&xa=06463', or ''."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [("san-pham", self.product)] if self.product else []
        pairs += [("xa", code) for code in self.communes]
        pairs += [("huyen", self.district)] if self.district else []
        pairs += [("mua", IN_SEASON)] if self.in_season else []
        pairs += [("chung-nhan", mark) for mark in self.marks]
        pairs += [("gia", self.price)] if self.price else []
        pairs += [("sap-xep", self.sort)] if self.sort != BEST else []
        pairs += [("sau", self.after)] if self.after else []
        return f"?{urlencode(pairs)}" if pairs else ""


def band_of(per_large_vnd: int) -> int:
    """The place in `PRICES` of a price per kilo, litre or piece."""
    return next(place for place, (low, high) in enumerate(_BANDS) if low <= per_large_vnd < high)


def bounds_of(price: str) -> tuple[int, int]:
    """From which price and below which, in đồng: '50000-100000' → (50000, 100000)."""
    return _BANDS[PRICES.index(price)]


def _several(values: list[str], known) -> tuple[str, ...]:
    return tuple(sorted({value for value in values[:MOST_VALUES] if known(value)}))
