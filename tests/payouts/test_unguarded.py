"""The races of payouts without their locks and compare-and-set: what goes wrong then, every time.

The books take each act once all the same; the money that leaves, or is waited for, does not ask them.
"""

import pytest
from django.db import connection

from payments.books.models import Entry
from payments.intake.models import Inflow
from payments.payouts import approval, dues, results, sending
from payments.payouts.models import BankFile, Due, DueEvent, Payout, PayoutEvent
from tests.builders import dues as owed
from tests.builders import payouts as made
from tests.races.unguarded import meanwhile

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("committed_db")]
#: neither locked nor compared with the state that was read
PAYOUT, DUE = (Payout, "state"), (Due, "state")


def times(to: str) -> int:
    return PayoutEvent.objects.filter(to=to).count()


def test_control_without_lock_and_compare_and_set_a_payout_is_approved_twice():
    payout, mai, lan = made.proposed(), made.officer("Mai"), made.officer("Lan")
    with meanwhile(lambda: approval.approve(payout, by=mai), PAYOUT):
        approval.approve(payout, by=lan)
    assert times("approved") == 2


def test_control_without_lock_and_compare_and_set_two_files_send_the_same_money():
    payout, mai = made.approved(), made.officer("Mai")
    with meanwhile(lambda: sending.send_file(by=mai), PAYOUT):
        sending.send_file(by=mai)
    assert [file.amount_vnd for file in BankFile.objects.all()] == [payout.amount_vnd] * 2
    assert (times("sent"), Entry.objects.filter(kind="payout_sent").count()) == (2, 1)


def test_control_without_lock_and_compare_and_set_a_file_sends_what_a_hand_sends():
    payout, mai = made.approved(), made.officer("Mai")
    with meanwhile(lambda: sending.send_file(by=mai), PAYOUT):
        sending.sent_by_hand(payout, by=mai, bank_ref="FT1")
    assert (BankFile.objects.get().count, made.fresh(payout).bank_ref, times("sent")) == (1, "FT1", 2)


def test_control_without_lock_and_compare_and_set_what_arrived_is_owed_again():
    payout, mai = made.sent(), made.officer("Mai")
    with meanwhile(lambda: sending.settle(payout, by=mai), PAYOUT):
        sending.bounce(payout, by=mai, reason="Sai số")
    assert (times("settled"), times("bounced"), payout.lines.filter(counts=True).count()) == (1, 1, 0)


def booked_while_it_is_booked() -> list[int]:
    payout, mai = made.sent(), made.officer("Mai")
    line = f"{payout.reference},300000,bounced,,Sai số\n"
    body = f"reference,amount_vnd,result,bank_ref,reason\n{line}".encode()
    result = results.check_result(body, name="kq.csv", by=mai)
    results.book_result(result, by=mai)
    booked = []
    with meanwhile(lambda: booked.append(results.book_rows(result.pk)), PAYOUT):
        booked.append(results.book_rows(result.pk))
    return booked


def test_control_without_locks_compare_and_set_and_trigger_a_line_of_a_result_is_booked_twice(caplog):
    assert booked_while_it_is_booked() == [1, 0]
    assert "a line of a payout is never changed" in caplog.text
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER payout_line_is_kept ON payouts_payoutline")
    before_vnd = waited_for_vnd()
    assert booked_while_it_is_booked() == [1, 1]
    # The bank's 300,000 are waited for twice.
    assert waited_for_vnd() == before_vnd + 600_000


def waited_for_vnd() -> int:
    return sum(inflow.sent_vnd for inflow in Inflow.objects.all())


def test_control_without_locks_and_compare_and_set_a_due_is_approved_and_sent_twice(monkeypatch):
    monkeypatch.setattr(dues, "alone", lambda _name: None)
    owed.earned()
    due, mai, lan = owed.proposed(), made.officer("Mai"), made.officer("Lan")
    with meanwhile(lambda: dues.approve(due, by=mai), DUE):
        dues.approve(due, by=lan)
    with meanwhile(lambda: dues.sent(due, by=mai, bank_ref="FT1"), DUE):
        dues.sent(due, by=lan, bank_ref="FT2")
    said = DueEvent.objects.order_by("pk").values_list("to", "note")
    assert list(said)[1:] == [("approved", ""), ("approved", ""), ("sent", "FT1"), ("sent", "FT2")]
    assert Entry.objects.filter(kind="carrier_paid").count() == 1
