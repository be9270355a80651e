"""What a household may choose to sell, its own things first."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from common import vietnamese
from farmers.models import Household
from shop.catalogue.models import Listing, Product
from shop.catalogue.rights import may_use_name


@dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """Products in the groups in which they are shown; a product stands in one group only."""

    #: sold before or said to be grown
    own: tuple[Product, ...]
    #: in season now and grown in the household's commune
    in_season: tuple[Product, ...]
    others: tuple[Product, ...]

    def __bool__(self) -> bool:
        return bool(self.own or self.in_season or self.others)


def choices(household: Household, *, day: date, wish: str = "") -> Choices:
    """All products that the household may list, or those whose name or other names hold the wish.

    The wish is compared without diacritics. Goods that need an age check are left out, since no listing
    of them is accepted. A name that belongs to others is left out too, unless it was asked for: then
    choosing it tells why, and what to sell it as. Two queries, and one for each name that asks for a
    certificate.
    """
    last_used = Listing.objects.filter(storefront__household=household).order_by("-created_at")
    used = list(dict.fromkeys(last_used.values_list("product__slug", flat=True)))
    grown = [slug for slug in household.grows if slug not in used]
    products = Product.objects.filter(age_restricted=False).select_related("category")
    found = [
        each
        for each in products
        if _answers(each, vietnamese.fold(wish)) and (wish or may_use_name(household, each, day))
    ]
    by_slug = {each.slug: each for each in found}
    own = [by_slug.pop(slug) for slug in [*used, *grown] if slug in by_slug]
    in_season = [
        each for each in by_slug.values() if _is_local(each, household) and each.in_season(day.month)
    ]
    return Choices(
        own=tuple(own),
        in_season=tuple(in_season),
        others=tuple(each for each in by_slug.values() if each not in in_season),
    )


def own_products(household: Household) -> list[Product]:
    """What the household says it grows or has listed, by name. One query."""
    mine = Q(slug__in=household.grows) | Q(listings__storefront__household=household)
    return list(Product.objects.filter(mine).distinct().order_by("name"))


def grades_of(product: Product) -> list[int]:
    """Grades in which the product is usually packed; empty where it is sold without."""
    return sorted({each["grade"] for each in product.usual_packs if each.get("grade")})


def usual_packs(product: Product, grade: int | None) -> list[dict]:
    """The usual packs of that grade; of any grade where none is usual."""
    packs = [each for each in product.usual_packs if each.get("grade") == grade]
    return packs or list(product.usual_packs)


def _answers(product: Product, wish: str) -> bool:
    names = [product.name, product.name_vi, *product.synonyms]
    return not wish or any(wish in vietnamese.fold(name or "") for name in names)


def _is_local(product: Product, household: Household) -> bool:
    return not product.commune_codes or household.commune_id in product.commune_codes
