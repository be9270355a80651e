"""A payment's life: opened, begun at its gateway, asked about, ended."""

import logging
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import translation

from common import dates
from common.inserts import insert
from common.steer import steer
from payments import signals
from payments.adapters import registry
from payments.adapters.contract import (
    Adapter,
    Asks,
    Charge,
    Closes,
    Fact,
    Hop,
    Lost,
    Outcome,
    Redirect,
    Refused,
    ShowQr,
    Step,
    Tell,
    Transfer,
    Unreachable,
)
from payments.adapters.wire import HASTY_S, PATIENT_S
from payments.books import accounts
from payments.intake import breaker, moves
from payments.intake.errors import NotByHand, NotOffered, NotOpen
from payments.intake.locks import lock
from payments.intake.models import Payment
from payments.intake.services import expecting
from payments.intake.services.facts import apply
from payments.intake.services.jobs import later

log = logging.getLogger(__name__)
State = Payment.State
OPEN = (State.CREATED, State.PENDING)
#: nobody knows how it ends; money that a gateway doubts also when nobody waits for it any more
TO_ASK = Q(state=State.PENDING) | Q(held_at__isnull=False)
STEPS: dict[str, type] = {"redirect": Redirect, "show_qr": ShowQr, "tell": Tell}
#: how long a payment stays open whose caller names no end
HOLD = timedelta(minutes=30)
#: the first question comes when a notification is late, the next ones ever later
FIRST_ASK = timedelta(minutes=3)
LONGEST_PAUSE = timedelta(minutes=30)
#: a buyer who comes back asks no oftener than this
ASK_PAUSE = timedelta(seconds=10)
#: how long a start that got no answer is left to its job
START_PAUSE = timedelta(seconds=60)
#: money on its way when the hold ends gets these minutes
GRACE = timedelta(minutes=5)
#: a gateway that is out of reach at the end of the hold is tried this long
PATIENCE = timedelta(hours=1)
#: an end that could not be made is tried again after so long at the soonest
END_PAUSE = timedelta(seconds=50)
#: so many questions, or ends of holds, become jobs at once
AT_ONCE = 200


def charge_of(payment: Payment) -> Charge:
    """The payment as the adapters see it."""
    return Charge(
        id=payment.reference,
        amount_vnd=payment.asked_vnd,
        words=payment.words,
        created_at=payment.created_at,
        expires_at=payment.expires_at,
        gateway_ref=payment.gateway_ref,
    )


def open_(
    *, amount_vnd: int, adapter: str, words: str, language: str, expires_at: datetime | None = None
) -> Payment:
    """Ask for `amount_vnd` đồng; no call goes out. Cash has no hold, so its `expires_at` stays empty.

    Raises NotOffered when the adapter is not there or does not take this sum.
    """
    return open_all([amount_vnd], adapter=adapter, words=words, language=language, expires_at=expires_at)[0]


def open_all(
    amounts_vnd: list[int], *, adapter: str, words: str, language: str, expires_at: datetime | None = None
) -> list[Payment]:
    """The same for the several sums of one act, in their order. Two statements at most."""
    way = registry.offering(adapter, amounts_vnd)
    if way is None:
        raise NotOffered
    return open_with(way, amounts_vnd, words=words, language=language, expires_at=expires_at)


def open_with(
    way: Adapter, amounts_vnd: list[int], *, words: str, language: str, expires_at: datetime | None = None
) -> list[Payment]:
    """The same by an adapter that need not be offered to buyers."""
    by_hand = way.traits.by_hand
    payments = [
        Payment(
            asked_vnd=amount_vnd,
            adapter=way.code,
            state=State.PENDING if by_hand else State.CREATED,
            words=words[:200],
            language=language,
            expires_at=None if by_hand else expires_at or dates.now() + HOLD,
        )
        for amount_vnd in amounts_vnd
    ]
    with transaction.atomic(savepoint=False):
        insert(payments)
        if by_hand:
            moves.begin(payments, because="opened")
    return payments


def begin(payment: Payment, hop: Hop) -> Step | None:
    """Start at the gateway, once, and say what the buyer does now. Call it outside any transaction.

    None: the gateway did not answer in time, its circuit is open, or many wait for it already; a job goes on
    trying with the same id, so the page reloads itself. A refusal fails the payment and comes back as a Tell. Raises NotOpen when it has ended.
    """
    payment.refresh_from_db()
    if not payment.is_open:
        raise NotOpen
    if payment.step:
        return _step(payment.step)
    if payment.state == State.CREATED and payment.next_ask_at and payment.next_ask_at > dates.now():
        return None
    try:
        return _start(payment, hop, patient=False)
    except Unreachable:
        _leave_to_job(payment, hop)
        return None


