"""What the month must come to, reckoned in plain Python from the list of what happened.

It reads nothing of the market: no table, no service, no rule of it. Balances as the books have them, debit
positive. Amounts are whole đồng; every share is rounded down and the household has the rest.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import singledispatchmethod

from benchmarks.trade.happened import (
    AccountSet,
    Bounced,
    CarrierPaid,
    CashHandedOver,
    CashTaken,
    Cleared,
    Clock,
    Delivered,
    Desk,
    Fact,
    GatewayRemitted,
    GaveBack,
    Paid,
    Proposed,
    Rejected,
    Sent,
    Sold,
    Stopped,
    TakenByBank,
    TaxPaid,
    Transferred,
)

HOLD = timedelta(days=3)
LEAST_VND = 50_000
#: of these a person sends back what goes back
BY_HAND = ("vietqr", "cod")


@dataclass
class Part:
    """A part as it stands: what is left of goods and delivery after what its household bears."""

    sold: Sold
    goods_vnd: int
    delivery_vnd: int
    delivered_at: datetime | None = None
    cash_by: str = ""
    handed_over: bool = False
    stopped: bool = False
    earned: bool = False

    @property
    def whole_vnd(self) -> int:
        return sum(line.price_vnd * line.count for line in self.sold.lines)

    @property
    def total_vnd(self) -> int:
        return self.whole_vnd + self.sold.delivery_vnd

    def shares(self) -> tuple[int, int, int]:
        """Commission, VAT and income tax of what is left of the goods."""
        whole = [0, 0, 0]
        for line in self.sold.lines:
            line_vnd = line.price_vnd * line.count
            whole[0] += line_vnd * line.fee_bp // 10_000
            whole[1] += line_vnd * line.vat // 100_000
            whole[2] += line_vnd * line.income_tax // 100_000
        fee_vnd, vat_vnd, tax_vnd = (each * self.goods_vnd // self.whole_vnd for each in whole)
        return fee_vnd, vat_vnd, tax_vnd


@dataclass
class Owed:
    """Something that a household is owed, or owes, since a moment; and the run that pays it."""

    at: datetime
    payable_vnd: int
    delivery_vnd: int
    run: int = 0

    @property
    def amount_vnd(self) -> int:
        return self.payable_vnd + self.delivery_vnd


@dataclass
class House:
    owed: list[Owed] = field(default_factory=list)
    has_account: bool = False
    held_until: datetime | None = None
    came_back: bool = False
    #: what reached the household, run by run
    payouts: list[int] = field(default_factory=list)


class Reckoning:
    """Goes through what happened once. `sheet` is every account, `houses` what each household was paid."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.sheet: dict[str, int] = defaultdict(int)
        self.houses: dict[int, House] = defaultdict(House)
        self.parts: dict[str, Part] = {}
        self._escrow: dict[int | str, int] = defaultdict(int)
        self._taken: set[int] = set()
        self._by_hand_vnd = 0
        self._strays: list[tuple[datetime, int]] = []
        self._run = 0
        for fact in sorted(facts, key=lambda each: each.at):
            self.take(fact)

    def closing(self, household: int) -> int:
        """What the household is still owed; negative when it owes."""
        return -self.sheet[f"payable {household}"] - self.sheet[f"delivery {household}"]

    @singledispatchmethod
    def take(self, fact: Fact) -> None:
        raise TypeError(fact)

    @take.register
    def _(self, fact: Sold) -> None:
        goods_vnd = sum(line.price_vnd * line.count for line in fact.lines)
        self.parts[fact.part] = Part(fact, goods_vnd, fact.delivery_vnd)

    # --- money comes

    @take.register
    def _(self, fact: Paid) -> None:
        if fact.way == "vietqr":
            self.sheet["unidentified"] += fact.amount_vnd
        else:
            self.sheet[f"gateway {fact.way}"] += fact.amount_vnd
        if fact.kept:
            self._hold(fact.order, fact.amount_vnd)
        else:
            self._back(fact.way, fact.amount_vnd)

    @take.register
    def _(self, fact: Transferred) -> None:
        self.sheet["bank"] += fact.amount_vnd
        self.sheet["unidentified"] -= fact.amount_vnd
        if fact.back_vnd:
            self._strays.append((fact.back_from or fact.at, fact.back_vnd))

    @take.register
    def _(self, fact: Delivered) -> None:
        self.parts[fact.part].delivered_at = fact.at

    @take.register
    def _(self, fact: CashTaken) -> None:
        part = self.parts[fact.part]
        part.cash_by = fact.by
        self.sheet[self._till(part)] += part.total_vnd
        self._hold(fact.part, part.total_vnd)

    @take.register
    def _(self, fact: CashHandedOver) -> None:
        part = self.parts[fact.part]
        part.handed_over = True
        self.sheet[self._till(part)] -= part.total_vnd
        self.sheet["bank"] += part.total_vnd - fact.fee_vnd
        self.sheet[f"delivery {part.sold.driver}"] += fact.fee_vnd

    # --- who earns it

    @take.register
    def _(self, fact: Clock) -> None:
        for part in self.parts.values():
            if self._is_ripe(part, fact.at):
                self._earn(part, fact.at)

    def _is_ripe(self, part: Part, now: datetime) -> bool:
        if part.earned or part.stopped or part.delivered_at is None or part.delivered_at + HOLD >= now:
            return False
        if part.sold.way != "cod":
            return True
        return part.cash_by == "household" or (part.cash_by == "carrier" and part.handed_over)

    def _earn(self, part: Part, at: datetime) -> None:
        part.earned = True
        left_vnd = part.goods_vnd + part.delivery_vnd
        if left_vnd:
            self._pay_from_escrow(part, left_vnd)
            self._post_shares(part, at)
        if part.cash_by == "household":
            own_vnd = 0 if part.sold.driver else part.sold.delivery_vnd
            self.sheet[self._till(part)] -= part.total_vnd
            self._owe(part, -(part.total_vnd - own_vnd), -own_vnd, at)

    def _pay_from_escrow(self, part: Part, amount_vnd: int) -> None:
        if part.sold.order in self._taken:
            self.sheet["loss_fund"] += amount_vnd
        else:
            self._hold(self._purse(part), -amount_vnd)

    def _post_shares(self, part: Part, at: datetime, before: tuple[int, ...] = (0, 0, 0, 0, 0)) -> None:
        """Credit what everybody earns of the part now, less what `before` says they had."""
        fee_vnd, vat_vnd, tax_vnd = part.shares()
        now = (fee_vnd, vat_vnd, tax_vnd, part.goods_vnd - fee_vnd - vat_vnd - tax_vnd, part.delivery_vnd)
        fee_vnd, vat_vnd, tax_vnd, payable_vnd, delivery_vnd = (
            a - b for a, b in zip(now, before, strict=True)
        )
        self.sheet["commission"] -= fee_vnd
        self.sheet["tax vat"] -= vat_vnd
        self.sheet["tax income"] -= tax_vnd
        if part.sold.driver:
            self.sheet[f"delivery {part.sold.driver}"] -= delivery_vnd
            delivery_vnd = 0
        self._owe(part, payable_vnd, delivery_vnd, at)

    def _owe(self, part: Part, payable_vnd: int, delivery_vnd: int, at: datetime) -> None:
        household = part.sold.household
        self.sheet[f"payable {household}"] -= payable_vnd
        self.sheet[f"delivery {household}"] -= delivery_vnd
        self.houses[household].owed.append(Owed(at, payable_vnd, delivery_vnd))

    # --- money goes back

    @take.register
    def _(self, fact: Stopped) -> None:
        part = self.parts[fact.part]
        part.stopped = True
        if part.sold.way == "cod" or part.sold.order in self._taken or not self._escrow[part.sold.order]:
            return
        back_vnd = part.whole_vnd if fact.refused else part.total_vnd
        self._hold(part.sold.order, -back_vnd)
        self._back(part.sold.way, back_vnd)
        part.goods_vnd = 0
        if fact.refused and part.delivery_vnd:
            self._hold(part.sold.order, -part.delivery_vnd)
            self._post_shares(part, fact.at)

    @take.register
    def _(self, fact: GaveBack) -> None:
        part = self.parts[fact.part]
        amount_vnd = fact.goods_vnd + fact.delivery_vnd
        if fact.fault == "nobody":
            self.sheet["loss_fund"] += amount_vnd
        elif fact.fault == "carrier" and part.sold.driver:
            self.sheet[f"delivery {part.sold.driver}"] += amount_vnd
        elif fact.fault == "carrier":
            self._owe(part, 0, -amount_vnd, fact.at)
        else:
            self._lessen(part, fact)
        self._back(part.sold.way, amount_vnd)

    def _lessen(self, part: Part, fact: GaveBack) -> None:
        """The household bears it: nobody has earned it yet, or all who did give back their part."""
        fee_vnd, vat_vnd, tax_vnd = part.shares()
        had = (fee_vnd, vat_vnd, tax_vnd, part.goods_vnd - fee_vnd - vat_vnd - tax_vnd, part.delivery_vnd)
        part.goods_vnd -= fact.goods_vnd
        part.delivery_vnd -= fact.delivery_vnd
        if part.earned:
            self._post_shares(part, fact.at, had)
        else:
            self._hold(self._purse(part), -(fact.goods_vnd + fact.delivery_vnd))

    @take.register
    def _(self, fact: TakenByBank) -> None:
        mine = [part for part in self.parts.values() if part.sold.order == fact.order]
        amount_vnd = sum(part.total_vnd for part in mine)
        left_vnd = self._escrow[fact.order]
        self._hold(fact.order, -left_vnd)
        self.sheet["loss_fund"] += amount_vnd - left_vnd
        self.sheet[f"gateway {mine[0].sold.way}"] -= amount_vnd
        self._taken.add(fact.order)

    @take.register
    def _(self, fact: Desk) -> None:
        due_vnd = sum(vnd for since, vnd in self._strays if since < fact.at)
        self._strays = [(since, vnd) for since, vnd in self._strays if since >= fact.at]
        self.sheet["unidentified"] += due_vnd
        self.sheet["refunds_due"] += self._by_hand_vnd
        self.sheet["bank"] -= due_vnd + self._by_hand_vnd
        self._by_hand_vnd = 0

    def _back(self, way: str, amount_vnd: int) -> None:
        """Gateways give back at once; what a person sends waits for the desk."""
        if way in BY_HAND:
            self.sheet["refunds_due"] -= amount_vnd
            self._by_hand_vnd += amount_vnd
        else:
            self.sheet[f"gateway {way}"] -= amount_vnd

    def _hold(self, purse: int | str, amount_vnd: int) -> None:
        self._escrow[purse] += amount_vnd
        self.sheet["escrow"] -= amount_vnd

    def _purse(self, part: Part) -> int | str:
        return part.sold.part if part.sold.way == "cod" else part.sold.order

    def _till(self, part: Part) -> str:
        return f"carrier {part.sold.household if part.cash_by == 'household' else part.sold.driver}"

    # --- gateways, carriers and the tax office

    @take.register
    def _(self, fact: GatewayRemitted) -> None:
        self.sheet[f"gateway {fact.way}"] -= fact.gross_vnd
        self.sheet[f"fees {fact.way}"] += fact.fee_vnd
        self.sheet["bank"] += fact.gross_vnd - fact.fee_vnd

    @take.register
    def _(self, fact: CarrierPaid) -> None:
        self.sheet[f"delivery {fact.driver}"] += fact.amount_vnd
        self.sheet["bank"] -= fact.amount_vnd

    @take.register
    def _(self, fact: TaxPaid) -> None:
        self.sheet["tax vat"] += fact.vat_vnd
        self.sheet["tax income"] += fact.income_tax_vnd
        self.sheet["bank"] -= fact.vat_vnd + fact.income_tax_vnd

    # --- payouts

    @take.register
    def _(self, fact: AccountSet) -> None:
        house = self.houses[fact.household]
        house.has_account, house.came_back = True, False
        house.held_until = fact.at + timedelta(hours=fact.held_h)

    @take.register
    def _(self, fact: Proposed) -> None:
        self._run += 1
        for house in self.houses.values():
            due = [
                each for each in house.owed if not each.run and (each.at < fact.end or each.amount_vnd < 0)
            ]
            held = house.held_until is not None and house.held_until > fact.at
            may_have = house.has_account and not held and not house.came_back
            if may_have and sum(each.amount_vnd for each in due) >= LEAST_VND:
                self._mark(due, self._run)

    @take.register
    def _(self, fact: Rejected) -> None:
        self._mark(self._of_run(fact.household), 0)

    @take.register
    def _(self, fact: Sent) -> None:
        for household in list(self.houses):
            if due := self._of_run(household):
                self.houses[household].payouts.append(sum(each.amount_vnd for each in due))
                self._leave(household, due, 1)

    @take.register
    def _(self, fact: Bounced) -> None:
        house, due = self.houses[fact.household], self._of_run(fact.household)
        house.came_back = True
        house.payouts.pop()
        self._leave(fact.household, due, -1)
        self._mark(due, 0)

    @take.register
    def _(self, fact: Cleared) -> None:
        self.houses[fact.household].came_back = False

    def _of_run(self, household: int) -> list[Owed]:
        return [each for each in self.houses[household].owed if each.run == self._run]

    def _mark(self, due: Iterable[Owed], run: int) -> None:
        for each in due:
            each.run = run

    def _leave(self, household: int, due: Iterable[Owed], sign: int) -> None:
        """Money leaves for the household, or comes back."""
        for each in due:
            self.sheet[f"payable {household}"] += sign * each.payable_vnd
            self.sheet[f"delivery {household}"] += sign * each.delivery_vnd
            self.sheet["bank"] -= sign * each.amount_vnd


def reckon(facts: Iterable[Fact]) -> Reckoning:
    return Reckoning(facts)
