"""What must always be true of payments: yields every break it finds."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from common import dates
from payments.adapters import registry
from payments.intake.models import Credit, CreditEvent, Inbox, Payment, PaymentEvent, Refund


def _sum_of_refunds(**which: object) -> Coalesce:
    rows = Refund.objects.filter(payment=OuterRef("pk"), **which).order_by().values("payment")
    return Coalesce(Subquery(rows.annotate(whole=Sum("amount_vnd")).values("whole")), 0)


def breaks() -> Iterator[str]:
    """Sums of refunds that differ from their rows, states that differ from the last event, stuck messages."""
    live = [state for state in Refund.State.values if state != Refund.State.REJECTED]
    sums = Payment.objects.annotate(
        asked=_sum_of_refunds(state__in=live), done=_sum_of_refunds(state=Refund.State.DONE)
    )
    for payment in sums.exclude(Q(refund_asked_vnd=F("asked")) & Q(refunded_vnd=F("done"))):
        yield f"payment {payment.pk}: refunds {payment.asked} asked, {payment.done} done, not as it says"
    last = PaymentEvent.objects.filter(payment=OuterRef("pk")).order_by("-id").values("to")[:1]
    for payment in Payment.objects.annotate(last=Subquery(last)).exclude(state="created", last=None):
        if payment.last != payment.state:
            yield f"payment {payment.pk}: is {payment.state}, its last event says {payment.last}"
    old = dates.now() - timedelta(hours=1)
    for row in Inbox.objects.filter(applied_at=None, set_aside_at=None, received_at__lt=old):
        yield f"inbox {row.pk}: stored {row.received_at:%Y-%m-%d %H:%M}, never applied"
    yield from _credit_breaks()


def _credit_breaks() -> Iterator[str]:
    """Payments by transfer whose money is not exactly what was assigned; credits that differ from their event."""
    rows = Credit.objects.filter(payment=OuterRef("pk")).order_by().values("payment")
    given = Coalesce(Subquery(rows.annotate(whole=Sum("assigned_vnd")).values("whole")), 0)
    by_transfer = Payment.objects.filter(adapter__in=registry.fed()).annotate(given=given)
    for payment in by_transfer.exclude(settled_vnd=F("given")):
        yield f"payment {payment.pk}: settled {payment.settled_vnd}, {payment.given} assigned from credits"
    last = CreditEvent.objects.filter(credit=OuterRef("pk")).order_by("-id").values("to")[:1]
    for credit in Credit.objects.annotate(last=Subquery(last)).exclude(state=F("last")):
        yield f"credit {credit.pk}: is {credit.state}, its last event says {credit.last}"
    for credit in Credit.objects.filter(state="waiting").exclude(payment__state__in=["created", "pending"]):
        yield f"credit {credit.pk}: waits for payment {credit.payment_id}, which has ended"
