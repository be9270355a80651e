"""The pretend bank, over real HTTP both ways: what the buyer chooses there is what we come to know."""

import re
from datetime import timedelta

import pytest
import requests
import time_machine
from django.test import Client

from common import dates
from payments.adapters.contract import Hop
from payments.intake import services
from payments.intake.models import Inbox, Payment, Refund
from tests import jobs
from tests.builders import payments as made

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def bank(live_server, committed_db):
    """A payment whose buyer stands at the bank's page, and the way there."""

    class Bank:
        hop = Hop(return_url=f"{live_server.url}/ve/", notify_url=f"{live_server.url}/webhooks/sandbox/")

        def __init__(self):
            self.payment = made.opened()
            self.url = services.begin(self.payment, self.hop).url
            self.browser = requests.Session()
            self.payment.refresh_from_db()

        def choose(self, act):
            page = self.browser.get(self.url, timeout=10)
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
            form = {"act": act, "csrfmiddlewaretoken": token}
            return self.browser.post(self.url.partition("?")[0], form, timeout=10)

        @property
        def state(self):
            return Payment.objects.get(pk=self.payment.pk).state

    return Bank()


def test_paying_is_told_by_a_signed_notification(bank):
    page = bank.choose("pay")
    assert page.status_code == 200 and f'content="2;url={bank.hop.return_url}"' in page.text
    assert bank.state == "pending"
    jobs.run_due()
    assert bank.state == "settled"


def test_refusing_fails_the_payment(bank):
    bank.choose("refuse")
    jobs.run_due()
    assert bank.state == "failed"


def test_a_closed_browser_still_pays(bank):
    page = bank.choose("close")
    assert "http-equiv" not in page.text
    jobs.run_due()
    assert bank.state == "settled"


def test_paying_twice_counts_once(bank):
    bank.choose("twice")
    jobs.run_due()
    assert (Inbox.objects.count(), bank.payment.events.filter(to="settled").count()) == (2, 1)


def test_paying_late_comes_after_the_end(bank):
    bank.choose("late")
    with time_machine.travel(dates.now() + timedelta(minutes=31)):
        services.expire(bank.payment)
        assert bank.state == "expired"
    with time_machine.travel(dates.now() + timedelta(minutes=37)):
        jobs.run_due()
    assert bank.state == "settled"
    assert bank.payment.events.filter(late=True).count() == 1


def test_a_lost_notification_is_found_by_asking(bank):
    bank.choose("pay")
    services.ask_now(bank.payment)
    assert bank.state == "settled"


def test_money_goes_back_in_parts_and_once(bank):
    bank.choose("pay")
    jobs.run_due()
    payment = Payment.objects.get()
    services.give_back(payment, amount_vnd=85_000, reason="", key="a")
    refund = services.give_back(payment, amount_vnd=100_000, reason="", key="b")
    jobs.run_due()
    services.follow(refund)
    assert [row.state for row in Refund.objects.all()] == ["done", "done"]
    assert Payment.objects.get().refunded_vnd == 185_000


def test_a_payment_nobody_took_to_the_bank_expires(bank):
    with time_machine.travel(dates.now() + timedelta(minutes=36)):
        services.expire(bank.payment)
    assert bank.state == "expired"


def test_the_bank_believes_only_signed_addresses(bank):
    path = bank.url.partition("//")[2].partition("/")[2]
    assert Client().get("/" + path.replace("amount=185000", "amount=1000")).status_code == 404
    assert Client().get("/demo/ngan-hang/nobody/").status_code == 404
    assert Client().get("/" + path).status_code == 200
    assert Client().post(f"/demo/ngan-hang/{bank.payment.reference}/", {"act": "steal"}).status_code == 400
    assert Client().post("/demo/ngan-hang/api/", b"{}", content_type="application/json").status_code == 400
