"""Tables that spreadsheets open as they are meant."""

import csv
import io

import pytest
from django.utils import translation
from django.utils.translation import gettext
from hypothesis import given
from hypothesis import strategies as st

from common import tables


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("cell", ["=1+1", "+84", "-1", "@SUM(A1)", "\tx", "\r=1"])
def test_what_looks_like_a_formula_is_text(cell):
    assert tables.defused(cell) == f"'{cell}"


def test_numbers_stay_numbers_and_words_stay_words():
    assert [tables.defused(each) for each in (-5, 0, None, "", "Hộ = na", "3-1")] == [
        -5,
        0,
        None,
        "",
        "Hộ = na",
        "3-1",
    ]


WORDS = st.text(st.characters(exclude_categories=["Cs"]))


@given(rows=st.lists(st.lists(WORDS, min_size=2, max_size=4), min_size=1))
def test_no_cell_begins_a_formula_and_nothing_is_lost(rows):
    found = read("".join(tables.lines(rows)))
    assert not any(cell.startswith(tables.FUSES) for row in found for cell in row)
    kept = [
        [_fused(cell, was) for cell, was in zip(*pair, strict=True)] for pair in zip(found, rows, strict=True)
    ]
    assert kept == rows


def _fused(cell: str, was: str) -> str:
    return cell.removeprefix("'") if was.startswith(tables.FUSES) else cell


def test_the_mark_stands_once_at_the_beginning():
    text = "".join(tables.lines([["a"], ["b"]]))
    assert text == "\ufeffa\r\nb\r\n"


def test_rows_are_made_one_by_one_in_the_language_of_the_view():
    made = []

    def rows():
        for number in range(3):
            made.append(number)
            yield [number, gettext("Tiền")]

    with translation.override("en"):
        answer = tables.answer(rows(), "x")
        stream = iter(answer)
        english = gettext("Tiền")
    assert english != "Tiền" and made == []
    assert next(stream).decode() == f"\ufeff0,{english}\r\n" and made == [0]
    assert answer["Content-Disposition"] == 'attachment; filename="x.csv"'
    assert answer["Cache-Control"] == "private, no-store"
