"""The races of payments and credits without their guards: what goes wrong then, every time.

Where the database refuses as well, its constraint is taken out after it has refused.
"""

from dataclasses import replace

import pytest
from django.db import IntegrityError

from payments.books.models import Entry
from payments.intake import matching, services
from payments.intake.models import Counting, Credit, Inflow, Payment, Refund
from payments.intake.services.facts import whole
from tests.builders import inflows, transfers
from tests.builders import payments as made
from tests.builders.payouts import officer
from tests.builders.transfers import asked, came, credit, said
from tests.payments.test_races import announced
from tests.races.unguarded import drop, meanwhile

__all__ = ["announced"]
pytestmark = pytest.mark.race
#: neither locked nor compared with the state that was read
PAYMENT, CREDIT = (Payment, "state"), (Credit, "state")
#: what a whole credit must be whose payment is settled or which was given back
SPENT_ONCE = ("credit_never_spent_twice", "credit_state_fits_its_money")


@pytest.fixture(autouse=True)
def _configured(committed_db, monkeypatch):
    transfers.configure(monkeypatch)


@pytest.mark.parametrize("second", ["bank-1", "bank-2"], ids=["the same word", "another word"])
def test_control_without_lock_and_compare_and_set_a_payment_settles_twice(announced, second):
    payment = made.pending()
    with meanwhile(lambda: made.hear(made.notification(payment, event_id=second)), PAYMENT):
        made.hear(made.notification(payment, event_id="bank-1"))
    assert (payment.events.filter(to="settled").count(), len(announced)) == (2, 2)
    # The books take the act once all the same.
    assert Entry.objects.filter(kind="settled").count() == 1


def refund(payment: Payment, key: str, amount_vnd: int) -> Refund:
    return services.give_back(payment, amount_vnd=amount_vnd, reason="", key=key)


def refunded_twice(payment: Payment, keys: tuple[str, str], amount_vnd: int) -> None:
    """Neither locked, nor asked whether so much is left."""
    with meanwhile(lambda: refund(payment, keys[0], amount_vnd), (Payment, "refund_asked_vnd__lte")):
        refund(payment, keys[1], amount_vnd)


def test_control_without_lock_condition_and_constraint_more_goes_back_than_came():
    with pytest.raises(IntegrityError, match="payment_refunds_at_most_settled"):
        refunded_twice(made.settled(), ("1", "2"), 185_000)
    drop(Payment, "payment_refunds_at_most_settled")
    payment = made.settled()
    refunded_twice(payment, ("1", "2"), 185_000)
    assert Payment.objects.get(pk=payment.pk).refund_asked_vnd == 370_000


def test_control_without_lock_and_constraint_the_same_refund_is_two():
    with pytest.raises(IntegrityError, match="refund_once_per_act"):
        refunded_twice(made.settled(), ("part-1", "part-1"), 50_000)
    drop(Refund, "refund_once_per_act")
    payment = made.settled()
    refunded_twice(payment, ("part-1", "part-1"), 50_000)
    assert payment.refunds.filter(key="part-1").count() == 2


def cancelled_while_it_settles() -> Payment:
    payment = made.pending()
    with meanwhile(lambda: made.say("settled", payment), PAYMENT):
        services.cancel(payment)
    return payment


def test_control_without_lock_compare_and_set_and_constraint_settled_money_is_cancelled():
    with pytest.raises(IntegrityError, match="payment_state_fits_its_money"):
        cancelled_while_it_settles()
    drop(Payment, "payment_state_fits_its_money")
    payment = Payment.objects.get(pk=cancelled_while_it_settles().pk)
    assert (payment.state, payment.settled_vnd) == ("cancelled", 185_000)


def test_control_without_the_lock_money_waits_for_ever_at_the_end_of_the_hold():
    payment = asked()
    with meanwhile(lambda: services.cancel(payment), at="after:matching.sum"):
        came(100_000, payment.gateway_ref)
    payment.refresh_from_db()
    assert (payment.state, credit().state) == ("cancelled", "waiting")


def give_back(row: Credit) -> None:
    services.credit_given_back(row, by=officer("Tuấn"), bank_ref="OUT", note="x")


def given_back_while_assigned() -> Payment:
    payment = asked()
    came(185_000, "mua na")

    def assign():
        matching.assign(credit(), payment, by=officer("Mai"), reason="x")

    with meanwhile(assign, CREDIT):
        give_back(credit())
    return payment


def assigned_while_given_back() -> Payment:
    payment = asked()
    came(185_000, "mua na")
    knows = replace(said(185_000, "mua na"), reference=payment.gateway_ref)
    with meanwhile(lambda: give_back(credit()), CREDIT):
        whole(lambda: matching.take(knows, feed="payos"))
    return payment


@pytest.mark.parametrize("race", [given_back_while_assigned, assigned_while_given_back])
def test_control_without_locks_compare_and_set_and_constraints_a_credit_is_spent_twice(race):
    with pytest.raises(IntegrityError, match="|".join(SPENT_ONCE)):
        race()
    Credit.objects.update(bank_ref="FT0")
    drop(Credit, *SPENT_ONCE)
    payment = Payment.objects.get(pk=race().pk)
    assert (payment.state, credit().assigned_vnd, credit().returned_vnd) == ("settled", 185_000, 185_000)


def test_control_without_the_lock_a_new_line_of_a_statement_is_called_known():
    """That its credit is there once is the unique row's work: see `test_transfer_races`."""
    tuan = officer("Tuấn")
    body = b"date,credit,reference,description\n15/08/2026,1000,FT1,mua na\n"
    statement = services.check_statement(body, name="a.csv", account=transfers.ACCOUNT, by=tuan)
    services.book_statement(statement, by=tuan)
    with meanwhile(lambda: services.book_rows(statement.pk), at="after:statements.lock"):
        services.book_rows(statement.pk)
    assert (statement.rows.get().state, Credit.objects.count()) == ("duplicate", 1)


def test_control_without_locks_compare_and_set_and_constraint_what_is_left_is_forgotten():
    """Taken back while the rest is given back: the credit counts as given back with 180,000 still here."""
    with pytest.raises(IntegrityError, match="credit_state_fits_its_money"):
        given_back_while_uncounted()
    drop(Credit, "credit_state_fits_its_money")
    row = given_back_while_uncounted()
    assert (row.state, row.returned_vnd, row.spare_vnd) == ("returned", 20_000, 180_000)


def given_back_while_uncounted() -> Credit:
    row, inflow, tuan = inflows.came(200_000), inflows.handed_over(180_000), officer("Tuấn")
    counting = services.credit_counted(row, inflow, by=tuan)
    with meanwhile(lambda: services.counting_undone(counting, by=tuan, why="nhầm"), CREDIT):
        give_back(row)
    return row


def test_control_without_locks_question_and_constraint_a_counting_is_taken_back_twice():
    with pytest.raises(IntegrityError, match="inflow_came_at_most_sent"):
        uncounted_twice()
    drop(Inflow, "inflow_came_at_most_sent")
    assert uncounted_twice().lacks_vnd == 360_000


def uncounted_twice() -> Inflow:
    row, inflow, tuan = inflows.came(180_000), inflows.handed_over(180_000), officer("Tuấn")
    counting = services.credit_counted(row, inflow, by=tuan)

    def undo():
        services.counting_undone(counting, by=tuan, why="nhầm")

    with meanwhile(undo, (Counting, "undone_at"), CREDIT):
        undo()
    return Inflow.objects.get(pk=inflow.pk)
