"""The pretend bank of the sandbox as a server of its own: its page is opened, it is asked, closed, told to give back."""

import json
from dataclasses import dataclass, field

from common import dates
from payments.adapters.contract import Call
from payments.adapters.sandbox import HEADER, check, sign
from tests.gateways.server import Asked

SECRET = "the month's own pretend bank"  # noqa: S105 - nobody's
JSON = "application/json"


@dataclass
class SandboxBank:
    """`orders` by the payment's reference: amount_vnd, paid, refunds by id."""

    url: str = ""
    orders: dict[str, dict] = field(default_factory=dict)

    def come(self, ref: str, amount_vnd: int) -> None:
        """The buyer's browser opens the bank's page."""
        self.orders[ref] = {"amount_vnd": amount_vnd, "state": "open", "refunds": {}}

    def pay(self, ref: str) -> None:
        self.orders[ref]["state"] = "paid"

    def answer(self, asked: Asked) -> tuple[int, bytes, str]:
        check(SECRET, asked.body, asked.headers.get(HEADER.lower(), ""), dates.now())
        said = json.loads(asked.body)
        order = self.orders[said.get("of") or said["id"]]
        if said["op"] == "refund":
            left_vnd = order["amount_vnd"] - sum(order["refunds"].values())
            if order["state"] != "paid" or said["amount_vnd"] > left_vnd:
                return 422, b"{}", JSON
            order["refunds"].setdefault(said["id"], said["amount_vnd"])
        if said["op"] in ("refund", "ask_refund"):
            return self._say("refunded", order["refunds"][said["id"]])
        if said["op"] == "close" and order["state"] == "open":
            order["state"] = "expired"
        return self._say(order["state"], order["amount_vnd"])

    def word(self, ref: str, *, secret: str = SECRET, **changes: int) -> Call:
        """The signed notification."""
        order = self.orders[ref]
        said = {
            "status": order["state"],
            "about": ref,
            "event_id": f"{ref}:{order['state']}",
            "currency": "VND",
        }
        body = json.dumps({**said, "amount_vnd": order["amount_vnd"], **changes}).encode()
        return Call(body=body, headers={HEADER.lower(): sign(secret, body, dates.now())})

    def _say(self, status: str, amount_vnd: int) -> tuple[int, bytes, str]:
        said = {"status": status, "amount_vnd": amount_vnd, "currency": "VND"}
        return 200, json.dumps(said).encode(), JSON
