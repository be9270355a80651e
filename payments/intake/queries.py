"""What the rooms above may ask about payments."""

from django.db.models import QuerySet

from payments.adapters import registry
from payments.adapters.contract import Adapter
from payments.intake import breaker
from payments.intake.models import Inbox, Payment, Refund


def access_payment(reference: str) -> Payment | None:
    """The payment of an address; its unguessable reference is the right to see it. None if there is none."""
    return Payment.objects.filter(reference=reference).first()


def ways_to_pay(amount_vnd: int | None) -> list[Adapter]:
    """What a buyer may choose for this sum (None: for any), gateways that answer only."""
    ways = registry.adapters() if amount_vnd is None else registry.offered(amount_vnd)
    return breaker.healthy(each for each in ways if hasattr(each, "start"))


def refunds_for_a_person() -> QuerySet[Refund]:
    """Refunds that the gateway cannot or would not give back, oldest first."""
    waiting = (Refund.State.BY_HAND, Refund.State.FAILED)
    return Refund.objects.filter(state__in=waiting).select_related("payment").order_by("created_at")


def messages_for_a_person() -> QuerySet[Inbox]:
    """Messages set aside and not dealt with, oldest first."""
    return Inbox.objects.filter(set_aside_at__isnull=False, handled_at=None).order_by("set_aside_at")
