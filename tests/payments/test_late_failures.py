"""A refund that is sent again has two numbers at its gateway: that the first one failed says nothing of the second."""

from datetime import timedelta

import pytest
import time_machine

from common import dates
from payments.adapters import registry
from payments.adapters.answers import sending_of
from payments.adapters.contract import Outcome
from payments.intake import audit, queries, services
from payments.intake.errors import IllegalMove
from payments.intake.models import Inbox, Refund
from tests import jobs
from tests.books.books import sheet
from tests.builders import payments as made
from tests.builders.payouts import officer

pytestmark = pytest.mark.django_db


def sent(account) -> Refund:
    """A refund that Stripe has and has not given yet."""
    payment = made.pending(adapter="stripe")
    account.pay(payment.gateway_ref)
    services.ask_now(payment)
    account.refund_status = "pending"
    refund = services.give_back(payment, amount_vnd=85_000, reason="declined", key="part-1")
    jobs.run_due()
    return Refund.objects.get(pk=refund.pk)


def hear(account, number: str, **changes) -> Outcome:
    account.refunds[number] |= changes
    return services.take(registry.listener("stripe"), account.refund_word(number))


def sent_again(account, status: str = "pending", answered: bool = True) -> Refund:
    """Its first sending failed; a person had it sent once more."""
    refund = sent(account)
    assert hear(account, "re_1", status="failed") is Outcome.RECORDED
    account.refund_status = status
    with time_machine.travel(dates.now() + timedelta(minutes=1)):
        services.send_again(refund, by=officer("Tuấn"))
        if answered:
            jobs.run_due()
    return Refund.objects.get(pk=refund.pk)


def late(account) -> Outcome:
    """The failure of the first sending once more, as another event."""
    return hear(account, "re_1", failure_reason="expired_or_canceled_card")


def test_it_undoes_no_sending_that_is_under_way(account):
    refund = sent_again(account)
    assert (refund.state, refund.gateway_ref) == ("sent", "re_2")
    assert late(account) is Outcome.REPEATED
    assert hear(account, "re_2", status="succeeded") is Outcome.RECORDED
    assert Refund.objects.get().state == "done" and list(audit.breaks()) == []


def test_nor_one_of_which_no_answer_came(account):
    refund = sent_again(account, answered=False)
    assert (refund.state, refund.gateway_ref) == ("sent", "re_1")
    assert late(account) is Outcome.REPEATED
    assert Refund.objects.get().state == "sent"


def test_nor_one_that_was_given(account):
    assert sent_again(account, "succeeded").state == "done"
    assert late(account) is Outcome.REPEATED
    assert not Inbox.objects.filter(set_aside_at__isnull=False).exists()
    assert Refund.objects.get().state == "done" and sheet()["gateway stripe"] == 100_000


def test_the_failure_of_the_second_is_heard(account):
    sent_again(account)
    assert hear(account, "re_2", status="failed") is Outcome.RECORDED
    assert Refund.objects.get().state == "failed"


def test_a_second_one_that_comes_back_is_booked(account):
    sent_again(account, "succeeded")
    assert hear(account, "re_2", status="failed") is Outcome.MISMATCH
    services.book_aside(Inbox.objects.latest("pk"), by=officer("Mai"), note="xem rồi")
    assert Refund.objects.get().state == "by_hand" and sheet()["gateway stripe"] == 185_000


def test_so_is_one_that_a_person_saw_at_the_gateway(account):
    """Whoever saw it wrote down no number: the first one's is still kept, and is not what was given."""
    refund = sent_again(account, answered=False)
    with time_machine.travel(dates.now() + timedelta(hours=26)):
        services.gateway_gave(refund, by=officer("Mai"), note="xem rồi")
        assert late(account) is Outcome.REPEATED
    first, number = account.refunds["re_1"], sending_of(refund.reference, refund.sent_at)
    account.refunds["re_2"] = first | {"id": "re_2", "metadata": first["metadata"] | {"sending": number}}
    assert hear(account, "re_2", status="failed") is Outcome.MISMATCH
    services.book_aside(Inbox.objects.latest("pk"), by=officer("Mai"), note="xem rồi")
    assert Refund.objects.get().state == "by_hand"


def test_a_first_one_that_was_given_after_all_and_comes_back_is_booked(account):
    sent_again(account)
    assert hear(account, "re_1", status="succeeded") is Outcome.RECORDED
    assert hear(account, "re_1", status="failed", failure_reason="late") is Outcome.MISMATCH
    services.book_aside(Inbox.objects.latest("pk"), by=officer("Mai"), note="xem rồi")
    assert Refund.objects.get().state == "by_hand" and list(audit.breaks()) == []


def test_what_was_set_aside_of_the_first_before_is_not_booked(account):
    refund = sent_again(account, "succeeded")
    fact = made.fact("refund_failed", refund.payment, about=refund.reference, gateway_ref="re_1")
    row = Inbox.objects.create(
        adapter="stripe",
        event_id="evt_old",
        about=refund.reference,
        fact={"kind": fact.kind, "about": fact.about, "event_id": "evt_old", "gateway_ref": "re_1"},
        set_aside_at=dates.now(),
        why="mismatch",
    )
    with pytest.raises(IllegalMove):
        services.book_aside(row, by=officer("Mai"), note="xem rồi")
    assert Refund.objects.get().state == "done" and not queries.refunds_for_a_person().exists()
