"""Pages to visit, chosen from the data: the same data give the same choice."""

import json
import sys
from collections.abc import Iterator
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse

from benchmarks.inside import words
from common import dates
from common.vietnamese import fold
from farmers.models import Certificate, Commune, Household, Storefront
from shop.catalogue.models import Listing, Product
from shop.stock.queries import sellable

#: listings and storefronts to visit: so many that hardly any comes twice while one load is measured
MANY, CARDS = 3_000, 24
SORTS = ("phu-hop", "moi", "gia-thap")


def everything() -> dict:
    """Kind of page → addresses; `products` begins with the one that most households sell."""
    products = _products()
    catalogue = list(_catalogue(products))
    return {
        "catalogue": [path for path, _cards in catalogue],
        "catalogue_cards": [cards for _path, cards in catalogue],
        "product": [reverse("market:product", args=[slug]) for slug, _number in products],
        "listing": [reverse("market:listing", args=pair) for pair in _listings(MANY)],
        "storefront": [reverse("market:storefront", args=[slug]) for slug in _storefronts(MANY)],
        "home": ["/"],
        **words.everything(),
    }


def _products() -> list[tuple[str, int]]:
    """(slug, listings), the commonest first."""
    published = Listing.objects.filter(state=Listing.State.PUBLISHED)
    counted = (
        published.values("product__slug").annotate(number=Count("pk")).order_by("-number", "product__slug")
    )
    return list(counted.values_list("product__slug", "number"))


def _catalogue(products: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Ten filters, each in three orders, from everything down to what few households have: (address, cards)."""
    communes = _communes()
    category = Product.objects.get(slug=products[0][0]).category.slug
    district = Commune.objects.get(code=communes[0]).former_district
    mark = Certificate.objects.values("kind").annotate(number=Count("pk")).order_by("-number")[0]["kind"]
    in_category, season = Q(product__category__slug=category), Q(product__season_months__contains=[_month()])
    chosen: list[tuple[str, dict, Q]] = [
        ("", {}, Q()),
        (category, {}, in_category),
        ("", {"san-pham": products[0][0]}, Q(product__slug=products[0][0])),
        ("", {"xa": communes[0]}, _in(communes[:1])),
        ("", {"xa": communes[1:3]}, _in(communes[1:3])),
        ("", {"huyen": fold(district).replace(" ", "-")}, Q()),
        ("", {"mua": "1"}, season),
        ("", {"chung-nhan": mark}, Q(storefront__household__certificates__kind=mark)),
        ("", {"gia": "50000-100000"}, Q()),
        (category, {"xa": communes[0], "mua": "1"}, in_category & _in(communes[:1]) & season),
    ]
    for kind, filters, fits in chosen:
        path = reverse("market:category", args=[kind]) if kind else reverse("market:catalogue")
        cards = _shown().filter(fits).distinct()[:CARDS].count()
        for sort in SORTS:
            asked = {**filters, **({} if sort == SORTS[0] else {"sap-xep": sort})}
            yield path + (f"?{urlencode(asked, doseq=True)}" if asked else ""), cards


def _shown() -> QuerySet[Listing]:
    """What a buyer may see, by the rule and not by the search rows that are measured."""
    return Listing.objects.filter(
        state=Listing.State.PUBLISHED,
        storefront__household__state=Household.State.VERIFIED,
        packs__is_active=True,
    ).order_by()


def _in(communes: list[str]) -> Q:
    return Q(storefront__household__commune__in=communes)


def _month() -> int:
    return dates.today().month


def _communes() -> list[str]:
    """Codes of the communes with goods, the one with most first."""
    rows = Listing.objects.filter(state=Listing.State.PUBLISHED).values(
        code=F("storefront__household__commune")
    )
    return list(rows.annotate(number=Count("pk")).order_by("-number", "code").values_list("code", flat=True))


def _listings(number: int) -> list[tuple[str, str]]:
    """(storefront, listing) slugs of listings that can be bought, taken from all over the table."""
    rows = Listing.objects.filter(
        state=Listing.State.PUBLISHED, pk__in=sellable(dates.now()).values("listing")
    )
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    chosen = Listing.objects.filter(pk__in=ids[:: max(1, len(ids) // number)][:number]).order_by("pk")
    return list(chosen.values_list("storefront__slug", "slug"))


def _storefronts(number: int) -> list[str]:
    """The storefront with most listings, then some from all over the table."""
    published = Listing.objects.filter(state=Listing.State.PUBLISHED).order_by()
    counted = published.values("storefront").annotate(number=Count("pk")).order_by("storefront")
    numbers = dict(counted.values_list("storefront", "number"))
    most = max(numbers, key=lambda pk: (numbers[pk], pk))
    ids = [most, *list(numbers)[:: max(1, len(numbers) // number)][: number - 1]]
    slugs = Storefront.objects.in_bulk(ids)
    return [slugs[pk].slug for pk in dict.fromkeys(ids)]


if __name__ == "__main__":
    json.dump(everything(), sys.stdout, ensure_ascii=False)
