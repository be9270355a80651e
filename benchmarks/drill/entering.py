"""What officers write into the books: a carrier's cash, a gateway's statement and money, a carrier's fee, a bank
statement, and a refund that takes two of them.
"""

import re

from benchmarks.drill import prepared
from benchmarks.drill.browser import Browser, Page, until_answered
from benchmarks.drill.buying import NOTIFIED
from benchmarks.drill.by_hand import ByHand
from benchmarks.drill.plan import WORKER
from benchmarks.drill.world import World
from common import dates
from payments.books.models import Entry
from payments.intake import queries
from payments.intake.models import Counting, Credit, GatewayRemittance, Inflow, Refund
from payments.payouts.models import Due
from shop.fulfilment import hand_over
from shop.orders.models import Order, SubOrder
from tests.gateways.bank_fake import ACCOUNT, SEPAY_SECRET, sepay_call

FINANCE = "/quan-tri/tai-chinh/"
REMITTANCES, DUES = f"{FINANCE}cong-chuyen-ve/", "/quan-tri/chi-tra/phi-va-thue/"
CREDITS, STATEMENTS, REFUNDS = (f"{FINANCE}{page}/" for page in ("tien-vao", "sao-ke", "hoan-tien"))
KEY = re.compile(r'name="key" value="([0-9a-f]{32})"')
GATEWAY, CARRIER = "momo", "post"
NUMBER, SUM_VND = "DRILL-1", 20_000
#: above what one officer may decide: see `settings`
MUCH_VND = 25_000


