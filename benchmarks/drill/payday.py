"""Households' money on its way to them, with the desk's and the job's process killed on it."""

from datetime import timedelta

import time_machine

from benchmarks.drill import prepared
from benchmarks.drill.browser import TOKEN, Browser, Page, until_answered
from benchmarks.drill.ground import OFFICERS, session_of
from benchmarks.drill.inside import fall
from benchmarks.drill.plan import WEB, WORKER
from benchmarks.drill.world import World, wait_until
from common import dates
from payments.books.models import Entry
from payments.payouts import periods
from payments.payouts.models import BankFile, Payout
from shop.fulfilment import hand_over, pack
from shop.orders.models import SubOrder
from shop.orders.moves import Role

DESK = "/quan-tri/chi-tra/"
PATIENCE_S = 150


class Payday:
    """One period's payouts: proposed by a job, approved, sent by file, one of them bounced."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tuan, self.mai = (Browser(world.web.port, session_of(email)) for email in OFFICERS)
        self.killed = 0
        self.missed: list[str] = []
        self.households: set[int] = set()
        self.ran = False

    def earn(self) -> None:
        """Every household has sold, delivered and completed one order in the period that is over."""
        wednesday = dates.at(periods.last_week()[0] + timedelta(days=2), 10)
        with time_machine.travel(wednesday, tick=True):
            for order, ref in prepared.orders(self.world, "momo", prepared.listings()):
                gateway = self.world.gateways["momo"]
                gateway.pay(ref)
                payment = order.uses.get().payment
                prepared.settle(payment)
                for part in order.suborders.all():
                    self._completed(part.pk)
                    self.households.add(part.storefront.household_id)

    def _completed(self, part_id: int) -> None:
        def part() -> SubOrder:
            return SubOrder.objects.get(pk=part_id)

        pack.pack(part(), by=None)
        hand_over.hand_over(part(), carrier="post", tracking="VN1", by=None)
        hand_over.deliver(part(), by=None, role=Role.STAFF)
        hand_over.complete(part())

    def pay(self, points: list[str]) -> None:
        """Walk the period's payouts, a process killed at each of these points."""
        if not points:
            return
        self.ran = True
        first, last = periods.last_week()
        days = {"from_day": first.isoformat(), "until_day": last.isoformat()}
        self._act("propose", points, lambda: self._post(self.tuan, "de-xuat/", days), process=WORKER)
        wait_until(lambda: Payout.objects.count() == len(self.households), seconds=PATIENCE_S)
        self._act("approve", points, self._approve)
        self._act("send", points, lambda: self._post(self.mai, "tep/", {}))
        self._act("bounce", points, self._bounce)

    def _act(self, step: str, points: list[str], act, *, process: str = WEB) -> None:
        """Do it once for each point of the step, each time until it is answered; and once if it has none."""
        mine = [each for each in points if STEPS[each] == step]
        graves = [fall.lay(self.world.folder, process, point) for point in mine]
        until_answered(act)
        if process == WORKER:
            wait_until(lambda: all(grave.exists() for grave in graves), seconds=PATIENCE_S)
        self.killed += sum(grave.exists() for grave in graves)
        self.missed += [point for point, grave in zip(mine, graves, strict=True) if not grave.exists()]

    def _approve(self) -> Page:
        last = periods.last_week()[1]
        page = until_answered(lambda: self.mai.get(f"{DESK}?ky={last.isoformat()}"))
        ids = [str(each) for each in Payout.objects.filter(state="draft").values_list("pk", flat=True)]
        form = "&".join(f"khoan={each}" for each in ids)
        return self._send(self.mai, "duyet/", form, page)

    def _bounce(self) -> Page:
        found = Payout.objects.order_by("pk").first()
        return self._post(self.mai, f"{found.pk}/tra-ve/", {"why": "Sai số tài khoản"})

    def _post(self, who: Browser, path: str, form: dict[str, str]) -> Page:
        page = until_answered(lambda: who.get(DESK))
        return self._send(who, path, "&".join(f"{name}={value}" for name, value in form.items()), page)

    def _send(self, who: Browser, path: str, form: str, page: Page) -> Page:
        return who.post(DESK + path, f"csrfmiddlewaretoken={page.find(TOKEN)}&{form}")

    def troubles(self) -> list[str]:
        """What is not as one run of one period must leave it."""
        if not self.ran:
            return []
        paid = list(Payout.objects.values_list("household", flat=True))
        sent = Entry.objects.filter(kind="payout_sent").count()
        said = (
            [] if sorted(paid) == sorted(self.households) else [f"payouts of {paid}, not {self.households}"]
        )
        if (BankFile.objects.count(), sent) != (1, len(self.households)):
            said.append(f"{BankFile.objects.count()} files, {sent} payouts booked as sent")
        if (back := Entry.objects.filter(kind="payout_bounced").count()) != 1:
            said.append(f"one payout bounced, {back} booked")
        return said


STEPS = {
    "after:payouts.lines": "propose",
    "after:payouts.move": "send",
    "after:payouts.file": "send",
    "after:payouts.bounced": "bounce",
}
