"""The rows of a new order: a handful of statements, whatever the number of households and lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from common import codes, dates, province
from common.inserts import insert
from shop.delivery.words import called
from shop.orders import clock, rates
from shop.orders.models import Allocation, Order, OrderLine, SubOrder
from shop.orders.moves import Role, State, begin
from shop.orders.rates import Rates
from shop.orders.values import Buyer, Quote, QuoteLine, QuotePart
from shop.stock.values import Draw


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A new order, its parts in their order, and what it draws: hold id → draws."""

    order: Order
    parts: tuple[SubOrder, ...]
    draws: Mapping[str, tuple[Draw, ...]]


def write(quote: Quote, buyer: Buyer, *, key: str, adapter: str, hold_ends_at: datetime | None) -> Written:
    """Write the order of a quote. Cash has nothing to wait for: its parts are confirmed as they are written.

    IntegrityError when the key is known, or by one chance in 30 thousand millions the number.
    """
    order = _order(quote, buyer, key, adapter, hold_ends_at)
    insert([order])
    parts = [_part(order, position, part) for position, part in enumerate(quote.parts, start=1)]
    insert(parts)
    if order.is_cod:
        begin(parts, role=Role.SYSTEM)
    sold = [(part, line) for part, mine in zip(parts, quote.parts, strict=True) for line in mine.lines]
    ruled = rates.of([line for _part, line in sold], dates.today())
    lines = [_line(part, line, each) for (part, line), each in zip(sold, ruled, strict=True)]
    insert(lines)
    draws = {row.holder: line.draws for row, (_part, line) in zip(lines, sold, strict=True)}
    Allocation.objects.bulk_create(
        Allocation(line=row, lot_id=draw.lot_id, qty=draw.qty) for row in lines for draw in draws[row.holder]
    )
    return Written(order=order, parts=tuple(parts), draws=draws)


def _order(quote: Quote, buyer: Buyer, key: str, adapter: str, hold_ends_at: datetime | None) -> Order:
    where = buyer.destination
    return Order(
        number=codes.new(province.order_prefix()),
        key=key,
        user_id=buyer.user_id,
        language=buyer.language,
        name=buyer.name,
        phone=buyer.phone,
        email=buyer.email,
        province_code=where.province_code,
        province_name=where.province_name,
        commune_code=where.commune_code,
        commune_name=where.commune_name,
        street=where.street,
        note=buyer.note,
        adapter=adapter,
        goods_vnd=quote.goods_vnd,
        delivery_vnd=quote.delivery_vnd,
        total_vnd=quote.total_vnd,
        hold_ends_at=hold_ends_at,
    )


def _part(order: Order, position: int, part: QuotePart) -> SubOrder:
    chosen = part.chosen
    if chosen is None:
        raise ValueError("A part without a delivery choice cannot be placed.")
    row = SubOrder(
        order=order,
        position=position,
        storefront_id=part.storefront_id,
        goods_vnd=part.goods_vnd,
        delivery_vnd=part.delivery_vnd,
        total_vnd=part.total_vnd,
        method=chosen.method,
        method_name=chosen.name,
        is_pickup=chosen.is_pickup,
        carrier=called(chosen.method, then=chosen.name).carrier,
        promised_from=chosen.arrives_from,
        promised_to=chosen.arrives_to,
        is_fresh=any(line.is_fresh for line in part.lines),
        ready_on=max(line.ready_on for line in part.lines),
    )
    if order.is_cod:
        row.state, row.confirmed_at = State.CONFIRMED, dates.now()
        row.pack_by = clock.pack_by(
            confirmed_at=row.confirmed_at, ready_on=row.ready_on, is_fresh=row.is_fresh
        )
    return row


def _line(part: SubOrder, line: QuoteLine, ruled: Rates) -> OrderLine:
    return OrderLine(
        suborder=part,
        pack_id=line.pack_id,
        title=line.title,
        pack_label=line.pack_label,
        unit=line.unit,
        count=line.count,
        price_vnd=line.price_vnd,
        line_vnd=line.line_vnd,
        net_qty=line.net_qty,
        gross_g=line.gross_g,
        tax_class=line.tax_class,
        own_grown=line.own_grown,
        **ruled.on(line.line_vnd),
    )