class Entering(ByHand):
    """Each thing once, and each sent until it is answered."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        #: bank number → đồng of what the gateway transferred
        self.transfers: dict[str, int] = {}

    def earn(self) -> None:
        """A carrier has the cash of one parcel and has earned the fee of another, whose money its gateway holds."""
        first, second = prepared.listings()[:2]
        order = prepared.cash_order(first)
        self.number, self.payment = order.number, order.uses.get().payment
        self._sent(order, cash_by="carrier")
        ((order, ref),) = prepared.orders(self.world, GATEWAY, [second])
        self.world.gateways[GATEWAY].pay(ref)
        prepared.settle(order.uses.get().payment)
        hand_over.complete(self._sent(order))

    def _sent(self, order: Order, *, cash_by: str = "") -> SubOrder:
        order.suborders.update(carrier=CARRIER)
        return prepared.delivered(order.suborders.get().pk, cash_by=cash_by)

    def enter(self, points: list[str]) -> None:
        """Walk all of it, a process killed at each of these points."""
        if not points:
            return
        self.ran = True
        self.act("collect", points, self._collect)
        self.act("remit", points, self._remit)
        self._arrives()
        self.act("count", points, self._count)
        self.act("undo", points, self._undo)
        self.act("give_back", points, self._give_back)
        self.act("owe", points, self._owe)
        until_answered(lambda: self._due(self.mai, {"act": "approve"}))
        until_answered(lambda: self._due(self.mai, {"act": "sent", "bank_ref": "OUT 1"}))
        self.act("bounce", points, lambda: self._due(self.mai, {"act": "bounce", "why": "Sai số tài khoản"}))
        page = self._statement()
        self.act("book", points, lambda: self._book(page), process=WORKER)
        self._ask()
        self.act("agree", points, self._agree)

    def _collect(self) -> Page:
        self.payment.refresh_from_db()
        form = {"bank_vnd": self.payment.settled_vnd, "held_vnd": self.payment.settled_vnd}
        return self.post(self.tuan, f"{FINANCE}tien-mat/{self.payment.pk}/nop/", form, seen=FINANCE)

    def _remit(self) -> Page:
        sums = {"gross_vnd": SUM_VND, "fee_vnd": 0, "bank_vnd": SUM_VND}
        form = {"adapter": GATEWAY, "number": NUMBER, "day": dates.today().isoformat(), **sums}
        return self.post(self.tuan, REMITTANCES, form, seen=REMITTANCES)

    def _arrives(self) -> None:
        """The money of the statement comes to our bank, and its feed says so."""
        self.transfers["FTDRILL1"] = SUM_VND
        said = {
            "id": NOTIFIED,
            "content": "QUYET TOAN",
            "transferAmount": SUM_VND,
            "referenceCode": "FTDRILL1",
        }
        call = sepay_call(SEPAY_SECRET, dates.now(), **said)
        until_answered(lambda: self.world.deliver("sepay", call))

    def _count(self) -> Page:
        inflow = Inflow.objects.get(sender=f"gateway:{GATEWAY}")
        return self._credit({"act": "count", "inflow": inflow.pk})

    def _undo(self) -> Page:
        counting = Counting.objects.get()
        return self._credit({"act": "undo", "counting": counting.pk, "why": "Nhầm bảng kê"})

    def _credit(self, form: dict) -> Page:
        page = f"{CREDITS}{Credit.objects.get(bank_ref='FTDRILL1').pk}/da-ghi/"
        return self.post(self.tuan, page, form, seen=page)

    def _give_back(self) -> Page:
        path = f"{CREDITS}{Credit.objects.get(bank_ref='FTDRILL1').pk}/da-tra/"
        return self.post(self.tuan, path, {"bank_ref": "OUT 2", "note": "Cổng chuyển nhầm"}, seen=CREDITS)

    def _statement(self) -> str:
        """Two credits of nobody in a file of the bank's; where it can be booked comes back."""
        lines = ""
        for ref in ("FTDRILL2", "FTDRILL3"):
            self.transfers[ref] = SUM_VND
            lines += f"{dates.today():%d/%m/%Y},{SUM_VND},{ref},mua na\n"
        return self.upload(
            self.tuan, STATEMENTS, {"account": ACCOUNT}, f"date,credit,reference,description\n{lines}"
        )

    def _book(self, page: str) -> Page:
        return self.post(self.tuan, f"{page}ghi-so/", {}, seen=page)

    def _ask(self) -> None:
        """One officer enters a refund of the parcel that is above what one may decide."""
        path = f"{REFUNDS}don/{self.number}/1/"
        form = {"goods_vnd": MUCH_VND, "delivery_vnd": 0, "fault": "nobody", "reason": "Dập", "step": "do"}
        key = until_answered(lambda: self.tuan.get(path)).find(KEY)
        until_answered(lambda: self.post(self.tuan, path, {**form, "key": key}, seen=path))

    def _agree(self) -> Page:
        refund = Refund.objects.get(payment=self.payment)
        return self.post(self.mai, f"{REFUNDS}{refund.pk}/duyet/", {}, seen=REFUNDS)

    def _due(self, who: Browser, form: dict[str, str]) -> Page:
        page = f"{DUES}{Due.objects.get().pk}/"
        return self.post(who, page, form, seen=page)

    def _owe(self) -> Page:
        form = {"kind": "carrier", "to": CARRIER, "number": NUMBER, "amount_vnd": SUM_VND}
        return self.post(self.tuan, DUES, form, seen=f"{DUES}?tra={CARRIER}")

    def troubles(self) -> list[str]:
        """What stands there otherwise than once."""
        if not self.ran:
            return []
        self.payment.refresh_from_db()
        found = {
            "cash": (self.payment.handed_over_vnd, Entry.objects.filter(kind="cash_remitted").count()),
            "held": queries.cash_at_carriers().count(),
            "remittances": (GatewayRemittance.objects.count(), Entry.objects.filter(kind="gateway_remits").count()),
            "money of it": [_of_inflow(each) for each in Inflow.objects.filter(sender=f"gateway:{GATEWAY}")],
            "countings": Counting.objects.filter(undone_at=None).count(),
            "credits": list(
                Credit.objects.filter(bank_ref__startswith="FTDRILL").order_by("bank_ref").values_list("state", flat=True)
            ),
            "given back": Entry.objects.filter(kind="credit_given_back").count(),
            "refunds": list(Refund.objects.filter(payment=self.payment).values_list("amount_vnd", "state")),
            "dues": list(Due.objects.values_list("amount_vnd", "state")),
            "fees": [Entry.objects.filter(kind=kind).count() for kind in ("carrier_paid", "carrier_bounced")],
        }  # fmt: skip
        wanted = {
            "cash": (self.payment.settled_vnd, 1),
            "held": 0,
            "remittances": (1, 1),
            "money of it": [(SUM_VND, 0)],
            "countings": 0,
            "credits": ["returned", "unmatched", "unmatched"],
            "given back": 1,
            "refunds": [(MUCH_VND, "by_hand")],
            "dues": [(SUM_VND, "bounced")],
            "fees": [1, 1],
        }
        return [
            f"{name}: {found[name]}, not {wanted[name]}" for name in wanted if found[name] != wanted[name]
        ]


def _of_inflow(inflow: Inflow) -> tuple[int, int]:
    return inflow.sent_vnd, inflow.came_vnd
