"""Paying by bank transfer: what the page says at each turn, and the way of the money through the webhooks."""

import base64
import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from common import dates
from payments.adapters import registry
from payments.intake import services
from payments.intake.models import Credit, Inbox
from shop.checkout.place import pay_again
from shop.orders.models import Order, OrderPayment
from shop.stock.models import Lot
from tests.builders import transfers
from tests.builders.cart import lines
from tests.builders.catalogue import a_listing
from tests.builders.checkout import a_quote, placed
from tests.builders.delivery import roads
from tests.builders.orders import payment_of
from tests.builders.transfers import came
from tests.gateways.bank_fake import CHECKSUM_KEY, SEPAY_SECRET, payos_call, sepay_call

pytestmark = pytest.mark.django_db
GOOD = (200, '{"success": true}', "application/json")
FORGED = (401, '{"success": false}', "application/json")


@pytest.fixture(autouse=True)
def _monday(monkeypatch):
    transfers.configure(monkeypatch)
    roads()
    with time_machine.travel("2026-08-17T09:00:00+07:00", tick=False):
        yield


@pytest.fixture
def order() -> Order:
    return placed(a_quote(lines((a_listing(price_vnd=350_000, qty=20_000), 1))), adapter="vietqr")


@pytest.fixture
def page(order) -> str:
    return f"/thanh-toan/{payment_of(order).reference}/"


def text(response) -> str:
    return response.content.decode().replace("\u00a0", " ")


def post(feed: str, call) -> tuple[int, str, str]:
    answer = Client().post(
        f"/webhooks/{feed}/", call.body, content_type="application/json", headers=dict(call.headers)
    )
    return answer.status_code, answer.text, answer["Content-Type"]


def note_of(order: Order) -> str:
    return payment_of(order).gateway_ref


def test_the_page_says_the_transfer_in_code_and_words(client, order, page):
    seen = text(client.get(page))
    note, total = note_of(order), f"{order.total_vnd:,}".replace(",", ".")
    for word in ("Vietcombank", "0123456789", "SO CONG THUONG LANG SON", note, f"{total} ₫", "Đang chờ tiền"):
        assert word in seen
    assert order.number.replace("-", "") not in note
    for what in ("Chép số tài khoản", "Chép số tiền", "Chép nội dung chuyển khoản"):
        assert f'aria-label="{what}"' in seen
    assert f'data-text="{order.total_vnd}"' in seen
    picture = re.search(r'href="data:image/png;base64,([^"]+)"', seen)[1]
    assert base64.b64decode(picture).startswith(b"\x89PNG") and "data:image/svg+xml" in seen


def test_what_is_missing_is_said_and_asked_for(client, order, page):
    client.get(page)
    came(100_000, note_of(order))
    seen, rest = text(client.get(page)), order.total_vnd - 100_000
    assert f'data-text="{rest}"' in seen and 'id="tien-100000"' in seen
    assert "Đã nhận 100.000 ₫" in seen and f"còn thiếu {rest:,} ₫".replace(",", ".") in seen


def test_when_transfers_are_switched_off_meanwhile_the_words_remain(client, order, page, monkeypatch):
    client.get(page)
    came(100_000, note_of(order))
    monkeypatch.delenv("PAYMENTS_VIETQR_ACCOUNT")
    seen = text(client.get(page))
    assert f'data-text="{order.total_vnd - 100_000}"' in seen and "data:image" not in seen


def test_the_page_that_asks_is_answered_without_a_code_until_money_came(client, order, page):
    client.get(page)
    asking = {"X-Live-Part": "tien-0"}
    still = text(client.get(page, headers=asking))
    assert 'id="tien-0"' in still and "data:image" not in still
    came(100_000, note_of(order))
    assert 'id="tien-100000"' in text(client.get(page, headers=asking))
    came(order.total_vnd, note_of(order), "FT2")
    assert client.get(page, headers=asking).status_code == 302


def test_the_whole_sum_leads_to_the_order_and_the_surplus_is_told(client, order, page):
    client.get(page)
    came(order.total_vnd + 15_000, note_of(order))
    answer = client.get(page, follow=True)
    assert answer.redirect_chain[0][0] == f"/don-hang/{order.number}/"
    assert "Bạn đã chuyển 15.000 ₫ không dùng cho đơn này" in text(answer)


def test_what_was_short_in_time_is_told(client, order, page, django_user_model):
    client.get(page)
    came(100_000, note_of(order))
    with time_machine.travel(dates.now() + timedelta(hours=24, minutes=6)):
        services.expire(payment_of(order))
        assert "Bạn đã chuyển 100.000 ₫ không dùng cho đơn này" in text(client.get(page, follow=True))
        tuan = django_user_model.objects.create(email="tuan@example.invalid", is_staff=True)
        services.credit_given_back(Credit.objects.get(), by=tuan, bank_ref="OUT1", note="thiếu")
        assert "Đã chuyển trả 100.000 ₫" in text(client.get(page, follow=True))


