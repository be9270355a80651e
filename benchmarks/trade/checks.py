"""Whether the month came out: the market's books against the plain reckoning and the fakes' own ledgers."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from benchmarks.trade.example import HOUSEHOLD, Example
from benchmarks.trade.plain import Reckoning
from benchmarks.trade.tills import Tills
from benchmarks.trade.town import Town
from config.management.commands.audit_books import ROOMS
from payments.books.models import Entry, Posting
from payments.intake.models import Counting, Refund
from payments.payouts.models import Payout
from shop.stock import audit as stock

SHEET = """
    SELECT account.kind, account.owner, sum(posting.amount_vnd)::bigint
    FROM books_posting AS posting JOIN books_account AS account ON account.id = posting.account_id
    GROUP BY account.kind, account.owner
"""
#: of these the script counts all buyers and all transfers together
TOGETHER = ("escrow", "unidentified", "refunds_due")


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """What was compared, in how many figures, and each that differs in words."""

    name: str
    compared: int
    wrong: tuple[str, ...]


def sheet(town: Town) -> dict[str, int]:
    """Every account of the books under the script's names, those at nothing left out."""
    found: dict[str, int] = defaultdict(int)
    with connection.cursor() as cursor:
        cursor.execute(SHEET)
        for kind, owner, balance_vnd in cursor.fetchall():
            found[_name(town, kind, owner)] += balance_vnd
    return {name: balance_vnd for name, balance_vnd in found.items() if balance_vnd}


def all_of(town: Town, tills: Tills, plain: Reckoning) -> list[Check]:
    return [*audits(), books(town, plain), payouts(town, plain), closing(town, plain), ledgers(town, tills)]


def audits() -> list[Check]:
    found = [line for room in ROOMS for line in room.breaks()]
    return [
        Check(name="audit_books", compared=len(ROOMS), wrong=tuple(found)),
        Check(name="audit_stock", compared=1, wrong=tuple(stock.breaks())),
    ]


def books(town: Town, plain: Reckoning) -> Check:
    """Every account's balance."""
    ours = {name: vnd for name, vnd in plain.sheet.items() if vnd}
    return _compare("accounts", ours, sheet(town))


def payouts(town: Town, plain: Reckoning) -> Check:
    """What reached each household, payout by payout."""
    theirs: dict[int, list[int]] = defaultdict(list)
    for row in Payout.objects.filter(state__in=("sent", "settled")).order_by("pk"):
        theirs[town.number_of(row.household_id)].append(row.amount_vnd)
    numbers = range(len(town.households))
    return _compare("payouts", {n: plain.houses[n].payouts for n in numbers}, {n: theirs[n] for n in numbers})


def closing(town: Town, plain: Reckoning) -> Check:
    """What each household is still owed."""
    found, numbers = sheet(town), range(len(town.households))
    theirs = {n: -found.get(f"payable {n}", 0) - found.get(f"delivery {n}", 0) for n in numbers}
    return _compare("closing balances", {n: plain.closing(n) for n in numbers}, theirs)


def ledgers(town: Town, tills: Tills) -> Check:
    """What bank and gateways say they hold for us."""
    found = sheet(town)
    held = {f"gateway {code}": tills.held_vnd(code) for code in tills.gateways}
    held["bank"] = tills.bank.balance_vnd
    return _compare("ledgers of bank and gateways", held, {name: found.get(name, 0) for name in held})


def _compare(name: str, ours: dict, theirs: dict) -> Check:
    wrong = tuple(
        f"{key}: {ours.get(key)} by the script, {theirs.get(key)} in the market"
        for key in sorted({*ours, *theirs}, key=str)
        if ours.get(key) != theirs.get(key)
    )
    return Check(name=name, compared=len({*ours, *theirs}), wrong=wrong)


def _name(town: Town, kind: str, owner: str) -> str:
    if kind in TOGETHER:
        return kind
    word, _colon, key = owner.partition(":")
    if word == "household":
        owner = str(town.number_of(int(key)))
    elif word == "carrier":
        owner = key
    return f"{kind} {owner}".strip()


def names(checks: list[Check]) -> Iterator[str]:
    """Each thing that differs, with what was compared."""
    for check in checks:
        yield from (f"{check.name}: {line}" for line in check.wrong)


def by_hand(town: Town, said: Example) -> Check:
    """The household of the document: its payouts and what it is still owed, as worked out there."""
    rows = Payout.objects.filter(household=town.households[HOUSEHOLD]).exclude(state="rejected")
    found = sheet(town)
    owed_vnd = -found.get(f"payable {HOUSEHOLD}", 0) - found.get(f"delivery {HOUSEHOLD}", 0)
    theirs = {
        "payouts": tuple(rows.order_by("pk").values_list("amount_vnd", "state")),
        "closing balance": owed_vnd,
    }
    ours = {"payouts": said.payouts, "closing balance": said.closing_vnd}
    return _compare("the household worked out by hand", ours, theirs)


def count_payouts(*states: str) -> int:
    return Payout.objects.filter(state__in=states).count()


def count_refunds(**which: object) -> int:
    return Refund.objects.filter(**which).count()


def count_countings(**which: object) -> int:
    return Counting.objects.filter(**which).count()


def count_entries() -> int:
    return Entry.objects.count()


def count_postings() -> int:
    return Posting.objects.count()


def analyze() -> None:
    """What autovacuum does within minutes."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
