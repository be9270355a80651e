"""Many rows are read in little memory, by a plan that is made for all of them."""

import pytest

from payments.books.reading import AT_ONCE, rows

pytestmark = pytest.mark.django_db


def test_all_rows_come_however_many_there_are():
    assert [n for (n,) in rows("SELECT generate_series(1, %(most)s)", {"most": 2 * AT_ONCE + 1})] == list(
        range(1, 2 * AT_ONCE + 2)
    )


def test_the_plan_is_for_all_rows_not_for_the_first():
    """Quick to the first row would be to join payments and cash of carriers row by row: minutes at a province's size."""
    assert list(rows("SELECT current_setting('cursor_tuple_fraction')")) == [("1",)]
