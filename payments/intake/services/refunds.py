"""Money that goes back: asked once per act, sent once per id, done once."""

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Q

from common import dates
from common.steer import steer
from payments.adapters import registry
from payments.adapters.contract import Adapter, Asks, Fact, Outcome, Refunds, Refused, Return, Unreachable
from payments.books.accounts import Name
from payments.intake import breaker, moves
from payments.intake.errors import IllegalMove, NoBankReference, NoReason, OverRefund
from payments.intake.models import Payment, Refund
from payments.intake.queries import hanging_refunds
from payments.intake.seats import Crowded
from payments.intake.services import approvals, booking
from payments.intake.services.approvals import FIRST_ASK, GIVES_BACK
from payments.intake.services.charges import charge_of
from payments.intake.services.facts import apply, whole
from payments.intake.services.jobs import later
from payments.intake.services.taken_back import check_not_taken_back

log = logging.getLogger(__name__)
State = Refund.State
#: a gateway has it, or gave it
WITH_GATEWAY = (State.SENT, State.DONE)
#: where many are being sent already the next one waits so long
ELBOW_ROOM = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=6)


def return_of(refund: Refund) -> Return:
    """The refund as the adapters see it."""
    others = Refund.objects.filter(payment=refund.payment_id).exclude(pk=refund.pk)
    nameless = others.filter(gateway_ref="", amount_vnd=refund.amount_vnd, state__in=WITH_GATEWAY)
    return Return(
        id=refund.reference,
        of=charge_of(refund.payment),
        amount_vnd=refund.amount_vnd,
        reason=refund.reason,
        gateway_ref=refund.gateway_ref,
        sent_at=refund.sent_at,
        others=frozenset(others.exclude(gateway_ref="").values_list("gateway_ref", flat=True)),
        has_twin=nameless.filter(events__to=State.SENT).exists(),
    )


@transaction.atomic
def give_back(
    payment: Payment,
    *,
    amount_vnd: int,
    reason: str,
    key: str,
    borne: Mapping[Name, int] | None = None,
    by: AbstractBaseUser | None = None,
    together: Iterable[int] = (),
) -> Refund:
    """Give `amount_vnd` of a settled payment back; a job sends it. The same `key` gives the same refund.

    Of a payment in dispute too: its gateway will refuse, and the finance desk sees what is still owed. Of one that
    the buyer's bank took back so much as it left.
    `borne` says who bears it (`books.post.from_…`); the money that nobody has earned yet, if nothing is said.
    `by` entered it; above what one person may decide it is only asked for: see `approvals`. `together`: ids of all
    payments of the same purchase, whose refunds by one person add up.
    Raises OverRefund when all refunds together would be more than was settled and not taken back.
    """
    locked = approvals.lock_for(payment, by=by, together=together)
    known = Refund.objects.filter(payment=locked, key=key).first()
    if known:
        return known
    enough = Payment.objects.filter(
        pk=locked.pk,
        state__in=GIVES_BACK,
        refund_asked_vnd__lte=F("settled_vnd") - F("taken_back_vnd") - amount_vnd,
    )
    if amount_vnd <= 0 or not enough.update(refund_asked_vnd=F("refund_asked_vnd") + amount_vnd):
        raise OverRefund
    by_two = by is not None and approvals.needs_two(locked, amount_vnd, by=by, together=together)
    refund = Refund.objects.create(
        payment=locked,
        amount_vnd=amount_vnd,
        reason=reason[:200],
        key=key,
        asked_by=by,
        by_two=by_two,
        state=State.ASKED if by_two else State.APPROVED,
        next_ask_at=None if by_two else dates.now() + FIRST_ASK,
    )
    payment.refresh_from_db(fields=["refund_asked_vnd"])
    if not by_two:
        booking.refund_approved(refund, borne, at=refund.created_at)
        steer("after:refunds.asked")
        later("payments.send_refund", refund_id=refund.pk)
    return refund