def start_again(payment_id: int, hop: Hop) -> None:
    """The job behind a start that got no answer: same id, more patience. Unreachable: to be repeated.

    A charge whose place was lost fails, so that its buyer may try again at once.
    """
    payment = Payment.objects.get(pk=payment_id)
    over = payment.expires_at is not None and payment.expires_at <= dates.now()
    if not payment.is_open or payment.step or over:
        return
    try:
        _start(payment, hop, patient=True)
    except Lost:
        _give_up(payment_id)


@transaction.atomic
def _give_up(payment_id: int) -> None:
    """Fail a payment whose place nobody knows, unless somebody who asked at the same time has kept it."""
    payment = lock(payment_id)[payment_id]
    if payment.is_open and not payment.step:
        name = f"lost:{payment.reference}"
        fact = Fact(kind="failed", about=payment.reference, event_id=name, code="lost")
        apply(fact, adapter=payment.adapter)


def _start(payment: Payment, hop: Hop, *, patient: bool) -> Step:
    try:
        adapter = registry.get(payment.adapter, patient=patient)
    except registry.NoSuchAdapter as error:
        log.error("Payment %s: adapter %s is not configured.", payment.pk, payment.adapter)
        raise Unreachable(payment.adapter) from error
    if not patient and adapter.traits.calls_to_start and breaker.is_open(adapter):
        raise Unreachable("The circuit is open.")
    steer("before:charges.start")
    try:
        step = breaker.watched(
            adapter,
            lambda: _speaking(payment, adapter, hop),
            seconds=PATIENT_S if patient else HASTY_S,
            goes_out=adapter.traits.calls_to_start,
        )
        feed = ""
        if adapter.traits.needs_feed and isinstance(step, ShowQr):
            step, feed = expecting.expected(charge_of(payment), step, hop, patient=patient)
    except Refused as refusal:
        return _refused(payment, refusal)
    steer("after:charges.start")
    return _store(payment, adapter, step, feed)


def _speaking(payment: Payment, adapter: Adapter, hop: Hop) -> Step:
    """Start in the buyer's language; texts are made here, since lazy ones would speak another later."""
    # One language for every repetition: a gateway refuses the same id with other words.
    with translation.override(payment.language):
        step = adapter.start(charge_of(payment), replace(hop, language=payment.language))
        return replace(step, text=str(step.text)) if isinstance(step, Tell) else step


def _refused(payment: Payment, refusal: Refused) -> Tell:
    fact = Fact(
        kind="failed", about=payment.reference, event_id=f"start:{payment.reference}", code=refusal.code
    )
    apply(fact, adapter=payment.adapter, note=refusal.words)
    payment.refresh_from_db()
    return Tell(text=refusal.words)


@transaction.atomic
def _store(payment: Payment, adapter: Adapter, step: Step, feed: str) -> Step:
    fresh = Payment.objects.select_for_update().get(pk=payment.pk)
    if fresh.step is None and fresh.is_open:
        fields = {"step": _plain(step, feed), "next_ask_at": None}
        if isinstance(adapter, Asks) or expecting.looks(feed):
            fields["next_ask_at"] = dates.now() + FIRST_ASK
        if step.gateway_ref:
            fields["gateway_ref"] = step.gateway_ref[:255]
        Payment.objects.filter(pk=fresh.pk).update(**fields)
        if fresh.state == State.CREATED:
            moves.move(fresh, State.PENDING, because="started")
    steer("after:charges.begun")
    payment.refresh_from_db()
    if not payment.is_open:
        later("payments.close_charge", payment_id=payment.pk)
        return step
    return _step(payment.step)


def _plain(step: Step, feed: str) -> dict:
    kind = next(name for name, made in STEPS.items() if isinstance(step, made))
    return {"kind": kind, **asdict(step)} | ({"feed": feed} if feed else {})


def _feed(payment: Payment) -> str:
    """The feed that expects the transfer; empty where none must."""
    return (payment.step or {}).get("feed", "")


def _step(stored: dict) -> Step:
    said = {name: value for name, value in stored.items() if name not in ("kind", "feed")}
    if said.get("transfer"):
        said["transfer"] = Transfer(**said["transfer"])
    return STEPS[stored["kind"]](**said)


def rest_of(payment: Payment, hop: Hop, missing_vnd: int) -> Step:
    """The step once more, for what is still missing of a transfer that brought too little. No call goes out.

    Only for ways whose step is a transfer. Unreachable when the way to pay is not configured any more.
    """
    if _feed(payment):
        return expecting.rest(_step(payment.step), missing_vnd)
    adapter = _adapter(payment)
    if adapter is None:
        raise Unreachable(payment.adapter)
    return adapter.start(replace(charge_of(payment), amount_vnd=missing_vnd), hop)


