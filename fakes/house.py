"""All pretended gateways behind one port of this machine: `/vnpay/…`, `/momo/…`, `/zalopay/…`, `/stripe/…`; a list at `/`."""

import json
import os
import threading
from dataclasses import replace
from pathlib import Path

from fakes import pages
from fakes.momo import MoMoFake
from fakes.server import Asked
from fakes.stripe import StripeFake
from fakes.vnpay import VNPayFake
from fakes.wallet import Wallet
from fakes.zalopay import ZaloPayFake

KINDS: dict[str, type[Wallet]] = {
    "vnpay": VNPayFake,
    "momo": MoMoFake,
    "zalopay": ZaloPayFake,
    "stripe": StripeFake,
}
#: where these call is agreed beforehand; the others are told with every payment
AGREED = ("vnpay", "stripe")
LISTED = 30


class House:
    """The gateways by code, each under `url`/<code>; they call the market at `site`, and `file` keeps what they know."""

    def __init__(self, url: str, site: str, file: Path) -> None:
        self.file = file
        self.lock = threading.Lock()
        self.wallets = {code: kind(url=f"{url}/{code}") for code, kind in KINDS.items()}
        for code in AGREED:
            self.wallets[code].notify = f"{site}/webhooks/{code}/"
        self._recall()
        for wallet in self.wallets.values():
            wallet.remember = self._keep

    def answer(self, asked: Asked) -> tuple[int, bytes, str]:
        code, _slash, rest = asked.path.lstrip("/").partition("/")
        wallet = self.wallets.get(code)
        if wallet is not None:
            return wallet.answer(replace(asked, path=f"/{rest}"))
        if code in ("style.css", "favicon.ico"):
            return self.wallets["vnpay"].answer(asked)
        if code:
            return pages.sorry("Cổng thử", "Ở đây không có trang này.", 404)
        return pages.index(self._newest())

    def _newest(self) -> list[tuple[str, str, dict]]:
        """Payments of all gateways with the addresses of their pages, the newest of each first."""
        found = []
        for wallet in self.wallets.values():
            found += [
                (wallet.name, wallet.page_url(ref), wallet.orders[ref]) for ref in reversed(wallet.orders)
            ][:LISTED]
        return found

    def _recall(self) -> None:
        if not self.file.exists():
            return
        kept = json.loads(self.file.read_text())
        for code, wallet in self.wallets.items():
            for name, rows in kept.get(code, {}).items():
                getattr(wallet, name).update(rows)
            for order in wallet.orders.values():
                if order.get("pressed") == "late":
                    # Who waited for it is gone: the buyer may press again.
                    order["pressed"] = ""

    def _keep(self) -> None:
        with self.lock:
            text = json.dumps(
                {
                    code: {name: getattr(wallet, name) for name in wallet.kept}
                    for code, wallet in self.wallets.items()
                }
            )
            self.file.parent.mkdir(parents=True, exist_ok=True)
            draft = self.file.with_suffix(".new")
            draft.write_text(text)
            os.replace(draft, self.file)