def send(refund: Refund) -> None:
    """The job: hand the refund to its gateway, or to a person when the gateway cannot give back.

    Safe to run twice: the gateway knows the refund by its reference.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund.pk)
    if refund.state not in (State.APPROVED, State.SENT):
        return
    adapter = _adapter(refund)
    if not isinstance(adapter, Refunds):
        if refund.state == State.APPROVED:
            _move(refund, State.BY_HAND, because="no gateway")
        return
    if refund.state == State.APPROVED and refund.is_taken_back:
        _move(refund, State.BY_HAND, because="taken back", next_ask_at=None)
        return
    if refund.state == State.APPROVED:
        _move(refund, State.SENT, because="sent", next_ask_at=dates.now() + FIRST_ASK)
    steer("before:refunds.send")
    if _claim(refund):
        _hand_over(refund, adapter)


def _hand_over(refund: Refund, adapter: Refunds) -> None:
    try:
        back = return_of(refund)
        said = breaker.watched(adapter, lambda: adapter.refund(back))
        steer("after:refunds.sent")
        apply(said, adapter=refund.payment.adapter)
    except Refused as refusal:
        _failed(refund, refusal)
    except Crowded:
        later("payments.send_refund", wait=ELBOW_ROOM, refund_id=refund.pk)
    except Unreachable:
        log.info("Refund %s: %s is out of reach; it will be asked.", refund.pk, refund.payment.adapter)


def _claim(refund: Refund) -> bool:
    """Whether it is as it was read: what a person gave or sent again meanwhile is no late job's any more."""
    soonest = dates.now() + FIRST_ASK
    mine = Refund.objects.filter(pk=refund.pk, state=State.SENT, next_ask_at=refund.next_ask_at)
    return bool(mine.update(next_ask_at=max(refund.next_ask_at or soonest, soonest)))


def follow(refund: Refund) -> None:
    """The job behind a refund whose end is not known: ask; send again, same id, if it never arrived."""
    refund = Refund.objects.select_related("payment").get(pk=refund.pk)
    adapter = _adapter(refund)
    if refund.state == State.APPROVED or not isinstance(adapter, Asks):
        send(refund)
        return
    if refund.state != State.SENT:
        return
    try:
        back = return_of(refund)
        apply(breaker.watched(adapter, lambda: adapter.ask(back)), adapter=refund.payment.adapter)
    except Refused as refusal:
        _never_arrived(refund, refusal)
    except Unreachable:
        log.info("Refund %s: %s is out of reach.", refund.pk, refund.payment.adapter)


def _never_arrived(refund: Refund, refusal: Refused) -> None:
    """The gateway knows nothing of it: it is sent again, unless the buyer's bank has given that money meanwhile."""
    refund.payment.refresh_from_db()
    if refund.is_taken_back:
        _failed(refund, refusal)
    else:
        send(refund)


def follow_due() -> int:
    """Have jobs follow refunds whose end is not known, with growing pauses; how many comes back."""
    now = dates.now()
    due = Refund.objects.filter(Q(state=State.APPROVED) | Q(state=State.SENT), next_ask_at__lte=now)
    followed = 0
    for refund in due.order_by("next_ask_at")[:200]:
        pause = min(FIRST_ASK * 2 ** min(refund.asked_times, 8), LONGEST_PAUSE)
        with transaction.atomic():
            mine = Refund.objects.filter(pk=refund.pk, next_ask_at=refund.next_ask_at)
            if mine.update(next_ask_at=now + pause, asked_times=F("asked_times") + 1):
                later("payments.follow_refund", refund_id=refund.pk)
                followed += 1
    return followed


def refund_by_hand_done(refund: Refund, *, by: AbstractBaseUser, note: str, twice: bool = False) -> Outcome:
    """A person gave the money back outside the gateway. Only for refunds in a person's queue.

    MISMATCH when the gateway gave it back as well: set aside for a person. `twice` says that the money had left
    before anybody saw that the bank took it too. Raises NoBankReference without a note that says by which transfer,
    SameHands where `approvals` wants another person, TakenBack when the bank took it and `twice` is not said,
    IllegalMove.
    """
    if not note.strip():
        raise NoBankReference

    def act() -> Outcome:
        payment, locked = approvals.lock_refund(refund)
        approvals.check_giver(locked, by)
        if locked.state in (State.FAILED, State.BY_HAND) and not twice:
            check_not_taken_back(locked)
        if locked.state == State.FAILED:
            moves.move_refund(locked, State.BY_HAND, because="to hand", by=by, next_ask_at=None)
        if locked.state not in (State.BY_HAND, State.DONE):
            raise IllegalMove
        return apply(_given_by_hand(locked), adapter=payment.adapter, by=by, note=note)

    return whole(act)


