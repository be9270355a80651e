import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import money


@given(total=st.integers(0, 10**12), weights=st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_parts_always_add_up(total, weights):
    parts = money.share(total, weights)
    assert sum(parts) == total and min(parts) >= 0


def test_the_remainder_goes_to_the_largest():
    assert money.share(100, [1, 1, 1]) == [34, 33, 33]
    assert money.share(10_000, [1, 5, 1]) == [1428, 7144, 1428]


def test_no_weight_at_all_gives_everything_to_the_first():
    assert money.share(500, [0, 0]) == [500, 0]


def test_money_is_never_shared_among_nobody():
    assert money.share(0, []) == []
    with pytest.raises(ValueError):
        money.share(1, [])


def test_dong_are_written_as_people_write_them():
    assert money.vnd(185_000) == "185.000\u00a0₫"
    assert money.vnd(1_164_000) == "1.164.000\u00a0₫"
