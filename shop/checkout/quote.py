"""The frozen answer of checkout: per household goods, ways to deliver, totals and what stands in the way."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from common import dates
from common.templatetags.vn import quantity
from farmers.models import Household
from shop.cart.values import CartItem
from shop.catalogue.models import Listing
from shop.delivery import promise
from shop.orders.values import Choice, Destination, Problem, Quote, QuoteLine, QuotePart
from shop.stock.queries import free_lots, plan
from shop.stock.values import FreeLot


def make(
    lines: Iterable[CartItem],
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
    lots = free_lots({line.listing_id for line in lines}, moment)
    table = promise.Table() if destination else None
    per_household: dict[int, list[CartItem]] = {}
    for line in lines:
        per_household.setdefault(line.storefront_id, []).append(line)
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
    lines: list[CartItem],
    lots: dict[int, list[FreeLot]],
    destination: Destination | None,
    table: promise.Table | None,
    method: str,
) -> QuotePart:
    storefront = lines[0]
    taken: dict[int, int] = {}
    quoted = tuple(_line(line, lots[line.listing_id], taken) for line in lines)
    problem = _closed(storefront)
    choices: tuple[Choice, ...] = ()
    good = [(line, item) for line, item in zip(quoted, lines, strict=True) if line.problem is None]
    if destination and table and good and problem is None:
        goods = [(item, line.gross_g) for line, item in good]
        load = promise.load_of(goods, max(line.ready_on for line, _item in good))
        answer = table.offers(storefront, destination.province_code, load)
        choices = tuple(_choice(offer) for offer in answer.offers)
        problem = None if choices else Problem(code=answer.code, words=answer.reason)
    return QuotePart(
        storefront_id=storefront.storefront_id,
        storefront_name=storefront.storefront_name,
        storefront_slug=storefront.storefront_slug,
        commune=storefront.commune,
        lines=quoted,
        choices=choices,
        chosen=next((each for each in choices if each.method == method), choices[0] if choices else None),
        takes_cash=storefront.takes_cash,
        problem=problem,
    )


def _line(line: CartItem, lots: list[FreeLot], taken: dict[int, int]) -> QuoteLine:
    """One line with the lots it draws from; `taken` is what earlier lines of the same cart draw already."""
    net_qty = line.net_qty * line.count
    problem = _unsellable(line)
    free = [_less(lot, taken.get(lot.pk, 0)) for lot in lots]
    draws = () if problem else plan(free, net_qty) or ()
    if not problem and not draws:
        problem = _short(line, sum(lot.available_qty for lot in free))
    for draw in draws:
        taken[draw.lot_id] = taken.get(draw.lot_id, 0) + draw.qty
    used = {draw.lot_id for draw in draws}
    return QuoteLine(
        cart_line_id=line.line_id,
        pack_id=line.pack_id,
        listing_id=line.listing_id,
        title=line.title,
        pack_label=line.pack_label,
        unit=line.unit,
        count=line.count,
        price_vnd=line.price_vnd,
        line_vnd=line.price_vnd * line.count,
        net_qty=net_qty,
        gross_g=line.gross_g * line.count,
        tax_class=line.tax_class,
        own_grown=line.own_grown,
        is_fresh=line.is_fresh,
        ready_on=max((lot.harvested_on for lot in lots if lot.pk in used), default=dates.today()),
        draws=draws,
        problem=problem,
    )


def _less(lot: FreeLot, qty: int) -> FreeLot:
    """The lot as the rest of this cart still finds it."""
    return replace(lot, available_qty=lot.available_qty - qty) if qty else lot


def _unsellable(line: CartItem) -> Problem | None:
    if line.age_restricted:
        return Problem(code="age_restricted", words=_("Chợ chưa bán rượu qua mạng."))
    if line.listing_state != Listing.State.PUBLISHED or not line.pack_is_active:
        return Problem(code="paused", words=_("Hộ đã ngừng bán món này."))
    return None


def _short(line: CartItem, left_qty: int) -> Problem:
    left_count = left_qty // line.net_qty
    if left_count:
        text = _("Không đủ hàng: hộ chỉ còn %(left)s, đủ %(count)s × %(pack)s.")
        facts = {"left": quantity(left_qty, line.unit), "count": left_count, "pack": line.pack_label}
        return Problem(code="short", words=text % facts, left_count=left_count)
    return Problem(code="sold_out", words=_("Món này vừa hết. Tiền của bạn chưa bị trừ."))


def _closed(line: CartItem) -> Problem | None:
    """Why the household of this line sells nothing now."""
    if line.household_state != Household.State.VERIFIED:
        return Problem(code="paused", words=_("Gian hàng này đang tạm đóng."))
    until = line.on_holiday_until
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
        takes_cash=offer.takes_cash,
    )