def _given_by_hand(refund: Refund) -> Fact:
    return Fact(
        kind="refunded",
        about=refund.reference,
        event_id=f"hand:{refund.reference}",
        amount_vnd=refund.amount_vnd,
        code=booking.BY_HAND,
    )


@transaction.atomic
def ask_refund(refund: Refund) -> None:
    """Have a job ask about a refund whose end is not known, now. Raises IllegalMove when it is known."""
    mine = Refund.objects.filter(pk=refund.pk, state__in=(State.APPROVED, State.SENT))
    if not mine.update(next_ask_at=dates.now() + FIRST_ASK):
        raise IllegalMove
    later("payments.follow_refund", refund_id=refund.pk)


def gateway_gave(refund: Refund, *, by: AbstractBaseUser, note: str) -> Outcome:
    """A person saw at the gateway itself that it gave back what we have heard nothing of for a day.

    Nothing is paid by it. Raises NoReason without a note that says where it was seen, IllegalMove before.
    """
    return _seen_at_gateway(refund, "refunded", by, note)


def gateway_gave_not(refund: Refund, *, by: AbstractBaseUser, note: str) -> Outcome:
    """A person saw at the gateway itself that it gave nothing back and will not: then it may be tried again.

    Raises NoReason without a note that says where it was seen, SameHands where `approvals` wants another person,
    IllegalMove before a day has passed.
    """
    approvals.check_sayer(refund, by)
    return _seen_at_gateway(refund, "refund_failed", by, note)


def _seen_at_gateway(refund: Refund, kind: str, by: AbstractBaseUser, note: str) -> Outcome:
    if not note:
        raise NoReason
    fact = Fact(
        kind=kind,
        about=refund.reference,
        event_id=f"{booking.SAID_BY_PERSON}{refund.reference}:{kind}",
        amount_vnd=refund.amount_vnd,
        code=booking.SEEN,
    )

    def act() -> Outcome:
        approvals.lock_refund(refund)
        if not hanging_refunds().filter(pk=refund.pk, state=State.SENT).exists():
            raise IllegalMove
        return apply(fact, adapter=refund.payment.adapter, by=by, note=note)

    return whole(act)


@transaction.atomic
def to_hand(refund: Refund, *, by: AbstractBaseUser) -> None:
    """The gateway refused it: a person will give it back. Raises TakenBack when the bank took it, IllegalMove."""
    _payment, refund = approvals.lock_refund(refund)
    if refund.state != State.FAILED:
        raise IllegalMove
    check_not_taken_back(refund)
    moves.move_refund(refund, State.BY_HAND, because="to hand", by=by, next_ask_at=None)


@transaction.atomic
def send_again(refund: Refund, *, by: AbstractBaseUser) -> None:
    """The gateway refused it: try once more, with the same reference.

    Raises SameHands where `approvals` wants another person, TakenBack when the bank took it, IllegalMove.
    """
    _payment, refund = approvals.lock_refund(refund)
    approvals.check_giver(refund, by)
    check_not_taken_back(refund)
    moves.move_refund(refund, State.SENT, because="again", by=by, next_ask_at=dates.now() + FIRST_ASK)
    later("payments.send_refund", refund_id=refund.pk)


@transaction.atomic
def _move(refund: Refund, to: str, **fields: object) -> None:
    moves.move_refund(refund, to, **fields)


def _failed(refund: Refund, refusal: Refused) -> None:
    fact = Fact(
        kind="refund_failed",
        about=refund.reference,
        event_id=f"{booking.REFUSED}{refund.reference}",
        code=refusal.code,
    )
    apply(fact, adapter=refund.payment.adapter, note=refusal.words)


def _adapter(refund: Refund) -> Adapter | None:
    try:
        return registry.get(refund.payment.adapter, patient=True)
    except registry.NoSuchAdapter:
        log.error("Refund %s: adapter %s is not configured.", refund.pk, refund.payment.adapter)
        return None
