"""The demo's pretended gateways, started as the demo starts them: people pay there, and nobody else knows of them."""

import fnmatch
import html
import re
import socket
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests
from requests.utils import get_environ_proxies

from config import demo, pretended
from fakes.house import KINDS
from payments.adapters.contract import Hop
from payments.intake import services
from payments.intake.models import Inbox, Payment, Refund
from tests import jobs
from tests.builders import payments as made
from tests.config.test_settings import start
from tests.payments.adapters.conftest import environment

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Street:
    """The market at `site` and the gateways' process beside it."""

    def __init__(self, site: str, folder: Path) -> None:
        self.site, self.folder = site, folder
        self.process: subprocess.Popen | None = None

    def open(self) -> None:
        self.process = subprocess.Popen(demo.gateways(self.site, self.folder))
        demo.wait_for_page(pretended.url() + "/", [self.process])

    def close(self) -> None:
        self.process.terminate()
        assert self.process.wait(timeout=10) == 0

    def come(self, code: str) -> "Buyer":
        payment = made.opened(adapter=code)
        hop = Hop(
            return_url=f"{self.site}/thanh-toan/{payment.reference}/ve/",
            notify_url=f"{self.site}/webhooks/{code}/",
            ip="113.160.1.9",
        )
        step = services.begin(payment, hop)
        return Buyer(payment, getattr(step, "deeplink", "") or step.url)


class Buyer:
    """Somebody on the gateway's page."""

    def __init__(self, payment: Payment, url: str) -> None:
        self.payment, self.url = payment, url
        self.page = requests.get(url, timeout=10)

    def press(self, **button: str) -> str:
        ref = re.search(r'name="ref" value="([^"]+)"', self.page.text)[1]
        self.page = requests.post(urljoin(self.url, "pay"), {"ref": html.unescape(ref), **button}, timeout=10)
        self.payment.refresh_from_db()
        return self.page.text

    def ask(self) -> None:
        """The market asks the gateway, as its page of return and its jobs do."""
        services.ask_now(self.payment)
        self.payment.refresh_from_db()


@pytest.fixture
def street(committed_db, live_server, tmp_path, monkeypatch) -> Iterator[Street]:
    monkeypatch.setenv("GATEWAYS_PORT", str(free_port()))
    for known in pretended.variables().values():
        for name, value in known.items():
            monkeypatch.setenv(name, value)
    street = Street(live_server.url, tmp_path)
    street.open()
    yield street
    street.close()


def given_back(payment: Payment, amount_vnd: int) -> str:
    """The state of a refund after its job has run."""
    refund = services.give_back(payment, amount_vnd=amount_vnd, reason="hư hỏng", key=str(amount_vnd))
    jobs.run_due()
    refund.refresh_from_db()
    if refund.state == Refund.State.SENT:
        services.follow(refund)
        refund.refresh_from_db()
    return refund.state


@pytest.mark.parametrize("code", KINDS)
def test_a_buyer_pays_and_gets_money_back_also_after_the_demo_was_started_again(street, code):
    buyer = street.come(code)
    assert "Cổng thử – không có tiền thật" in buyer.page.text and "185.000\u00a0₫" in buyer.page.text
    assert "default-src 'none'" in buyer.page.headers["Content-Security-Policy"]
    said = buyer.press(act="pay")
    assert f"url={street.site}/thanh-toan/{buyer.payment.reference}/ve/" in said
    assert (buyer.payment.state, buyer.payment.settled_vnd) == ("settled", 185_000)
    assert given_back(buyer.payment, 85_000) == "done"
    street.close()
    street.open()
    assert given_back(buyer.payment, 100_000) == "done"
    listed = requests.get(pretended.url(), timeout=10).text
    [address] = re.findall(r'<a href="([^"]+)"', listed)
    assert "Đã hoàn lại</dt><dd>185.000\u00a0₫" in requests.get(html.unescape(address), timeout=10).text


@pytest.mark.parametrize("code", KINDS)
def test_each_button_does_what_it_says(street, code):
    """One street for six buttons, since it takes seconds to open."""
    who_does_not_pay_is_believed_when_the_gateway_says_so(street.come(code))
    two_notifications_count_once(street.come(code))
    a_forged_notification_pays_nothing_and_the_buyer_can_still_pay(street.come(code))
    another_sum_waits_for_a_person(street.come(code))
    a_lost_notification_is_made_up_for_by_asking(street.come(code))
    late_money_is_not_there_yet(street.come(code))


def told(buyer: Buyer) -> list[str]:
    """Why each notification of the payment was set aside; empty: it was not."""
    return list(Inbox.objects.filter(about=buyer.payment.reference).values_list("why", flat=True))


def who_does_not_pay_is_believed_when_the_gateway_says_so(buyer):
    buyer.press(act="cancel")
    buyer.ask()
    if buyer.payment.adapter == "stripe":
        # Whoever leaves its page may come back to it.
        assert buyer.payment.state == "pending" and 'value="pay"' in buyer.page.text
        return
    # ZaloPay has no other word for it than that the order has run out.
    assert buyer.payment.state == ("expired" if buyer.payment.adapter == "zalopay" else "failed")
    assert "Quay lại chợ" in buyer.page.text and 'value="pay"' not in buyer.page.text