@transaction.atomic
def _leave_to_job(payment: Payment, hop: Hop) -> None:
    now = dates.now()
    free = Q(next_ask_at=None) | Q(next_ask_at__lte=now)
    mine = Payment.objects.filter(free, pk=payment.pk, state=State.CREATED)
    if mine.update(next_ask_at=now + START_PAUSE):
        later("payments.start_again", wait=timedelta(seconds=5), payment_id=payment.pk, hop=asdict(hop))


@transaction.atomic
def ask_again(payment: Payment) -> bool:
    """Have a job ask the gateway now, at most every 10 seconds; whether it will. No call goes out here."""
    now = dates.now()
    free = Q(asked_at=None) | Q(asked_at__lte=now - ASK_PAUSE)
    mine = Payment.objects.filter(free, TO_ASK, pk=payment.pk, next_ask_at__isnull=False)
    if not mine.update(asked_at=now):
        return False
    later("payments.ask", payment_id=payment.pk)
    return True


def ask_due() -> int:
    """Have jobs ask about payments whose notification is late, with growing pauses; how many comes back."""
    now = dates.now()
    alive = Q(expires_at=None) | Q(expires_at__gt=now) | Q(held_at__isnull=False)
    due = Payment.objects.filter(TO_ASK, alive, next_ask_at__lte=now).order_by("next_ask_at")
    asked = 0
    for payment in due[:AT_ONCE]:
        pause = min(FIRST_ASK * 2 ** min(payment.asked_times, 6), LONGEST_PAUSE)
        with transaction.atomic():
            mine = Payment.objects.filter(TO_ASK, pk=payment.pk, next_ask_at=payment.next_ask_at)
            if mine.update(next_ask_at=now + pause, asked_at=now, asked_times=F("asked_times") + 1):
                later("payments.ask", payment_id=payment.pk)
                asked += 1
    return asked


def ask_now(payment: Payment) -> Outcome | None:
    """Ask the gateway and apply what it says. None: it cannot be asked, or did not answer."""
    payment.refresh_from_db()
    if not payment.is_open and payment.held_at is None:
        return None
    try:
        return _ask(payment)
    except Unreachable:
        log.info("Payment %s: %s is out of reach.", payment.pk, payment.adapter)
        return None


def _ask(payment: Payment) -> Outcome | None:
    adapter, feed = _adapter(payment), _feed(payment)
    if not isinstance(adapter, Asks) and not feed:
        return None
    try:
        if feed:
            return expecting.look(feed, charge_of(payment))
        return apply(
            breaker.watched(adapter, lambda: adapter.ask(charge_of(payment))), adapter=payment.adapter
        )
    except Refused as refusal:
        # It speaks of the question, not of the payment: nobody's money is declared lost for it.
        log.warning("Payment %s: %s refuses to answer: %s", payment.pk, payment.adapter, refusal.code)
        return None


def _close(payment: Payment) -> Outcome | None:
    adapter = _adapter(payment)
    if not isinstance(adapter, Closes):
        return _ask(payment)
    try:
        return apply(
            breaker.watched(adapter, lambda: adapter.close(charge_of(payment))), adapter=payment.adapter
        )
    except Refused as refusal:
        log.warning("Payment %s: %s does not close: %s", payment.pk, payment.adapter, refusal.code)
        return _ask(payment)


def _adapter(payment: Payment) -> Adapter | None:
    try:
        return registry.get(payment.adapter, patient=True)
    except registry.NoSuchAdapter:
        log.error("Payment %s: adapter %s is not configured.", payment.pk, payment.adapter)
        return None


def expire(payment: Payment) -> None:
    """At the end of the hold: the gateway closes the charge; five minutes later it has expired.

    Safe to call at any time and as often as one likes; does nothing before the end or after an answer.
    A gateway that does not answer is tried for an hour, since it may hold money. One that says it has the
    money and doubts it is asked on: the payment stays pending, its goods are let go.
    """
    payment.refresh_from_db()
    now = dates.now()
    over = payment.expires_at is not None and payment.expires_at <= now
    if not payment.is_open or payment.let_go_at is not None or not over:
        return
    try:
        if payment.closed_at is None:
            _close(payment)
            steer("after:charges.closed")
            mine = Payment.objects.filter(pk=payment.pk, closed_at=None)
            mine.update(closed_at=now, next_end_at=payment.expires_at + GRACE)
        elif now >= payment.expires_at + GRACE:
            _ask(payment)
    except Unreachable:
        if now < payment.expires_at + PATIENCE:
            return
    if now >= payment.expires_at + GRACE:
        _expired(payment)


