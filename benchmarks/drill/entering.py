"""What officers write into the books from paper: a carrier's cash, a gateway's statement, a carrier's fee."""

from benchmarks.drill import prepared
from benchmarks.drill.browser import Page
from benchmarks.drill.by_hand import ByHand
from common import dates
from payments.books.models import Entry
from payments.intake import queries
from payments.intake.models import GatewayRemittance, Payment
from payments.payouts.models import Due
from shop.fulfilment import hand_over
from shop.orders.models import Order, SubOrder

FINANCE = "/quan-tri/tai-chinh/"
REMITTANCES, DUES = f"{FINANCE}cong-chuyen-ve/", "/quan-tri/chi-tra/phi-va-thue/"
GATEWAY, CARRIER = "momo", "post"
NUMBER, SUM_VND = "DRILL-1", 20_000


class Entering(ByHand):
    """One parcel's cash, one remittance and one fee, each sent again until it is answered."""

    def earn(self) -> None:
        """A carrier has the cash of one parcel and has earned the fee of another, whose money its gateway holds."""
        first, second = prepared.listings()[:2]
        order = prepared.cash_order(first)
        self.payment: Payment = order.uses.get().payment
        self._sent(order, cash_by="carrier")
        ((order, ref),) = prepared.orders(self.world, GATEWAY, [second])
        self.world.gateways[GATEWAY].pay(ref)
        prepared.settle(order.uses.get().payment)
        hand_over.complete(self._sent(order))

    def _sent(self, order: Order, *, cash_by: str = "") -> SubOrder:
        order.suborders.update(carrier=CARRIER)
        return prepared.delivered(order.suborders.get().pk, cash_by=cash_by)

    def enter(self, points: list[str]) -> None:
        """Walk all three, a process killed at each of these points."""
        if not points:
            return
        self.ran = True
        self.act("collect", points, self._collect)
        self.act("remit", points, self._remit)
        self.act("owe", points, self._owe)

    def _collect(self) -> Page:
        form = {"bank_vnd": str(self.payment.settled_vnd)}
        return self.post(self.tuan, f"{FINANCE}tien-mat/{self.payment.pk}/nop/", form, seen=FINANCE)

    def _remit(self) -> Page:
        sums = {"gross_vnd": SUM_VND, "fee_vnd": 0, "bank_vnd": SUM_VND}
        form = {"adapter": GATEWAY, "number": NUMBER, "day": dates.today().isoformat(), **sums}
        return self.post(self.tuan, REMITTANCES, form, seen=REMITTANCES)

    def _owe(self) -> Page:
        form = {"kind": "carrier", "to": CARRIER, "number": NUMBER, "amount_vnd": SUM_VND}
        return self.post(self.tuan, DUES, form, seen=DUES)

    def troubles(self) -> list[str]:
        """What stands there otherwise than once."""
        if not self.ran:
            return []
        self.payment.refresh_from_db()
        found = {
            "cash": (self.payment.handed_over_vnd, Entry.objects.filter(kind="cash_remitted").count()),
            "held": queries.cash_at_carriers().count(),
            "remittances": (GatewayRemittance.objects.count(), Entry.objects.filter(kind="gateway_remits").count()),
            "dues": list(Due.objects.values_list("amount_vnd", flat=True)),
        }  # fmt: skip
        wanted = {
            "cash": (self.payment.settled_vnd, 1),
            "held": 0,
            "remittances": (1, 1),
            "dues": [SUM_VND],
        }
        return [
            f"{name}: {found[name]}, not {wanted[name]}" for name in wanted if found[name] != wanted[name]
        ]
