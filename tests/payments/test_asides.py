"""Money in another sum, and refunds that come back: a person lets them into the books, and they get a way back."""

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError

from payments import signals
from payments.adapters.contract import Outcome
from payments.books.models import Entry
from payments.intake import audit, queries, reconcile, services
from payments.intake.errors import (
    CountedAlready,
    IllegalMove,
    NoReason,
    NoWay,
    OtherSumBooked,
    SaidNotGiven,
)
from payments.intake.models import Credit, GivingBack, Inbox, Payment, Refund
from tests.books.books import sheet
from tests.builders import payments as made
from tests.builders import transfers
from tests.builders.payouts import officer
from tests.payments.test_taken_back import refused, under_way

pytestmark = pytest.mark.django_db
DESK = "/quan-tri/tai-chinh/"


def short(amount_vnd: int = 184_000, payment: Payment | None = None, **more) -> Payment:
    """A gateway says, rightly signed, that it took another sum than was asked."""
    payment = payment or made.pending()
    facts = {
        "amount_vnd": amount_vnd,
        "gateway_ref": "tx-1",
        "event_id": f"odd-{Inbox.objects.count()}",
        **more,
    }
    assert made.say("settled", payment, **facts) in (Outcome.MISMATCH, Outcome.UNKNOWN)
    return payment


def message() -> Inbox:
    return Inbox.objects.latest("pk")


def book(note: str = "xem ở trang của cổng"):
    return services.book_aside(message(), by=officer("Tuấn"), note=note)


def test_what_really_came_is_in_the_books_and_goes_back_by_hand():
    payment, told = short(), []
    signals.credit_moved.connect(
        lambda sender, credit, **_more: told.append(credit), weak=False, dispatch_uid="t"
    )
    credit = book()
    signals.credit_moved.disconnect(dispatch_uid="t")
    assert (credit.state, credit.payment, credit.gateway, told) == ("to_return", payment, "sandbox", [credit])
    assert sheet() == {"gateway sandbox": 184_000, f"unidentified credit:{credit.pk}": -184_000}
    assert list(audit.breaks()) == [] and list(queries.credits_for_a_person()) == [credit]
    event, row = credit.events.get(), message()
    assert (event.because, event.by, event.note) == ("another sum", row.handled_by, row.note)
    services.credit_given_back(credit, by=event.by, bank_ref="FT1", note="trả lại", through_gateway=False)
    assert sheet() == {"gateway sandbox": 184_000, "bank": -184_000} and list(audit.breaks()) == []
    payment.refresh_from_db()
    assert (payment.state, payment.settled_vnd) == ("pending", 0)


def test_what_its_gateway_gives_back_leaves_the_gateway_and_no_bank():
    short()
    credit, tuan = book(), officer("Tuấn")
    with pytest.raises(NoWay):
        services.credit_given_back(credit, by=tuan, bank_ref="re-1", note="hoàn ở cổng")
    services.credit_given_back(credit, by=tuan, bank_ref="re-1", note="hoàn ở cổng", through_gateway=True)
    assert sheet() == {} and list(audit.breaks()) == []
    GivingBack.objects.update(through_gateway=False)
    assert any("gateway sandbox: holds" in each for each in audit.breaks())


def test_so_does_much_that_one_asks_for_and_another_gives():
    short(3_000_000)
    credit, tuan = book(), officer("Tuấn")
    services.ask_to_give_back(credit, by=tuan, to_whom="thẻ của người mua", reason="trả lại")
    services.credit_given_back(credit, by=officer("Mai"), bank_ref="re-1", through_gateway=True)
    assert GivingBack.objects.get().through_gateway and sheet() == {} and list(audit.breaks()) == []


def test_what_our_bank_holds_no_gateway_gives_back():
    transfers.came(50_000, "mua na")
    with pytest.raises(IllegalMove):
        services.credit_given_back(
            transfers.credit(), by=officer("Tuấn"), bank_ref="re-1", note="x", through_gateway=True
        )
    assert transfers.credit().state == "unmatched" and not GivingBack.objects.exists()


def test_the_same_money_told_in_several_ways_is_booked_once():
    payment = short()
    credit = book()
    short(payment=payment)
    assert book() == credit and not queries.messages_for_a_person().exists()
    assert Entry.objects.filter(kind="credit_at_gateway").count() == 1 and list(audit.breaks()) == []