@transaction.atomic
def _expired(payment: Payment) -> None:
    fresh = lock(payment.pk)[payment.pk]
    if not fresh.is_open or fresh.let_go_at is not None:
        return
    if fresh.held_at is not None:
        moves.let_go(fresh, because="expired")
    else:
        moves.move(fresh, State.EXPIRED, because="expired", next_ask_at=None)
    steer("after:charges.expired")
    signals.payment_expired.send(Payment, payment=fresh)


def due_to_expire() -> QuerySet[Payment]:
    """Open payments that `expire` has something to do with now, whose time has come longest first."""
    rows = Payment.objects.filter(state__in=OPEN, let_go_at=None)
    rows = rows.annotate(end_at=Coalesce("next_end_at", "expires_at"))
    return rows.filter(end_at__lte=dates.now()).order_by("end_at")


def expire_due() -> int:
    """Have jobs end what is over, with growing pauses where a gateway does not answer; how many comes back."""
    now, begun = dates.now(), 0
    for payment in due_to_expire()[:AT_ONCE]:
        # It must not be missed when the gateway has been tried long enough.
        pause = max((now - payment.expires_at) / 2, END_PAUSE)
        last = payment.expires_at + PATIENCE
        again = min(now + pause, last) if now < last else now + pause
        with transaction.atomic():
            mine = Payment.objects.filter(pk=payment.pk, state__in=OPEN, next_end_at=payment.next_end_at)
            if mine.update(next_end_at=again):
                later("payments.expire", payment_id=payment.pk)
                begun += 1
    return begun


@transaction.atomic
def cancel(payment: Payment) -> None:
    """Take back an unpaid request; a job tells the gateway. Nothing happens to one that came to nothing.

    One whose money the gateway has and doubts stays pending, and is asked on: its money has to go back.
    Raises NotOpen when the money is already there.
    """
    fresh = lock(payment.pk)[payment.pk]
    if fresh.settled_vnd:
        raise NotOpen
    if fresh.is_open and fresh.held_at is not None:
        if fresh.let_go_at is None:
            moves.let_go(fresh, because="cancelled")
            signals.payment_cancelled.send(Payment, payment=fresh)
    elif fresh.is_open:
        moves.move(fresh, State.CANCELLED, because="cancelled", next_ask_at=None)
        steer("after:charges.cancelled")
        if fresh.step:
            later("payments.close_charge", payment_id=fresh.pk)
            _ask_at_the_end(fresh)
        signals.payment_cancelled.send(Payment, payment=fresh)
    payment.state = fresh.state


def _ask_at_the_end(payment: Payment) -> None:
    """Whoever stands where nothing can be closed may still pay, and the word of it may get lost."""
    adapter = _adapter(payment)
    can_ask = isinstance(adapter, Asks) or expecting.looks(_feed(payment))
    if payment.expires_at is None or isinstance(adapter, Closes) or not can_ask:
        return
    wait = max(payment.expires_at + GRACE - dates.now(), timedelta())
    later("payments.ask_cancelled", wait=wait, payment_id=payment.pk)


def ask_cancelled(payment_id: int) -> None:
    """The job at the end of what was cancelled: money that came after all is late money. Raises Unreachable."""
    payment = Payment.objects.get(pk=payment_id)
    if payment.state in moves.LATE:
        _ask(payment)


def close_charge(payment_id: int) -> None:
    """The job after a cancelling: nobody shall pay; who was faster is late money. Raises Unreachable."""
    payment = Payment.objects.get(pk=payment_id)
    if payment.state in moves.LATE and isinstance(_adapter(payment), Closes):
        _close(payment)


def settle_by_hand(
    payment: Payment, *, by: AbstractBaseUser | None, held_by: str = accounts.carrier("own"), note: str = ""
) -> Outcome:
    """The cash of one parcel was taken in full by `held_by`, the owner key of a household or a carrier.

    Raises NotByHand for gateways.
    """
    adapter = registry.get(payment.adapter)
    if not adapter.traits.by_hand:
        raise NotByHand
    fact = Fact(
        kind="settled",
        about=payment.reference,
        event_id=f"cash:{payment.reference}",
        amount_vnd=payment.asked_vnd,
        code="cash",
    )
    outcome = apply(fact, adapter=payment.adapter, by=by, note=note, held_by=held_by)
    payment.refresh_from_db()
    return outcome
