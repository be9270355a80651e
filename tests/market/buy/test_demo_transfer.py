"""The demo's own bank: whoever tries the market pays by transfer, and sees what happens to a wrong one."""

import subprocess
import sys
from pathlib import Path

import pytest
import time_machine
from django.test import Client

from payments.adapters import wire
from payments.adapters.wire import Answer
from payments.intake.models import Credit, Inbox
from shop.orders.models import Order
from tests import jobs
from tests.builders import transfers
from tests.builders.cart import lines
from tests.builders.catalogue import a_listing
from tests.builders.checkout import a_quote, placed
from tests.builders.delivery import roads
from tests.builders.orders import payment_of

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _monday(monkeypatch):
    transfers.configure(monkeypatch)
    roads()
    # The process edge: the call goes to this very site, through its whole stack.
    monkeypatch.setattr(wire.Http, "post", _post)
    with time_machine.travel("2026-08-17T09:00:00+07:00", tick=False):
        yield


def _post(self, url, body, headers=None):
    path = url.partition("//")[2].partition("/")[2]
    kind = headers.pop("Content-Type")
    answer = Client().post(f"/{path}", body, content_type=kind, headers=headers)
    return Answer(answer.status_code, answer.content)


@pytest.fixture
def order(client) -> Order:
    order = placed(a_quote(lines((a_listing(price_vnd=350_000, qty=20_000), 1))), adapter="vietqr")
    client.get(f"/thanh-toan/{payment_of(order).reference}/")
    return order


def bank_of(order: Order) -> str:
    return f"/demo/chuyen-khoan/{payment_of(order).reference}/"


def test_the_page_of_the_code_leads_there_and_the_money_comes(client, order):
    payment = payment_of(order)
    assert bank_of(order) in client.get(f"/thanh-toan/{payment.reference}/").text
    page = client.get(bank_of(order)).text
    assert f'value="{order.total_vnd}"' in page and payment.gateway_ref in page
    sent = client.post(bank_of(order), {"amount_vnd": order.total_vnd, "note": payment.gateway_ref})
    assert sent.status_code == 200 and "Đã chuyển" in sent.text
    jobs.run_due()
    order.refresh_from_db()
    assert (payment_of(order).state, order.state) == ("settled", "paid")
    assert Inbox.objects.get().adapter == "sepay" and Credit.objects.get().feed == "sepay"


def test_too_little_is_asked_for_again_and_a_wrong_note_waits_for_a_person(client, order):
    note = payment_of(order).gateway_ref
    client.post(bank_of(order), {"amount_vnd": 100_000, "note": note})
    client.post(bank_of(order), {"amount_vnd": 70_000, "note": "mua na"})
    jobs.run_due()
    assert sorted(Credit.objects.values_list("amount_vnd", "state")) == [
        (70_000, "unmatched"),
        (100_000, "waiting"),
    ]
    assert f'value="{order.total_vnd - 100_000}"' in client.get(bank_of(order)).text


@pytest.mark.parametrize("amount", ["", "0", "-5", "nhiều", "9" * 30, "\x00"])
def test_nonsense_sends_nothing(client, order, amount):
    answer = client.post(bank_of(order), {"amount_vnd": amount, "note": "x"})
    assert answer.status_code in (400, 422) and jobs.waiting("demo.transfer_seen") == 0


def test_other_payments_have_no_such_page(client, order, monkeypatch):
    other = placed(a_quote(lines((a_listing(price_vnd=350_000, qty=20_000), 1))))
    assert client.get(bank_of(other)).status_code == 404
    assert client.get("/demo/chuyen-khoan/khong-co/").status_code == 404
    monkeypatch.delenv("PAYMENTS_SEPAY_WEBHOOK_SECRET")
    assert client.get(bank_of(order)).status_code == 404


def test_it_exists_in_the_demo_alone():
    asking = (
        "import django; django.setup();"
        "from django.conf import settings; settings.DEMO = False;"
        "from django.urls import resolve, Resolver404\n"
        "try:\n    resolve('/demo/chuyen-khoan/x/')\n    found = resolve('/demo/chuyen-khoan/x/').namespace\n"
        "except Resolver404:\n    found = 'nothing'\n"
        "print(found)"
    )
    done = subprocess.run(
        [sys.executable, "-c", asking], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    assert done.stdout.strip() != "demo"
