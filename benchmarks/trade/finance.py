"""The finance desk through the month: what goes back by hand each day, payouts each week by two people, bounces."""

import csv
import io
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from accounts.notices.models import Notice
from benchmarks.trade import counting, jobs
from benchmarks.trade.happened import (
    AccountSet,
    Bounced,
    Cleared,
    Desk,
    Proposed,
    Rejected,
    Sent,
    Transferred,
)
from benchmarks.trade.plans import END, START, WEEKS
from benchmarks.trade.town import owner
from common import codes
from farmers import bank_accounts
from payments.intake import queries as intake_queries
from payments.intake import services as intake
from payments.intake.models import Credit
from payments.payouts import approval, bank_file, periods, proposal, queries, results, sending
from payments.payouts.errors import AccountChanged, FourEyes, NothingToSend
from payments.payouts.models import BankFile, Payout

if TYPE_CHECKING:
    from benchmarks.trade.market import Market

DAY = timedelta(days=1)
#: the run, its approval and its file on a Tuesday; the bank's word on the Wednesday, calls on the Thursday
RUN, HURRY, APPROVE, SEND = (timedelta(hours=hour) for hour in (9, 10, 11, 14))
WORD, CALL = DAY + timedelta(hours=10), 2 * DAY + timedelta(hours=10)
HELD_H = 48


