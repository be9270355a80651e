"""The shared product: its story, its year, and every household that sells it, side by side. It never goes away."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from common import dates
from farmers.models import Commune
from shop.catalogue.models import Product
from shop.market import seo
from shop.market.pages.public import public
from shop.search import find

INSTEAD = 4


@public
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """One product of the shared catalogue, in season or not; 404 when there is no such product."""
    item = get_object_or_404(Product.objects.select_related("category"), slug=slug)
    offers = find.offers(item.slug)
    to_buy = [card for card in offers.cards if card.standing]
    crumbs = [
        (_("Sản phẩm"), reverse("market:catalogue")),
        (item.category.name, reverse("market:category", args=[item.category.slug])),
        (item.name, ""),
    ]
    context = {
        "product": item,
        "offers": offers.cards,
        "to_buy": to_buy,
        "households": offers.households,
        "cheapest": min(to_buy, key=lambda card: card.per_large_vnd, default=None),
        "in_season": item.in_season(dates.today().month),
        "next_month": _next_month(item),
        "marks": item.marks,
        "right_communes": _communes(item),
        "plain": _plain(item),
        "instead": _instead(item) if not to_buy else (),
        "crumbs": crumbs,
        "jsonld": [seo.breadcrumbs(crumbs), seo.compared(item, to_buy)],
        "og_image": seo.drawing(item.drawing),
    }
    return render(request, "market/product.html", context)


def _next_month(item: Product) -> int | None:
    """The next month with goods, this one included."""
    now = dates.today().month
    return min(item.season_months, key=lambda month: (month - now) % 12, default=None)


def _communes(item: Product) -> list[Commune]:
    """The communes that alone may sell under this name; empty when there is no such rule."""
    codes = (item.right or {}).get("communes") or []
    return list(Commune.objects.filter(code__in=codes)) if codes else []


def _plain(item: Product) -> Product | None:
    """What the same goods from elsewhere are called."""
    slug = (item.right or {}).get("plain")
    return Product.objects.filter(slug=slug).first() if slug else None


def _instead(item: Product) -> tuple:
    """What can be bought now: of the same kind first, else anything in season."""
    same = find.cards(find.Rule(category=item.category.slug, in_season=True, limit=INSTEAD))
    return same or find.cards(find.Rule(in_season=True, limit=INSTEAD))
