"""What a household calls things in its books: goods by their packs, acts by what they did to its money."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from payments.books.details import Detail
from payments.books.models import Entry
from shop.orders.models import OrderLine, SubOrder

Kind = Entry.Kind
_ASIDE = re.compile(r"\s*\([^)]*\)")


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


def title_of(act: Detail, part: SubOrder | None) -> str:
    """What was sold, else what happened; nobody's name stands in it."""
    if act.is_sale and part is not None:
        return goods(part.lines.all())
    titles = {
        Kind.REFUND_APPROVED: _("Hoàn lại khách"),
        Kind.CASH_KEPT: _("Tiền mặt nhà mình đã cầm"),
        Kind.PAYOUT_SENT: _("Chợ chuyển tiền"),
        Kind.PAYOUT_BOUNCED: _("Ngân hàng trả lại lần chuyển"),
    }
    return titles.get(act.kind) or str(Kind(act.kind).label)
