import pytest

from common import phones


@pytest.mark.parametrize(
    "typed", ["0912345678", "0912 345 678", "0912.345.678", "84912345678", "+84 912-345-678"]
)
def test_every_way_of_typing_a_number_is_one_number(typed):
    assert phones.parse(typed) == "+84912345678"


@pytest.mark.parametrize(
    "typed", ["", "12", "01234567890", "0212345678", "+1 202 555 0100", "0912345678९", "x" * 5000]
)
def test_what_is_no_vietnamese_mobile_is_refused(typed):
    with pytest.raises(phones.BadPhone):
        phones.parse(typed)


def test_a_number_is_shown_in_threes():
    assert phones.show("+84912345678") == "0912\u00a0345\u00a0678"


def test_demo_numbers_are_known():
    assert phones.is_demo("+84900000001") and not phones.is_demo("+84900001001")
