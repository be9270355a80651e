"""One household's own page: its goods, its story, its papers and its year."""

from collections.abc import Iterable
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import pgettext

from common import dates
from farmers.models import Certificate, CertificateKind
from farmers.queries import storefront_sheet
from shop.market import seo
from shop.market.pages import share
from shop.market.pages.errors import in_time
from shop.market.pages.kept import methods
from shop.market.pages.names import names
from shop.market.pages.public import public
from shop.search import find
from shop.search.values import Card
from shop.search.wish import Wish


@public
@in_time
def storefront(request: HttpRequest, slug: str) -> HttpResponse:
    """One verified household; `sau` goes on in the list of its goods."""
    sheet = storefront_sheet(slug)
    shop = sheet.storefront
    wish = Wish(after=Wish.read(request.GET, marks=CertificateKind.values).after)
    cards, next_after = find.goods(shop.pk, wish.place)
    here = reverse("market:storefront", args=[shop.slug])
    commune = shop.household.commune
    crumbs = [
        (pgettext("danh sách", "Gian hàng"), reverse("market:storefronts")),
        (commune.name, reverse("market:storefronts") + Wish(communes=(commune.code,)).query()),
        (shop.name, ""),
    ]
    context = {
        "storefront": shop,
        "household": shop.household,
        "photo": sheet.photo.picture("card") if sheet.photo else None,
        "commune": commune,
        "selling": [card for card in cards if card.standing],
        "resting": [card for card in cards if not card.standing],
        "is_first": not wish.after,
        "first_url": here if wish.after else "",
        "next_url": here + replace(wish, after=next_after).query() if next_after else "",
        "papers": _papers(sheet.papers),
        "area_m2": sheet.area_m2,
        "months": _months(cards),
        "lead": cards[0] if cards else None,
        "methods": methods(shop.methods),
        "on_holiday": shop.rests_on(dates.today()),
        "crumbs": crumbs,
        "jsonld": [seo.breadcrumbs(crumbs), seo.organization(shop)],
        "og_image": share.of_storefront(shop, sheet.photo.own if sheet.photo else ""),
        "hidden": bool(wish.after),
    }
    return render(request, "market/storefront.html", context)


def _papers(verified: Iterable[Certificate]) -> list[dict]:
    """Certificates that count today, with the names of their products."""
    today, products = dates.today(), names().products
    papers = [each for each in verified if each.counts_on(today)]
    return [
        {
            "paper": each,
            "product": products[each.product_code].name if each.product_code in products else "",
        }
        for each in papers
    ]


def _months(cards: tuple[Card, ...]) -> list[int]:
    return sorted({month for card in cards for month in card.months})
