"""One walk of cash and fees: a file, a difference, a claim, fees, taxes, a gateway; audited after every step."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from common import dates
from payments.intake import services as intake
from payments.payouts import dues, owed
from shop.fulfilment import escalate, remittance
from shop.fulfilment.remittance import Choice
from shop.orders.models import SubOrder
from shop.orders.money import Fault
from tests.books.books import sheet
from tests.builders.payouts import officer
from tests.builders.remittances import booked, delivered, fresh, line, on_the_road, says, states
from tests.orders.test_money import bought, claim

pytestmark = pytest.mark.django_db


def step(act=None) -> dict[str, int]:
    """Do it, audit everything, and see what the accounts of many say."""
    if act is not None:
        act()
    call_command("audit_books")
    found = sheet()
    names = ("bank", "carrier carrier:post", "delivery carrier:post", "gateway sandbox", "fees sandbox")
    return {name: found[name] for name in names if name in found}


def file_of(*lines: str):
    made = []
    return made, lambda: made.append(booked(*lines))


def test_cash_comes_home_its_carrier_is_paid_and_the_gateway_remits():
    start = dates.now()
    whole, short, silent = delivered("E1"), delivered("E2"), on_the_road("E3")
    # Three parcels of 380.000, 30.000 of each is the carrier's. Of one nobody has said that it arrived.
    assert step() == {"carrier carrier:post": 760_000}
    files, upload = file_of(says(whole), says(short, 300_000, 5_000, 295_000), says(silent))
    assert step(upload) == {
        "bank": 750_000, "carrier carrier:post": 380_000, "delivery carrier:post": 10_000,
    }  # fmt: skip
    assert states(files[0]) == ["booked", "differs", "booked"]
    mai = officer("Mai")
    difference = line(files[0], 1)
    assert step(lambda: remittance.decide(difference, Choice.CLAIM, by=mai, note="chuyển nốt sau")) == {
        "bank": 1_045_000, "carrier carrier:post": 80_000, "delivery carrier:post": 15_000,
    }  # fmt: skip
    with time_machine.travel(start + timedelta(days=4)):
        # The hold is over: what came whole is earned, and with it the carrier its fees.
        assert step(escalate.complete_delivered)["delivery carrier:post"] == 15_000 - 60_000
        assert fresh(short).state == SubOrder.State.DELIVERED
        rest, upload = file_of(says(short, 80_000, 0, 80_000, reference="DS2"))
        assert step(upload) == {"bank": 1_125_000, "delivery carrier:post": -45_000}
        assert states(rest[0]) == ["booked"]
        assert step(escalate.complete_delivered) == {"bank": 1_125_000, "delivery carrier:post": -75_000}
        # The carrier broke something: it is owed so much less, and is paid no more than that.
        step(lambda: claim(fresh(whole), Fault.CARRIER, 10_000))
        due = dues.propose_carrier("post", number="BK-11", amount_vnd=65_000, by=officer("Tuấn"))
        assert step(lambda: dues.approve(due, by=mai))["delivery carrier:post"] == -65_000
        assert step(lambda: dues.sent(due, by=mai, bank_ref="FT1")) == {"bank": 1_060_000}
        assert owed.to_carrier("post") == 0
        # A gateway sends what the buyer of another order had paid through it.
        _remitted(mai)


def _remitted(by) -> None:
    """Of 380.000 that a gateway took it sends all, less its fee."""
    part = bought()
    assert step()["gateway sandbox"] == 380_000
    facts = {"gross_vnd": 380_000, "fee_vnd": 4_180, "bank_vnd": 375_820, "day": dates.today()}
    assert step(lambda: intake.gateway_remits("sandbox", number="MM-11", by=by, **facts)) == {
        "bank": 1_060_000 + 375_820, "fees sandbox": 4_180,
    }  # fmt: skip
    assert part.state == "confirmed"
