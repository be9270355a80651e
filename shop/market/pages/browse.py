"""The catalogue and its categories: a search box, facets as links, cards, and always a way on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from common import dates
from farmers.models import CertificateKind
from shop.catalogue.models import Category, Product
from shop.market import seo
from shop.market.pages.filters import Filters
from shop.market.pages.public import public
from shop.search import find
from shop.search.wish import Wish

#: out-of-season products shown under the results, with their year
OTHERS = 6


@public
def catalogue(request: HttpRequest) -> HttpResponse:
    """Everything on sale, narrowed by the address."""
    return _results(request, None)


@public
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """One kind of goods; 404 when there is no such kind."""
    return _results(request, get_object_or_404(Category, slug=slug))


def _results(request: HttpRequest, kind: Category | None) -> HttpResponse:
    wish = Wish.read(request.GET, marks=CertificateKind.values, category=kind.slug if kind else "")
    found = find.find(wish)
    filters = Filters(wish, found)
    crumbs = [(_("Sản phẩm"), reverse("market:catalogue") if kind else "")]
    crumbs += [(kind.name, "")] if kind else []
    context = {
        "wish": wish,
        "heading": _heading(wish, kind),
        "found": found,
        "category": kind,
        "categories": filters.categories.values(),
        "groups": filters.groups(),
        "chips": filters.chips(),
        "sorts": filters.sorts(),
        "next_url": filters.next_url(),
        "first_url": filters.first_url(),
        "clear_url": filters.clear_url(),
        "crumbs": crumbs,
        "others": [] if wish.q or wish.after else _others(kind),
        "now": found.rows or find.cards(find.Rule(in_season=True, limit=4)),
        "jsonld": [seo.breadcrumbs(crumbs), seo.item_list(found.rows)],
        "hidden": bool(wish.q or wish.after or wish.narrowed),
    }
    return render(request, "market/catalogue.html", context)


def _heading(wish: Wish, kind: Category | None) -> str:
    """What the page is called: in its title, above its cards, and when it is shared."""
    if wish.q:
        return _("Tìm “%(words)s”") % {"words": wish.q}
    return kind.name if kind else _("Nông sản đang bán")


def _others(kind: Category | None) -> list[Product]:
    """Products that are not in season now: their pages stay, with the month they come back."""
    products = Product.objects.select_related("category").exclude(
        season_months__contains=[dates.today().month]
    )
    products = products.filter(category=kind) if kind else products
    return list(products[:OTHERS])
