"""Names that stand beside the search rows, as the page's language has them."""

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shop.market.pages.kept import kept
from shop.search import known
from shop.search.values import named


@dataclass(frozen=True, kw_only=True, slots=True)
class Goods:
    """A product of the shared catalogue as links and rows show it; `months` (1–12) are those with goods."""

    slug: str
    name: str
    drawing: str
    category: str
    months: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A commune; `former` is the former district in words, as people still say; `lat` and `lon` in degrees."""

    code: str
    name: str
    short_name: str
    former: str
    lat: float
    lon: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """Categories and districts by slug, products by slug, communes by code in the order of their alphabet."""

    categories: dict[str, str]
    products: dict[str, Goods]
    communes: dict[str, Place]
    districts: dict[str, str]


def names() -> Names:
    """The names in the active language, as search knows them: no query beside its own."""
    return kept(f"names:{get_language() or 'vi'}", _read)


def former(district: str) -> str:
    """'Văn Lãng' → 'huyện Văn Lãng cũ'; a former town says its kind already."""
    if district.startswith(("Thành phố ", "Thị xã ")):
        return _("%(name)s cũ") % {"name": district}
    return _("huyện %(name)s cũ") % {"name": district}


def _read() -> Names:
    all_known = known.now()
    return Names(
        categories={slug: each.name for slug, each in all_known.categories.items()},
        products={slug: _goods(each) for slug, each in all_known.by_slug.items()},
        communes={code: _place(each) for code, each in all_known.communes.items()},
        districts=all_known.districts,
    )


def _goods(product: known.KnownProduct) -> Goods:
    return Goods(
        slug=product.slug,
        name=named(product.names),
        drawing=product.drawing,
        category=product.category_slug,
        months=tuple(sorted(product.months)),
    )


def _place(commune: known.KnownCommune) -> Place:
    return Place(
        code=commune.code,
        name=commune.name,
        short_name=commune.short_name,
        former=former(commune.former_district),
        lat=commune.lat,
        lon=commune.lon,
    )
