"""How an order is said in one breath: '2 thùng 5 kg, 1 túi 2 kg', and its row in a list."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from shop.catalogue.models import Product
from shop.orders.models import OrderLine, SubOrder

_ASIDE = re.compile(r"\s*\([^)]*\)")


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


def goods(lines: Iterable[OrderLine]) -> str:
    """The packs of one or more orders, equal ones added up, in the order they first appear."""
    counts: dict[str, int] = {}
    for line in lines:
        label = pack(line.pack_label)
        counts[label] = counts.get(label, 0) + line.count
    return ", ".join(f"{count} {label}" for label, count in counts.items())


def pack(label: str) -> str:
    """'Túi 2 kg loại 1 (2–3 quả/kg)' → 'túi 2 kg loại 1'."""
    short = _ASIDE.sub("", label).strip() or label
    return short[:1].lower() + short[1:]
