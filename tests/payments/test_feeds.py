"""What SePay and payOS say about the account, proven as their vectors say."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from payments.adapters.contract import Call, Credit, Forged, Refused, Unreachable
from payments.adapters.feeds.payos import PayOS, sign
from payments.adapters.feeds.sepay import SePay
from payments.adapters.testing import AdapterContract
from payments.adapters.wire import Http
from tests.gateways.bank_fake import CHECKSUM_KEY, payos_at_home, payos_call, sepay_call
from tests.gateways.server import dead_url

VECTORS = json.loads((Path(__file__).parent / "vectors/feeds.json").read_text())
SEPAY, PAYOS = VECTORS["sepay"], VECTORS["payos"]


def seconds(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)


def sepay_of(vector: dict) -> tuple[SePay, Call]:
    body = vector["body"].encode()
    if vector["timestamp"] is None:
        config, headers = SePay.Config(api_key=vector["secret"]), {"authorization": vector["header"]}
    else:
        config = SePay.Config(webhook_secret=vector["secret"])
        headers = {"x-sepay-signature": vector["header"], "x-sepay-timestamp": str(vector["timestamp"])}
    now = seconds(vector.get("now") or vector["timestamp"] or 1786761252)
    return SePay(config, Http(), lambda: now), Call(body=body, headers=headers)


SAID = Credit(
    event_id="92704",
    account="0123499999",
    amount_vnd=185_000,
    note="XL7K3M9QAB2 chuyen tien FT26227000123",
    bank_ref="FT26227000123",
    at=datetime.fromisoformat("2026-08-15T09:34:12+07:00"),
)


@pytest.mark.parametrize("vector", SEPAY, ids=[each["name"] for each in SEPAY])
def test_sepays_vectors(vector):
    adapter, call = sepay_of(vector)
    if vector["valid"]:
        assert adapter.read(call) == [SAID]
    else:
        with pytest.raises(Forged):
            adapter.read(call)


class TestSePayBySignature(AdapterContract):
    def adapter(self):
        return sepay_of(SEPAY[0])[0]

    def calls(self):
        return [(sepay_of(SEPAY[0])[1], [SAID])]

    def forgeries(self):
        body = SEPAY[0]["body"].encode()
        return [Call(body=body, headers={"authorization": "Apikey "}), Call(body=body)]


class TestSePayByKey(AdapterContract):
    """The key proves who calls and not what is said, so bytes of the body are not covered."""

    test_one_changed_byte_is_forged_or_says_the_same = None

    def adapter(self):
        return sepay_of(SEPAY[3])[0]

    def calls(self):
        return [(sepay_of(SEPAY[3])[1], [SAID])]

    def forgeries(self):
        return [Call(body=SEPAY[3]["body"].encode(), headers={"authorization": "Apikey other"})]


def payos(endpoint: str = "https://payos.example") -> PayOS:
    config = PayOS.Config(client_id="c", api_key="k", checksum_key=CHECKSUM_KEY, endpoint=endpoint)
    return PayOS(config, Http(1), lambda: seconds(0))


def payos_of(vector: dict) -> Call:
    said = {"code": "00", "desc": "success", "success": True, "data": vector["data"]}
    return Call(body=json.dumps({**said, "signature": vector["signature"]}, ensure_ascii=False).encode())


@pytest.mark.parametrize("vector", PAYOS, ids=[each["name"] for each in PAYOS])
def test_payoss_vectors(vector):
    assert (sign(CHECKSUM_KEY, vector["data"]) == vector["signature"]) == vector["valid"]
    if not vector["valid"]:
        with pytest.raises(Forged):
            payos().read(payos_of(vector))


def test_the_sample_of_a_registration_is_proven_and_is_no_money():
    assert payos().read(payos_of(PAYOS[0])) == []


def test_a_payment_of_payos_is_a_credit():
    (credit,) = payos().read(payos_of(PAYOS[2]))
    assert (credit.account, credit.amount_vnd, credit.bank_ref) == ("12345678", 3_000, "TF230204212323")
    assert credit.at == datetime.fromisoformat("2023-02-04T18:25:00+07:00")


class TestPayOS(AdapterContract):
    def adapter(self):
        return payos()

    def unreachable(self):
        return payos(dead_url())

    def calls(self):
        call = payos_call(amount_vnd=185_000, note="XL7K3M9QAB", reference="FT1")
        return [(call, self.adapter().read(call))]

    def forgeries(self):
        return [payos_of(PAYOS[1])]


@pytest.mark.parametrize(
    ("data", "raw"),
    [
        ({"b": None, "a": "null", "c": "undefined"}, "a=&b=&c="),
        ({"yes": True, "no": False, "none": 0}, "no=false&none=0&yes=true"),
        ({"rows": [{"z": 1, "a": "ồ"}]}, 'rows=[{"a":"ồ","z":1}]'),
        ({}, ""),
    ],
)
def test_how_payos_writes_what_it_signs(data, raw):
    from payments.adapters.wire import hmac_hex

    assert sign("k", data) == hmac_hex("k", raw.encode())


def test_money_that_went_out_or_failed_is_no_credit():
    secret = SePay.Config(webhook_secret="s")
    out = sepay_call("s", seconds(1000), transferType="out")
    assert SePay(secret, Http(), lambda: seconds(1000)).read(out) == []
    assert payos().read(payos_call(code="01")) == []


@pytest.mark.parametrize("config", [{}, {"webhook_secret": "", "api_key": ""}])
def test_sepay_needs_one_of_its_secrets(config):
    assert SePay(SePay.Config(**config), Http(), lambda: seconds(0)).problems() != []


def test_with_a_secret_the_key_alone_proves_nothing():
    adapter = SePay(SePay.Config(webhook_secret="s", api_key="k"), Http(), lambda: seconds(0))
    with pytest.raises(Forged):
        adapter.read(Call(body=SEPAY[0]["body"].encode(), headers={"authorization": "Apikey k"}))


def test_payos_is_told_where_to_post():
    with payos_at_home() as (account, fake):
        payos(fake.url).register("https://cho.example.vn/webhooks/payos/")
        assert account.addresses == ["https://cho.example.vn/webhooks/payos/"]
        with pytest.raises(Refused):
            payos(fake.url).register("http://in-the-clear.example/")
        account.broken = True
        with pytest.raises(Unreachable):
            payos(fake.url).register("https://cho.example.vn/webhooks/payos/")
    with pytest.raises(Unreachable):
        payos(dead_url()).register("https://cho.example.vn/webhooks/payos/")


@pytest.mark.django_db
def test_the_command_registers_the_sites_address(monkeypatch, settings):
    settings.PUBLIC_URL = "https://cho.example.vn"
    for name, value in (("CLIENT_ID", "c"), ("API_KEY", "k"), ("CHECKSUM_KEY", CHECKSUM_KEY)):
        monkeypatch.setenv(f"PAYMENTS_PAYOS_{name}", value)
    with payos_at_home() as (account, fake):
        monkeypatch.setenv("PAYMENTS_PAYOS_ENDPOINT", fake.url)
        call_command("register_payos", verbosity=0)
        assert account.addresses == ["https://cho.example.vn/webhooks/payos/"]
        settings.PUBLIC_URL = "http://cho.example.vn"
        with pytest.raises(CommandError, match="Webhook url invalid"):
            call_command("register_payos")
    for gone in ("does not answer", "not configured"):
        with pytest.raises(CommandError, match=gone):
            call_command("register_payos")
        monkeypatch.delenv("PAYMENTS_PAYOS_API_KEY", raising=False)
