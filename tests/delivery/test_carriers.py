"""Our own carrier keeps the contract that strangers are tested by, and is found as theirs are."""

from common import plugins
from shop.delivery.carriers.own import OwnCarrier
from shop.delivery.carriers.testing import CarrierContract


class TestOwnCarrier(CarrierContract):
    carrier = OwnCarrier()


def test_carriers_are_found_by_their_entry_points():
    assert plugins.load("carriers")["own"] is OwnCarrier