@pytest.mark.parametrize("feed", ["sepay", "payos"])
def test_the_whole_way_through_a_webhook(order, page, client, feed):
    client.get(page)
    note = f"MBVCB.1234.{note_of(order).lower()}.CT tu 99 toi 88"
    calls = {
        "sepay": sepay_call(SEPAY_SECRET, dates.now(), content=note, transferAmount=order.total_vnd),
        "payos": payos_call(order.total_vnd, note),
    }
    assert [post(feed, calls[feed]), post(feed, calls[feed])] == [GOOD, GOOD]
    order.refresh_from_db()
    assert (order.state, Credit.objects.get().state, Inbox.objects.get().why) == ("paid", "matched", "")
    other = "payos" if feed == "sepay" else "sepay"
    assert post(other, calls[other]) == GOOD
    assert (Credit.objects.count(), Inbox.objects.count()) == (1, 2)


@pytest.mark.parametrize("feed", ["sepay", "payos"])
def test_what_is_not_proven_is_refused_and_not_kept(order, page, client, feed):
    client.get(page)
    calls = {
        "sepay": sepay_call("another", dates.now(), content=note_of(order)),
        "payos": payos_call(order.total_vnd, note_of(order), key="another"),
    }
    old = sepay_call(SEPAY_SECRET, dates.now() - timedelta(seconds=301))
    assert post(feed, calls[feed]) == FORGED and post("sepay", old) == FORGED
    assert not Inbox.objects.exists() and not Credit.objects.exists()


def test_money_without_a_name_is_answered_well_and_kept():
    assert post("sepay", sepay_call(SEPAY_SECRET, dates.now(), content="mua na")) == GOOD
    assert Credit.objects.get().state == "unmatched"


def test_the_sample_of_a_registration_is_answered_and_not_booked():
    sample = payos_call(
        3_000, "VQRIO123", "TF230204212323", key=CHECKSUM_KEY, orderCode=123, accountNumber="12345678"
    )
    assert post("payos", sample) == GOOD
    assert not Credit.objects.exists() and not Inbox.objects.exists()


@pytest.mark.parametrize("change", [{"transferAmount": 1.5}, {"transferAmount": 0}, {"content": 7}, {"id": None},
                                    {"transferType": "?"}, {"transactionDate": "hôm qua"}, {"accountNumber": ""}])  # fmt: skip
def test_rightly_signed_nonsense_is_set_aside(change):
    call = sepay_call(SEPAY_SECRET, dates.now(), **change)
    assert post("sepay", call) == (503, '{"success": false}', "application/json")
    assert (Inbox.objects.get().why, Credit.objects.count()) == ("malformed", 0)


def test_a_known_number_with_another_sum_is_set_aside():
    post("sepay", sepay_call(SEPAY_SECRET, dates.now(), id=1))
    assert post("sepay", sepay_call(SEPAY_SECRET, dates.now(), id=2, transferAmount=1)) == GOOD
    assert (Inbox.objects.get(event_id="2").why, Credit.objects.count()) == ("mismatch", 1)


def test_nobody_posts_to_a_feed_of_files_or_to_the_code_itself():
    assert {Client().post(f"/webhooks/{code}/").status_code for code in ("statement_file", "vietqr")} == {404}


def codes() -> set[str]:
    return {adapter.code for adapter in registry.offered(185_000)}


def test_it_is_offered_only_while_a_feed_is_configured(monkeypatch):
    assert "vietqr" in codes() and not {"sepay", "payos", "statement_file"} & codes()
    monkeypatch.delenv("PAYMENTS_SEPAY_WEBHOOK_SECRET")
    assert "vietqr" in codes()
    monkeypatch.delenv("PAYMENTS_PAYOS_API_KEY")
    assert "vietqr" not in codes() and registry.offering("vietqr", [185_000]) is None
    assert registry.troubles()["vietqr"] == [registry.NO_FEED]
    monkeypatch.setenv("PAYMENTS_STATEMENT_FILE_COUNTS", "yes")
    assert "vietqr" in codes() and "vietqr" not in registry.troubles()


def test_goods_are_held_for_a_day(order):
    assert order.hold_ends_at == payment_of(order).expires_at == dates.now() + timedelta(hours=24)


def test_or_until_the_harvest_closes_for_orders(order):
    ahead = a_listing(price_vnd=350_000, qty=20_000)
    closes = dates.now() + timedelta(hours=5)
    Lot.objects.filter(listing=ahead).update(
        harvested_on=dates.today() + timedelta(days=1), cut_off_at=closes
    )
    second = placed(a_quote(lines((ahead, 1))), adapter="vietqr")
    assert second.hold_ends_at == payment_of(second).expires_at == closes
    assert placed(a_quote(lines()), adapter="sandbox").hold_ends_at == dates.now() + timedelta(minutes=15)


def test_another_attempt_by_transfer_stretches_the_hold_to_a_day(order):
    first = placed(a_quote(lines()), adapter="sandbox")
    services.cancel(payment_of(first))
    OrderPayment.objects.filter(order=first).update(open=False)
    Order.objects.filter(pk=first.pk).update(state=Order.State.PLACED)
    again = pay_again(Order.objects.get(pk=first.pk), "vietqr")
    assert again.expires_at == dates.now() + timedelta(hours=24)


def test_a_shorter_way_afterwards_never_shortens_the_hold(order):
    services.cancel(payment_of(order))
    OrderPayment.objects.filter(order=order).update(open=False)
    pay_again(order, "sandbox")
    order.refresh_from_db()
    assert order.hold_ends_at == dates.now() + timedelta(hours=24)
