"""What the code on the box opens: the harvest, its garden and its papers. Only for a lot that exists."""

import io

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from common import dates
from farmers.models import Household
from shop.catalogue.models import Listing
from shop.market import seo
from shop.market.pages import share
from shop.market.pages.public import public
from shop.stock.models import Lot
from shop.stock.queries import lot_by_trace_code


@public
def trace(request: HttpRequest, code: str) -> HttpResponse:
    """The lot of a trace code; a clear 404 when nobody ever opened such a lot."""
    lot = lot_by_trace_code(code)
    if lot is None:
        return render(request, "market/trace_unknown.html", {"code": code}, status=404)
    listing = lot.listing
    household = listing.storefront.household
    papers = [
        paper
        for paper in household.certificates.filter(product_code=listing.product.slug)
        if paper.counts_on(min(lot.harvested_on, dates.today()))
    ]
    verified = household.state == Household.State.VERIFIED
    crumbs = [(_("Truy xuất lô %(code)s") % {"code": lot.trace_code}, "")]
    context = {
        "lot": lot,
        "listing": listing,
        "product": listing.product,
        "storefront": listing.storefront,
        "household": household,
        "commune": household.commune,
        "papers": papers,
        "waits": lot.harvested_on > dates.today(),
        "verified": verified,
        "on_sale": verified and listing.state == Listing.State.PUBLISHED,
        "address": _address(lot),
        "crumbs": crumbs,
        "jsonld": [seo.breadcrumbs(crumbs)],
        "hidden": True,
        "og_image": share.of_product(listing.product, ()),
    }
    return render(request, "market/trace.html", context)


@public
def code_picture(request: HttpRequest, code: str) -> HttpResponse:
    """The QR code of a lot as SVG: sharp at any size on a label or a box."""
    lot = lot_by_trace_code(code)
    if lot is None:
        raise Http404
    picture = io.BytesIO()
    segno.make(_address(lot), error="m", micro=False).save(
        picture,
        kind="svg",
        border=4,
        dark="#000",
        light="#fff",
        scale=8,
        xmldecl=False,
        svgclass=None,
        lineclass=None,
    )
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


def _address(lot: Lot) -> str:
    """Printed on boxes: always the Vietnamese address below PUBLIC_URL."""
    return seo.absolute(f"/truy-xuat/{lot.trace_code}/")
