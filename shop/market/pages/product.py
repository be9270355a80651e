"""The shared product: its story, its year, and the households that sell it, side by side. It never goes away."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import dates, places
from common.templatetags.vn import decimal
from shop.catalogue.models import Product
from shop.market import seo
from shop.market.pages import compare, kept, share
from shop.market.pages.errors import in_time
from shop.market.pages.names import Goods, Names, Place, names
from shop.market.pages.public import public
from shop.search import known
from shop.search.values import Card, Offers


@public
@in_time
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """One product of the shared catalogue, in season or not; `tinh` asks for the delivery to a province."""
    item = _item(slug)
    all_names = names()
    offers = kept.offers(item.slug)
    to_buy = [card for card in offers.cards if card.standing]
    place = places.province_named(request.GET.get("tinh", ""))
    households = _households(offers)
    crumbs = [
        (_("Sản phẩm"), reverse("market:catalogue")),
        (item.category.name, reverse("market:category", args=[item.category.slug])),
        (item.name, ""),
    ]
    context = {
        "product": item,
        "table": compare.table(item, offers, place, households),
        "to_buy": bool(to_buy),
        "households": households,
        "cheapest": compare.cheapest(to_buy),
        "place": place,
        "in_season": item.in_season(dates.today().month),
        "next_month": _next_month(item),
        "marks": item.marks,
        "right_communes": _communes(item, all_names),
        "plain": _plain(item, all_names),
        "instead": () if to_buy else _instead(item),
        "crumbs": crumbs,
        "jsonld": [seo.breadcrumbs(crumbs), seo.compared(item, offers)],
        "og_image": share.of_product(item, offers.cards),
    }
    return render(request, "market/product.html", context)


def _item(slug: str) -> Product:
    """The product with its category; 404 when there is none."""
    found = known.now().by_slug.get(slug)
    return kept.product(found.id) if found else get_object_or_404(Product, slug=slug)


def _households(offers: Offers) -> str:
    """Of those with something to buy, if there are any: '12 hộ bán'; beyond what is counted 'hơn 1.000 hộ bán'."""
    number = decimal(offers.households)
    if offers.over:
        return _("hơn %(number)s hộ bán") % {"number": number}
    return ngettext("%(number)s hộ bán", "%(number)s hộ bán", offers.households) % {"number": number}


def _next_month(item: Product) -> int | None:
    """The next month with goods, this one included; None for goods without a season."""
    now = dates.today().month
    return min(item.season_months, key=lambda month: (month - now) % 12, default=None)


def _communes(item: Product, all_names: Names) -> list[Place]:
    """The communes that alone may sell under this name; empty when there is no such rule."""
    codes = (item.right or {}).get("communes") or []
    return [all_names.communes[code] for code in codes if code in all_names.communes]


def _plain(item: Product, all_names: Names) -> Goods | None:
    """What the same goods from elsewhere are called."""
    return all_names.products.get((item.right or {}).get("plain") or "")


def _instead(item: Product) -> tuple[Card, ...]:
    """What can be bought now: of the same kind first, else anything in season."""
    return kept.on_sale_now(item.category.slug) or kept.on_sale_now()
