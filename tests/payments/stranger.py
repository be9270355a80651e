"""What a stranger's adapter does in a process of its own: `python -m tests.payments.stranger`, prints JSON.

The process has the market's code as it is, and the stranger's package on its path.
"""

import hashlib
import hmac
import json
import os
import sys

import django


def main() -> dict:
    """Which ways to pay there are, and how a payment by the stranger's wallet ends."""
    from django.test import Client

    from payments.adapters import registry
    from payments.intake.models import Payment
    from payments.intake.queries import ways_to_pay
    from tests.builders import payments as made

    offered = [each.code for each in ways_to_pay(185_000)]
    said = {
        "offered": offered,
        "for 1,000": [each.code for each in ways_to_pay(1_000)],
        "troubles": registry.troubles().get("vimau", []),
    }
    if "vimau" not in offered:
        return said
    payment = made.pending(adapter="vimau")
    said["led to"] = payment.step["url"]
    word = {
        "shop": "cho",
        "id": payment.reference,
        "number": 17,
        "amount": payment.asked_vnd,
        "state": "paid",
    }
    body = json.dumps(word).encode()
    key = os.environ["PAYMENTS_VIMAU_KEY"].encode()
    proof = hmac.new(key, body, hashlib.sha256).hexdigest()
    said["heard"] = []
    for each in ("0" * 64, proof, proof):
        answer = Client().post(
            "/webhooks/vimau/", body, content_type="application/json", headers={"X-ViMau-Signature": each}
        )
        said["heard"].append([answer.status_code, answer.json()])
    payment = Payment.objects.get(pk=payment.pk)
    said["state"], said["settled_vnd"] = payment.state, payment.settled_vnd
    return said


if __name__ == "__main__":
    django.setup()
    json.dump(main(), sys.stdout)
