"""Letters of an order: in the reader's language, as text and as HTML, with a link that opens; none leaves for the demo."""

import re

import pytest
from django.core import mail
from django.utils import translation

from accounts.models import User
from accounts.notices.models import Notice
from payments.adapters.contract import Refused
from payments.adapters.sandbox import Sandbox
from payments.intake import services as intake
from payments.intake.models import Inbox
from shop.fulfilment import hand_over, pack
from shop.orders import letters, services
from shop.orders.models import Order, SubOrder
from tests import cast
from tests.builders import payments, transfers
from tests.builders.catalogue import a_listing
from tests.builders.orders import an_order, payment_of
from tests.jobs import run_due

pytestmark = pytest.mark.django_db
LANGUAGES = ["vi", "en", "zh-hans"]
HELLO = {"vi": "Chào Trần Thị Lan,", "en": "Dear Trần Thị Lan,", "zh-hans": "Trần Thị Lan"}
VIETNAMESE = re.compile(
    r"\b(Chúng tôi|Đã nhận|đã đóng gói|Bạn không|Theo dõi đơn|Xem đơn|Hàng của|Phần hàng)\b"
)


@pytest.fixture
def listing(db):
    return a_listing(storefront=cast.her_household().storefront, title="Na Chi Lăng loại 1", qty=100_000)


def bought(listing, language: str = "vi", **buyer) -> Order:
    """A paid order of a buyer who reads that language."""
    order = an_order(listing, language=language, **buyer)
    services.confirm(order)
    return order


def to_buyer(order: Order, act) -> Notice:
    """The letter that the act writes to the buyer, whatever language the act itself runs in."""
    known = list(Notice.objects.values_list("pk", flat=True))
    with translation.override("vi" if order.language != "vi" else "en"):
        act()
    return Notice.objects.exclude(pk__in=known).get(phone=order.phone)


def part_of(order: Order) -> SubOrder:
    return order.suborders.select_related("order", "storefront").get()


ACTS = {
    "order_placed": letters.placed,
    "order_paid": letters.paid,
    "order_expired": letters.expired,
    "order_money_back": lambda order: letters.money_goes_back(order, payment_of(order)),
    "part_packed": lambda order: letters.packed(part_of(order)),
    "part_shipped": lambda order: letters.shipped(part_of(order), carrier="Xe khách", tracking="XK-7"),
    "part_delivered": lambda order: letters.delivered(part_of(order)),
    "part_declined": lambda order: letters.declined(part_of(order), refund_vnd=380_000),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ACTS)
def test_a_letter_is_in_the_readers_language(listing, kind, language):
    order = bought(listing, language)
    letter = to_buyer(order, lambda: ACTS[kind](order))
    assert (letter.kind, letter.language) == (kind, language)
    assert HELLO[language] in letter.text and f'lang="{language}"' in letter.html
    if language != "vi":
        assert not VIETNAMESE.search(letter.subject + letter.text + letter.html)


@pytest.mark.parametrize("kind", ACTS)
def test_text_and_html_say_the_same(listing, kind):
    order = bought(listing)
    letter = to_buyer(order, lambda: ACTS[kind](order))
    for part in (letter.text, letter.html):
        assert order.number in part and letters.order_url(order).split("?k=")[1] in part
    assert "<" not in letter.text and "&" not in letter.text.split("http")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_link_of_a_letter_opens_the_order_for_a_guest(client, listing, language):
    order = bought(listing, language)
    letter = to_buyer(order, lambda: letters.paid(order))
    link = re.search(r"https?://[^/\s]+(/\S+\?k=\S+)", letter.text).group(1)
    answer = client.get(link, follow=True)
    assert answer.status_code == 200 and order.number in answer.content.decode()
    assert "?k=" not in answer.request["PATH_INFO"] + answer.request["QUERY_STRING"]


def test_no_name_writes_into_a_letter(listing):
    order = bought(listing, name='<a href="//evil.example">Lan</a>')
    letter = to_buyer(order, lambda: letters.paid(order))
    assert '<a href="//evil' not in letter.html and "&lt;a href" in letter.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_household_gets_its_own_in_its_own_language(listing, language):
    User.objects.filter(pk=cast.ba_sau().pk).update(language=language)
    order = bought(listing, "en")
    run_due()
    letter = Notice.objects.get(kind="household_order", to_user=cast.ba_sau())
    assert letter.language == language and "/ban-hang/don/" in letter.text and "?k=" not in letter.text
    prefix = "" if language == "vi" else f"/{language}"
    assert f"{prefix}/ban-hang/don/{order.number}/1/" in letter.text
    assert order.secret not in letter.html and order.email not in letter.text


def test_every_member_of_the_household_hears_and_no_stranger(listing):
    cast.strangers_household()
    bought(listing)
    run_due()
    told = set(Notice.objects.filter(kind="household_order").values_list("to_user", flat=True))
    assert told == {cast.ba_sau().pk}


def test_an_unproved_email_of_a_member_gets_nothing(listing):
    User.objects.filter(pk=cast.ba_sau().pk).update(email="ai-do@thu.vn", email_verified_at=None)
    bought(listing)
    run_due()
    assert not [letter for letter in mail.outbox if "ai-do@thu.vn" in letter.to]
    assert Notice.objects.get(kind="household_order").email == ""