def test_under_the_same_number_another_sum_is_refused():
    payment = short()
    book()
    short(183_000, payment)
    with pytest.raises(OtherSumBooked):
        book()
    assert message().handled_at is None


def test_two_numbers_are_two_sums():
    payment = short()
    book()
    short(50_000, payment, gateway_ref="tx-2")
    book()
    assert Credit.objects.count() == 2 and sheet()["gateway sandbox"] == 234_000


def test_what_its_payment_has_already_is_not_booked_beside_it():
    payment = short()
    assert made.say("settled", payment, gateway_ref="tx-1") is Outcome.RECORDED
    with pytest.raises(CountedAlready):
        book()
    assert Credit.objects.count() == 0


def test_nor_does_it_settle_what_was_booked_beside_it():
    payment = short()
    book()
    assert made.say("settled", payment, gateway_ref="tx-1") is Outcome.MISMATCH
    assert made.say("settled", payment, gateway_ref="tx-2") is Outcome.RECORDED
    assert sheet()["gateway sandbox"] == 369_000 and list(audit.breaks()) == []


def test_money_for_a_payment_that_nobody_knows_is_nobodys():
    short(about="from-another-shop")
    credit = book()
    assert (credit.state, credit.payment, credit.note) == ("unmatched", None, "from-another-shop")
    assert not services.may_be_counted(credit) and list(audit.breaks()) == []


@pytest.mark.parametrize("wrong", [{"currency": "USD"}, {"amount_vnd": 0}])
def test_what_is_no_money_of_ours_stays_a_note(wrong):
    short(**wrong)
    with pytest.raises(IllegalMove):
        book()
    assert Credit.objects.count() == 0


def test_a_reason_is_asked_for_and_a_message_books_once():
    short()
    with pytest.raises(NoReason):
        book(" ")
    book()
    with pytest.raises(IllegalMove):
        book()


def test_our_bank_never_saw_it():
    short()
    credit = book()
    assert "sandbox" not in queries.accounts()
    assert reconcile.accounts_without_statement(credit.at.date()) == []


def test_the_database_lets_none_of_it_be_counted_as_sent_to_our_bank():
    short(about="nobody")
    credit = book()
    with pytest.raises(IntegrityError, match="credit_at_a_gateway_is_not_counted"):
        Credit.objects.filter(pk=credit.pk).update(state="over", sender="gateway:sandbox")


@pytest.mark.parametrize("spoil", [{"gateway": ""}, {"amount_vnd": 184_001}])
def test_the_audit_names_what_differs(spoil):
    short()
    Credit.objects.filter(pk=book().pk).update(**spoil)
    assert any("gateway sandbox: holds" in each for each in audit.breaks())


def came_back(by_hand: bool = False) -> Refund:
    """Done, and then its gateway says that the buyer's bank sent it back."""
    refund = under_way(85_000)
    if by_hand:
        services.refund_by_hand_done(refused(refund), by=officer("Tuấn"), note="FT1")
    else:
        made.say("refunded", refund.payment, about=refund.reference, amount_vnd=85_000)
    assert made.say("refund_failed", refund.payment, about=refund.reference, event_id="b") is Outcome.MISMATCH
    return refund


def test_a_refund_that_came_back_is_owed_again():
    came_back()
    assert sheet()["gateway sandbox"] == 100_000
    refund = book()
    assert (refund.state, refund.done_at, Payment.objects.get().refunded_vnd) == ("by_hand", None, 0)
    assert sheet()["gateway sandbox"] == 185_000 and list(audit.breaks()) == []
    assert list(queries.refunds_for_a_person()) == [refund]
    services.refund_by_hand_done(refund, by=officer("Mai"), note="FT1")
    assert sheet()["bank"] == -85_000 and sheet()["gateway sandbox"] == 185_000
    assert Refund.objects.get().state == "done" and list(audit.breaks()) == []


def test_who_booked_that_a_large_one_came_back_does_not_give_it_alone():
    payment = made.settled(amount_vnd=3_000_000)
    refund = services.give_back(payment, amount_vnd=3_000_000, reason="cancelled", key="part-1")
    made.say("refunded", refund.payment, about=refund.reference)
    made.say("refund_failed", refund.payment, about=refund.reference, event_id="b")
    refund = book()
    with pytest.raises(SaidNotGiven):
        services.refund_by_hand_done(refund, by=message().handled_by, note="FT1")
    services.refund_by_hand_done(refund, by=officer("Mai"), note="FT1")
    assert Refund.objects.get().state == "done"


