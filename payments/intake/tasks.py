"""Jobs: thin calls of services, safe to run twice."""

from procrastinate.contrib.django import app

from common.retries import patient
from payments.adapters.contract import Hop, Unreachable
from payments.intake import services
from payments.intake.models import Payment, Refund
from payments.intake.services import charges, forged, inbox, late, pulling, refunds, statements

#: jobs that nothing takes up again; all others are asked for anew by a column or a mark that stays
PATIENT = patient(Unreachable)


@app.task(name="payments.start_again", retry=PATIENT)
def start_again(payment_id: int, hop: dict) -> None:
    """A start got no answer: the same id once more."""
    services.start_again(payment_id, Hop(**hop))


@app.task(name="payments.ask")
def ask(payment_id: int) -> None:
    services.ask_now(Payment.objects.get(pk=payment_id))


@app.task(name="payments.expire")
def expire(payment_id: int) -> None:
    services.expire(Payment.objects.get(pk=payment_id))


@app.task(name="payments.close_charge", retry=PATIENT)
def close_charge(payment_id: int) -> None:
    services.close_charge(payment_id)


@app.task(name="payments.ask_cancelled", retry=PATIENT)
def ask_cancelled(payment_id: int) -> None:
    charges.ask_cancelled(payment_id)


@app.task(name="payments.ask_late")
def ask_late(payment_id: int) -> None:
    late.asked_late(payment_id)


@app.task(name="payments.send_refund")
def send_refund(refund_id: int) -> None:
    services.send(Refund.objects.get(pk=refund_id))


@app.task(name="payments.follow_refund")
def follow_refund(refund_id: int) -> None:
    services.follow(Refund.objects.get(pk=refund_id))


@app.task(name="payments.book_statement", retry=PATIENT)
def book_statement(statement_id: int, after_id: int = 0) -> None:
    statements.book_rows(statement_id, after_id)


@app.periodic(cron="3-59/15 * * * *")
@app.task(name="payments.book_left", queueing_lock="payments.book_left")
def book_left(timestamp: int = 0) -> None:
    """Lines of bank statements that an interrupted or failed job left."""
    statements.book_left()


@app.task(name="payments.pull")
def pull(code: str) -> None:
    pulling.pull(code)


@app.periodic(cron="* * * * *")
@app.task(name="payments.pull_due", queueing_lock="payments.pull_due")
def pull_due(timestamp: int = 0) -> None:
    """Bank feeds that can be asked what their notifications lost: ask."""
    pulling.pull_due()


@app.periodic(cron="* * * * *")
@app.task(name="payments.ask_due", queueing_lock="payments.ask_due")
def ask_due(timestamp: int = 0) -> None:
    """Notifications that are late: ask."""
    charges.ask_due()


@app.periodic(cron="* * * * *")
@app.task(name="payments.expire_due", queueing_lock="payments.expire_due")
def expire_due(timestamp: int = 0) -> None:
    """Holds that ended: close at the gateway, then expire."""
    charges.expire_due()


@app.periodic(cron="* * * * * */20")
@app.task(name="payments.sweep_inbox", queueing_lock="payments.sweep_inbox")
def sweep_inbox(timestamp: int = 0) -> None:
    """Messages stored but neither applied nor set aside: apply."""
    inbox.sweep()


@app.periodic(cron="41 3 * * *")
@app.task(name="payments.forget_forged", queueing_lock="payments.forget_forged")
def forget_forged(timestamp: int = 0) -> None:
    forged.forget()


@app.periodic(cron="* * * * *")
@app.task(name="payments.follow_refunds", queueing_lock="payments.follow_refunds")
def follow_refunds(timestamp: int = 0) -> None:
    """Refunds whose end is not known: ask."""
    refunds.follow_due()
