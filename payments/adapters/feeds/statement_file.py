"""A bank statement as a file, for banks that no service reads: what the finance desk uploads.

Layout: CSV in UTF-8, comma or semicolon, first line the names `date,credit,reference,description` in any
order (other columns are left alone), one credit a line.

- date: `15/08/2026` or `2026-08-15`, a time `09:34` or `09:34:12` after it if there is one
- credit: whole đồng, `1234567`, `1.234.567`, `1,234,567`, `1,234,567.00` or `1.234.567,00`, with or
  without `₫`, `đ` or `VND`
- reference: the bank's own number of the movement; may be empty
- description: the note as the bank kept it

It does not listen: what it says is proven by the person who uploads it, and the web is answered 404.
"""

import csv
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from payments.adapters.contract import Clock, Traits
from payments.adapters.wire import Http

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
COLUMNS = ("date", "credit", "reference", "description")
LONGEST = 2 * 1024 * 1024
MOST_ROWS = 5_000
MOST_VND = 10**13
DATES = ("%d/%m/%Y", "%Y-%m-%d")
TIMES = ("", " %H:%M", " %H:%M:%S")
PLAIN = re.compile(r"(?P<whole>[0-9]{1,13})(?:[.,]00)?")
DOTS = re.compile(r"(?P<whole>[0-9]{1,3}(?:\.[0-9]{3})+)(?:,00)?")
COMMAS = re.compile(r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+)(?:\.00)?")
CURRENCY = re.compile(r"\s*(?:₫|đ|VND)\s*$", re.IGNORECASE)


class NoStatement(Exception):
    """The file as a whole cannot be read; the argument is the sentence for the person."""


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
        counts: bool = field(
            default=False,
            metadata={"label": _("Có người tải sao kê lên hằng ngày, nên nhận chuyển khoản được")},
        )

    def __init__(self, config: Config, http: Http, clock: Clock) -> None:
        self.config = config
        self.traits = replace(type(self).traits, is_feed=config.counts)

    def problems(self) -> list[str]:
        return []


def amount_of(text: str) -> int | None:
    """The whole đồng that a bank's spelling says, None when it is not surely read. Never 0."""
    bare = CURRENCY.sub("", text.strip()).lstrip("+").strip()
    for spelling in (PLAIN, DOTS, COMMAS):
        if found := spelling.fullmatch(bare):
            amount = int(re.sub(r"[.,]", "", found["whole"]))
            return amount if 0 < amount < MOST_VND else None
    return None


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
    """Every line below the names, readable or not, in its order; blank lines are none.

    Raises NoStatement when the file as a whole is no statement: then nothing of it is read.
    """
    lines = lines_of(body)
    names = [name.strip().lower() for name in lines[0][1]]
    if any(names.count(column) != 1 for column in COLUMNS):
        raise NoStatement(_("Dòng đầu phải có đủ các cột: date, credit, reference, description."))
    if len(lines) - 1 > MOST_ROWS:
        raise NoStatement(_("Tệp quá dài: mỗi lần nhiều nhất 5.000 dòng."))
    seen: Counter[str] = Counter()
    return [_row(line, cells, names, seen) for line, cells in lines[1:]]


def lines_of(body: bytes) -> list[tuple[int, list[str]]]:
    """Every line of a CSV with its number, blank ones left out. Raises NoStatement for what is none."""
    if len(body) > LONGEST:
        raise NoStatement(_("Tệp quá lớn: nhiều nhất 2 MB."))
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NoStatement(_("Tệp không phải CSV UTF-8. Hãy lưu lại dạng “CSV UTF-8”.")) from error
    if "\x00" in text:
        raise NoStatement(_("Tệp không phải CSV UTF-8. Hãy lưu lại dạng “CSV UTF-8”."))
    head = text.lstrip().split("\n", 1)[0]
    reader = csv.reader(
        text.splitlines(keepends=True),
        delimiter=";" if head.count(";") > head.count(",") else ",",
        strict=True,
    )
    try:
        found = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise NoStatement(_("Dấu ngoặc kép trong tệp không đóng đúng chỗ.")) from error
    if not found:
        raise NoStatement(_("Tệp trống."))
    return found


def _row(line: int, cells: list[str], names: list[str], seen: Counter[str]) -> Row:
    said = dict(zip(names, (cell.strip() for cell in cells), strict=False))
    at, amount_vnd = moment_of(said.get("date", "")), amount_of(said.get("credit", ""))
    trouble = ""
    if len(cells) != len(names):
        trouble = _("Số cột không khớp dòng đầu.")
    elif amount_vnd is None:
        trouble = _("Không đọc được số tiền.")
    elif at is None:
        trouble = _("Không đọc được ngày.")
    plain = "\x1f".join(cells)
    seen[plain] += 1
    # Two rows of the same words and no reference are two transfers; with a reference they are one, twice.
    again = "" if said.get("reference") else str(seen[plain])
    return Row(
        line=line,
        checksum=sha256(f"{plain}\x1e{again}".encode()).hexdigest(),
        at=None if trouble else at,
        amount_vnd=None if trouble else amount_vnd,
        bank_ref=said.get("reference", "")[:100],
        note=said.get("description", "")[:500],
        trouble=str(trouble),
    )