def test_cash_is_told_as_well_and_what_has_moved_on_is_not_announced(listing):
    order = an_order(listing, adapter="cod")
    services.cancel_by_buyer(order, by=None)
    run_due()
    kinds = set(Notice.objects.values_list("kind", flat=True))
    assert "order_placed" in kinds and "household_order" not in kinds


def test_the_acts_write_their_letters(listing):
    part = part_of(bought(listing))
    run_due()
    sau = cast.ba_sau()
    pack.pack(part, by=sau)
    hand_over.hand_over(part, carrier="Xe khách", tracking="", by=sau)
    kinds = list(Notice.objects.filter(phone=part.order.phone).order_by("id").values_list("kind", flat=True))
    assert kinds == ["order_paid", "part_packed", "part_shipped"]


def test_nothing_leaves_the_machine_for_people_of_the_demo(listing):
    bought(listing)
    bought(listing, phone="+84912345678", email="lan@example.invalid")
    bought(listing, phone="+84900000101", email="lan@thu.vn")
    run_due()
    assert mail.outbox == [] and Notice.objects.filter(sent_at=None).count() == 0


def test_a_real_buyer_gets_the_letter_once(listing):
    order = bought(listing, phone="+84912345678", email="lan@thu.vn")
    run_due()
    letters.confirmed(order.pk)
    run_due()
    subjects = [letter.subject for letter in mail.outbox]
    assert subjects == [f"Đã nhận tiền cho đơn {order.number}"] and mail.outbox[0].to == ["lan@thu.vn"]
    assert all(letter.alternatives for letter in mail.outbox)


@pytest.fixture
def transfer(listing, monkeypatch):
    """An order that waits for a bank transfer of its sum: (order, payment)."""
    transfers.configure(monkeypatch)
    order = an_order(listing, adapter="vietqr")
    payment = payment_of(order)
    intake.begin(payment, payments.HOP)
    payment.refresh_from_db()
    return order, payment


@pytest.mark.parametrize("kind", ["part_declined", "order_money_back"])
def test_money_is_promised_on_its_own_way_back_only_where_it_goes_by_itself(listing, transfer, kind):
    order, _payment = transfer
    by_hand = to_buyer(order, lambda: ACTS[kind](order)).text
    order = bought(listing)
    by_itself = to_buyer(order, lambda: ACTS[kind](order)).text
    words = "về nơi bạn đã trả"
    assert words in by_itself and words not in by_hand and "OTP" in by_hand


def kinds(order: Order) -> list[str]:
    return list(Notice.objects.filter(phone=order.phone).order_by("pk").values_list("kind", flat=True))


def test_a_buyer_whose_transfer_is_too_small_hears_what_is_missing_and_then_that_it_goes_back(transfer):
    order, payment = transfer
    transfers.came(1_000, payment.gateway_ref)
    letter = Notice.objects.get(kind="transfer_waiting")
    assert "1.000" in letter.text and order.number in letter.text
    intake.cancel(payment)
    assert "transfer_to_return" in kinds(order)


def test_a_buyer_who_sent_too_much_hears_that_the_rest_goes_back_and_when_it_has(transfer):
    order, payment = transfer
    transfers.came(order.total_vnd + 7_000, payment.gateway_ref)
    assert "7.000" in Notice.objects.get(kind="transfer_to_return").text
    tuan = User.objects.create(email="tuan@example.invalid", is_staff=True)
    intake.credit_given_back(transfers.credit(), by=tuan, bank_ref="BACK1", note="thừa")
    assert "7.000" in Notice.objects.get(kind="transfer_returned").text


@pytest.mark.parametrize("through_gateway", [True, False])
def test_of_what_a_gateway_took_in_another_sum_no_account_is_promised(listing, through_gateway):
    order, tuan = an_order(listing), User.objects.create(email="tuan@example.invalid", is_staff=True)
    payments.say("settled", payment_of(order), amount_vnd=184_000, gateway_ref="tx-1", event_id="odd")
    credit = intake.book_aside(Inbox.objects.get(), by=tuan, note="xem ở trang của cổng")
    intake.credit_given_back(credit, by=tuan, bank_ref="re-1", note="x", through_gateway=through_gateway)
    for kind in ("transfer_to_return", "transfer_returned"):
        letter = Notice.objects.get(kind=kind)
        assert "184.000" in letter.text and order.number in letter.text
        assert "tài khoản đã gửi" not in letter.text and "thừa" not in letter.subject


def test_a_transfer_of_nobody_writes_to_nobody(transfer):
    transfers.came(50_000, "mua na")
    assert not Notice.objects.filter(kind__startswith="transfer").exists()


def test_a_refund_that_the_gateway_refuses_is_told_to_the_buyer(listing, monkeypatch):
    order = an_order(listing)
    payment = payment_of(order)
    payments.say("settled", payment)

    def refuse(_adapter, _back):
        raise Refused("no", "no")

    monkeypatch.setattr(Sandbox, "refund", refuse)
    intake.give_back(payment, amount_vnd=5_000, reason="x", key="k")
    run_due()
    assert "order_refund_by_hand" in kinds(order)


def test_each_household_hears_of_a_dispute_and_how_it_ended(listing):
    order = an_order(listing)
    payment = payment_of(order)
    payments.say("settled", payment)
    payment.refresh_from_db()
    for kind in ("disputed", "dispute_lost"):
        payments.say(kind, payment, event_id=kind)
    told = [notice.text for notice in Notice.objects.filter(kind="household_disputed").order_by("pk")]
    assert len(told) == 2 and "quỹ của tỉnh" in told[1]
