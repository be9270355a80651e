"""What a carrier's file puts on the bank account, the transfer that brings it, and what is paid beyond its parcels."""

import importlib

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from payments.intake import inflows
from payments.intake import services as intake
from payments.intake.models import Counting, Inflow
from shop.fulfilment import audit, queries, remittance
from shop.fulfilment.errors import NotPossible
from shop.fulfilment.models import Remittance, RemittanceLine
from shop.fulfilment.remittance import Choice
from tests.books.books import sheet
from tests.builders.inflows import came
from tests.builders.payouts import officer
from tests.builders.remittances import ASKED, booked, cash, delivered, line, says, states
from tests.fulfilment.test_remittance_desk import DESK, browser

pytestmark = pytest.mark.django_db
SENT = ASKED - 5_000


def inflow_of(file: Remittance) -> Inflow:
    return inflows.of(f"cash_file:{file.pk}")


def count(credit, file: Remittance) -> Counting:
    return intake.credit_counted(credit, inflow_of(file), by=officer("Tuấn"))


def test_the_transfer_of_a_file_is_counted_for_it_and_the_bank_has_it_once():
    file = booked(says(delivered()), says(delivered()))
    assert (inflow_of(file).sender, inflow_of(file).sent_vnd) == ("carrier:post", 2 * SENT)
    (held,) = queries.held()
    assert (held.lacks_vnd, held.over_vnd) == (2 * SENT, 0)
    count(came(2 * SENT), file)
    assert sheet()["bank"] == 2 * SENT and inflow_of(file).lacks_vnd == 0
    call_command("audit_books")


def test_a_parcel_paid_twice_waits_for_a_person_settles_nothing_and_its_money_is_held():
    part = delivered()
    first, again = booked(says(part)), booked(says(part, reference="DS2"))
    assert states(again) == ["duplicate"] and inflow_of(again) is None
    (waits,) = queries.lines_for_a_person()
    assert waits.remittance == again and "Kiện này đã nộp đủ." in waits.trouble
    for choice in Choice.values:
        with pytest.raises(NotPossible):
            remittance.decide(line(again), choice, by=officer("Mai"), note="x")
    credit = came(2 * SENT)
    count(credit, first)
    assert (sheet()["bank"], queries.held()[0].over_vnd) == (2 * SENT, SENT)
    remittance.close(line(again), by=officer("Mai"), note="trả hai lần, giữ ở tiền vào")
    # The next file of the carrier is paid with it.
    later = booked(says(delivered()))
    count(credit, later)
    assert sheet()["bank"] == 2 * SENT and inflows.over() == inflows.lacking() == {}
    call_command("audit_books")


def test_what_a_line_says_beyond_its_parcel_stays_on_the_credit():
    part = delivered()
    file = booked(says(part, collected=400_000, fee=5_000, transferred=395_000))
    credit = came(395_000)
    remittance.decide(line(file), Choice.EXACT, by=officer("Mai"), note="dư 20.000")
    count(credit, file)
    assert inflows.over() == {"carrier:post": 20_000} and inflow_of(file).lacks_vnd == 0
    call_command("audit_books")


def test_a_line_decided_later_lacks_money_until_the_rest_of_the_credit_is_counted():
    file = booked(says(delivered()), says(delivered(), 300_000, 0, 300_000))
    credit = came(SENT + 300_000)
    count(credit, file)
    assert inflows.over() == {"carrier:post": 300_000}
    remittance.decide(line(file, 1), Choice.CLAIM, by=officer("Mai"), note="còn đòi")
    count(credit, file)
    assert inflows.over() == inflows.lacking() == {} and sheet()["bank"] == SENT + 300_000


def test_a_line_of_a_file_from_before_that_is_decided_now_lacks_its_money_and_the_page_says_so():
    file = booked(says(delivered()), says(delivered(), 300_000, 0, 300_000))
    Inflow.objects.update(from_before=True)
    remittance.decide(line(file, 1), Choice.CLAIM, by=officer("Mai"), note="còn đòi")
    assert inflow_of(file).sent_vnd == SENT and inflows.lacking() == {"carrier:post": 300_000}
    page = browser("view_remittance", "change_credit").get(f"{DESK}tep/{file.pk}/").text
    assert "chưa rõ đã về chưa" in page and "Còn thiếu 300.000" in page
    (later,) = inflows.inflows_for(came(300_000))
    address = f"/quan-tri/tai-chinh/tien-vao/{came(300_000).pk}/da-ghi/"
    assert f"{DESK}tep/{file.pk}/" in browser("view_remittance", "change_credit").get(address).text
    call_command("audit_books")
    Inflow.objects.filter(pk=later.pk).update(sent_vnd=300_001)
    assert any("sent by its lines" in each for each in audit.breaks())
    Inflow.objects.filter(pk=later.pk).update(sent_vnd=300_000)


def test_the_pages_say_what_lacks_and_what_is_over():
    file = booked(says(delivered()))
    clerk = browser("view_remittance", "change_credit")
    page = clerk.get(f"{DESK}tep/{file.pk}/").text
    assert "Còn thiếu 375.000" in page and "/tien-vao/" in page
    credit = came(SENT + 12_345)
    count(credit, file)
    assert "Đã về đủ" in clerk.get(f"{DESK}tep/{file.pk}/").text and "12.345" in clerk.get(DESK).text


def test_who_may_not_see_files_reads_the_name_of_one_and_no_way_to_it():
    file, address = booked(says(delivered())), f"/quan-tri/tai-chinh/tien-vao/{came(SENT).pk}/da-ghi/"
    answer = browser("view_remittance", "change_credit").get(address)
    assert f"{DESK}tep/{file.pk}/" in answer.text
    answer = browser("change_credit").get(address)
    assert answer.status_code == 200 and inflow_of(file).words in answer.text
    assert f"{DESK}tep/{file.pk}/" not in answer.text


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda: Inflow.objects.update(sent_vnd=SENT + 1),
        lambda: Inflow.objects.update(about="cash_file:0"),
        lambda: RemittanceLine.objects.filter(state="booked").update(
            state="closed", entry=None, booked_bank_vnd=0, booked_fee_vnd=0, note="x",
            decided_by=officer("Mai"), decided_at=Remittance.objects.get().booked_at,
        ),
    ],
)  # fmt: skip
def test_the_audit_compares_lines_with_what_is_waited_for(spoilt):
    booked(says(delivered()))
    assert list(audit.breaks()) == []
    with transaction.atomic():
        spoilt()
        assert any("sent by its lines" in each for each in audit.breaks())
        transaction.set_rollback(True)


def test_what_carriers_accounted_for_before_is_waited_for():
    by_hand = delivered()
    file = booked(says(delivered()), says(delivered()))
    intake.cash_handed_over(cash(by_hand), bank_vnd=300_000, by=officer("Tuấn"))
    intake.cash_handed_over(cash(by_hand), bank_vnd=70_000, fee_vnd=10_000, by=officer("Tuấn"))
    before = sorted(Inflow.objects.values_list("sender", "about", "words", "sent_vnd"))
    Inflow.objects.all().delete()
    module = importlib.import_module("shop.fulfilment.migrations.0005_inflows")
    with connection.cursor() as cursor:
        for query, values in module.BEFORE:
            cursor.execute(query, values)
    assert sorted(Inflow.objects.values_list("sender", "about", "words", "sent_vnd")) == before
    assert f"cash_file:{file.pk}" in {row[1] for row in before} and len(before) == 2
    call_command("audit_books")