class Finance:
    def __init__(self, market: "Market") -> None:
        self.market, self.tills, self.script = market, market.tills, market.script
        self.proposer, self.approver = market.town.proposer, market.town.approver
        self._changes = 0

    def plan(self) -> None:
        """All that the desk will do."""
        at, note = self.market.at, self.market.note
        for household in range(self.script.households):
            if household not in self.script.without_account:
                note(AccountSet(at=START - DAY, household=household, held_h=0))
        for moment, household in self.script.account_changes:
            at(moment, lambda moment=moment, household=household: self.set_account(moment, household))
        for moment, amount_vnd in self.script.strays:
            at(moment, lambda moment=moment, amount_vnd=amount_vnd: self._stray(moment, amount_vnd))
        day = START
        while day < END:
            at(day + timedelta(hours=15), lambda moment=day + timedelta(hours=15): self._desk(moment))
            day += DAY
        for run in range(1, WEEKS + 1):
            self._plan_run(run, START + timedelta(weeks=run, days=1))

    def _plan_run(self, run: int, tuesday: datetime) -> None:
        at = self.market.at
        hurried = (self.script.hurried or {}).get(run, ())
        bounces = (self.script.bounces or {}).get(run, ())
        at(tuesday + RUN, lambda: self._propose(tuesday + RUN))
        for household in hurried:
            at(tuesday + HURRY, lambda household=household: self.set_account(tuesday + HURRY, household))
        at(tuesday + APPROVE, lambda: self._approve(tuesday + APPROVE, hurried))
        at(tuesday + SEND, lambda: self._send(tuesday + SEND))
        at(tuesday + WORD, lambda: self._hear(tuesday + WORD, bounces))
        for household in bounces:
            at(tuesday + CALL, lambda household=household: self._call(tuesday + CALL, household))

    # --- every day

    def _desk(self, at: datetime) -> None:
        """Everything that waits for a person goes back from the bank."""
        for refund in intake_queries.refunds_for_a_person():
            self.tills.bank.move(-refund.amount_vnd)
            # what the one asked for and is much, the other gives
            giver = self.proposer if refund.by_two else self.approver
            intake.refund_by_hand_done(refund, by=giver, note="đã chuyển")
        for credit in intake_queries.credits_for_a_person():
            self._give_back(credit)
        for row in intake_queries.messages_for_a_person():
            intake.handled(row, by=self.approver, note="đã xem")
        self.market.note(Desk(at=at))

    def _give_back(self, credit: Credit) -> None:
        """By who enters no refunds; what that one may not give alone, the other asks for."""
        self.tills.bank.move(-credit.spare_vnd)
        if intake.giving_needs_two(credit, intake.given_alone_vnd(self.proposer)):
            intake.ask_to_give_back(
                credit, by=self.approver, to_whom="người gửi, số tài khoản cũ", reason="trả người gửi"
            )
        intake.credit_given_back(credit, by=self.proposer, bank_ref=f"BACK{credit.pk}", note="trả người gửi")

    def _stray(self, at: datetime, amount_vnd: int) -> None:
        self.tills.bank.receive(amount_vnd, "chuyen tien hoc")
        self.market.note(Transferred(at=at, amount_vnd=amount_vnd, back_vnd=amount_vnd))

    def set_account(self, at: datetime, household: int) -> None:
        """The owner sets another account with the code that comes to the phone."""
        home = self.market.town.households[household]
        person, self._changes = owner(home), self._changes + 1
        change = bank_accounts.ask_change(
            home,
            by=person,
            bank_bin="970436",
            account=f"1903{self._changes:07d}",
            account_name="Hoàng Thị Sáu",
            browser=f"browser-{self._changes}",
            address=f"10.0.{self._changes // 250}.{self._changes % 250}",
            language="vi",
        )
        digits = re.search(r"\d{6}", Notice.objects.filter(kind="code").latest("pk").text)[0]
        bank_accounts.confirm_change(change, digits, by=person, browser=f"browser-{self._changes}")
        self.market.note(AccountSet(at=at, household=household, held_h=HELD_H))

    # --- every week

    def _propose(self, at: datetime) -> None:
        """One person proposes the week whose hold is over; done a second time it proposes nothing."""
        week = periods.last_week()
        proposal.start(*week, by=self.proposer)
        jobs.run()
        drafts = Payout.objects.filter(state=Payout.State.DRAFT).count()
        assert proposal.propose(*week, by=self.proposer) == []
        assert Payout.objects.filter(state=Payout.State.DRAFT).count() == drafts
        self.market.note(Proposed(at=at, end=periods.end_of(week[1])))

    def _approve(self, at: datetime, hurried: tuple[int, ...]) -> None:
        """Another person approves; whose account changed meanwhile waits for the next run."""
        for payout in Payout.objects.filter(state=Payout.State.DRAFT).order_by("pk"):
            self._approve_one(payout)
        for household in hurried:
            self.market.note(Rejected(at=at, household=household))

    def _approve_one(self, payout: Payout) -> None:
        try:
            approval.approve(payout, by=self.proposer)
        except FourEyes:
            pass
        else:
            raise AssertionError("Who proposed it approved it.")
        try:
            approval.approve(payout, by=self.approver)
        except AccountChanged as error:
            approval.reject(payout, by=self.approver, why=str(error.words))

    def _send(self, at: datetime) -> None:
        try:
            sent = sending.send_file(by=self.approver)
        except NothingToSend:
            return
        assert not sent.left
        for row in self._rows(sent.file):
            self.tills.bank.move(-int(row["amount_vnd"]))
        self.market.note(Sent(at=at))

    def _hear(self, at: datetime, bounces: tuple[int, ...]) -> None:
        """The bank's result as a file, uploaded twice: the second time says nothing new."""
        files = BankFile.objects.filter(payouts__state=Payout.State.SENT).distinct()
        body, back = self._result(files.first(), bounces) if files.exists() else (b"", ())
        for _time in range(2 if body else 0):
            result = results.check_result(body, name="ket-qua.csv", by=self.approver)
            results.book_result(result, by=self.approver)
            jobs.run()
        for household, amount_vnd in back:
            counting.comes(self.market, amount_vnd, "HOAN TRA LENH CHUYEN TIEN")
            self.market.note(Bounced(at=at, household=household))

    def _result(self, file: BankFile, bounces: tuple[int, ...]) -> tuple[bytes, list[tuple[int, int]]]:
        out, back = io.StringIO(), []
        writer = csv.writer(out)
        writer.writerow(["reference", "amount_vnd", "result", "bank_ref", "reason"])
        for number, row in enumerate(self._rows(file)):
            payout = Payout.objects.get(reference=codes.tidy(row["reference"], proposal.PREFIX))
            household = self.market.town.number_of(payout.household_id)
            said = ("bounced", "Sai số tài khoản") if household in bounces else ("settled", "")
            if household in bounces:
                back.append((household, int(row["amount_vnd"])))
            writer.writerow([row["reference"], row["amount_vnd"], said[0], f"B{file.pk}-{number}", said[1]])
        return out.getvalue().encode(), back

    def _rows(self, file: BankFile) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(bank_file.body_of(file).decode("utf-8-sig"))))

    def _call(self, at: datetime, household: int) -> None:
        """Somebody calls the household: the account was right after all, or it sets another one."""
        home = self.market.town.households[household]
        if household not in self.script.cleared:
            self.set_account(at, household)
        elif payout := queries.bounced().filter(household=home).first():
            sending.clear(payout, by=self.approver, note="hộ đã gọi ngân hàng")
            self.market.note(Cleared(at=at, household=household))
