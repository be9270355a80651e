"""One household's listing: what, how fresh, how much, when it reaches me; then who, and the proof."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from common import dates
from shop.catalogue.models import Listing, Pack
from shop.catalogue.queries import listing_sheet
from shop.market import seo
from shop.market.pages import kept, share
from shop.market.pages.errors import in_time
from shop.market.pages.estimate import Estimate
from shop.market.pages.pictures import Frame, gallery
from shop.market.pages.public import public
from shop.search import find
from shop.search.build import per_large_vnd
from shop.search.models import SearchRow
from shop.stock.models import Lot
from shop.stock.queries import lots_of

#: nobody puts more of one pack into a cart at once
MOST = 99
MORE = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class PackCard:
    """A pack to choose: its price per kilo, litre or piece, and how many can be had now."""

    pack: Pack
    per_large_vnd: int
    most: int
    chosen: bool


@public
@in_time
def listing(request: HttpRequest, storefront: str, slug: str) -> HttpResponse:
    """A published listing, or 404. `tinh` asks for the delivery to a province."""
    sheet = listing_sheet(storefront, slug)
    item = sheet.listing
    item.product = kept.product(item.product_id)
    lots = lots_of(item.pk, dates.now())
    packs = _packs(item, sheet.packs, lots)
    pictures = gallery(sheet.photos)
    lot = lots[0] if lots else None
    chosen = next((card for card in packs if card.chosen), None)
    product, household = item.product, item.storefront.household
    rests = item.storefront.rests_on(dates.today())
    can_buy = item.state == Listing.State.PUBLISHED and not rests and any(card.most for card in packs)
    crumbs = _crumbs(item)
    context = {
        "listing": item,
        "product": product,
        "storefront": item.storefront,
        "household": household,
        "commune": household.commune,
        "packs": packs,
        "chosen": chosen,
        "can_buy": can_buy,
        "on_holiday": rests,
        "lot": lot,
        "lots": lots,
        "pre_order": bool(lot and lot.harvested_on > dates.today()),
        "left_qty": sum(each.available_qty for each in lots),
        "papers": [paper for paper in sheet.papers if paper.counts_on(dates.today())],
        "pictures": pictures,
        "estimate": Estimate.read(request.GET, item, chosen.pack if can_buy and chosen else None, lots),
        "more": find.cards(find.Rule(storefront=item.storefront.slug, not_listing=item.pk, limit=MORE)),
        "crumbs": crumbs,
        "jsonld": _data(item, packs, lots if can_buy else [], pictures, crumbs),
        "og_image": share.of_listing(
            item, sheet.packs, next((shot.own for shot in sheet.photos if shot.own), "")
        ),
    }
    return render(request, "market/listing.html", context)


def _packs(item: Listing, packs: Iterable[Pack], lots: list[Lot]) -> list[PackCard]:
    """Active packs in their order; the first that can be bought is chosen."""
    left_qty = sum(lot.available_qty for lot in lots)
    cards, chosen = [], False
    for pack in packs:
        most = min(MOST, left_qty // pack.net_qty)
        per_vnd = per_large_vnd(pack, item.product)
        cards.append(PackCard(pack=pack, per_large_vnd=per_vnd, most=most, chosen=bool(most) and not chosen))
        chosen = chosen or bool(most)
    return cards


def _crumbs(item: Listing) -> list[tuple[str, str]]:
    category, product = item.product.category, item.product
    return [
        (category.name, reverse("market:category", args=[category.slug])),
        (product.name, reverse("market:product", args=[product.slug])),
        (item.title, ""),
    ]


def _data(item: Listing, packs: list[PackCard], lots: list[Lot], pictures: list[Frame], crumbs: list) -> list:
    """Structured data of the page; `lots` are those that can be bought now."""
    images = [seo.absolute(each.large.src) for each in pictures] or [seo.drawing(item.product.drawing)]
    offers = [(card.pack, _standing(card.pack, lots)) for card in packs]
    return [seo.breadcrumbs(crumbs), seo.offered(item, offers, images)]


def _standing(pack: Pack, lots: list[Lot]) -> int:
    """How one pack stands: of harvested lots, else with pre-orders, else sold out."""
    here_qty = sum(lot.available_qty for lot in lots if lot.harvested_on <= dates.today())
    if here_qty >= pack.net_qty:
        return SearchRow.Standing.IN_STOCK
    enough = sum(lot.available_qty for lot in lots) >= pack.net_qty
    return SearchRow.Standing.PRE_ORDER if enough else SearchRow.Standing.SOLD_OUT
