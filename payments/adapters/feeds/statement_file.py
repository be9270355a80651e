"""A bank statement as a file, for banks that no service reads: what the finance desk uploads.

Layout: a table (`payments.adapters.table_file`) with the columns `date,credit,reference,description`, one credit a
line.

- date: `15/08/2026` or `2026-08-15`, a time `09:34` or `09:34:12` after it if there is one
- credit: whole đồng, `1234567`, `1.234.567`, `1,234,567`, `1,234,567.00` or `1.234.567,00`, with or
  without `₫`, `đ` or `VND`
- reference: the bank's own number of the movement; may be empty
- description: the note as the bank kept it

It does not listen: what it says is proven by the person who uploads it, and the web is answered 404.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from payments.adapters.contract import Clock, Traits, setting
from payments.adapters.table_file import Line, amount_of, table
from payments.adapters.wire import Http

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
COLUMNS = ("date", "credit", "reference", "description")
DATES = ("%d/%m/%Y", "%Y-%m-%d")
TIMES = ("", " %H:%M", " %H:%M:%S")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line of a statement. `trouble` says in words why it cannot be read; then it has no amount."""

    line: int
    #: names the row in any file: a second upload says the same
    checksum: str
    at: datetime | None
    amount_vnd: int | None
    bank_ref: str
    note: str
    trouble: str = ""


class StatementFile:
    """Neither starts nor listens: its rows are read by `rows`."""

    code = "statement_file"
    label = _("Sao kê ngân hàng")
    traits = Traits(icon="bank", is_feed=True)

    @dataclass(frozen=True)
    class Config:
        #: whether somebody uploads statements often enough for buyers to wait for it
        counts: bool = setting(
            _("Có người tải sao kê lên hằng ngày, nên nhận chuyển khoản được"), default=False
        )

    def __init__(self, config: Config, http: Http, clock: Clock) -> None:
        self.config = config
        self.traits = replace(type(self).traits, is_feed=config.counts)

    def problems(self) -> list[str]:
        return []


def moment_of(text: str) -> datetime | None:
    """The moment in Vietnam, None when it cannot be read."""
    for day in DATES:
        for time in TIMES:
            try:
                return datetime.strptime(text.strip(), day + time).replace(tzinfo=VIETNAM)
            except ValueError:
                continue
    return None


def rows(body: bytes) -> list[Row]:
    """Every line below the names, readable or not, in its order.

    Raises NoTable when the file as a whole is no statement: then nothing of it is read.
    """
    seen: Counter[str] = Counter()
    return [_row(line, seen) for line in table(body, COLUMNS)]


def _row(line: Line, seen: Counter[str]) -> Row:
    said = line.said
    at, amount_vnd = moment_of(said.get("date", "")), amount_of(said.get("credit", ""))
    trouble = line.trouble
    if not trouble and (amount_vnd is None or at is None):
        trouble = str(_("Không đọc được số tiền.") if amount_vnd is None else _("Không đọc được ngày."))
    plain = "\x1f".join(line.cells)
    seen[plain] += 1
    # Two rows of the same words and no reference are two transfers; with a reference they are one, twice.
    again = "" if said.get("reference") else str(seen[plain])
    return Row(
        line=line.number,
        checksum=sha256(f"{plain}\x1e{again}".encode()).hexdigest(),
        at=None if trouble else at,
        amount_vnd=None if trouble else amount_vnd,
        bank_ref=said.get("reference", "")[:100],
        note=said.get("description", "")[:500],
        trouble=trouble,
    )
