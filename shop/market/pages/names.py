"""Names that stand beside the search rows: kinds of goods, products, communes. Kept a minute in this process."""

from dataclasses import dataclass

from django.core.cache import caches
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from farmers.models import Commune
from shop.catalogue.models import Category, Product
from shop.search.known import district_slug

KEPT_S = 60


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
    district: str
    former: str
    lat: float
    lon: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """All of them in the language in use: categories and districts by slug, products by slug, communes by code."""

    categories: dict[str, str]
    products: dict[str, Goods]
    communes: dict[str, Place]
    districts: dict[str, str]


def names() -> Names:
    """The names in the active language. Three queries a minute and language, else none."""
    store, key = caches["fragments"], f"market:names:{get_language() or 'vi'}"
    found = store.get(key)
    if found is None:
        found = _read()
        store.set(key, found, KEPT_S)
    return found


def former(district: str) -> str:
    """'Văn Lãng' → 'huyện Văn Lãng cũ'; a former town says its kind already."""
    if district.startswith(("Thành phố ", "Thị xã ")):
        return _("%(name)s cũ") % {"name": district}
    return _("huyện %(name)s cũ") % {"name": district}


def _read() -> Names:
    communes = list(Commune.objects.all())
    return Names(
        categories={each.slug: each.name for each in Category.objects.all()},
        products={each.slug: _goods(each) for each in Product.objects.select_related("category")},
        communes={each.code: _place(each) for each in communes},
        districts={district_slug(name): name for each in communes for name in each.former_districts},
    )


def _goods(product: Product) -> Goods:
    return Goods(
        slug=product.slug,
        name=product.name,
        drawing=product.drawing,
        category=product.category.slug,
        months=tuple(sorted(product.season_months)),
    )


def _place(commune: Commune) -> Place:
    return Place(
        code=commune.code,
        name=commune.name,
        short_name=commune.short_name,
        district=commune.former_district,
        former=former(commune.former_district),
        lat=float(commune.lat),
        lon=float(commune.lon),
    )
