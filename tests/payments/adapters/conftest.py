"""A gateway at home, the market configured for it, and a payment whose buyer stands there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.test import Client

from common import dates
from payments.adapters.contract import Call, Hop
from payments.intake import services
from payments.intake.models import Payment
from tests.builders import payments as made
from tests.gateways import momo_fake, stripe_fake, vnpay_fake, zalopay_fake
from tests.gateways.wallet import Wallet, at_home

KINDS = {
    "vnpay": vnpay_fake.VNPayFake,
    "momo": momo_fake.MoMoFake,
    "zalopay": zalopay_fake.ZaloPayFake,
    "stripe": stripe_fake.StripeFake,
}


def environment(code: str, url: str) -> dict[str, str]:
    """What the market must know to work with the pretended gateway."""
    facts = {
        "vnpay": {
            "TMN_CODE": vnpay_fake.TMN_CODE,
            "HASH_SECRET": vnpay_fake.SECRET,
            "PAY_URL": f"{url}/pay.html",
            "API_URL": f"{url}/api",
        },
        "momo": {
            "PARTNER_CODE": momo_fake.PARTNER,
            "ACCESS_KEY": momo_fake.ACCESS,
            "SECRET_KEY": momo_fake.SECRET,
            "ENDPOINT": url,
        },
        "zalopay": {
            "APP_ID": zalopay_fake.APP_ID,
            "KEY1": zalopay_fake.KEY1,
            "KEY2": zalopay_fake.KEY2,
            "ENDPOINT": url,
        },
        "stripe": {
            "SECRET_KEY": stripe_fake.KEY,
            "WEBHOOK_SECRET": stripe_fake.SECRET,
            "ENDPOINT": url,
        },
    }
    return {f"PAYMENTS_{code}_{name}".upper(): value for name, value in facts[code].items()}


@dataclass
class Site:
    """The market and one gateway."""

    code: str
    gateway: Wallet
    hop: Hop

    def pending(self, amount_vnd: int = 185_000) -> Payment:
        """A payment whose buyer stands at the gateway."""
        payment = made.opened(amount_vnd, adapter=self.code)
        step = services.begin(payment, self.hop)
        if self.code == "vnpay":
            self.gateway.come(step.url)
        payment.refresh_from_db()
        return payment

    def settled(self) -> Payment:
        payment = self.pending()
        self.gateway.pay(self.ref(payment))
        self.hear(self.gateway.word(self.ref(payment)))
        payment.refresh_from_db()
        return payment

    def ref(self, payment: Payment) -> str:
        """What the gateway calls it."""
        day = f"{dates.local(payment.created_at):%y%m%d}_" if self.code == "zalopay" else ""
        return day + payment.reference

    def word(self, payment: Payment, **changes: object) -> Call:
        return self.gateway.word(self.ref(payment), **changes)

    def hear(self, call: Call):
        """The call through the real webhook view."""
        return Client().generic(
            call.method,
            f"/webhooks/{self.code}/",
            call.body,
            content_type="application/json",
            QUERY_STRING=call.query,
            headers={name: value for name, value in call.headers.items() if name != "content-type"},
        )


@contextmanager
def open_site(code: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with at_home(KINDS[code]()) as gateway:
        for name, value in environment(code, gateway.url).items():
            monkeypatch.setenv(name, value)
        hop = Hop(
            return_url="https://cho.example.vn/thanh-toan/x/ve/",
            notify_url=f"https://cho.example.vn/webhooks/{code}/",
            ip="113.160.1.9",
        )
        yield Site(code, gateway, hop)


@pytest.fixture(params=list(KINDS))
def site(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[Site]:
    """Each of the gateways in turn."""
    with open_site(request.param, monkeypatch) as site:
        yield site


@pytest.fixture
def vnpay(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[Site]:
    with open_site("vnpay", monkeypatch) as site:
        yield site


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[Site]:
    with open_site("stripe", monkeypatch) as site:
        yield site
