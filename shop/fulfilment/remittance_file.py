"""A carrier's word on the cash it collected, as a file.

Layout: a table (`payments.adapters.table_file`), one parcel a line, with the columns

- tracking: the carrier's number of the parcel, and/or order: ours, `XL-7K3M-9QAB/2` or `XL-7K3M-9QAB`
- collected_vnd: the cash it took at the door
- fee_vnd: what it kept of that, and/or transferred_vnd: what it sent to our bank; one of them tells the other
- date, reference: the day and the carrier's own number of the transfer; may be left out

Amounts are written as in a bank statement; a fee of `0` says 0, an empty cell says nothing and is not read as 0.
Each column may be called as carriers call it: see `CALLED`.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.utils.translation import gettext as _

from common.vietnamese import tidy
from payments.adapters.feeds.statement_file import moment_of
from payments.adapters.table_file import Line, amount_of, amount_or_nought, table

CALLED = {
    "tracking": "tracking", "tracking number": "tracking", "ma van don": "tracking", "van don": "tracking",
    "order": "order", "order code": "order", "ma don": "order", "ma don hang": "order", "so don": "order",
    "collected_vnd": "collected_vnd", "cod": "collected_vnd", "tien cod": "collected_vnd",
    "tien thu ho": "collected_vnd", "tien da thu": "collected_vnd", "collected": "collected_vnd",
    "fee_vnd": "fee_vnd", "fee": "fee_vnd", "phi": "fee_vnd", "tong phi": "fee_vnd", "phi dich vu": "fee_vnd",
    "transferred_vnd": "transferred_vnd", "transferred": "transferred_vnd", "thuc nhan": "transferred_vnd",
    "tien chuyen": "transferred_vnd", "da chuyen": "transferred_vnd", "tien tra shop": "transferred_vnd",
    "date": "date", "ngay": "date", "ngay chuyen": "date", "ngay doi soat": "date",
    "reference": "reference", "ma doi soat": "reference", "ma giao dich": "reference", "ma chuyen khoan": "reference",
}  # fmt: skip
CODES = ("tracking", "order")
PARTS = ("fee_vnd", "transferred_vnd")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line. `trouble` says in words why it cannot be read; then it has no amounts."""

    line: int
    #: names the line in any file: a second upload says the same
    checksum: str
    tracking: str
    order: str
    collected_vnd: int | None
    fee_vnd: int | None
    transferred_vnd: int | None
    day: date | None
    reference: str
    trouble: str = ""


def rows(body: bytes) -> list[Row]:
    """Every line below the names, readable or not, in its order. Raises NoTable: then nothing of it is read."""
    seen: Counter[str] = Counter()
    read = table(body, ("collected_vnd",), also=CALLED, one_of=(CODES, PARTS))
    return [_row(line, seen) for line in read]


def _row(line: Line, seen: Counter[str]) -> Row:
    said = {name: tidy(cell) for name, cell in line.said.items()}
    sums = _sums(said)
    day = moment_of(said.get("date", ""))
    trouble = line.trouble or _trouble(said, sums, day is not None)
    collected_vnd, fee_vnd, transferred_vnd = (None, None, None) if trouble else sums
    plain = "\x1f".join(tidy(cell) for cell in line.cells)
    seen[plain] += 1
    # Two equal parcels of one order are two equal lines; the first one's name is that of its words alone.
    again = f"\x1e{seen[plain]}" if seen[plain] > 1 else ""
    return Row(
        line=line.number,
        checksum=sha256(f"{plain}{again}".encode()).hexdigest(),
        tracking=said.get("tracking", "")[:60],
        order=said.get("order", "")[:60],
        collected_vnd=collected_vnd,
        fee_vnd=fee_vnd,
        transferred_vnd=transferred_vnd,
        day=day.date() if day and not trouble else None,
        reference=said.get("reference", "")[:120],
        trouble=trouble,
    )


def _sums(said: dict[str, str]) -> tuple[int | None, int | None, int | None]:
    """Collected, fee, transferred; where one of the last two has no column it is what the other leaves."""
    collected = amount_of(said.get("collected_vnd", ""))
    fee, transferred = (
        amount_or_nought(said[name]) if name in said else None for name in ("fee_vnd", "transferred_vnd")
    )
    if "fee_vnd" not in said and None not in (collected, transferred):
        fee = collected - transferred
    if "transferred_vnd" not in said and None not in (collected, fee):
        transferred = collected - fee
    return collected, fee, transferred


def _trouble(said: dict[str, str], sums: tuple[int | None, ...], has_day: bool) -> str:
    if not said.get("tracking") and not said.get("order"):
        return _("Không có mã vận đơn, cũng không có số đơn.")
    if None in sums:
        return _("Không đọc được số tiền.")
    if min(sums) < 0:
        return _("Phí hay tiền chuyển lớn hơn tiền đã thu.")
    return _("Không đọc được ngày.") if said.get("date") and not has_day else ""
