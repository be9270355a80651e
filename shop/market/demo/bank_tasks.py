"""The pretend bank's jobs: its notifications go out over real HTTP, and again until they are heard."""

import json
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils.crypto import get_random_string
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from common import dates
from payments.adapters import registry
from payments.adapters.contract import Unreachable
from payments.adapters.sandbox import HEADER, sign
from payments.adapters.wire import Http, hmac_hex

AGAIN = RetryStrategy(max_attempts=6, exponential_wait=3)
KEEP_S = 60 * 60 * 24 * 30


def recall(ref: str) -> dict[str, Any] | None:
    """What the bank knows of a charge."""
    return cache.get(f"bank:{ref}")


def remember(account: dict[str, Any]) -> None:
    cache.set(f"bank:{account['id']}", account, KEEP_S)


@app.task(name="demo.bank_notify", retry=AGAIN)
def notify(ref: str, event_id: str) -> None:
    """Tell the market how the charge stands. Raises Unreachable when the market does not say 2xx."""
    account = recall(ref)
    if account is None:
        return
    said = {
        "status": account["state"],
        "about": ref,
        "event_id": event_id,
        "amount_vnd": account["amount_vnd"],
        "currency": "VND",
    }
    body = json.dumps(said).encode()
    proof = sign(registry.get("sandbox").config.secret, body, dates.now())
    answer = Http().post(account["notify"], body, {"Content-Type": "application/json", HEADER: proof})
    if not 200 <= answer.status < 300:
        raise Unreachable(f"HTTP {answer.status}")


@app.task(name="demo.bank_pays_late")
def pay_late(ref: str) -> None:
    """The money of somebody who paid when the hold was over."""
    account = recall(ref)
    if account is not None:
        remember(account | {"state": "paid"})
        notify.defer(ref=ref, event_id=get_random_string(16))


@app.task(name="demo.transfer_seen", retry=AGAIN)
def transfer_seen(amount_vnd: int, note: str, number: int, at: str) -> None:
    """Tell the market of a bank transfer as SePay would: signed, the same number in every repetition.

    `at` is the bank's own stamp, like 2026-08-15 09:34:12. Raises Unreachable when the market does not say 2xx.
    """
    said = {
        "id": number,
        "gateway": "Demo",
        "transactionDate": at,
        "accountNumber": registry.get("vietqr").config.account,
        "code": None,
        "content": note,
        "transferType": "in",
        "transferAmount": amount_vnd,
        "accumulated": 0,
        "subAccount": None,
        "referenceCode": f"DEMO{number}",
        "description": "",
    }
    body, stamp = json.dumps(said, ensure_ascii=False).encode(), str(int(dates.now().timestamp()))
    proof = hmac_hex(registry.get("sepay").config.webhook_secret, stamp.encode() + b"." + body)
    headers = {
        "Content-Type": "application/json",
        "X-SePay-Signature": f"sha256={proof}",
        "X-SePay-Timestamp": stamp,
    }
    answer = Http().post(settings.PUBLIC_URL + reverse("payments:hear", args=["sepay"]), body, headers)
    if not 200 <= answer.status < 300:
        raise Unreachable(f"HTTP {answer.status}")
