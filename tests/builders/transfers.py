"""Payments by bank transfer and money that comes for them."""

from datetime import datetime, timedelta

import pytest

from common import dates
from payments.adapters import contract
from payments.adapters.contract import Outcome
from payments.intake import matching
from payments.intake.models import Credit, Payment
from payments.intake.services.facts import whole
from tests.builders import payments as made
from tests.gateways.bank_fake import ACCOUNT, CHECKSUM_KEY, SEPAY_SECRET

SETTINGS = {
    "VIETQR_BANK_BIN": "970436",
    "VIETQR_ACCOUNT": ACCOUNT,
    "VIETQR_ACCOUNT_NAME": "SO CONG THUONG LANG SON",
    "SEPAY_WEBHOOK_SECRET": SEPAY_SECRET,
    "PAYOS_CLIENT_ID": "c",
    "PAYOS_API_KEY": "k",
    "PAYOS_CHECKSUM_KEY": CHECKSUM_KEY,
    # nobody listens there: a test that wants payOS to answer starts it
    "PAYOS_ENDPOINT": "http://127.0.0.1:9",
}


def configure(monkeypatch: pytest.MonkeyPatch) -> None:
    """VietQR with both feeds, as the environment says it."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(f"PAYMENTS_{name}", value)


def asked(amount_vnd: int = 185_000, hold_min: int = 60) -> Payment:
    """A payment by transfer whose buyer sees the code."""
    return made.pending(amount_vnd=amount_vnd, adapter="vietqr", hold_min=hold_min)


def said(amount_vnd: int, note: str, bank_ref: str = "FT1", at: datetime | None = None) -> contract.Credit:
    return contract.Credit(
        event_id=bank_ref,
        account=ACCOUNT,
        amount_vnd=amount_vnd,
        note=note,
        bank_ref=bank_ref,
        at=at or dates.now() - timedelta(seconds=5),
    )


def came(amount_vnd: int, note: str, bank_ref: str = "FT1", feed: str = "sepay") -> Outcome:
    """The money is on the account and a feed has told of it."""
    return whole(lambda: matching.take(said(amount_vnd, note, bank_ref), feed=feed))


def credit(bank_ref: str = "FT1") -> Credit:
    return Credit.objects.get(bank_ref=bank_ref)


def notice(payment: Payment) -> str:
    """What the buyer writes as the note."""
    return payment.gateway_ref
