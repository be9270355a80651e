"""An order's row in a list, said in one breath: '2 thùng 5 kg, 1 túi 2 kg'."""

from dataclasses import dataclass

from shop.catalogue.models import Product
from shop.orders.models import SubOrder
from shop.orders.words import goods


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderRow:
    """An order in a list, with what is said of it; its lines are prefetched."""

    suborder: SubOrder
    #: packs, without what stands in brackets
    goods: str
    #: names of the listings
    titles: str
    #: whose drawing stands beside it
    product: Product | None


def row_of(suborder: SubOrder) -> OrderRow:
    lines = list(suborder.lines.all())
    return OrderRow(
        suborder=suborder,
        goods=goods(lines),
        titles=", ".join(dict.fromkeys(line.title for line in lines)),
        product=lines[0].pack.listing.product if lines else None,
    )
