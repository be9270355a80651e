"""The 34 provinces of Vietnam since July 2025 and their communes, for buyers' addresses.

The province in use brings its own communes (the package's codes for Lạng Sơn are partly wrong);
the others come from `vietnam_provinces`. Codes are text: provinces two digits, communes five.
"""

from dataclasses import dataclass
from functools import cache

from vietnam_provinces import Province, Ward

from common import province
from common.vietnamese import fold, sort_key


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    code: str
    name: str
    #: folded text that a typed search is compared with, former names included
    folded: str


@cache
def provinces() -> tuple[Place, ...]:
    """All provinces, in the order of the Vietnamese alphabet of their short names."""
    places = [
        Place(code=f"{int(each.code.value):02}", name=short_name(each.name), folded=fold(each.name))
        for each in Province.iter_all()
    ]
    return tuple(sorted(places, key=lambda place: sort_key(place.name)))


@cache
def communes(province_code: str) -> tuple[Place, ...]:
    """The communes of a province in alphabetical order; an unknown code has none."""
    if province_code == province.about()["code"]:
        found = [_own(row) for row in province.read("communes.json")["communes"]]
    else:
        found = [
            Place(code=f"{int(ward.code.value):05}", name=ward.name, folded=fold(ward.name))
            for each in Province.iter_all()
            if f"{int(each.code.value):02}" == province_code
            for ward in Ward.iter_by_province(each.code)
        ]
    return tuple(sorted(found, key=lambda place: sort_key(short_name(place.name))))


def province_named(code: str) -> Place | None:
    return next((place for place in provinces() if place.code == code), None)


def commune_named(province_code: str, code: str) -> Place | None:
    return next((place for place in communes(province_code) if place.code == code), None)


def short_name(name: str) -> str:
    """'Tỉnh Lạng Sơn' → 'Lạng Sơn', 'Xã Chi Lăng' → 'Chi Lăng'."""
    for head in ("Thành phố ", "Tỉnh ", "Xã ", "Phường ", "Đặc khu "):
        if name.startswith(head):
            return name[len(head) :]
    return name


def _own(row: dict) -> Place:
    former = " ".join(unit["name"] for unit in row["merged_from"])
    words = f"{row['name']} {row['former_district']} {former}"
    return Place(code=row["code"], name=row["name"], folded=fold(words))
