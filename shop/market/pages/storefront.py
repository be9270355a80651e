"""Households: the directory by commune, and one household's own page."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common import dates
from common.photos.pictures import picture
from farmers.models import CertificateKind, Commune, Storefront
from farmers.queries import access_storefront
from shop.catalogue.models import Product
from shop.delivery.models import Method
from shop.market import seo
from shop.market.pages.public import public
from shop.search import find
from shop.search.values import Card
from shop.search.wish import Wish


@public
def storefronts(request: HttpRequest) -> HttpResponse:
    """Households that sell something, by commune; `q` searches names, places and goods."""
    wish = Wish.read(request.GET, marks=CertificateKind.values)
    rows, total, next_after = find.households(wish)
    communes = find.communes()
    crumbs = [(pgettext("danh sách", "Gian hàng"), "")]
    here = reverse("market:storefronts")
    next_wish = replace(wish, after=next_after) if next_after else None
    context = {
        "wish": wish,
        "heading": _("Gian hàng của các hộ"),
        "rows": rows,
        "total": total,
        "communes": communes,
        "chosen": [place for place in communes if place["commune_code"] in wish.communes],
        "next_url": here + next_wish.query() if next_wish else "",
        "first_url": here + wish.but().query() if wish.after else "",
        "crumbs": crumbs,
        "jsonld": [seo.breadcrumbs(crumbs)],
        "hidden": bool(wish.q or wish.after),
    }
    return render(request, "market/storefronts.html", context)


@public
def storefront(request: HttpRequest, slug: str) -> HttpResponse:
    """One verified household: its goods, its story, its papers and its year."""
    shop = access_storefront(slug)
    cards = find.cards(find.Rule(storefront=shop.slug, sold_out=True, limit=60))
    today = dates.today()
    crumbs = [
        (pgettext("danh sách", "Gian hàng"), reverse("market:storefronts")),
        (_place(shop.household.commune), reverse("market:storefronts") + f"?xa={shop.household.commune_id}"),
        (shop.name, ""),
    ]
    areas = list(shop.household.growing_areas.all())
    context = {
        "storefront": shop,
        "household": shop.household,
        "photo": picture(shop.photo, "wide"),
        "commune": shop.household.commune,
        "selling": [card for card in cards if card.standing],
        "resting": [card for card in cards if not card.standing],
        "papers": _papers(shop, today),
        "area_m2": sum(area.area_m2 for area in areas),
        "months": _months(cards),
        "lead": cards[0] if cards else None,
        "methods": _methods(shop),
        "on_holiday": shop.on_holiday_until and shop.on_holiday_until >= today,
        "crumbs": crumbs,
        "jsonld": [seo.breadcrumbs(crumbs), seo.organization(shop)],
    }
    return render(request, "market/storefront.html", context)


def _papers(shop: Storefront, today) -> list:
    """Certificates that count today, with the names of their products."""
    papers = [each for each in shop.household.certificates.all() if each.counts_on(today)]
    names = dict(
        Product.objects.filter(slug__in={each.product_code for each in papers}).values_list("slug", "name")
    )
    return [{"paper": each, "product": names.get(each.product_code, "")} for each in papers]


def _months(cards: tuple[Card, ...]) -> list[int]:
    return sorted({month for card in cards for month in card.months})


def _methods(shop: Storefront) -> list[Method]:
    return list(Method.objects.filter(code__in=shop.methods).order_by("position"))


def _place(commune: Commune) -> str:
    return commune.name
