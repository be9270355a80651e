"""Orders as checkout would make them, from listings that builders made; paid or not."""

from datetime import timedelta
from uuid import uuid4

from django.db import transaction

from common import dates
from payments.intake import services as intake
from payments.intake.models import Payment
from shop.catalogue.models import Listing, Pack
from shop.orders import services
from shop.orders.models import Order
from shop.orders.values import Buyer, Choice, Destination, Quote, QuoteLine, QuotePart
from shop.stock import queries
from shop.stock import services as stock

HANOI = Destination(
    province_code="01",
    province_name="Thành phố Hà Nội",
    commune_code="00167",
    commune_name="Phường Cầu Giấy",
    street="Số 12, ngõ 45",
)


def a_buyer(**changes) -> Buyer:
    facts = {
        "name": "Trần Thị Lan",
        "phone": "+84900000101",
        "email": "lan@example.invalid",
        "destination": HANOI,
    }
    return Buyer(**{**facts, **changes})


def a_line(pack: Pack, count: int = 1) -> QuoteLine:
    product = pack.listing.product
    lots = queries.sellable_lots([pack.listing_id], dates.now())[pack.listing_id]
    draws = queries.plan(lots, pack.net_qty * count) or ()
    return QuoteLine(
        cart_line_id=0,
        pack_id=pack.pk,
        listing_id=pack.listing_id,
        title=pack.listing.title,
        pack_label=pack.label,
        unit=product.unit,
        count=count,
        price_vnd=pack.price_vnd,
        line_vnd=pack.price_vnd * count,
        net_qty=pack.net_qty * count,
        gross_g=pack.gross_g * count,
        tax_class=product.tax_class,
        own_grown=True,
        is_fresh=product.is_fresh,
        ready_on=max((lot.harvested_on for lot in lots), default=dates.today()),
        draws=draws,
    )


def a_part(listing: Listing, count: int = 1, fee_vnd: int = 30_000) -> QuotePart:
    storefront = listing.storefront
    day = dates.today() + timedelta(days=1)
    chosen = Choice(
        method="post",
        name="Bưu kiện",
        hint="",
        is_pickup=False,
        fee_vnd=fee_vnd,
        arrives_from=day,
        arrives_to=day,
    )
    return QuotePart(
        storefront_id=storefront.pk,
        storefront_name=storefront.name,
        storefront_slug=storefront.slug,
        commune=storefront.household.commune.name,
        lines=(a_line(listing.packs.first(), count),),
        choices=(chosen,),
        chosen=chosen,
    )


def an_order(*listings: Listing, count: int = 1, adapter: str = "sandbox", **buyer) -> Order:
    """A placed order of one pack each (or `count`) of the listings; cash orders are confirmed at once."""
    quote = Quote(
        parts=tuple(a_part(each, count) for each in listings), made_at=dates.now(), destination=HANOI
    )
    ends_at = None if adapter == "cod" else dates.now() + timedelta(minutes=15)
    with transaction.atomic():
        written = services.create(
            quote, a_buyer(**buyer), key=uuid4().hex, adapter=adapter, hold_ends_at=ends_at
        )
        order = written.order
        parts, amounts_vnd = zip(*services.parts_to_pay(written), strict=True)
        payments = intake.open_all(
            list(amounts_vnd), adapter=adapter, words=order.number, language="vi", expires_at=ends_at
        )
        services.attach(order, zip(parts, payments, strict=True))
        stock.hold(written.draws)
    order.refresh_from_db()
    return order


def payment_of(order: Order) -> Payment:
    return order.uses.order_by("-id").first().payment
