"""What the bank returned of ours is waited for: the credit that brings it is counted for it, and nothing else is."""

import importlib

import pytest
from django.db import connection, transaction

from config import audit_returned
from payments.books import audit as books
from payments.intake import inflows
from payments.intake import services as intake
from payments.intake.models import Inflow
from payments.payouts import audit, dues, sending
from payments.payouts.models import Due, Payout
from tests.books.books import sheet
from tests.builders import dues as made
from tests.builders import payouts, transfers
from tests.builders.inflows import came
from tests.builders.payouts import officer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _configured(monkeypatch):
    transfers.configure(monkeypatch)
    yield
    assert [*books.breaks(), *audit.breaks(), *audit_returned.breaks()] == []


def bounced_due(**how: bool) -> Due:
    made.earned(30_000)
    return dues.bounce(made.sent(made.proposed(30_000)), by=officer("Mai"), why="sai số", **how)


def bounced_payout(**how: bool) -> Payout:
    return sending.bounce(payouts.sent(), by=officer("Mai"), reason="tài khoản đóng", **how)


def test_the_credit_that_brings_back_a_due_is_counted_for_it():
    due, credit = bounced_due(), came(30_000)
    assert sheet()["bank"] == 30_000
    (inflow,) = inflows.inflows_for(credit)
    assert (inflow.about, inflow.words, inflow.sender) == (
        f"due:{due.pk}",
        "Ngân hàng trả về: phí đơn vị vận chuyển post BK-11",
        "bank",
    )
    counting = intake.credit_counted(credit, inflow, by=officer("Tuấn"))
    assert "bank" not in sheet() and inflows.lacking() == {}
    intake.counting_undone(counting, by=officer("Mai"), why="nhầm")
    assert sheet()["bank"] == 30_000


def test_the_credit_that_brings_back_a_payout_is_counted_for_it():
    payout = bounced_payout()
    credit = came(payout.amount_vnd)
    before_vnd = sheet()["bank"]
    (inflow,) = inflows.inflows_for(credit)
    assert (inflow.about, inflow.words) == (f"payout:{payout.pk}", payout.reference)
    intake.credit_counted(credit, inflow, by=officer("Tuấn"))
    assert sheet().get("bank", 0) == before_vnd - payout.amount_vnd


def test_for_what_never_left_nothing_is_waited_for():
    due = bounced_due(never_left=True)
    assert due.never_left and not Inflow.objects.exists() and "bank" not in sheet()


def test_for_a_payout_that_never_left_nothing_is_waited_for():
    before = sheet()
    payout = bounced_payout(never_left=True)
    assert payouts.fresh(payout).never_left and not Inflow.objects.exists()
    earned = {f"payable household:{payout.household_id}": -300_000, "gateway sandbox": 300_000}
    assert before == {} and sheet() == earned


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda: Inflow.objects.all().delete(),
        lambda: Inflow.objects.filter(about__startswith="due:").update(sent_vnd=30_001),
        lambda: Due.objects.update(never_left=True),
        lambda: Payout.objects.update(never_left=True),
    ],
)
def test_the_audit_compares_what_came_back_with_what_is_waited_for(spoilt):
    bounced_due()
    bounced_payout()
    with transaction.atomic():
        spoilt()
        assert any("returned by the bank" in each for each in audit_returned.breaks())
        transaction.set_rollback(True)


def test_of_what_the_bank_returned_before_nobody_knows_whether_it_came():
    payout, due = bounced_payout(), bounced_due()
    facts = ("about", "sender", "words", "sent_vnd", "came_vnd")
    known = sorted(Inflow.objects.values_list(*facts))
    Inflow.objects.all().delete()
    module = importlib.import_module("payments.payouts.migrations.0005_returned")
    with connection.cursor() as cursor:
        for _time in range(2):
            cursor.execute(module.RETURNED_BEFORE)
    of_due = (f"due:{due.pk}", "bank", "post BK-11", due.amount_vnd, 0)
    assert sorted(Inflow.objects.values_list(*facts)) == [of_due, known[1]]
    assert known[1][0] == f"payout:{payout.pk}"
    assert all(each.is_unknown for each in Inflow.objects.all()) and inflows.lacking() == {}


def test_of_dues_a_database_that_knew_of_payouts_only_is_told_as_little():
    due, later = bounced_due(), bounced_payout()
    Inflow.objects.filter(about=f"due:{due.pk}").delete()
    before = Inflow.objects.get()
    module = importlib.import_module("payments.payouts.migrations.0010_dues_returned")
    with connection.cursor() as cursor:
        for _time in range(2):
            cursor.execute(module.RETURNED_BEFORE)
    told = Inflow.objects.get(about=f"due:{due.pk}")
    assert (told.sender, told.words, told.sent_vnd, told.is_unknown) == (
        "bank",
        "post BK-11",
        due.amount_vnd,
        True,
    )
    assert Inflow.objects.exclude(pk=told.pk).get() == before and not before.is_unknown
    assert before.about == f"payout:{later.pk}"
