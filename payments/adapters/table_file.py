"""A table that a person uploads: CSV in UTF-8, comma or semicolon, the first line its columns' names in any order.

Other columns are left alone, blank lines are none. What one line means is its reader's own business.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from common.vietnamese import fold

LONGEST = 2 * 1024 * 1024
MOST_ROWS = 5_000
MOST_VND = 10**13
PLAIN = re.compile(r"(?P<whole>[0-9]{1,13})(?:[.,]00)?")
DOTS = re.compile(r"(?P<whole>[0-9]{1,3}(?:\.[0-9]{3})+)(?:,00)?")
COMMAS = re.compile(r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+)(?:\.00)?")
NOUGHT = re.compile(r"0+(?:[.,]0{2,3})*")
CURRENCY = re.compile(r"\s*(?:₫|đ|VND)\s*$", re.IGNORECASE)


class NoTable(Exception):
    """The file as a whole cannot be read; the argument is the sentence for the person."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line: its number in the file, its cells as they stand there, and what each column says."""

    number: int
    cells: list[str]
    said: dict[str, str]
    #: why it cannot be used whatever it says; "" when nothing speaks against it
    trouble: str = ""


def table(
    body: bytes,
    columns: tuple[str, ...],
    *,
    also: Mapping[str, str] | None = None,
    one_of: Sequence[tuple[str, ...]] = (),
) -> list[Line]:
    """Every line below the names, in its order. Raises NoTable: then nothing of the file is read.

    `also` is what a column may be called besides, without tones and in small letters → its name; of each
    group of `one_of` there must be one column at least.
    """
    (_number, first), *rest = _lines(body)
    called = {} if also is None else also
    names = [called.get(fold(name), name.strip().lower()) for name in first]
    if any(names.count(column) != 1 for column in columns):
        needed = _("Dòng đầu phải có đủ các cột: %(columns)s.")
        raise NoTable(needed % {"columns": ", ".join(columns)})
    for group in one_of:
        if not set(group) & set(names):
            needed = _("Dòng đầu phải có ít nhất một trong các cột: %(columns)s.")
            raise NoTable(needed % {"columns": ", ".join(group)})
    if twice := sorted(name for name in set(called.values()) if names.count(name) > 1):
        raise NoTable(_("Có hai cột cùng nghĩa: %(columns)s.") % {"columns": ", ".join(twice)})
    if len(rest) > MOST_ROWS:
        raise NoTable(_("Tệp quá dài: mỗi lần nhiều nhất 5.000 dòng."))
    return [_line(number, cells, names) for number, cells in rest]


def _line(number: int, cells: list[str], names: list[str]) -> Line:
    said = dict(zip(names, (cell.strip() for cell in cells), strict=False))
    trouble = "" if len(cells) == len(names) else str(_("Số cột không khớp dòng đầu."))
    return Line(number=number, cells=cells, said=said, trouble=trouble)


def amount_of(text: str) -> int | None:
    """The whole đồng that a bank's spelling says, None when it is not surely read. Never 0."""
    bare = CURRENCY.sub("", text.strip()).lstrip("+").strip()
    for spelling in (PLAIN, DOTS, COMMAS):
        if found := spelling.fullmatch(bare):
            amount = int(re.sub(r"[.,]", "", found["whole"]))
            return amount if 0 < amount < MOST_VND else None
    return None


def amount_or_nought(text: str) -> int | None:
    """The same, and 0 where a nought is written out; an empty cell is none."""
    return 0 if NOUGHT.fullmatch(CURRENCY.sub("", text.strip()).strip()) else amount_of(text)


def _lines(body: bytes) -> list[tuple[int, list[str]]]:
    if len(body) > LONGEST:
        raise NoTable(_("Tệp quá lớn: nhiều nhất 2 MB."))
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NoTable(_("Tệp không phải CSV UTF-8. Hãy lưu lại dạng “CSV UTF-8”.")) from error
    if "\x00" in text:
        raise NoTable(_("Tệp không phải CSV UTF-8. Hãy lưu lại dạng “CSV UTF-8”."))
    head = text.lstrip().split("\n", 1)[0]
    reader = csv.reader(
        text.splitlines(keepends=True),
        delimiter=";" if head.count(";") > head.count(",") else ",",
        strict=True,
    )
    try:
        found = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise NoTable(_("Dấu ngoặc kép trong tệp không đóng đúng chỗ.")) from error
    if not found:
        raise NoTable(_("Tệp trống."))
    return found
