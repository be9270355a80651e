"""Numbers as people write them."""

import pytest
from django.core.exceptions import ValidationError

from common import dates
from shop.desk.forms.fields import QuantityField, VndField
from shop.desk.forms.lot import cut_off
from shop.desk.going import GoingPrice
from shop.orders.words import pack


@pytest.mark.parametrize(
    ("typed", "read"), [("350.000", 350_000), ("350000 ₫", 350_000), ("350,000đ", 350_000), (" 1 000 ", 1000)]
)
def test_prices(typed, read):
    assert VndField().clean(typed) == read


@pytest.mark.parametrize("typed", ["12", "-350000", "1e9", "９０００", "999999999999", "0"])
def test_prices_that_cannot_be(typed):
    with pytest.raises(ValidationError):
        VndField().clean(typed)


@pytest.mark.parametrize(
    ("typed", "read"),
    [("120", 120_000), ("7,5", 7500), ("7.5 kg", 7500), ("1.200", 1_200_000), ("0,25", 250)],
)
def test_kilos(typed, read):
    assert QuantityField(unit="g").clean(typed) == read


@pytest.mark.parametrize("typed", ["nan", "inf", "1e400", "0,0001", "0", "-3", "1,2,3"])
def test_kilos_that_cannot_be(typed):
    with pytest.raises(ValidationError):
        QuantityField(unit="g").clean(typed)


def test_pieces_are_whole():
    assert QuantityField(unit="piece").clean("12") == 12
    with pytest.raises(ValidationError):
        QuantityField(unit="piece").clean("1,5")


def test_what_is_shown_reads_back():
    field = QuantityField(unit="g")
    assert field.clean(field.prepare_value(1_234_500)) == 1_234_500


def test_pre_orders_end_on_the_eve_or_at_dawn_when_it_is_late():
    day = dates.now().date().replace(year=2026, month=8, day=20)
    assert cut_off(day, dates.at(day.replace(day=15), 9)) == dates.at(day.replace(day=19), 18)
    assert cut_off(day, dates.at(day.replace(day=19), 20)) == dates.at(day, 5)
    assert cut_off(day, dates.at(day, 9)) is None


def test_the_going_price_stays_inside_its_picture():
    going = GoingPrice(low_vnd=64_000, high_vnd=78_000, unit="g")
    assert 4 <= going.low_x < going.high_x <= 292
    assert going.place(0) == 12 and going.place(10**9) == 284


def test_packs_are_said_without_their_brackets():
    assert pack("Túi 2 kg loại 1 (2–3 quả/kg)") == "túi 2 kg loại 1"
