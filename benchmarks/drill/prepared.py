"""Orders whose buyers stand at a gateway, written straight into database and gateway: many, and quickly."""

from collections.abc import Iterable, Iterator

from benchmarks.drill.world import World
from common import dates
from payments.adapters.contract import Fact
from payments.adapters.vnpay import moment
from payments.intake import services as intake
from payments.intake.models import Payment
from shop.catalogue.models import Listing
from shop.fulfilment import hand_over, pack
from shop.orders.models import Order, SubOrder
from shop.orders.moves import Role
from tests.builders.orders import an_order


def listings() -> list[Listing]:
    return list(Listing.objects.order_by("pk").select_related("product", "storefront__household__commune"))


def orders(world: World, way: str, goods: Iterable[Listing]) -> Iterator[tuple[Order, str]]:
    """One order of each listing, unpaid, and what the gateway calls its payment."""
    for listing in goods:
        order = an_order(listing, adapter=way)
        yield order, stand_there(world, order.uses.get().payment)


def cash_order(listing: Listing) -> Order:
    """An order that is paid at the door."""
    return an_order(listing, adapter="cod")


def delivered(part_id: int, *, cash_by: str = "") -> SubOrder:
    """A confirmed part of an order, packed, sent and delivered; `cash_by` has the cash that was paid for it."""

    def part() -> SubOrder:
        return SubOrder.objects.get(pk=part_id)

    pack.pack(part(), by=None)
    hand_over.hand_over(part(), carrier="post", tracking="VN1", by=None)
    role = Role.HOUSEHOLD if cash_by else Role.STAFF
    hand_over.deliver(part(), by=None, role=role, cash_by=cash_by)
    return part()


def unpaid(listing: Listing, way: str) -> Payment:
    """The payment of a new order; its gateway has not heard of it."""
    return an_order(listing, adapter=way).uses.get().payment


def stand_there(world: World, payment: Payment) -> str:
    """The gateway knows the payment as if its buyer had come; its number there comes back."""
    usual = {"amount_vnd": payment.asked_vnd, "words": payment.words, "back": "", "notify": ""}
    day = f"{dates.local(payment.created_at):%y%m%d}"
    ref, facts = {
        "momo": (payment.reference, {"request": payment.reference, "code": 1000, "number": 0}),
        "zalopay": (f"{day}_{payment.reference}", {"said": _said(), "code": (3, -49), "number": 0}),
        "vnpay": (
            payment.reference,
            {"created": moment(payment.created_at), "response": "", "status": "01", "number": "0"},
        ),
    }[payment.adapter]
    world.gateways[payment.adapter].orders[ref] = usual | facts
    return ref


def settle(payment: Payment) -> None:
    """The money is there, as the gateway would have told."""
    fact = Fact(
        kind="settled",
        about=payment.reference,
        event_id=f"prepared:{payment.reference}",
        amount_vnd=payment.asked_vnd,
        gateway_ref=str(payment.pk),
    )
    intake.apply(fact, adapter=payment.adapter)


def _said() -> dict[str, str]:
    stamp = str(int(dates.now().timestamp() * 1000))
    return {"app_time": stamp, "app_user": "cho", "embed_data": "{}", "item": "[]"}
