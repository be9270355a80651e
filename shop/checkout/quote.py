"""The frozen answer of checkout: per household goods, ways to deliver, totals and what stands in the way."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from common import dates
from common.templatetags.vn import quantity
from farmers.models import Household, Storefront
from shop.cart.models import CartLine
from shop.catalogue.models import Listing
from shop.delivery import promise
from shop.orders.values import Choice, Destination, Problem, Quote, QuoteLine, QuotePart
from shop.stock.models import Lot
from shop.stock.queries import plan, sellable_lots


def make(
    lines: Iterable[CartLine],
    destination: Destination | None,
    chosen: Mapping[int, str] | None = None,
    *,
    moment: datetime | None = None,
) -> Quote:
    """Quote cart lines (as `cart.queries.lines_of` gives them) for a destination.

    `chosen` is storefront id → method code; a method that is not offered, or none, becomes the first one
    offered. Without a destination nothing is said about delivery. One household's problem never touches
    another's part. Two queries.
    """
    moment = moment or dates.now()
    lines = list(lines)
    lots = sellable_lots({line.pack.listing_id for line in lines}, moment)
    table = promise.Table() if destination else None
    per_household: dict[int, list[CartLine]] = {}
    for line in lines:
        per_household.setdefault(line.pack.listing.storefront_id, []).append(line)
    parts = tuple(
        _part(mine, lots, destination, table, (chosen or {}).get(storefront_id, ""))
        for storefront_id, mine in per_household.items()
    )
    return Quote(parts=parts, made_at=moment, destination=destination)


def only_placeable(quote: Quote) -> Quote:
    """The same quote with the parts that can be bought; what is in the way stays in the cart."""
    parts = tuple(part for part in quote.parts if part.can_be_placed)
    return Quote(parts=parts, made_at=quote.made_at, destination=quote.destination)


def is_stuck(part: QuotePart) -> bool:
    """Whether something besides a missing destination keeps this household's part from being bought."""
    return part.problem is not None or any(line.problem for line in part.lines)


def _part(
    lines: list[CartLine],
    lots: dict[int, list[Lot]],
    destination: Destination | None,
    table: promise.Table | None,
    method: str,
) -> QuotePart:
    storefront = lines[0].pack.listing.storefront
    taken: dict[int, int] = {}
    quoted = tuple(_line(line, lots[line.pack.listing_id], taken) for line in lines)
    problem = _closed(storefront)
    choices: tuple[Choice, ...] = ()
    good = [(line, cart) for line, cart in zip(quoted, lines, strict=True) if line.problem is None]
    if destination and table and good and problem is None:
        goods = [(cart.pack.listing.product, line.gross_g) for line, cart in good]
        load = promise.load_of(goods, max(line.ready_on for line, _cart in good))
        answer = table.offers(storefront, destination.province_code, load)
        choices = tuple(_choice(offer) for offer in answer.offers)
        problem = None if choices else Problem(code=answer.code, words=answer.reason)
    return QuotePart(
        storefront_id=storefront.pk,
        storefront_name=storefront.name,
        storefront_slug=storefront.slug,
        commune=storefront.household.commune.name,
        lines=quoted,
        choices=choices,
        chosen=next((each for each in choices if each.method == method), choices[0] if choices else None),
        problem=problem,
    )


def _line(line: CartLine, lots: list[Lot], taken: dict[int, int]) -> QuoteLine:
    """One line with the lots it draws from; `taken` is what earlier lines of the same cart draw already."""
    pack, listing = line.pack, line.pack.listing
    product, net_qty = listing.product, line.pack.net_qty * line.count
    problem = _unsellable(line)
    free = [_less(lot, taken.get(lot.pk, 0)) for lot in lots]
    draws = () if problem else plan(free, net_qty) or ()
    if not problem and not draws:
        problem = _short(line, sum(lot.available_qty for lot in free))
    for draw in draws:
        taken[draw.lot_id] = taken.get(draw.lot_id, 0) + draw.qty
    used = {draw.lot_id for draw in draws}
    return QuoteLine(
        cart_line_id=line.pk,
        pack_id=pack.pk,
        listing_id=listing.pk,
        title=listing.title,
        pack_label=pack.label,
        unit=product.unit,
        count=line.count,
        price_vnd=pack.price_vnd,
        line_vnd=pack.price_vnd * line.count,
        net_qty=net_qty,
        gross_g=pack.gross_g * line.count,
        fee_rate_bp=0,
        tax_class=product.tax_class,
        own_grown=listing.storefront.household.own_grown,
        is_fresh=product.is_fresh,
        ready_on=max((lot.harvested_on for lot in lots if lot.pk in used), default=dates.today()),
        draws=draws,
        problem=problem,
    )


def _less(lot: Lot, qty: int) -> Lot:
    """The lot as the rest of this cart still finds it; the object is this quote's own."""
    if qty:
        return Lot(pk=lot.pk, harvested_on=lot.harvested_on, harvested_qty=lot.available_qty - qty)
    return lot


def _unsellable(line: CartLine) -> Problem | None:
    listing = line.pack.listing
    if listing.product.age_restricted:
        return Problem(code="age_restricted", words=_("Chợ chưa bán rượu qua mạng."))
    if listing.state != Listing.State.PUBLISHED or not line.pack.is_active:
        return Problem(code="paused", words=_("Hộ đã ngừng bán món này."))
    return None


def _short(line: CartLine, left_qty: int) -> Problem:
    unit = line.pack.listing.product.unit
    left_count = left_qty // line.pack.net_qty
    if left_count:
        text = _("Không đủ hàng: hộ chỉ còn %(left)s, đủ %(count)s × %(pack)s.")
        facts = {"left": quantity(left_qty, unit), "count": left_count, "pack": line.pack.label}
        return Problem(code="short", words=text % facts, left_count=left_count)
    return Problem(code="sold_out", words=_("Món này vừa hết. Tiền của bạn chưa bị trừ."))


def _closed(storefront: Storefront) -> Problem | None:
    if storefront.household.state != Household.State.VERIFIED:
        return Problem(code="paused", words=_("Gian hàng này đang tạm đóng."))
    until = storefront.on_holiday_until
    if until and until >= dates.today():
        text = _("Hộ nghỉ bán đến hết ngày %(day)s/%(month)s.")
        return Problem(code="holiday", words=text % {"day": until.day, "month": until.month})
    return None


def _choice(offer: promise.Offer) -> Choice:
    return Choice(
        method=offer.method,
        name=offer.name,
        hint=offer.hint,
        is_pickup=offer.is_pickup,
        fee_vnd=offer.fee_vnd,
        arrives_from=offer.arrives_from,
        arrives_to=offer.arrives_to,
    )
