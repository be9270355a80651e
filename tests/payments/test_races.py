"""Eight deliveries at once over real connections count once; without the guards they would not: `test_unguarded`."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from payments import signals
from payments.adapters.contract import Outcome
from payments.intake import audit, services
from payments.intake.errors import OverRefund
from payments.intake.models import Inbox, Refund
from tests.builders import payments as made

pytestmark = pytest.mark.race
THREADS = 8


def at_once(act, times=THREADS):
    """Run the act in threads that all start together; what each returned or raised."""
    gate = threading.Barrier(times)

    def run(number):
        gate.wait()
        try:
            return act(number)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


@pytest.fixture
def announced():
    times = []

    def listen(sender, **_kwargs):
        times.append(sender)

    signals.payment_settled.connect(listen)
    yield times
    signals.payment_settled.disconnect(listen)


def test_the_same_notification_delivered_eight_times_at_once_counts_once(committed_db, announced):
    payment = made.pending()
    call = made.notification(payment)
    outcomes = at_once(lambda _number: made.hear(call))
    assert sorted(each.value for each in outcomes) == ["recorded"] + ["repeated"] * 7
    assert (Inbox.objects.count(), payment.events.filter(to="settled").count(), len(announced)) == (1, 1, 1)
    assert list(audit.breaks()) == []


def test_eight_different_words_about_one_payment_settle_it_once(committed_db, announced):
    payment = made.pending()
    outcomes = at_once(lambda number: made.hear(made.notification(payment, event_id=f"bank-{number}")))
    assert outcomes.count(Outcome.RECORDED) == 1 and outcomes.count(Outcome.REPEATED) == 7
    assert len(announced) == 1


def test_refunds_at_once_never_exceed_what_came(committed_db):
    payment = made.settled()
    results = at_once(
        lambda number: services.give_back(payment, amount_vnd=50_000, reason="", key=str(number))
    )
    assert sum(isinstance(each, Refund) for each in results) == 3
    assert sum(isinstance(each, OverRefund) for each in results) == 5
    assert list(audit.breaks()) == []


def test_the_same_refund_at_once_is_one_refund(committed_db):
    payment = made.settled()
    results = at_once(
        lambda _number: services.give_back(payment, amount_vnd=50_000, reason="", key="part-1").pk
    )
    assert len(set(results)) == 1 and Refund.objects.count() == 1


def test_settling_and_cancelling_at_once_loses_no_money(committed_db):
    payment = made.pending()

    def act(number):
        if number % 2:
            return services.cancel(payment)
        return made.hear(made.notification(payment, event_id=str(number)))

    at_once(act)
    payment.refresh_from_db()
    assert (payment.state, payment.settled_vnd) == ("settled", 185_000)
    assert list(audit.breaks()) == []
