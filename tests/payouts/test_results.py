"""The bank's results as a file: tried first, booked when a person says so, each line once."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, OperationalError, transaction

from common import dates
from payments.adapters.table_file import NoTable
from payments.intake.models import Inflow
from payments.payouts import queries, results, sending
from payments.payouts.errors import ResultBooked
from payments.payouts.models import BankResult, BankResultRow, Payout
from tests import jobs
from tests.books.books import sheet
from tests.builders import payouts as made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean")]
HEAD = "reference,amount_vnd,result,bank_ref,reason\n"


def check(lines: str, head: str = HEAD) -> BankResult:
    return results.check_result((head + lines).encode(), name="kq.csv", by=made.officer("Mai"))


def booked(lines: str) -> BankResult:
    result = check(lines)
    results.book_result(result, by=made.officer("Mai"))
    jobs.run_due()
    return result


def states(result: BankResult) -> list[str]:
    return list(BankResultRow.objects.filter(result=result).values_list("state", flat=True))


def test_a_file_is_tried_first_and_changes_nothing():
    one, two, draft = made.sent(), made.sent(), made.proposed()
    result = check(
        f"{one.reference},300.000,settled,FT1,\n{two.reference.lower()},300000,trả về,,Sai số tài khoản\n"
        f"{one.reference},300000,bounced,,x\n{draft.reference},300000,settled,,\n"
        f"{two.reference},299999,settled,,\nCT-0000-0000,1,settled,,\nCT-1234-5678,1,settled,,\n"
        f"{one.reference},sáu,settled,,\n{one.reference},300000,maybe,,\n{one.reference},300000,bounced,,\n"
        f"{one.reference},300000\n"
    )
    assert states(result) == ["waiting", "waiting", *["refused"] * 9]
    troubles = list(result.rows.values_list("trouble", flat=True))
    assert "ở dòng trên" in troubles[2] and "không chờ kết quả" in troubles[3] and "khác" in troubles[4]
    assert "lý do" in troubles[9] and "Số cột" in troubles[10]
    assert set(Payout.objects.values_list("state", flat=True)) == {"sent", "draft"}


def test_booked_it_counts_and_a_second_upload_is_harmless():
    one, two = made.sent(), made.sent()
    lines = f"{one.reference},300000,settled,FT1,\n{two.reference},300000,bounced,FT2,Sai số tài khoản\n"
    result = booked(lines)
    one, two = made.fresh(one), made.fresh(two)
    assert (one.state, one.bank_ref, two.state, two.reason) == (
        "settled",
        "FT1",
        "bounced",
        "Sai số tài khoản",
    )
    assert two.events.last().note == two.reason
    assert states(result) == ["done", "done"] and two.events.last().by == BankResult.objects.get().booked_by
    assert sheet()[f"payable household:{two.household_id}"] == -300_000
    assert states(check(lines)) == ["duplicate", "duplicate"]
    with pytest.raises(ResultBooked):
        results.book_result(result, by=made.officer("Mai"))
    assert results.book_rows(result.pk) == 0


def test_a_line_that_fails_holds_up_no_other_and_is_taken_up_again(monkeypatch):
    sent = [made.sent(), made.sent(), made.sent()]
    good, broken = sending.settle, sent[1].pk

    def fails(payout, **words):
        if payout.pk == broken:
            raise RuntimeError("a mistake of ours")
        return good(payout, **words)

    monkeypatch.setattr(sending, "settle", fails)
    monkeypatch.setattr(results, "BATCH", 2)
    result = booked("".join(f"{each.reference},300000,settled,FT{each.pk},\n" for each in sent))
    assert states(result) == ["done", "waiting", "done"]
    assert queries.results().get(pk=result.pk).to_book == 1
    monkeypatch.undo()
    assert results.book_left() == 0
    with time_machine.travel(dates.now() + timedelta(minutes=16)):
        assert results.book_left() == 1
        jobs.run_due()
        assert results.book_left() == 0
    assert states(result) == ["done"] * 3 and queries.results().get(pk=result.pk).to_book == 0


def test_a_line_that_can_never_be_booked_is_tried_for_a_day_and_then_says_so(monkeypatch):
    def fails(payout, **words):
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(sending, "settle", fails)
    line = f"{made.sent().reference},300000,settled,FT1,\n"
    result = booked(line)
    for hours, left, state in ((23, 1, "waiting"), (25, 1, "refused"), (26, 0, "refused")):
        with time_machine.travel(dates.now() + timedelta(hours=hours)):
            assert results.book_left() == left
            jobs.run_due()
        assert states(result) == [state]
    assert "Thử cả ngày" in result.rows.get().trouble
    monkeypatch.undo()
    assert states(booked(line)) == ["done"]


def test_a_dropped_connection_is_no_lines_fault_and_the_job_begins_anew(monkeypatch):
    result = check(f"{made.sent().reference},300000,settled,FT1,\n")
    results.book_result(result, by=made.officer("Mai"))

    def drops(payout, **words):
        raise OperationalError("the connection was dropped")

    monkeypatch.setattr(sending, "settle", drops)
    with pytest.raises(OperationalError):
        results.book_rows(result.pk)
    monkeypatch.undo()
    assert states(result) == ["waiting"] and results.book_rows(result.pk) == 1


def test_a_result_that_was_only_tried_is_never_taken_up():
    result = check(f"{made.sent().reference},300000,settled,FT1,\n")
    with time_machine.travel(dates.now() + timedelta(days=1)):
        assert results.book_left() == 0
    assert states(result) == ["waiting"]


def test_what_happened_in_between_is_seen_when_it_is_booked():
    payout = made.sent()
    line = f"{payout.reference},300000,bounced,,Sai số\n"
    first, second = check(line), check(f"{payout.reference},300000,settled,,\n")
    for each in (first, second):
        results.book_result(each, by=made.officer("Mai"))
    jobs.run_due()
    assert (states(first), states(second)) == (["done"], ["refused"])
    assert made.fresh(payout).state == "bounced"


def test_what_the_bank_called_settled_it_may_return_later():
    payout = made.sent()
    settled = f"{payout.reference},300000,settled,FT1,\n"
    returned = f"{payout.reference},300000,bounced,FT2,Tài khoản đã đóng\n"
    assert states(booked(settled)) == ["done"]
    # The bank debited it, says the line before: it cannot have refused it.
    assert states(check(returned.replace("bounced", "refused"))) == ["refused"]
    assert states(booked(returned)) == ["done"]
    payout = made.fresh(payout)
    assert (payout.state, payout.reason, payout.bank_ref) == ("bounced", "Tài khoản đã đóng", "FT2")
    assert payout.events.last().note == "FT1 → FT2: Tài khoản đã đóng"
    assert sheet()[f"payable household:{payout.household_id}"] == -300_000
    assert Inflow.objects.get().about == f"payout:{payout.pk}"
    # Both files again, as people upload them: there is nothing new in them.
    assert states(check(settled)) == states(check(returned)) == ["duplicate"]


def test_a_payout_is_ended_by_one_row_and_arrived_by_one():
    payout = made.sent()
    for said in ("settled", "bounced"):
        booked(f"{payout.reference},300000,{said},,Tài khoản đã đóng\n")
    rows = BankResultRow.objects.filter(payout=payout, state="done").order_by("pk")
    assert [each.said for each in rows] == ["settled", "bounced"]
    for row, name in zip(rows, ("payout_arrived_by_one_row", "payout_ended_by_one_row"), strict=True):
        row.pk, row.line, row.said = None, 3, row.said.replace("bounced", "refused")
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            row.save(force_insert=True)


def test_what_the_bank_refused_before_it_was_debited_never_left():
    refused, returned = made.sent(), made.sent()
    lines = (
        f"{refused.reference},300000,refused,,Sai số tài khoản\n"
        f"{returned.reference},300000,bounced,,Sai số tài khoản\n"
    )
    assert states(booked(lines)) == ["done", "done"]
    assert (made.fresh(refused).state, made.fresh(refused).never_left) == ("bounced", True)
    assert Inflow.objects.get().about == f"payout:{returned.pk}" and not made.fresh(returned).never_left
    assert states(check(lines.replace("refused", "Từ chối"))) == ["duplicate", "duplicate"]
    # The other way round the bank contradicts itself: a person looks at it.
    swapped = lines.replace("refused", "x").replace("bounced", "refused").replace(",x,", ",bounced,")
    assert states(check(swapped)) == ["refused", "refused"]
    assert "lý do" in check(f"{made.sent().reference},300000,refused,,\n").rows.get().trouble


def test_other_columns_and_semicolons_are_no_trouble():
    payout = made.sent()
    head = "stt;reason;reference;amount_vnd;result;bank_ref\n"
    result = check(f"1;;{payout.reference.replace('-', '')};300.000 VND;Thành công;FT1\n", head)
    assert states(result) == ["waiting"] and result.rows.get().payout == payout


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n", HEAD.encode() + b'"x,1,settled,,\n'])
def test_what_is_no_result_is_refused_whole(body):
    with pytest.raises(NoTable):
        results.check_result(body, name="x", by=made.officer("Mai"))
    assert not BankResult.objects.exists()
