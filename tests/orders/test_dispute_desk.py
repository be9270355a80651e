"""Disputes: seen with their orders, noted by people, decided by nobody but the bank; both sides hear each turn."""

import pytest
from django.contrib.auth.models import Permission

from accounts.notices.models import Notice
from payments.adapters.contract import Outcome
from payments.intake import audit, queries
from payments.intake.models import PaymentEvent
from tests.builders import payments as made
from tests.builders.payouts import officer
from tests.orders.test_money import bought, completed

pytestmark = pytest.mark.django_db
DESK = "/quan-tri/tai-chinh/tranh-chap/"


@pytest.fixture
def tuan(client):
    user = officer("Tuấn")
    user.user_permissions.set(Permission.objects.filter(codename__in=("access_admin", "change_refund")))
    client.force_login(user)
    return user


def payment_of(part):
    return part.order.uses.get().payment


def say(payment, kind: str, **words: str) -> Outcome:
    said = made.say(kind, payment, event_id=f"{kind}-{PaymentEvent.objects.count()}", **words)
    payment.refresh_from_db()
    return said


def text(answer) -> str:
    return answer.text.replace("\u00a0", " ")


def letters(kind: str) -> list[str]:
    return [each.text for each in Notice.objects.filter(kind=kind).order_by("pk")]


def test_an_open_dispute_shows_its_order_and_what_can_still_be_kept(client, tuan):
    part = bought()
    say(payment_of(part), "disputed", code="fraudulent")
    page = text(client.get(DESK))
    assert part.order.number in page and "380.000 ₫" in page and "Đang mở (1)" in page
    assert "còn giữ lại được" in page and "cổng ghi lý do: fraudulent" in page
    assert "Chưa có gì trong sổ sách" in page


def test_what_was_sent_cannot_be_kept(client, tuan):
    part = completed(bought())
    say(payment_of(part), "disputed")
    assert "còn giữ lại được" not in client.get(DESK).text


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (bought, "Cổng bị rút 380.000 ₫: 380.000 ₫ từ tiền người mua gửi, 0 ₫ do quỹ"),
        (lambda: completed(bought()), "0 ₫ từ tiền người mua gửi, 380.000 ₫ do quỹ tổn thất"),
    ],
)
def test_a_lost_one_says_what_the_books_did(client, tuan, when, said):
    payment = payment_of(when())
    say(payment, "disputed")
    say(payment, "dispute_lost")
    assert said in text(client.get(DESK)) and "Đang mở (0)" in client.get(DESK).text


def test_a_won_one_stays_in_sight(client, tuan):
    payment = payment_of(bought())
    say(payment, "disputed")
    say(payment, "dispute_won")
    page = client.get(DESK).text
    assert "chợ giữ được tiền" in page and "sổ sách không thay đổi" in page


def test_the_open_ones_come_first(client, tuan):
    won, old = payment_of(bought()), payment_of(bought(slug="hoi", name="Hồi"))
    say(old, "disputed")
    say(won, "disputed")
    say(won, "dispute_won")
    made.settled()
    assert list(queries.disputes()) == [old, won]


def test_a_person_notes_what_was_done_and_changes_nothing(client, tuan):
    payment = payment_of(bought())
    say(payment, "disputed")
    client.post(f"{DESK}{payment.pk}/ghi-chu/", {"note": " "})
    client.post(f"{DESK}{payment.pk}/ghi-chu/", {"note": "đã gửi giấy giao nhận\x00"})
    event = PaymentEvent.objects.get(because="note")
    payment.refresh_from_db()
    assert (event.by, event.note, payment.state) == (tuan, "đã gửi giấy giao nhận", "disputed")
    assert "Tuấn: đã gửi giấy giao nhận" in client.get(DESK).text and list(audit.breaks()) == []


def test_a_payment_without_a_dispute_has_no_case(client, tuan):
    payment = payment_of(bought())
    assert client.post(f"{DESK}{payment.pk}/ghi-chu/", {"note": "x"}).status_code == 404


def test_others_of_the_staff_may_not(client, tuan):
    tuan.user_permissions.remove(Permission.objects.get(codename="change_refund"))
    assert client.get(DESK).status_code in (302, 403)


@pytest.mark.parametrize(
    ("end", "buyer", "household"),
    [
        ("dispute_won", "tiền vẫn là của đơn này", "Hàng chưa gửi thì gửi như thường"),
        ("dispute_lost", "không hoàn thêm lần nữa", "Nhà mình không phải trả gì"),
    ],
)
def test_buyer_and_household_hear_how_it_began_and_how_it_ended(end, buyer, household):
    payment = payment_of(bought())
    say(payment, "disputed")
    say(payment, end)
    for kind, begin, ending in (
        ("order_disputed", "Ngân hàng của bạn đang hỏi lại", buyer),
        ("household_disputed", "Hàng chưa gửi thì tạm giữ lại", household),
    ):
        first, last = letters(kind)
        assert begin in first and ending in last


def test_a_victory_that_overtakes_its_dispute_leaves_none_open():
    payment = payment_of(bought())
    assert say(payment, "dispute_won") is Outcome.RECORDED and payment.state == "settled"
    assert say(payment, "disputed") is Outcome.REPEATED and payment.state == "settled"
    assert say(payment, "dispute_won") is Outcome.REPEATED
    assert list(audit.breaks()) == []


def test_a_second_dispute_after_a_victory_is_a_dispute():
    payment = payment_of(bought())
    for kind in ("disputed", "dispute_won"):
        say(payment, kind)
    assert say(payment, "dispute_won") is Outcome.REPEATED
    assert say(payment, "disputed") is Outcome.RECORDED and payment.state == "disputed"


@pytest.mark.parametrize("state", ["cancelled", "declined", "returned", "refunded"])
def test_a_household_whose_part_is_out_of_the_order_hears_nothing(state):
    part = bought()
    type(part).objects.filter(pk=part.pk).update(state=state)
    for kind in ("disputed", "dispute_won"):
        say(payment_of(part), kind)
    assert letters("household_disputed") == [] and len(letters("order_disputed")) == 2


def test_after_a_won_one_only_what_is_not_sent_is_to_be_sent():
    unsent, sent = bought(), completed(bought(slug="hoi", name="Hồi"))
    for part in (unsent, sent):
        say(payment_of(part), "disputed")
        say(payment_of(part), "dispute_won")
    one, other = (text for text in letters("household_disputed") if "xem xong" in text)
    assert "thì gửi như thường" in one and "gửi như thường" not in other and "không phải làm gì" in other
