"""Tables to download: CSV that spreadsheets open as it is meant, row by row, however many there are."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse
from django.utils.translation import get_language, override

Cell = str | int | None
#: what spreadsheets take for the beginning of a formula
FUSES = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """What the csv writer writes into; the line comes straight back."""

    def write(self, line: str) -> str:
        return line


def lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The rows as lines of CSV, the first after a mark that says UTF-8. Texts that look like formulas are defused."""
    writer = csv.writer(_Echo())
    mark = "\ufeff"
    for row in rows:
        yield mark + writer.writerow([defused(cell) for cell in row])
        mark = ""


def defused(cell: Cell) -> Cell:
    """'=1+1' → "'=1+1": a spreadsheet shows it and runs nothing. Numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FUSES) else cell


def as_text(digits: str) -> str:
    """'020…' → "'020…": a number to a spreadsheet, which would drop the noughts it begins with."""
    return f"'{digits}" if digits else ""


def answer(rows: Iterable[Sequence[Cell]], name: str) -> StreamingHttpResponse:
    """The table as a file to download, streamed; nobody between keeps a copy."""
    found = StreamingHttpResponse(_in(get_language(), rows), content_type="text/csv; charset=utf-8")
    found["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    found["Cache-Control"] = "private, no-store"
    return found


def _in(language: str | None, rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The lines in that language: they are made when the view, and what it had chosen, is over."""
    with override(language):
        yield from lines(rows)