def two_notifications_count_once(buyer):
    said = buyer.press(trick="twice")
    words = 2 if buyer.payment.adapter == "stripe" else 1
    assert said.count("Tin báo ký đúng") == 2 * words and "http-equiv" not in said
    assert (buyer.payment.settled_vnd, told(buyer)) == (185_000, [""] * words)


def a_forged_notification_pays_nothing_and_the_buyer_can_still_pay(buyer):
    assert "Tin báo giả" in buyer.press(trick="forged")
    buyer.ask()
    assert (buyer.payment.settled_vnd, told(buyer)) == (0, [])
    buyer.press(act="pay")
    assert buyer.payment.settled_vnd == 185_000


def another_sum_waits_for_a_person(buyer):
    assert "Đã trả 92.500\u00a0₫" in buyer.press(trick="wrong_sum")
    assert (buyer.payment.settled_vnd, set(told(buyer))) == (0, {Inbox.Why.MISMATCH})


def a_lost_notification_is_made_up_for_by_asking(buyer):
    buyer.press(trick="never")
    assert (buyer.payment.settled_vnd, told(buyer)) == (0, [])
    buyer.ask()
    assert buyer.payment.settled_vnd == 185_000


def late_money_is_not_there_yet(buyer):
    assert "sau ít giây" in buyer.press(trick="late")
    buyer.ask()
    assert (buyer.payment.state, buyer.payment.settled_vnd) == ("pending", 0)


def test_the_list_leads_to_each_payment_and_strangers_find_nothing(street):
    buyer = street.come("momo")
    listed = requests.get(pretended.url(), timeout=10).text
    assert html.escape(buyer.url) in listed and "Chưa trả" in listed
    for path in ("/momo/page?t=nobody", "/vnpay/pay.html?vnp_TmnCode=x", "/elsewhere"):
        answer = requests.get(pretended.url() + path, timeout=10)
        assert answer.status_code in (400, 404) and "Cổng thử" in answer.text


def test_the_demo_knows_the_keys_that_the_pretended_gateways_have():
    for code in KINDS:
        assert pretended.variables()[code].keys() == environment(code, "").keys()
        keys = environment(code, f"{pretended.url()}/{code}")
        assert pretended.variables()[code] == keys


def test_a_gateway_that_somebody_has_configured_is_left_alone():
    own = {"PAYMENTS_MOMO_ENDPOINT": "https://test-payment.momo.vn"}
    pretended.introduce(own)
    assert {name for name in own if "MOMO" in name} == {"PAYMENTS_MOMO_ENDPOINT"}
    assert "PAYMENTS_VNPAY_TMN_CODE" in own and "PAYMENTS_ZALOPAY_KEY1" in own


@pytest.mark.parametrize(("market", "gateways"), [("8000", 18000), ("8094", 18094), ("60000", 50000)])
def test_their_port_follows_the_markets(market, gateways, monkeypatch):
    monkeypatch.delenv("GATEWAYS_PORT", raising=False)
    monkeypatch.setenv("PORT", market)
    assert pretended.port() == gateways


def test_a_port_that_is_taken_is_named_with_what_to_type_instead(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(demo, "PORT", free_port())
        monkeypatch.setenv("GATEWAYS_PORT", str(port))
        with pytest.raises(SystemExit, match=f"Port {port}, .* GATEWAYS_PORT={port + 1} make demo"):
            demo.ports_must_be_free()
    demo.ports_must_be_free()


@pytest.mark.parametrize("known", ["", "intranet.example"])
def test_a_proxy_for_the_internet_is_not_asked_for_this_machine(known, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("NO_PROXY", known)
    assert "http" in get_environ_proxies("http://127.0.0.1:8000/")
    monkeypatch.setenv("no_proxy", known)
    demo.keep_to_this_machine()
    assert get_environ_proxies("http://127.0.0.1:8000/") == {}
    assert "http" in get_environ_proxies("http://elsewhere.example/")


def test_the_process_says_why_it_does_not_start(tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        monkeypatch.setenv("GATEWAYS_PORT", port)
        ended = subprocess.run(
            demo.gateways("http://127.0.0.1:1", tmp_path),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode != 0 and f"cannot listen on port {port}" in ended.stderr


CONFIGURED = """
from payments.adapters import registry
for code in ("momo", "stripe", "vnpay", "zalopay"):
    try:
        print(registry.build(registry.kinds()[code]).code)
    except registry.Misconfigured:
        pass
"""


@pytest.mark.parametrize(
    ("settings", "known"), [("demo", ["momo", "stripe", "vnpay", "zalopay"]), ("production", [])]
)
def test_commands_of_the_demo_know_them_and_productions_never(settings, known):
    ended = start(
        ["shell", "-c", CONFIGURED, "--no-imports"], DJANGO_SETTINGS_MODULE=f"config.settings.{settings}"
    )
    assert ended.stdout.split() == known, ended.stderr


def test_nothing_but_the_demo_speaks_of_them():
    speaking = {
        path.relative_to(ROOT).as_posix()
        for folder in ("config", "cms", "shop", "payments", "farmers", "accounts", "common")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"\bpretended\.|import .*\bpretended\b|\bfakes\b", path.read_text())
    }
    assert speaking == {"config/demo.py", "config/settings/demo.py", "config/pretended.py"}


def test_no_wheel_carries_them():
    packed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]
    assert not any(fnmatch.fnmatch("fakes", pattern) for pattern in packed["include"])
    assert fnmatch.fnmatch("config", packed["include"][0])
