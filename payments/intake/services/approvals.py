"""Four eyes: what one person may not decide alone is asked for by one and approved, or refused, by another.

It keeps its room among the payment's refunds from the start; it is posted and sent when it is approved. Where its
gateway does not give it, hands stay apart so that nobody alone gives it twice: see `check_sayer`, `check_giver`.
Credits that go back to whoever sent them count together with refunds: see `givings`.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum

from common import dates
from common.locks import alone, ordered
from common.steer import steer
from payments.books.accounts import Name
from payments.intake import moves
from payments.intake.errors import AskedOrSent, FourEyes, NoReason, SaidNotGiven, SameHands, TakenBack
from payments.intake.locks import lock
from payments.intake.models import GivingBack, Payment, Refund, RefundEvent
from payments.intake.services import booking
from payments.intake.services.jobs import later

State = Refund.State
#: states of a payment that money can go back of
GIVES_BACK = (Payment.State.SETTLED, Payment.State.DISPUTED, Payment.State.CHARGED_BACK)
#: when a refund that was sent is first asked about
FIRST_ASK = timedelta(minutes=2)
DAY = timedelta(hours=24)


def needs_two(
    payment: Payment, amount_vnd: int, *, by: AbstractBaseUser, together: Iterable[int] = ()
) -> bool:
    """Whether so much more is above what `by` decides alone: small ones add up.

    They add up over all payments of one purchase (`together`: their ids), whoever entered them, and over all that
    this person gave back alone within a day.
    """
    by_one = Refund.objects.filter(asked_by__isnull=False, by_two=False)
    of_purchase = by_one.filter(payment__in={payment.pk, *together})
    return (
        _sum_vnd(of_purchase) + amount_vnd > settings.REFUND_BY_ONE_VND
        or given_alone_vnd(by) + amount_vnd > settings.REFUNDS_A_DAY_BY_ONE_VND
    )


def given_alone_vnd(by: AbstractBaseUser) -> int:
    """What this person gave back within a day without a second one, in đồng: refunds and credits. Two queries."""
    since = dates.now() - DAY
    refunds = Refund.objects.filter(asked_by=by.pk, by_two=False, created_at__gt=since)
    credits = GivingBack.objects.filter(given_by=by.pk, by_two=False, ended_at__gt=since)
    return _sum_vnd(refunds) + _sum_vnd(credits)


def lock_for(payment: Payment, *, by: AbstractBaseUser | None, together: Iterable[int] = ()) -> Payment:
    """The payment as it is now; till the end of the transaction nothing that `needs_two` adds up grows elsewhere."""
    locked = {each.pk: each for each in ordered(Payment.objects.filter(pk__in={payment.pk, *together}))}
    if by is not None:
        lock_giver(by)
    return locked[payment.pk]


def lock_giver(by: AbstractBaseUser) -> None:
    """Till the end of the transaction this person gives nothing back elsewhere. After locks of payments and credits."""
    alone(f"refunds by user {by.pk}")


def _sum_vnd(given: QuerySet[Refund] | QuerySet[GivingBack]) -> int:
    return given.aggregate(sum_vnd=Sum("amount_vnd", default=0))["sum_vnd"]


@transaction.atomic
def approve_refund(
    refund: Refund, *, by: AbstractBaseUser, borne: Mapping[Name, int] | None = None
) -> Refund:
    """Let a refund that was asked for go back: posted as `borne` says, sent by a job.

    Raises FourEyes for who asked for it, TakenBack when the bank took the money back meanwhile, IllegalMove
    when somebody has decided already.
    """
    _payment, refund = lock_refund(refund)
    if refund.asked_by_id == by.pk:
        raise FourEyes
    if refund.is_taken_back:
        raise TakenBack
    now = dates.now()
    moves.move_refund(
        refund, State.APPROVED, because="approved", by=by, approved_by=by, next_ask_at=now + FIRST_ASK
    )
    booking.refund_approved(refund, borne, at=now)
    steer("after:refunds.approved")
    later("payments.send_refund", refund_id=refund.pk)
    return refund


@transaction.atomic
def reject_refund(refund: Refund, *, by: AbstractBaseUser, why: str) -> Refund:
    """Give nothing back: the room is free again, nothing was posted. Who asked may take it back so, too.

    Raises NoReason, IllegalMove when somebody has decided already.
    """
    why = why.strip()
    if not why:
        raise NoReason
    payment, refund = lock_refund(refund)
    moves.move_refund(refund, State.REJECTED, because="rejected", by=by, note=why)
    Payment.objects.filter(pk=payment.pk).update(refund_asked_vnd=F("refund_asked_vnd") - refund.amount_vnd)
    return refund


def lock_refund(refund: Refund) -> tuple[Payment, Refund]:
    """A refund's payment and itself as they are now, locked in the house's order."""
    payment = lock(refund.payment_id)[refund.payment_id]
    return payment, Refund.objects.select_for_update(of=("self",)).select_related("payment").get(pk=refund.pk)


def check_sayer(refund: Refund, by: AbstractBaseUser) -> None:
    """Who says that the gateway gave nothing of much money neither asked for it nor sent it there last.

    Raises AskedOrSent.
    """
    sent = refund.events.filter(to__in=(State.APPROVED, State.SENT), by__isnull=False)
    _apart(refund, by, {_by_last(sent)}, AskedOrSent)


def check_giver(refund: Refund, by: AbstractBaseUser) -> None:
    """Who gives much money another way, or sends it again, neither asked for it nor said that it was not given.

    So says who booked that it came back, or that the bank brought only a part of it. Where the gateway itself refused,
    or there is none, nobody said so. Raises SaidNotGiven.
    """
    said = Q(to=State.FAILED) | Q(because__in=("bounced", "by bank"))
    hands = {_by_last(refund.events.filter(said))}
    hands |= {_by_last(each.events.filter(to=State.FAILED)) for each in _rest_from(refund)}
    _apart(refund, by, hands, SaidNotGiven)


def rest_key(refund: Refund) -> str:
    """The key of the refund that is made of what the bank did not bring of this one."""
    return f"{refund.key[:115]}:rest"


def _rest_from(refund: Refund) -> list[Refund]:
    """The refund whose rest this is; none for all others."""
    by_bank = Refund.objects.filter(payment=refund.payment_id, state=State.BY_BANK)
    return [each for each in by_bank if rest_key(each) == refund.key]


def _by_last(events: QuerySet[RefundEvent]) -> int | None:
    """Id of whoever caused the last of them; None where nobody did."""
    return events.order_by("-id").values_list("by", flat=True).first()


def _apart(refund: Refund, by: AbstractBaseUser, hands: set[int | None], error: type[SameHands]) -> None:
    # also what no person asked for, as when a household cancels: it could be given twice as well
    is_large = refund.by_two or refund.amount_vnd > settings.REFUND_BY_ONE_VND
    if is_large and by.pk in (refund.asked_by_id, *hands):
        raise error
