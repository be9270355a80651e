"""The catalogue and its categories: a search box, facets as links, cards, and always a way on."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import dates
from common.templatetags.vn import decimal
from farmers.models import CertificateKind
from shop.catalogue.models import Category
from shop.market import seo
from shop.market.pages import share
from shop.market.pages.errors import in_time
from shop.market.pages.filters import Filters
from shop.market.pages.kept import on_sale_now
from shop.market.pages.names import Goods, Names, names
from shop.market.pages.public import public
from shop.search import find
from shop.search.values import Found
from shop.search.wish import Wish

#: out-of-season products shown under the results, with their year
OTHERS = 6


@public
@in_time
def catalogue(request: HttpRequest) -> HttpResponse:
    """Everything on sale, narrowed by the address."""
    return _results(request, "")


@public
@in_time
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """One kind of goods; 404 when there is no such kind."""
    if slug not in names().categories:
        get_object_or_404(Category, slug=slug)
    return _results(request, slug)


def _results(request: HttpRequest, kind: str) -> HttpResponse:
    wish = Wish.read(request.GET, marks=CertificateKind.values, category=kind)
    known = names()
    found = find.find(wish)
    filters = Filters(wish, found, known)
    heading = _heading(wish, known)
    crumbs = [(_("Sản phẩm"), reverse("market:catalogue") if kind else "")]
    crumbs += [(known.categories.get(kind, heading), "")] if kind else []
    hidden = bool(wish.q or wish.after or wish.narrowed)
    context = {
        "wish": wish,
        "heading": heading,
        "found": found,
        "counted": _counted(found),
        "product": known.products.get(wish.product),
        "categories": known.categories.items(),
        "filters": filters,
        "counts_s": settings.COUNTS_S,
        "chips": filters.chips(),
        "sorts": filters.sorts(),
        "next_url": filters.next_url(),
        "first_url": filters.first_url(),
        "clear_url": filters.clear_url(),
        "read_as_url": filters.read_as_url(),
        "words_only_url": "" if found.rows else filters.words_only_url(),
        "crumbs": crumbs,
        "kind": kind,
        "today": dates.today(),
        "others": [] if hidden else _others(known, kind),
        "now": () if found.rows else on_sale_now(),
        "jsonld": [seo.breadcrumbs(crumbs), seo.item_list(found.rows)],
        "og_image": share.of_category(kind) if kind else share.of_market(),
        **seo.indexed(request.path, wish),
    }
    return render(request, "market/catalogue.html", context)


def _heading(wish: Wish, known: Names) -> str:
    """What the page is called: in its title, above its cards, and when it is shared."""
    if wish.q:
        return _("Tìm “%(words)s”") % {"words": wish.q}
    if wish.product in known.products:
        return known.products[wish.product].name
    return known.categories.get(wish.category) or _("Nông sản đang bán")


def _counted(found: Found) -> str:
    """'1.234 tin bán'; beyond what is counted 'hơn 10.000 tin bán'."""
    number = decimal(found.total)
    if found.over:
        return _("hơn %(number)s tin bán") % {"number": number}
    return ngettext("%(number)s tin bán", "%(number)s tin bán", found.total) % {"number": number}


def _others(known: Names, kind: str) -> list[Goods]:
    """Products that are not in season now: their pages stay, with the month they come back."""
    month = dates.today().month
    resting = (
        each
        for each in known.products.values()
        if month not in each.months and (not kind or each.category == kind)
    )
    return [each for each, _place in zip(resting, range(OTHERS), strict=False)]
