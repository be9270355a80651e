"""A statement is read line by line; what cannot surely be read is kept aside, never guessed, never 0."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as some

from payments.adapters.feeds.statement_file import moment_of, rows
from payments.adapters.table_file import NoTable, amount_of

HEAD = "date,credit,reference,description\n"


@pytest.mark.parametrize(
    ("text", "amount_vnd"),
    [
        ("1234567", 1_234_567), ("1.234.567", 1_234_567), ("1,234,567", 1_234_567), ("1,234,567.00", 1_234_567),
        ("1.234.567,00", 1_234_567), ("185.000", 185_000), ("185,000 ₫", 185_000), ("+185000VND", 185_000),
        ("185.000đ", 185_000), (" 1 ", 1), ("185000.00", 185_000), ("0185", 185),
    ],
)  # fmt: skip
def test_the_ways_banks_write_an_amount(text, amount_vnd):
    assert amount_of(text) == amount_vnd


@pytest.mark.parametrize(
    "text",
    ["", "0", "0,00", "-5", "(5)", "1,5", "1.5", "1.23", "12.34.56", "1,234.567", "1.234,567", "1,234,56",
     "185.000,50", "1e6", "185k", "١٢٣", "９", "1 234 567", "185000 USD", "--", "NaN", "9" * 40, ".000", "1..000"],
)  # fmt: skip
def test_what_is_not_surely_an_amount_is_none(text):
    assert amount_of(text) is None


@given(
    amount_vnd=some.integers(1, 10**13 - 1),
    spelling=some.sampled_from(["{}", "{:,}", "{:,}.00"]),
    vnd=some.booleans(),
)
def test_every_amount_reads_as_it_was_written(amount_vnd, spelling, vnd):
    text = spelling.format(amount_vnd)
    swapped = text.translate(str.maketrans(",.", ".,"))
    assert amount_of(text + " VND" * vnd) == amount_of(swapped) == amount_vnd


@given(text=some.text(max_size=25))
def test_no_text_is_ever_read_as_nothing(text):
    assert amount_of(text) is None or amount_of(text) > 0
    moment_of(text)


def test_a_row_says_what_its_line_says():
    (row,) = rows((HEAD + '15/08/2026 09:34,"185,000.00",FT1,"XL7K3M9QAB, mua na"\n').encode())
    assert (row.line, row.amount_vnd, row.bank_ref, row.note) == (2, 185_000, "FT1", "XL7K3M9QAB, mua na")
    assert row.at.isoformat() == "2026-08-15T09:34:00+07:00"


def test_other_columns_semicolons_and_a_mark_at_the_start_do_no_harm():
    body = "\ufeffBalance;Description;Credit;Date;Reference\n9;mua na;185.000;2026-08-15;FT1\n\n".encode()
    (row,) = rows(body)
    assert (row.amount_vnd, row.note, row.bank_ref) == (185_000, "mua na", "FT1")


def test_what_cannot_be_read_is_kept_with_its_words():
    lines = [
        "15/08/2026,không,FT1,a",
        "hôm nay,5000,FT2,b",
        "15/08/2026,5000,FT3",
        "31/02/2026,1,FT4,d",
        "15/08/2026,,FT5,e",
    ]
    found = rows((HEAD + "\n".join(lines)).encode())
    assert [row.amount_vnd for row in found] == [None] * 5 and all(row.trouble for row in found)
    assert [row.bank_ref for row in found] == ["FT1", "FT2", "FT3", "FT4", "FT5"]


def test_two_equal_lines_are_two_transfers_only_without_a_number():
    body = (
        HEAD + "15/08/2026,5000,,a\n15/08/2026,5000,,a\n15/08/2026,5000,FT1,a\n15/08/2026,5000,FT1,a\n"
    ).encode()
    one, two, three, four = (row.checksum for row in rows(body))
    assert one != two and three == four
    assert [row.checksum for row in rows(body)] == [one, two, three, four]


@pytest.mark.parametrize(
    "body",
    [b"", b"\n\n", b"\xff\xfe", b"a,b\n1,2", HEAD.encode() + b'1,2,3,"x', b"\x00", b"x" * 3_000_000,
     b"date,credit,credit,reference,description\n", HEAD.encode() + b"1,2,3,4\n" * 5_001],
)  # fmt: skip
def test_what_is_no_statement_is_refused_as_a_whole(body):
    with pytest.raises(NoTable):
        rows(body)


@given(
    body=some.binary(max_size=300) | some.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))
)
def test_the_reader_never_breaks(body):
    for each in (body, HEAD.encode() + body):
        try:
            rows(each)
        except NoTable:
            continue


CELL = some.text(some.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)
LINES = some.lists(
    some.lists(CELL | some.sampled_from(["15/08/2026", "5.000", "FT1"]), min_size=1, max_size=6), max_size=12
)


@given(lines=LINES)
def test_read_and_unreadable_lines_are_all_the_lines(lines):
    sheet = io.StringIO()
    csv.writer(sheet, quoting=csv.QUOTE_ALL).writerows(lines)
    found = rows(HEAD.encode() + sheet.getvalue().encode())
    read = [row for row in found if row.amount_vnd]
    aside = [row for row in found if row.trouble]
    assert len(read) + len(aside) == len(found) == sum(any(cell.strip() for cell in line) for line in lines)
