"""Ví Mẫu keeps what every adapter promises, and its own protocol."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from vi_mau.wallet import HEADER, ViMau

from payments.adapters.contract import Call, Fact
from payments.adapters.testing import CHARGE, HOP, NOW, AdapterContract
from payments.adapters.wire import Http, hmac_hex

KEY = "a key of the invented wallet"
PAID = Fact(
    kind="settled", about=CHARGE.id, event_id="17:paid", amount_vnd=185_000, gateway_ref="17", code="paid"
)


def vi_mau(**changes: str) -> ViMau:
    facts = {"shop": "cho", "key": KEY, "page": "https://vimau.example.vn/pay"}
    return ViMau(ViMau.Config(**{**facts, **changes}), Http(), lambda: NOW)


def call(key: str = KEY, **changes: object) -> Call:
    said = {"shop": "cho", "id": CHARGE.id, "number": 17, "amount": 185_000, "state": "paid"}
    body = json.dumps({**said, **changes}).encode()
    return Call(body=body, headers={HEADER: hmac_hex(key, body)})


class TestViMau(AdapterContract):
    def adapter(self):
        return vi_mau()

    def calls(self):
        refused = Fact(
            kind="failed",
            about=CHARGE.id,
            event_id="18:refused",
            amount_vnd=0,
            gateway_ref="18",
            code="refused",
        )
        return [(call(), [PAID]), (call(number=18, amount=0, state="refused"), [refused])]

    def forgeries(self):
        return [call(key="another key"), call(shop="another"), Call(body=call().body)]


def test_the_buyer_is_led_to_a_signed_address():
    query = urlsplit(vi_mau().start(CHARGE, HOP).url).query
    signed, _mark, proof = query.rpartition("&sign=")
    assert proof == hmac_hex(KEY, signed.encode())
    said = {name: values[0] for name, values in parse_qs(signed).items()}
    assert (said["amount"], said["id"], said["back"]) == ("185000", CHARGE.id, HOP.return_url)


@pytest.mark.parametrize("changes", [{"state": "unheard of"}, {"amount": "185000"}, {"id": 7}])
def test_signed_nonsense_is_no_fact(changes):
    with pytest.raises((KeyError, TypeError)):
        vi_mau().read(call(**changes))


@pytest.mark.parametrize("changes", [{"key": "short"}, {"page": "http://vimau.example.vn"}])
def test_what_is_wrong_is_named(changes):
    [sentence] = vi_mau(**changes).problems()
    assert sentence.startswith(f"PAYMENTS_VIMAU_{next(iter(changes)).upper()}")
