"""How goods are said in one breath: '2 thùng 5 kg, 1 túi 2 kg'."""

import re
from collections.abc import Iterable

from shop.orders.models import OrderLine, SubOrder

_ASIDE = re.compile(r"\s*\([^)]*\)")


def goods(lines: Iterable[OrderLine]) -> str:
    """The packs of an order, without what stands in brackets."""
    return ", ".join(f"{line.count} {pack(line.pack_label)}" for line in lines)


def goods_of(suborders: Iterable[SubOrder]) -> str:
    """The packs of several orders, equal ones added up, in the order they first appear."""
    counts: dict[str, int] = {}
    for suborder in suborders:
        for line in suborder.lines.all():
            counts[pack(line.pack_label)] = counts.get(pack(line.pack_label), 0) + line.count
    return ", ".join(f"{count} {label}" for label, count in counts.items())


def pack(label: str) -> str:
    """'Túi 2 kg loại 1 (2–3 quả/kg)' → 'túi 2 kg loại 1'."""
    short = _ASIDE.sub("", label).strip() or label
    return short[:1].lower() + short[1:]
