"""The household that docs/money-by-hand.md works out by hand: what happens to it, and what it must come to."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.trade.goods import GOODS
from benchmarks.trade.plans import START, VIETNAM, Claim, OrderPlan, PartPlan, Script

PAGE = Path(__file__).resolve().parents[2] / "docs" / "money-by-hand.md"
HOUSEHOLD, NAME = 0, "Bà Sáu"
#: far from the numbers of drawn orders, and none a multiple of five
FIRST = 1_000_001
Rows = list[dict[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """`sold`: order → goods, delivery; `earned`: order → goods left, commission, VAT, income tax, household, delivery.

    `payouts` are what left for the household and what the bank said of it; `sheet` is account → balance.
    """

    orders: tuple[OrderPlan, ...]
    sold: dict[str, tuple[int, int]]
    earned: dict[str, tuple[int, ...]]
    payouts: tuple[tuple[int, str], ...]
    bounced_run: int
    sheet: dict[str, int]

    def part_of(self, order: str) -> str:
        """The part of an order of the document, as it is called in what happened."""
        return f"{number_of(order)}/1"

    @property
    def closing_vnd(self) -> int:
        return -self.sheet[f"payable {HOUSEHOLD}"]

    def alone(self) -> Script:
        """A month in which nobody else sells anything, and nobody but the household is paid."""
        return self.within(Script(households=1, orders=(), settles=False))

    def within(self, script: Script) -> Script:
        """The same script with this household's month in it."""
        bounces = {run: script.bounces.get(run, ()) if script.bounces else () for run in range(1, 5)}
        bounces[self.bounced_run] = (*bounces[self.bounced_run], HOUSEHOLD)
        return replace(script, orders=(*self.orders, *script.orders), bounces=bounces)


def read(text: str | None = None) -> Example:
    """The example as the document has it."""
    tables = _tables(PAGE.read_text() if text is None else text)
    back = tables["What went back"]
    runs = [(_vnd(row["sum ₫"]), row["bank"]) for row in tables["Payouts"]]
    return Example(
        orders=tuple(_order(row, back) for row in tables["Orders"]),
        sold={row["order"]: (_vnd(row["goods ₫"]), _vnd(row["delivery ₫"])) for row in tables["Orders"]},
        earned={row["order"]: _earned(row) for row in tables["What was earned in the end"]},
        payouts=tuple(run for run in runs if run[0]),
        bounced_run=[said for _sum, said in runs].index("bounced") + 1,
        sheet={
            row["account"].replace(NAME, str(HOUSEHOLD)): _vnd(row["₫"])
            for row in tables["Balances at the end of 2 September"]
        },
    )


def wares(text: str | None = None) -> dict[str, tuple[int, float, float, float, int]]:
    """Goods → pack price, commission, VAT, income tax in percent, grams of a parcel, as the document says."""
    rows = _tables(PAGE.read_text() if text is None else text)["What she sells"]
    return {
        row["goods"]: (
            _vnd(row["pack ₫"]),
            float(row["commission %"]),
            float(row["VAT %"]),
            float(row["income tax %"]),
            _vnd(row["parcel g"]),
        )
        for row in rows
    }


def number_of(order: str) -> int:
    return FIRST + 5 * int(order.removeprefix("B"))


def _order(row: dict[str, str], back: Rows) -> OrderPlan:
    how, placed_at, way = row["how"], _moment(row["placed"]), row["paid by"]
    cash_by = "household" if "household took" in how else "carrier" if "carrier took" in how else ""
    claims = tuple(_claim(each) for each in back if each["order"] == row["order"])
    part = PartPlan(
        household=HOUSEHOLD,
        basket=tuple(_basket(row["bought"])),
        method=row["brought by"],
        fate="kept" if how.startswith("delivered") else how,
        ends_at=_moment(row["ended"]),
        cash_by=cash_by,
        claims=claims,
    )
    return OrderPlan(
        number=number_of(row["order"]),
        at=placed_at,
        way=way,
        paying={"cod": "cash", "vietqr": "exact"}.get(way, "prompt"),
        paid_at=placed_at if way == "cod" else placed_at + timedelta(minutes=5),
        parts=(part,),
    )


def _basket(bought: str):
    for each in bought.split(", "):
        packs, good = each.split()
        assert good in GOODS, good
        yield good, int(packs)


def _claim(row: dict[str, str]) -> Claim:
    return Claim(
        at=_moment(row["when"]),
        goods_vnd=_vnd(row["goods ₫"]),
        delivery_vnd=_vnd(row["delivery ₫"]),
        fault=row["fault"],
    )


def _earned(row: dict[str, str]) -> tuple[int, ...]:
    columns = ("goods left ₫", "commission ₫", "VAT ₫", "income tax ₫", "household ₫", "delivery ₫")
    return tuple(_vnd(row[name]) for name in columns)


def _moment(text: str) -> datetime:
    return datetime.strptime(f"{START.year} {text}", "%Y %d %b %H:%M").replace(tzinfo=VIETNAM)


def _vnd(text: str) -> int:
    return int(text.replace(",", "").replace("−", "-"))


def _tables(text: str) -> dict[str, Rows]:
    """Heading → the rows of the table below it, by column."""
    found: dict[str, Rows] = {}
    for section in text.split("\n## ")[1:]:
        heading, _line, rest = section.partition("\n")
        rows = [line.strip("| ").split(" | ") for line in rest.splitlines() if line.startswith("|")]
        if rows:
            names = [name.strip() for name in rows[0]]
            found[heading.strip()] = [dict(zip(names, _cells(row), strict=True)) for row in rows[2:]]
    return found


def _cells(row: list[str]) -> list[str]:
    return [cell.strip() for cell in row]
