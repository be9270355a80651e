"""A gateway that takes the money later than the button was pressed tells of it then."""

import time
from urllib.parse import urlsplit

from payments.adapters.contract import Call
from tests.gateways.server import serving


def test_money_that_the_gateway_takes_late_is_pending_until_it_tells(vnpay):
    payment = vnpay.pending()
    order = vnpay.gateway.orders[payment.reference]
    vnpay.gateway.late_s = 0.2
    with serving(lambda _asked: (200, b"{}", "application/json")) as market:
        order["notify"] = market.url
        vnpay.gateway.press(payment.reference, "pay", "late")
        assert (order["pressed"], order["status"]) == ("late", "01")
        deadline = time.monotonic() + 10
        while order["pressed"] != "paid" or not vnpay.gateway.heard:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    [asked] = market.asked
    vnpay.hear(Call(method="GET", query=urlsplit(asked.path).query))
    payment.refresh_from_db()
    assert payment.settled_vnd == 185_000
