"""Households' offers of one product side by side: price, grade, harvest, and the delivery to a province."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import TypedDict

from django.core.cache import caches
from django.db.models import OuterRef, Subquery
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from common import dates, money
from common.places import Place
from common.templatetags.vn import decimal, vn_date, vn_day
from farmers.models import Storefront
from shop.catalogue.models import Pack, Product
from shop.delivery.promise import Answer, Offer, load_of
from shop.market.pages.kept import KEPT_S, roads
from shop.market.seo import listing_url
from shop.market.templatetags.market import bound, harvest_day, mark_name, per_large, short_day, standing
from shop.search.values import Card, Offers
from shop.search.wish import CHEAPEST, Wish
from shop.stock.queries import coming

#: why nothing is delivered, short enough for a cell; the listing's own page says it in full
WHY_NOT = {
    "would_spoil": gettext_noop("đi lâu quá, sẽ hỏng"),
    "too_heavy": gettext_noop("nặng quá một kiện"),
    "out_of_reach": gettext_noop("chưa giao tới"),
}


class Row(TypedDict):
    """One offer in words; empty words where there is nothing to say."""

    card: Card
    url: str
    title: str
    per_large: str
    price: str
    marks: list[str]
    grade: str
    badge: str
    tone: str
    harvest: str
    #: (which way and when, for how much), or None while no province is chosen
    delivery: tuple[str, str] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sending:
    """The cheapest pack of a listing as it travels, its household's ways to deliver, and its next harvest."""

    gross_g: int
    methods: Sequence[str]
    on_holiday_until: date | None
    coming: date | None

    rests_on = Storefront.rests_on


def table(product: Product, offers: Offers, place: Place | None, households: str) -> SafeString | str:
    """The offers as HTML, '' when there are none. Without a province it is kept as long as they stay the same."""
    if not offers.cards:
        return ""
    if place:
        return _drawn(product, offers, place, households)
    store, name = caches["memory"], f"market.offers:{get_language()}:{product.slug}"
    version, drawn = store.get(name, ("", ""))
    if version != _version(offers):
        version, drawn = _version(offers), _drawn(product, offers, None, households)
        store.set(name, (version, drawn), KEPT_S)
    return drawn


def _version(offers: Offers) -> str:
    """Changes when the table of these offers would look different, and with the day."""
    shown = [(card.listing_id, card.version) for card in offers.cards]
    said = repr((dates.today(), shown, offers.total, offers.households, offers.over))
    return blake2b(said.encode(), digest_size=12).hexdigest()


def _drawn(product: Product, offers: Offers, place: Place | None, households: str) -> SafeString:
    context = {
        "product": product,
        "rows": rows(product, offers.cards, place),
        "to_buy": any(card.standing for card in offers.cards),
        "households": households,
        "place": place,
        "all_url": reverse("market:catalogue") + Wish(product=product.slug, sort=CHEAPEST).query(),
        "all_words": _all_words(offers),
    }
    return render_to_string("market/product_offers.html", context)


def _all_words(offers: Offers) -> str:
    """What leads to those that are not on this page; '' when all are."""
    if offers.total <= len(offers.cards):
        return ""
    return _("Xem cả %(number)s tin bán, giá thấp trước") % {"number": decimal(offers.total)}


def rows(product: Product, cards: Sequence[Card], place: Place | None) -> list[Row]:
    """The cards as rows of a table. One query for any number of cards, beside the roads to the province."""
    sendings = _sendings([card.listing_id for card in cards])
    table = roads(place.code) if place and any(card.standing for card in cards) else None
    made = []
    for card in cards:
        sending = sendings.get(card.listing_id)
        answer = None
        if table and place and sending and card.standing and not sending.rests_on(dates.today()):
            load = load_of([(product, sending.gross_g)], card.harvested_on or dates.today())
            answer = table.offers(sending, place.code, load)
        made.append(_row(card, sending, answer, place))
    return made


def _sendings(listing_ids: list[int]) -> dict[int, Sending]:
    """Listing id → what is sent when one cheapest pack is bought. One query."""
    packs = Pack.objects.filter(listing__in=listing_ids, is_active=True)
    packs = packs.order_by("listing", "price_vnd", "pk").distinct("listing")
    soonest = coming(dates.now()).filter(listing=OuterRef("listing")).values("harvested_on")[:1]
    found = packs.values_list(
        "listing_id",
        "gross_g",
        "listing__storefront__methods",
        "listing__storefront__on_holiday_until",
        Subquery(soonest),
    )
    return {
        listing_id: Sending(gross_g=gross_g, methods=methods, on_holiday_until=until, coming=harvest)
        for listing_id, gross_g, methods, until, harvest in found
    }


def _row(card: Card, sending: Sending | None, answer: Answer | None, place: Place | None) -> Row:
    state = standing(card)
    badge, tone = (state["badge"], "info" if card.pre_order else "")
    rests = sending is not None and sending.rests_on(dates.today())
    if rests:
        badge, tone = _("Nghỉ đến %(day)s") % {"day": vn_date(sending.on_holiday_until)}, "warn"
    elif card.in_stock:
        badge, tone = _("Có hàng"), "ok"
    return Row(
        card=card,
        url=_url(card, place),
        title=bound(card.title),
        per_large=per_large(card.per_large_vnd, card.unit),
        price=f"{money.vnd(card.price_vnd)} · {bound(card.pack_label)}",
        marks=[mark_name(kind) for kind in card.marks],
        grade=_("Loại %(grade)s") % {"grade": card.grade} if card.grade else "",
        badge=badge,
        tone=tone,
        harvest="" if rests else _harvest(card, state["foot"], sending.coming if sending else None),
        delivery=_delivery(answer) if answer else None,
    )


def _url(card: Card, place: Place | None) -> str:
    url = listing_url(card.storefront_slug, card.slug)
    return f"{url}?tinh={place.code}" if place else url


def _harvest(card: Card, foot: str, following: date | None) -> str:
    """What is left and when it was or will be picked, then the next harvest."""
    parts = [foot]
    if card.in_stock and card.harvested_on:
        parts.append(_("hái %(day)s") % {"day": harvest_day(card.harvested_on)})
    if following and following != card.harvested_on:
        parts = parts if card.standing else []
        parts.append(_("lô sau hái %(day)s") % {"day": short_day(following)})
    return " · ".join(parts)


def _delivery(answer: Answer) -> tuple[str, str]:
    """The cheapest way to the door in few words, else pick-up, else why not."""
    if not answer.offers:
        return _(WHY_NOT[answer.code]), ""
    best = answer.offers[0]
    return _when(best), money.vnd(best.fee_vnd) if best.fee_vnd else _("không mất phí")


def _when(offer: Offer) -> str:
    first, last = offer.arrives_from, offer.arrives_to
    if offer.is_pickup:
        return _("tự đến lấy, từ %(day)s") % {"day": vn_day(first)}
    if first == last:
        days = vn_day(first)
    elif first.month == last.month:
        days = f"{first.day}–{short_day(last)}"
    else:
        days = f"{short_day(first)}–{short_day(last)}"
    return _("%(name)s, tới %(days)s") % {"name": offer.name, "days": days}


def cheapest(cards: Iterable[Card]) -> Card | None:
    """The card with the lowest price for a kilo, litre or piece among those that can be bought."""
    return min((card for card in cards if card.standing), key=lambda card: card.per_large_vnd, default=None)
