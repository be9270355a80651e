"""The whole month on the database that is there: town, script, play; what it came to is for `checks`."""

from collections.abc import Iterator
from contextlib import contextmanager

import time_machine
from django.conf import settings
from django.test import override_settings

from benchmarks.trade import town
from benchmarks.trade.market import Market
from benchmarks.trade.plans import BY_ONE_VND, START, Script
from benchmarks.trade.tills import open_tills

#: letters are written and lie in the demo's post box: they go nowhere
QUIET = {
    "NOTICE_CHANNELS": ["demo"],
    "REFUND_BY_ONE_VND": BY_ONE_VND,
    "CODE_LIMITS": {**settings.CODE_LIMITS, "contact_hour": 50, "contact_day": 50},
}


@contextmanager
def played(script: Script) -> Iterator[Market]:
    """The market after its month, gateways still there and the clock at its end."""
    with override_settings(**QUIET), open_tills() as tills, time_machine.travel(START, tick=False) as clock:
        built = town.build(script.households, script.without_account)
        market = Market(built, tills, script, clock)
        market.play()
        yield market