@pytest.mark.parametrize("event_id", ["refused:x", "seen:x:refund_failed"])
def test_our_own_words_say_of_no_money_that_it_came_back(event_id):
    refund = under_way(85_000)
    made.say("refunded", refund.payment, about=refund.reference, amount_vnd=85_000)
    made.say("refund_failed", refund.payment, about=refund.reference, event_id=event_id)
    assert services.books_as(message()) == ""
    with pytest.raises(IllegalMove):
        book()
    assert Refund.objects.get().state == "done"


@pytest.mark.parametrize("number", ["", "re_1"])
@pytest.mark.parametrize("given", [False, True])
def test_what_was_told_before_it_came_back_gives_it_no_second_time(number, given):
    refund = under_way(85_000)
    facts = {"about": refund.reference, "amount_vnd": 85_000, "gateway_ref": number}
    made.say("refunded", refund.payment, **facts)
    made.say("refund_failed", refund.payment, **facts, event_id="b")
    refund = book()
    if given:
        services.refund_by_hand_done(refund, by=officer("Mai"), note="FT1")
    before = sheet()
    assert made.say("refunded", refund.payment, **facts, event_id="older") is Outcome.REPEATED
    refund.refresh_from_db()
    assert (refund.state, sheet()) == ("done" if given else "by_hand", before)
    assert not queries.messages_for_a_person().exists() and list(audit.breaks()) == []


def test_under_another_number_it_is_money_that_left():
    refund = under_way(85_000)
    facts = {"about": refund.reference, "amount_vnd": 85_000}
    made.say("refunded", refund.payment, **facts, gateway_ref="re_1")
    made.say("refund_failed", refund.payment, **facts, gateway_ref="re_1", event_id="b")
    refund = book()
    said = made.say("refunded", refund.payment, **facts, gateway_ref="re_2", event_id="c")
    assert said is Outcome.RECORDED and sheet()["gateway sandbox"] == 100_000


def test_one_that_a_person_gave_did_not_come_back_to_the_gateway():
    came_back(by_hand=True)
    with pytest.raises(IllegalMove):
        book()
    assert Refund.objects.get().state == "done" and list(audit.breaks()) == []


def test_the_desk_books_it_and_says_where_it_waits(client):
    tuan = officer("Tuấn")
    tuan.user_permissions.set(Permission.objects.filter(codename__in=("access_admin", "change_refund")))
    client.force_login(tuan)
    short()
    assert "184.000" in client.get(DESK).text and f"tin/{message().pk}/ghi-so/" in client.get(DESK).text
    client.post(f"{DESK}tin/{message().pk}/ghi-so/", {"note": " "})
    assert Credit.objects.count() == 0
    answer = client.post(f"{DESK}tin/{message().pk}/ghi-so/", {"note": "đã xem"}, follow=True)
    assert "Tiền chờ ghép" in answer.text and Credit.objects.get().events.get().by == tuan


def test_a_message_that_tells_of_no_money_has_no_such_button(client):
    tuan = officer("Tuấn")
    tuan.user_permissions.set(Permission.objects.filter(codename__in=("access_admin", "change_refund")))
    client.force_login(tuan)
    made.say("held", made.pending())
    assert "/ghi-so/" not in client.get(DESK).text


def test_the_desk_asks_which_way_it_went_back(client, monkeypatch):
    transfers.configure(monkeypatch)
    tuan = officer("Tuấn")
    tuan.user_permissions.set(Permission.objects.filter(codename__in=("access_admin", "change_credit")))
    client.force_login(tuan)
    short()
    credit, queue = book(), f"{DESK}tien-vao/"
    assert 'value="cong"' in client.get(queue).text and 'value="ngan-hang"' in client.get(queue).text
    form = {"bank_ref": "re-1", "note": "hoàn ở cổng"}
    page = client.post(f"{queue}{credit.pk}/da-tra/", form, follow=True).text
    assert "Bạn chọn: tiền được trả qua cổng" in page and not GivingBack.objects.exists()
    client.post(f"{queue}{credit.pk}/da-tra/", {**form, "way": "cong"})
    assert GivingBack.objects.get().through_gateway and sheet() == {}
    transfers.came(50_000, "mua na")
    assert "50.000" in client.get(queue).text and 'name="way"' not in client.get(queue).text
