"""What will happen in the month, drawn once from a seed: plain values, no clock and no database."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from random import Random

from benchmarks.trade.goods import GOODS, ROADS, delivery_vnd, goods_vnd

VIETNAM = timezone(timedelta(hours=7))
#: a Monday; orders come for four weeks, the last payout leaves on the Tuesday after them
START = datetime(2026, 8, 3, tzinfo=VIETNAM)
WEEKS = 4
END = START + timedelta(weeks=WEEKS, days=3)
MONTH_ENDS = datetime(2026, 9, 1, tzinfo=VIETNAM)
#: above it a refund needs two people, who may also refuse it
BY_ONE_VND = 150_000
CASH = "cod"
GATEWAYS = ("vnpay", "momo", "zalopay", "stripe", "sandbox")
#: of a hundred orders so many are paid by each way
WAYS = {"vnpay": 19, "momo": 15, "zalopay": 12, "stripe": 12, "sandbox": 8, "vietqr": 18, CASH: 16}
#: how the money comes, or does not; which ways can do it, and how often of a hundred
PAYING: dict[str, tuple[tuple[str, ...], int]] = {
    "prompt": (GATEWAYS, 52),
    "told twice": (GATEWAYS, 10),
    "forged first": (GATEWAYS, 3),
    "wrong sum first": (GATEWAYS, 2),
    "straggler": (("vnpay", "momo"), 4),
    "not told": (GATEWAYS, 7),
    "late": (("vnpay", "momo", "zalopay"), 6),
    "cancelled, then paid": (("vnpay", "momo", "zalopay", "vietqr"), 4),
    "never": ((*GATEWAYS, "vietqr"), 6),
    "failed, then again": (("vnpay", "momo"), 4),
    "failed, paid twice": (("vnpay", "momo"), 3),
    "exact": (("vietqr",), 40),
    "glued": (("vietqr",), 12),
    "two feeds": (("vietqr",), 10),
    "in two transfers": (("vietqr",), 8),
    "too short": (("vietqr",), 5),
    "too much": (("vietqr",), 9),
    "without a note": (("vietqr",), 6),
    "too late": (("vietqr",), 4),
}
UNPAID = ("never", "too short", "cancelled, then paid")
#: what becomes of a part that is confirmed, of a hundred
FATES = {
    "kept": 83, "cancelled": 4, "cancelled by staff": 2, "declined": 4, "forgotten": 1, "refused": 3,
    "undelivered": 3,
}  # fmt: skip
FAULTS = ("household", "carrier", "nobody", "not_asked")


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """Asked for of a delivered part at that moment; given back unless `refused` by the second person."""

    at: datetime
    goods_vnd: int
    delivery_vnd: int
    fault: str
    refused: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PartPlan:
    """`ends_at` is when it is delivered, or comes to nothing."""

    household: int
    basket: tuple[tuple[str, int], ...]
    method: str
    fate: str = "kept"
    ends_at: datetime
    cash_by: str = ""
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Dispute:
    at: datetime
    ends_at: datetime
    won: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderPlan:
    """`again` is the way of the second attempt, where the first one fails."""

    number: int
    at: datetime
    way: str
    paying: str
    paid_at: datetime
    parts: tuple[PartPlan, ...]
    again: str = ""
    dispute: Dispute | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """All that is given: orders, households that change their account and when, money of strangers, and the payouts."""

    households: int
    orders: tuple[OrderPlan, ...]
    account_changes: tuple[tuple[datetime, int], ...] = ()
    #: sums that reach the bank account and are for nothing we know
    strays: tuple[tuple[datetime, int], ...] = ()
    #: run (1, 2, …) → households whose payout comes back, and those that set another account before approval
    bounces: dict[int, tuple[int, ...]] | None = None
    hurried: dict[int, tuple[int, ...]] | None = None
    #: households whose account a person finds right after it sent a payout back; the others set another
    cleared: tuple[int, ...] = ()
    without_account: tuple[int, ...] = ()
    #: whether gateways send on what they hold, and carriers and the tax office get theirs
    settles: bool = True


def draw(seed: int, *, orders: int, households: int) -> Script:
    """A month of so many orders at households 1, 2, …; number 0 is left to the document."""
    dice = Random(seed)  # noqa: S311 - a script, not a secret
    others = range(1, households)
    plans = tuple(_order(dice, number, others) for number in range(1, orders + 1))
    bounces = {run: tuple(dice.sample(others, max(1, households // 12))) for run in range(1, WEEKS + 1)}
    hurried = {run: tuple(dice.sample(others, max(1, households // 25))) for run in range(2, WEEKS + 1)}
    late = tuple(dice.sample(others, max(1, households // 25)))
    changes = [
        (_quiet(_moment(dice, START, WEEKS * 7)), household)
        for household in dice.sample(others, max(1, households // 8))
    ]
    changes += [(START + timedelta(days=17, hours=9), household) for household in late]
    strays = tuple(
        (_moment(dice, START, WEEKS * 7), dice.randrange(10_000, 900_000))
        for _each in range(2 + orders // 250)
    )
    return Script(
        households=households,
        orders=plans,
        account_changes=tuple(changes),
        strays=strays,
        bounces=bounces,
        hurried=hurried,
        cleared=tuple(household for household in others if household % 3 == 0),
        without_account=late,
    )


def _order(dice: Random, number: int, others: range) -> OrderPlan:
    at = _moment(dice, START, WEEKS * 7)
    way = _of(dice, WAYS)
    paying = (
        "cash" if way == CASH else _of(dice, {k: odds for k, (ways, odds) in PAYING.items() if way in ways})
    )
    paid_at = at + timedelta(minutes=dice.randrange(1, 8))
    if paying == "late":
        paid_at = at + timedelta(minutes=dice.randrange(30, 200))
    elif paying == "too late":
        paid_at = at + timedelta(hours=25, minutes=dice.randrange(300))
    elif paying == "not told":
        paid_at = at + timedelta(minutes=5)
    confirmed_at = at if way == CASH else paid_at + timedelta(minutes=10)
    sellers = dice.sample(others, min(len(others), dice.choice((1, 1, 1, 2, 2, 3))))
    disputed = way == "stripe" and paying in ("prompt", "told twice") and dice.random() < 0.4
    # three households' goods may be more than is carried in cash
    sellers = sellers[:1] if way == CASH and len(sellers) > 2 else sellers
    parts = tuple(_part(dice, each, confirmed_at, way, disputed) for each in sellers)
    dispute = _dispute(dice, confirmed_at) if disputed else None
    if dispute and dispute.ends_at - confirmed_at < timedelta(hours=90):
        # packed, and stopped when the buyer's bank has had its say
        stopped = replace(parts[0], fate="cancelled by staff", ends_at=dispute.ends_at + timedelta(hours=3))
        parts = (stopped, *parts[1:])
    return OrderPlan(
        number=number,
        at=at,
        way=way,
        paying=paying,
        paid_at=paid_at,
        parts=parts,
        again=dice.choice(("zalopay", "sandbox")) if paying.startswith("failed") else "",
        dispute=dispute,
    )


def _part(dice: Random, household: int, confirmed_at: datetime, way: str, disputed: bool) -> PartPlan:
    method = dice.choice(tuple(ROADS))
    basket = tuple(
        (good, dice.choice((1, 1, 2, 3))) for good in dice.sample(tuple(GOODS), dice.choice((1, 1, 2)))
    )
    fate = "kept" if disputed else _of(dice, FATES)
    if ROADS[method].is_pickup and fate in ("refused", "undelivered"):
        fate = "kept"
    if fate in ("kept", "refused", "undelivered"):
        ends_at = confirmed_at + timedelta(hours=dice.randrange(14, 70), minutes=dice.randrange(60))
    elif fate == "forgotten" and confirmed_at < END - timedelta(days=6):
        ends_at = confirmed_at + timedelta(days=5)
    else:
        fate = "declined" if fate == "forgotten" else fate
        ends_at = confirmed_at + timedelta(hours=dice.choice((1, 3, 8)), minutes=dice.randrange(60))
    cash_by = _holder(dice, method) if way == CASH else ""
    claims = _claims(dice, household, basket, method, ends_at) if fate == "kept" and not disputed else ()
    return PartPlan(
        household=household, basket=basket, method=method, fate=fate, ends_at=ends_at, cash_by=cash_by, claims=claims
    )  # fmt: skip


def _holder(dice: Random, method: str) -> str:
    return "carrier" if ROADS[method].driver and dice.random() < 0.85 else "household"


def _claims(dice: Random, household: int, basket, method: str, delivered_at: datetime) -> tuple[Claim, ...]:
    """None mostly; one or two, before and after the hold, some long after the payout. Never more than was paid."""
    whole_vnd, fee_vnd = goods_vnd(household, basket), delivery_vnd(basket, method)
    found = []
    for _each in range(dice.choices((0, 1, 2), (82, 13, 5))[0]):
        after = timedelta(hours=dice.choice((2, 20, 60, 100, 200, 400)), minutes=dice.randrange(60))
        with_delivery = fee_vnd > 0 and not any(each.delivery_vnd for each in found) and dice.random() < 0.3
        part_vnd, back_vnd = whole_vnd * dice.randrange(3, 50) // 100, fee_vnd if with_delivery else 0
        found.append(
            Claim(
                at=delivered_at + after,
                goods_vnd=part_vnd,
                delivery_vnd=back_vnd,
                fault=dice.choice(FAULTS),
                refused=dice.random() < 0.25 and part_vnd + back_vnd > BY_ONE_VND,
            )
        )
    return tuple(found)


def _dispute(dice: Random, confirmed_at: datetime) -> Dispute:
    at = confirmed_at + timedelta(hours=dice.choice((2, 48, 120, 200)), minutes=7)
    ends_at = at + timedelta(days=dice.randrange(1, 8), minutes=13)
    return Dispute(at=at, ends_at=ends_at, won=dice.random() < 0.5)


def _moment(dice: Random, start: datetime, days: int) -> datetime:
    return start + timedelta(
        days=dice.randrange(days), minutes=dice.randrange(6 * 60, 22 * 60), seconds=dice.randrange(60)
    )


def _quiet(moment: datetime) -> datetime:
    """Not on the days between a payout's proposal and the bank's word."""
    return moment + timedelta(days=2) if moment.weekday() in (1, 2) else moment


def _of(dice: Random, odds: dict[str, int]) -> str:
    return dice.choices(list(odds), list(odds.values()))[0]
