"""What a carrier's file says: tolerant of names, strict with money, and nothing of it is dropped."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from payments.adapters.table_file import NoTable, amount_or_nought
from shop.fulfilment.remittance_file import Row, rows

HEAD = "tracking,order,collected_vnd,fee_vnd,transferred_vnd,date,reference\n"


def read(text: str, head: str = HEAD) -> list[Row]:
    return rows((head + text).encode())


def sums(row: Row) -> tuple[int | None, int | None, int | None]:
    return row.collected_vnd, row.fee_vnd, row.transferred_vnd


def test_a_line_says_parcel_sums_day_and_reference():
    (row,) = read('EB123VN,XL-7K3M-9QAB/2,"380.000",5.000 ₫,"375,000",25/11/2026,DS1\n')
    assert (row.tracking, row.order, sums(row)) == ("EB123VN", "XL-7K3M-9QAB/2", (380_000, 5_000, 375_000))
    assert (row.day.isoformat(), row.reference, row.trouble) == ("2026-11-25", "DS1", "")


@pytest.mark.parametrize(
    "head",
    [
        "Mã vận đơn;Tiền thu hộ;Phí;Thực nhận",
        "TRACKING NUMBER;COD;fee;transferred",
        "ma van don;Tiền đã thu;Phí dịch vụ;Tiền chuyển",
    ],
)
def test_columns_are_called_as_carriers_call_them(head):
    (row,) = read("E1;380.000;0;380.000\n", head + "\n")
    assert (row.tracking, sums(row), row.day) == ("E1", (380_000, 0, 380_000), None)


def test_what_has_no_column_is_what_the_other_leaves():
    (by_fee,) = read("E1,380000,5000\n", "tracking,collected_vnd,fee_vnd\n")
    (by_bank,) = read("E1,380000,375000\n", "tracking,collected_vnd,transferred_vnd\n")
    assert sums(by_fee) == sums(by_bank) == (380_000, 5_000, 375_000)


@pytest.mark.parametrize("spoilt", ["", " ", "x", "-5000", "1e3", "5.0000", "٥", "=5000", "5000 USD"])
@pytest.mark.parametrize("place", [2, 3, 4])
def test_an_amount_that_is_not_surely_read_is_quarantined_and_never_nought(spoilt, place):
    cells = ["E1", "", "380000", "5000", "375000", "", ""]
    cells[place] = spoilt
    (row,) = read(",".join(cells) + "\n")
    assert sums(row) == (None, None, None) and row.trouble


def test_nothing_collected_is_no_line_of_cash():
    (row,) = read("E1,,0,0,0,,\n")
    assert sums(row) == (None, None, None) and row.trouble


@pytest.mark.parametrize("line", [",,1,0,1,,\n", "E1,,5,0,5,32/13/2026,\n", "E1,,5\n", "E1,,5,0,5,,,,\n"])
def test_a_line_without_a_parcel_with_a_wrong_day_or_other_cells_is_kept_with_its_trouble(line):
    (row,) = read(line)
    assert sums(row) == (None, None, None) and row.trouble


def test_a_fee_above_what_was_collected_is_trouble():
    (row,) = read("E1,380000,380001\n", "tracking,collected_vnd,fee_vnd\n")
    assert sums(row) == (None, None, None) and "lớn hơn" in row.trouble


@pytest.mark.parametrize(
    "head",
    [
        "order,fee_vnd\n",
        "collected_vnd,fee_vnd\n",
        "tracking,collected_vnd\n",
        "tracking,collected_vnd,phí,fee\n",
        "tracking,mã vận đơn,collected_vnd,fee\n",
        "tracking,cod,tiền thu hộ,fee\n",
    ],
)
def test_a_file_without_what_is_needed_or_with_it_twice_is_none(head):
    with pytest.raises(NoTable):
        read(",".join("1" for _name in head.split(",")) + "\n", head)


def test_a_file_of_names_alone_says_nothing():
    assert read("") == []


@given(collected=some.integers(1, 10**9), part=some.floats(0, 1))
def test_sums_are_read_as_they_were_written(collected, part):
    fee = int(collected * part)
    dotted = [f"{each:,}".replace(",", ".") for each in (collected, fee, collected - fee)]
    (row,) = read(f"E1;;{';'.join(dotted)};;\n", HEAD.replace(",", ";"))
    assert sums(row) == (collected, fee, collected - fee)


@given(text=some.text(max_size=25))
def test_whatever_a_cell_holds_it_is_nought_only_where_a_nought_is_written(text):
    assert amount_or_nought(text) != 0 or "0" in text


@given(
    cells=some.lists(some.text(max_size=12).filter(lambda each: "\x00" not in each), min_size=7, max_size=7)
)
def test_whatever_is_uploaded_each_line_is_read_or_says_why_not(cells):
    quoted = ",".join('"{}"'.format(each.replace('"', '""')) for each in ["E1", *cells[1:]])
    for row in read(quoted + "\n"):
        assert (None in sums(row)) == bool(row.trouble)


def test_the_same_line_has_the_same_checksum_in_any_file_and_another_has_another():
    first, other = read("E1,,5,0,5,,\nE1,,6,0,6,,\n")
    _other, second = read("E1,,6,0,6,,\nE1 ,,5,0,5,,\n")
    assert first.checksum == second.checksum != other.checksum


def test_the_same_line_twice_in_a_file_is_two_lines_and_the_same_two_in_another():
    one, two = read("E1,,5,0,5,,\nE1 ,,5,0,5,,\n")
    assert one.checksum != two.checksum
    assert [row.checksum for row in read("E1,,5,0,5,,\nE1,,5,0,5,,\n")] == [one.checksum, two.checksum]
