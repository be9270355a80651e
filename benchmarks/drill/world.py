"""The whole market as the drills see it: database, web processes, job worker, and gateways on the other side."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import requests

from benchmarks import site
from benchmarks.site import HOST, Web
from payments.adapters.contract import Call
from tests.gateways import momo_fake, vnpay_fake, zalopay_fake
from tests.gateways.bank_fake import ACCOUNT, SEPAY_SECRET, SePayAccount
from tests.gateways.server import Asked, serving
from tests.gateways.wallet import Wallet, at_home
from tests.payments.adapters.conftest import KINDS
from tests.payments.adapters.conftest import environment as keys_of

TRANSFER = {
    "PAYMENTS_VIETQR_BANK_BIN": "970436",
    "PAYMENTS_VIETQR_ACCOUNT": ACCOUNT,
    "PAYMENTS_VIETQR_ACCOUNT_NAME": "SO CONG THUONG LANG SON",
    "PAYMENTS_SEPAY_WEBHOOK_SECRET": SEPAY_SECRET,
    "PAYMENTS_SEPAY_API_TOKEN": SePayAccount.TOKEN,
}
SECRETS = (
    momo_fake.SECRET,
    vnpay_fake.SECRET,
    zalopay_fake.KEY1,
    zalopay_fake.KEY2,
    SEPAY_SECRET,
    SePayAccount.TOKEN,
)
#: those whose payments the drills make
GATEWAYS = ("vnpay", "momo", "zalopay")


@dataclass
class World:
    folder: Path
    url: str
    environment: dict[str, str]
    gateways: dict[str, Wallet] = field(default_factory=dict)
    #: what the feed of our bank account answers when it is asked
    bank: SePayAccount = field(default_factory=SePayAccount)
    #: addresses that gateways were asked for, and that buyers were sent to, with their queries
    asked: list[str] = field(default_factory=list)
    web: Web | None = None
    #: the supervisor of the job worker
    worker: object | None = None

    def ask(self, query: str, *values: object) -> list[tuple]:
        """Rows of a query, on a connection of its own."""
        with psycopg.connect(self.url, autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def deliver(self, code: str, call: Call) -> requests.Response:
        """A gateway's call to our webhook."""
        said = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
        address = f"http://127.0.0.1:{self.web.port}/webhooks/{code}/"
        address += f"?{call.query}" if call.query else ""
        headers = {**said, **call.headers}
        return requests.request(call.method, address, data=call.body, headers=headers, timeout=30)

    def kill_one_web_worker(self, number: int) -> None:
        """SIGKILL for one of the web processes, wherever it is."""
        kill(self.web.workers()[number % len(self.web.workers())])

    def kill_worker(self) -> None:
        """SIGKILL for the process that works the queue; its supervisor starts another."""
        for pid in site.children(self.worker.pid):
            kill(pid)


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@contextmanager
def gateways(asked: list[str]) -> Iterator[tuple[dict[str, Wallet], dict[str, str]]]:
    """The three pretended gateways, and what the market must know to work with them; `asked` gets each address."""
    with ExitStack() as stack:
        wallets = {code: stack.enter_context(at_home(_noting(KINDS[code](), asked))) for code in GATEWAYS}
        known: dict[str, str] = {}
        for code, wallet in wallets.items():
            known |= keys_of(code, wallet.url)
        yield wallets, known


def _noting(wallet: Wallet, asked: list[str]) -> Wallet:
    answer = wallet.answer

    def note(request: Asked) -> tuple[int, bytes, str]:
        asked.append(request.path)
        return answer(request)

    wallet.answer = note
    return wallet


@contextmanager
def standing(
    folder: Path,
    url: str,
    settings: dict[str, str],
    *,
    with_worker: bool = True,
    server: str = site.GRANIAN,
    **web: str,
) -> Iterator[World]:
    """Gateways, web processes and worker on a database that stands already; `web` is what the web knows otherwise.

    Production's server gives up when a process dies within seconds of its birth, and is started again by the system's
    supervisor: what kills many has one that puts another in the place of a killed process at once.
    """
    asked: list[str] = []
    with ExitStack() as stack:
        wallets, known = stack.enter_context(gateways(asked))
        bank = SePayAccount()
        feed = stack.enter_context(serving(bank.answer))
        known |= {**TRANSFER, "PAYMENTS_SEPAY_API_ENDPOINT": feed.url}
        os.environ.update(known)
        running = {**settings, **known, "DATABASE_URL": url}
        world = World(folder, url, running, wallets, bank, asked)
        world.web = stack.enter_context(site.serve(site.SITE, {**running, **web}, server=server))
        if with_worker:
            world.worker = stack.enter_context(site.worker(running))
        yield world


def wait_until(true, *, seconds: float, pause_s: float = 0.25) -> float | None:
    """After how many seconds it was true; None when it never was."""
    begun = time.monotonic()
    while not true():
        if time.monotonic() - begun > seconds:
            return None
        time.sleep(pause_s)
    return time.monotonic() - begun
