"""Four eyes, what was approved is what is sent, and what comes of it in the books and in letters."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.notices.models import Notice
from common import dates
from farmers.models import BankAccount
from payments.adapters import emv_reader
from payments.books import post
from payments.intake.models import Inflow
from payments.payouts import approval, bank_file, queries, sending
from payments.payouts.errors import (
    AccountChanged,
    FourEyes,
    IllegalMove,
    MovedMeanwhile,
    NoBankReference,
    NoReason,
    NothingToSend,
    SealBroken,
)
from payments.payouts.models import BankFile, Payout
from payments.payouts.moves import MOVES, State, move
from tests.books.books import lines, sheet
from tests.builders import payouts as made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean")]


def test_whoever_proposed_does_not_approve():
    payout = made.proposed()
    with pytest.raises(FourEyes):
        approval.approve(payout, by=payout.proposed_by)
    mai = made.officer("Mai")
    assert approval.approve(payout, by=mai).approved_by == mai
    assert list(payout.events.values_list("frm", "to", "by")) == [
        ("", "draft", payout.proposed_by_id),
        ("draft", "approved", mai.pk),
    ]


def test_the_database_holds_four_eyes_too():
    payout = made.proposed()
    with pytest.raises(IntegrityError, match="payout_four_eyes"), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(
            state="approved", approved_by=payout.proposed_by, approved_at=dates.now(), seal="x"
        )


def test_a_reason_is_given_for_what_is_not_approved():
    payout, mai = made.proposed(), made.officer("Mai")
    with pytest.raises(NoReason):
        approval.reject(payout, by=mai, why="  ")
    approval.reject(payout, by=mai, why="chờ hỏi lại")
    assert (made.fresh(payout).reason, sheet()[f"payable household:{payout.household_id}"]) == (
        "chờ hỏi lại",
        -300_000,
    )
    with pytest.raises(IllegalMove):
        approval.approve(payout, by=mai)


def test_what_is_approved_can_still_be_stopped_and_what_is_sent_cannot():
    payout = made.approved()
    approval.reject(payout, by=made.officer("Mai"), why="sai kỳ")
    with pytest.raises(NothingToSend):
        sending.send_file(by=made.officer("Mai"))
    with pytest.raises(IllegalMove):
        approval.reject(made.sent(), by=made.officer("Mai"), why="muộn rồi")


def test_sending_posts_both_accounts_in_the_same_transaction(monkeypatch):
    payout = made.approved(payable_vnd=300_000, delivery_vnd=20_000)
    with monkeypatch.context() as broken, pytest.raises(ZeroDivisionError):
        broken.setattr(post, "enter", lambda *_args, **_facts: 1 / 0)
        sending.send_file(by=made.officer("Mai"))
    assert (made.fresh(payout).state, BankFile.objects.count()) == ("approved", 0)
    sending.send_file(by=made.officer("Mai"))
    household = payout.household_id
    assert lines(f"payout_sent:payout:{payout.pk}") == {
        f"payable household:{household}": 300_000,
        f"delivery household:{household}": 20_000,
        "bank": -320_000,
    }


def test_a_bounce_owes_it_again_and_tells_the_household():
    payout = made.sent()
    payable = f"payable household:{payout.household_id}"
    assert payable not in sheet()
    sending.bounce(payout, by=made.officer("Mai"), reason="Sai tên chủ tài khoản")
    assert sheet()[payable] == -300_000 and "bank" not in sheet()
    letter = Notice.objects.get(kind="payout_bounced")
    assert "Sai tên chủ tài khoản" in letter.text and "Tiền không mất" in letter.text
    assert letter.to_user == payout.household.memberships.get().user
    assert list(queries.bounced()) == [payout]


def test_what_arrived_and_came_back_later_is_owed_again_and_the_household_hears_it():
    payout = sending.settle(made.sent(), by=made.officer("Mai"), bank_ref="FT9")
    assert not Notice.objects.filter(kind="payout_bounced").exists()
    sending.bounce(payout, by=made.officer("Tuấn"), reason="Tài khoản đã đóng")
    payout = made.fresh(payout)
    assert (payout.state, payout.reason, payout.bank_ref) == ("bounced", "Tài khoản đã đóng", "FT9")
    assert [(each.frm, each.to) for each in payout.events.all()][-1] == ("settled", "bounced")
    assert sheet()[f"payable household:{payout.household_id}"] == -300_000
    assert "Tài khoản đã đóng" in Notice.objects.get(kind="payout_bounced").text
    assert Inflow.objects.get().about == f"payout:{payout.pk}"
    assert sum(each.amount_vnd for each in queries.unpaid_of(payout.household_id)) == 300_000
    assert list(queries.bounced()) == [payout]
    with pytest.raises(IllegalMove):
        sending.bounce(payout, by=made.officer("Tuấn"), reason="lần nữa")
    with pytest.raises(IllegalMove):
        sending.settle(payout, by=made.officer("Tuấn"))


def test_what_arrived_had_left():
    payout = sending.settle(made.sent(), by=made.officer("Mai"))
    with pytest.raises(IllegalMove):
        sending.bounce(payout, by=made.officer("Tuấn"), reason="ghi nhầm", never_left=True)
    payout = made.fresh(payout)
    assert (payout.state, payout.never_left) == ("settled", False) and not Inflow.objects.exists()
    assert sheet()["bank"] == -payout.amount_vnd


def test_the_household_hears_that_money_is_on_its_way():
    payout = made.sent()
    letter = Notice.objects.get(kind="payout_sent")
    assert "300.000" in letter.subject and payout.note in letter.text and "3456" in letter.text
    assert payout.account not in letter.text


def test_money_that_arrived_is_over():
    payout = sending.settle(made.sent(), by=made.officer("Mai"), bank_ref="FT9")
    assert (payout.state, payout.bank_ref) == ("settled", "FT9")
    with pytest.raises(IllegalMove):
        sending.settle(payout, by=made.officer("Mai"))


def test_one_is_sent_by_hand_with_the_banks_number():
    payout, mai = made.approved(), made.officer("Mai")
    with pytest.raises(NoBankReference):
        sending.sent_by_hand(payout, by=mai, bank_ref=" ")
    sending.sent_by_hand(payout, by=mai, bank_ref="FT77")
    payout = made.fresh(payout)
    assert (payout.state, payout.bank_ref, payout.file) == ("sent", "FT77", None)
    with pytest.raises(IllegalMove):
        sending.sent_by_hand(payout, by=mai, bank_ref="FT78")


def test_the_code_of_one_payout_asks_for_exactly_that():
    payout = made.approved()
    order = emv_reader.read(bank_file.qr_of(payout))
    assert (order.bank_bin, order.account, order.amount_vnd) == ("970405", "8200205123456", 300_000)
    assert order.purpose == f"CHI TRA {payout.reference.replace('-', '')}"


@pytest.mark.parametrize(
    "change",
    [
        {"account": "19031234567", "changed_at": dates.now()},
        {"held_until": dates.now() + timedelta(days=3)},
        {"held_why": "hộ báo mất điện thoại"},
    ],
)
def test_nothing_goes_to_an_account_that_changed_or_is_held(change):
    draft, ready = made.proposed(), made.approved()
    BankAccount.objects.update(**change)
    mai = made.officer("Mai")
    with pytest.raises(AccountChanged):
        approval.approve(draft, by=mai)
    with pytest.raises(AccountChanged):
        sending.send_file(by=mai)
    with pytest.raises(AccountChanged):
        sending.sent_by_hand(ready, by=mai, bank_ref="FT1")
    assert made.fresh(ready).state == "approved"


def test_one_that_cannot_be_sent_keeps_none_of_the_others():
    bad, good = made.approved(), made.approved()
    BankAccount.objects.filter(household=bad.household).update(held_why="x")
    sent = sending.send_file(by=made.officer("Mai"))
    assert (made.fresh(good).state, made.fresh(bad).state) == ("sent", "approved")
    assert [type(why) for why in sent.left.values()] == [AccountChanged] and sent.file.count == 1


@pytest.mark.parametrize("change", [{"account": "666"}, {"bank_bin": "970436"}, {"account_name": "KE GIAN"}])
def test_what_was_changed_after_approval_is_not_sent(change):
    payout = made.approved()
    Payout.objects.filter(pk=payout.pk).update(**change)
    with pytest.raises(SealBroken):
        sending.send_file(by=made.officer("Mai"))
    with pytest.raises(SealBroken):
        sending.sent_by_hand(payout, by=made.officer("Mai"), bank_ref="FT1")


def test_the_file_has_its_layout_and_stays_the_same():
    payout = made.sent(made.seller(account="0071001234567", account_name="=HYPERLINK(A1)"))
    file = BankFile.objects.get()
    body = bank_file.body_of(file)
    assert body.decode("utf-8-sig") == (
        "number,reference,bank_bin,bank,account,account_name,amount_vnd,note\r\n"
        f"1,{payout.reference},970405,Agribank,0071001234567,HYPERLINKA1,300000,{payout.note}\r\n"
    )
    BankAccount.objects.update(account="19031234567", changed_at=dates.now())
    sending.bounce(payout, by=made.officer("Mai"), reason="x")
    assert bank_file.body_of(file) == body and body.startswith(b"\xef\xbb\xbf")


def test_no_payout_stands_in_two_files(monkeypatch):
    monkeypatch.setattr(sending, "MOST_IN_A_FILE", 1)
    one, two = made.approved(), made.approved()
    for _number in range(2):
        sending.send_file(by=made.officer("Mai"))
    assert {made.fresh(one).file_id, made.fresh(two).file_id} == set(
        BankFile.objects.values_list("pk", flat=True)
    )


def test_a_bounced_one_is_cleared_once_with_a_note():
    payout, mai = made.bounced(), made.officer("Mai")
    with pytest.raises(NoReason):
        sending.clear(payout, by=mai, note="")
    sending.clear(payout, by=mai, note="ngân hàng lỗi")
    with pytest.raises(IllegalMove):
        sending.clear(payout, by=mai, note="lại nữa")
    assert payout.events.last().note == "ngân hàng lỗi" and not queries.bounced().exists()


def test_no_state_is_left_out_of_the_table_and_no_move_is_made_twice():
    assert {*MOVES, *(each for to in MOVES.values() for each in to)} == set(State.values)
    payout = made.proposed()
    stale = made.fresh(payout)
    mai = made.officer("Mai")
    approval.approve(payout, by=mai)
    with pytest.raises(MovedMeanwhile):
        move(stale, State.REJECTED, by=mai, reason="x", ended_at=dates.now())
