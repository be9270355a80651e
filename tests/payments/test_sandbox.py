"""The sandbox keeps the adapters' promises, against a fake of the pretend bank's API."""

import json
from dataclasses import replace

import pytest

from payments.adapters.contract import Call, Fact, Forged, Unreachable
from payments.adapters.sandbox import HEADER, Sandbox, check_query, sign
from payments.adapters.testing import CHARGE, HOP, NOW, AdapterContract
from payments.adapters.wire import Http
from tests.gateways.server import dead_url, serving

SECRET = "bí mật"
SAID = {
    "status": "paid",
    "about": CHARGE.id,
    "event_id": "bank-1",
    "amount_vnd": 185_000,
    "currency": "VND",
}


def adapter(url: str = "") -> Sandbox:
    return Sandbox(Sandbox.Config(secret=SECRET, endpoint=url), Http(2), lambda: NOW)


def signed(said: object) -> Call:
    body = json.dumps(said).encode()
    return Call(body=body, headers={HEADER.lower(): sign(SECRET, body, NOW)})


class TestContract(AdapterContract):
    def adapter(self):
        return adapter()

    def unreachable(self):
        return adapter(dead_url())

    def calls(self):
        fact = Fact(
            kind="settled",
            about=CHARGE.id,
            event_id="bank-1",
            amount_vnd=185_000,
            code="paid",
        )
        return [(signed(SAID), [fact])]


def test_the_way_to_the_bank_is_signed():
    query = adapter().start(CHARGE, HOP).url.partition("?")[2]
    check_query(SECRET, query)
    with pytest.raises(Forged):
        check_query(SECRET, query.replace("185000", "1000"))


@pytest.mark.parametrize(
    "broken", [{}, SAID | {"amount_vnd": "185000"}, SAID | {"status": 7}, SAID | {"about": None}, [], 1]
)
def test_rightly_signed_nonsense_is_no_forgery(broken):
    with pytest.raises((KeyError, TypeError, ValueError)):
        adapter().read(signed(broken))


@pytest.mark.parametrize(
    "answer", [(500, b""), (200, b"<html>"), (200, b"{}"), (302, b""), (200, b'{"status": "paid"}')]
)
def test_an_answer_that_cannot_be_trusted_decides_nothing(answer):
    with serving(lambda _asked: (*answer, "application/json")) as fake, pytest.raises(Unreachable):
        adapter().ask(replace(CHARGE, gateway_ref=fake.url + "/demo/ngan-hang/x/"))
