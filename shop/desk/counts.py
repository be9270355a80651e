"""What waits for a household, counted in one query."""

from dataclasses import dataclass

from django.db.models import Count, Q

from farmers.models import Storefront
from shop.orders.models import SubOrder
from shop.orders.queries import suborders_of

State = SubOrder.State
ENDED_BADLY = (State.DECLINED, State.CANCELLED, State.RETURNED, State.DISPUTED, State.REFUNDED)
#: tab → what it shows. A part that waits for the buyer's money is not the household's yet.
TABS: dict[str, Q] = {
    "moi": Q(state=State.CONFIRMED, seen_at__isnull=True),
    "dong-goi": Q(state=State.CONFIRMED, seen_at__isnull=False),
    "giao-di": Q(state=State.PACKED),
    "dang-giao": Q(state=State.SHIPPED),
    "da-giao": Q(state__in=(State.DELIVERED, State.COMPLETED)),
    "khong-giao": Q(state__in=ENDED_BADLY),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """Orders of the household by what has to be done with them."""

    by_tab: dict[str, int]

    @property
    def new(self) -> int:
        return self.by_tab["moi"]

    @property
    def to_do(self) -> int:
        """Orders that wait for the household's hands: take, pack, hand over."""
        return self.by_tab["moi"] + self.by_tab["dong-goi"] + self.by_tab["giao-di"]


def counts_of(storefront: Storefront) -> Counts:
    """One query, however many orders there are."""
    wanted = {tab.replace("-", "_"): Count("pk", filter=what) for tab, what in TABS.items()}
    row = suborders_of(storefront).order_by().aggregate(**wanted)
    return Counts(by_tab={tab: row[tab.replace("-", "_")] for tab in TABS})
