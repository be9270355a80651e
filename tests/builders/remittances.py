"""Cash parcels on the road with a carrier, and what the carrier says of them."""

from common import dates
from payments.intake.models import Payment
from shop.fulfilment import hand_over, pack, remittance
from shop.fulfilment.models import Remittance, RemittanceLine
from shop.orders.models import SubOrder
from shop.orders.moves import Role
from shop.stock import services as stock
from tests import jobs
from tests.builders.catalogue import a_listing
from tests.builders.orders import an_order
from tests.builders.payouts import officer

HEAD = "tracking,order,collected_vnd,fee_vnd,transferred_vnd,date,reference\n"
#: what a parcel of the builder costs, delivery included
ASKED = 380_000


def on_the_road(tracking: str = "", carrier: str = "post", *, handed_over: bool = True) -> SubOrder:
    """A cash parcel of 380.000 that a carrier took, or that is packed only."""
    listing = a_listing(price_vnd=350_000)
    stock.open_lot(listing, harvested_on=dates.today(), qty=20_000, by=None)
    part = an_order(listing, adapter="cod").suborders.get()
    SubOrder.objects.filter(pk=part.pk).update(carrier=carrier)
    pack.pack(fresh(part), by=None)
    if handed_over:
        hand_over.hand_over(fresh(part), carrier="Bưu điện", tracking=tracking, by=None)
    return fresh(part)


def delivered(tracking: str = "", cash_by: str = "carrier", carrier: str = "post") -> SubOrder:
    part = on_the_road(tracking, carrier)
    role = Role.HOUSEHOLD if cash_by else Role.BUYER
    hand_over.deliver(fresh(part), by=None, role=role, cash_by=cash_by)
    return fresh(part)


def says(
    part: SubOrder | str,
    collected: object = ASKED,
    fee: object = 5_000,
    transferred: object = ASKED - 5_000,
    *,
    tracking: str = "",
    date: str = "25/11/2026",
    reference: str = "DS1",
) -> str:
    """One line of a carrier's file about a parcel."""
    order = part if isinstance(part, str) else part.number
    return f"{tracking},{order},{collected},{fee},{transferred},{date},{reference}\n"


def checked(*lines: str, carrier: str = "post", head: str = HEAD) -> Remittance:
    """A file that was uploaded and only tried."""
    body = (head + "".join(lines)).encode()
    return remittance.check_file(body, name="post-11.csv", carrier=carrier, by=officer("Tuấn"))


def booked(*lines: str, carrier: str = "post", head: str = HEAD) -> Remittance:
    """A file that was uploaded and booked."""
    file = checked(*lines, carrier=carrier, head=head)
    remittance.book_file(file, by=officer("Tuấn"))
    jobs.run_due()
    return file


def states(file: Remittance) -> list[str]:
    return list(file.lines.order_by("line").values_list("state", flat=True))


def line(file: Remittance, number: int = 0) -> RemittanceLine:
    return file.lines.order_by("line")[number]


def cash(part: SubOrder) -> Payment:
    return part.uses.get().payment


def fresh(part: SubOrder) -> SubOrder:
    return SubOrder.objects.select_related("order", "storefront").get(pk=part.pk)
