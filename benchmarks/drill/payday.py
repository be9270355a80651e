"""Households' money on its way to them, with the desk's and the job's process killed on it."""

from datetime import timedelta

import time_machine

from benchmarks.drill import prepared
from benchmarks.drill.browser import Page, until_answered
from benchmarks.drill.by_hand import PATIENCE_S, ByHand
from benchmarks.drill.plan import WORKER
from benchmarks.drill.prepared import delivered
from benchmarks.drill.world import World, wait_until
from common import dates
from payments.books.models import Entry
from payments.payouts import periods
from payments.payouts.models import BankFile, Payout, PayoutEvent
from shop.fulfilment import hand_over

DESK = "/quan-tri/chi-tra/"


class Payday(ByHand):
    """One period's payouts: proposed by a job, approved, sent by file, one of them bounced, one said to have arrived."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.households: set[int] = set()

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
                    hand_over.complete(delivered(part.pk))
                    self.households.add(part.storefront.household_id)

    def pay(self, points: list[str]) -> None:
        """Walk the period's payouts, a process killed at each of these points."""
        if not points:
            return
        self.ran = True
        first, last = periods.last_week()
        days = {"from_day": first.isoformat(), "until_day": last.isoformat()}
        self.act(
            "propose",
            points,
            lambda: self.post(self.tuan, f"{DESK}de-xuat/", days, seen=DESK),
            process=WORKER,
        )
        wait_until(lambda: Payout.objects.count() == len(self.households), seconds=PATIENCE_S)
        self.act("approve", points, self._approve)
        self.act("send", points, lambda: self.post(self.mai, f"{DESK}tep/", {}, seen=DESK))
        self.act("bounce", points, self._bounce)
        page = self._result()
        self.act("hear", points, lambda: self.post(self.mai, f"{page}ghi-so/", {}, seen=page), process=WORKER)

    def _approve(self) -> Page:
        last = periods.last_week()[1]
        page = until_answered(lambda: self.mai.get(f"{DESK}?ky={last.isoformat()}"))
        ids = [str(each) for each in Payout.objects.filter(state="draft").values_list("pk", flat=True)]
        form = "&".join(f"khoan={each}" for each in ids)
        return self.send(self.mai, f"{DESK}duyet/", form, page)

    def _bounce(self) -> Page:
        found = Payout.objects.order_by("pk").first()
        return self.post(self.mai, f"{DESK}{found.pk}/tra-ve/", {"why": "Sai số tài khoản"}, seen=DESK)

    def _result(self) -> str:
        """The bank's file says that the last one arrived; where it can be booked comes back."""
        found = Payout.objects.order_by("pk").last()
        line = f"{found.reference},{found.amount_vnd},settled,FTDRILL,\n"
        return self.upload(
            self.mai, f"{DESK}ket-qua/", {}, f"reference,amount_vnd,result,bank_ref,reason\n{line}"
        )

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
        if (arrived := PayoutEvent.objects.filter(to="settled").count()) != 1:
            said.append(f"one payout arrived, {arrived} times said so")
        return said
