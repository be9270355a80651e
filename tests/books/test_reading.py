"""The audit reads through a cursor of the server: a million rows take no more memory than a few."""

import tracemalloc

import pytest

from payments.books.reading import rows

pytestmark = pytest.mark.django_db
MANY = "SELECT each, repeat('x', 100) FROM generate_series(1, %(count)s) AS each"


def peak_of(read) -> int:
    tracemalloc.start()
    try:
        assert sum(1 for _row in read()) == 300_000
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_many_rows_are_read_in_little_memory():
    assert peak_of(lambda: rows(MANY, {"count": 300_000})) < 5_000_000


def test_control_read_at_once_they_take_much():
    assert peak_of(lambda: list(rows(MANY, {"count": 300_000}))) > 20_000_000
