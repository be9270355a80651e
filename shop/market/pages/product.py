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
from shop.market.pages import compare, share
from shop.market.pages.errors import in_time
from shop.market.pages.kept import on_sale_now
from shop.market.pages.names import Goods, Names, Place, names
from shop.market.pages.public import public
from shop.search import find
from shop.search.values import Card, Offers
from shop.search.wish import CHEAPEST, Wish


@public
@in_time
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """One product of the shared catalogue, in season or not; `tinh` asks for the delivery to a province."""
    item = get_object_or_404(Product.objects.select_related("category"), slug=slug)
    known = names()
    offers = find.offers(item.slug)
    to_buy = [card for card in offers.cards if card.standing]
    place = places.province_named(request.GET.get("tinh", ""))
    crumbs = [
        (_("Sản phẩm"), reverse("market:catalogue")),
        (item.category.name, reverse("market:category", args=[item.category.slug])),
        (item.name, ""),
    ]
    context = {
        "product": item,
        "rows": compare.rows(item, offers.cards, place) if offers.cards else [],
        "to_buy": bool(to_buy),
        "households": _households(offers),
        "all_url": _all_url(item),
        "all_words": _all_words(offers),
        "cheapest": compare.cheapest(to_buy),
        "places": places.provinces(),
        "place": place,
        "in_season": item.in_season(dates.today().month),
        "next_month": _next_month(item),
        "marks": item.marks,
        "right_communes": _communes(item, known),
        "plain": _plain(item, known),
        "instead": () if to_buy else _instead(item),
        "crumbs": crumbs,
        "jsonld": [seo.breadcrumbs(crumbs), seo.compared(item, offers)],
        "og_image": share.of_product(item, offers.cards),
    }
    return render(request, "market/product.html", context)


def _households(offers: Offers) -> str:
    """'12 hộ bán'; beyond what is counted 'hơn 1.000 hộ bán'."""
    number = decimal(offers.households)
    if offers.over:
        return _("hơn %(number)s hộ bán") % {"number": number}
    return ngettext("%(number)s hộ bán", "%(number)s hộ bán", offers.households) % {"number": number}


def _all_url(item: Product) -> str:
    """All of them in the catalogue, the cheapest first."""
    return reverse("market:catalogue") + Wish(product=item.slug, sort=CHEAPEST).query()


def _all_words(offers: Offers) -> str:
    """What leads to those that are not on this page; '' when all are."""
    if offers.total <= len(offers.cards):
        return ""
    return _("Xem cả %(number)s tin bán, giá thấp trước") % {"number": decimal(offers.total)}


def _next_month(item: Product) -> int | None:
    """The next month with goods, this one included."""
    now = dates.today().month
    return min(item.season_months, key=lambda month: (month - now) % 12, default=None)


def _communes(item: Product, known: Names) -> list[Place]:
    """The communes that alone may sell under this name; empty when there is no such rule."""
    codes = (item.right or {}).get("communes") or []
    return [known.communes[code] for code in codes if code in known.communes]


def _plain(item: Product, known: Names) -> Goods | None:
    """What the same goods from elsewhere are called."""
    return known.products.get((item.right or {}).get("plain") or "")


def _instead(item: Product) -> tuple[Card, ...]:
    """What can be bought now: of the same kind first, else anything in season."""
    return on_sale_now(item.category.slug) or on_sale_now()
