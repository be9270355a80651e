"""The only place that decides what a fact changes."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from hashlib import sha256

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import OperationalError, connection, transaction
from django.db.models import F

from common import dates
from common.steer import steer
from payments import signals
from payments.adapters.answers import sending_of
from payments.adapters.contract import Fact, Outcome
from payments.books import accounts
from payments.intake import moves
from payments.intake.locks import lock
from payments.intake.models import Credit, Inbox, Payment, Refund
from payments.intake.services import booking

P = Payment.State
R = Refund.State
#: deadlock, serialization failure, lock not available: the whole act may simply be tried again
AGAIN = frozenset({"40P01", "40001", "55P03"})
TRIES = 3
#: money that a gateway doubts is asked about so soon, then ever later
FIRST_ASK = timedelta(minutes=3)
WHY = {Outcome.UNKNOWN: Inbox.Why.UNKNOWN, Outcome.MISMATCH: Inbox.Why.MISMATCH}


def apply(
    fact: Fact,
    *,
    adapter: str = "",
    by: AbstractBaseUser | None = None,
    note: str = "",
    held_by: str = "",
) -> Outcome:
    """Let a fact that was not a notification (an answer, a person's word) change what it is about.

    One transaction, receivers included. `adapter` limits it to payments of that adapter. What is unknown
    or does not match is set aside for a person. A notification goes through `inbox.take` instead.
    `held_by` says where the money of a settled payment lies, if not with its gateway: the owner key of who
    took the cash, or `booking.ASSIGNED`.
    """

    def act() -> Outcome:
        outcome = decide(fact, adapter=adapter, by=by, note=note, held_by=held_by)
        if aside := why_aside(fact, outcome):
            _set_aside(fact, adapter, aside, note)
        return outcome

    return whole(act)


def why_aside(fact: Fact, outcome: Outcome) -> str:
    """Why a person must see the message, "" when nobody must. Money that a gateway doubts always."""
    if outcome is Outcome.RECORDED and fact.kind == "held":
        return Inbox.Why.HELD
    return WHY.get(outcome, "")


def whole(act: Callable[[], Outcome]) -> Outcome:
    """Run the act in one transaction, again from its start when it only lost a race for locks."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return act()
        except OperationalError as error:
            sqlstate = getattr(error.__cause__, "sqlstate", None)
            if connection.in_atomic_block or sqlstate not in AGAIN or attempt == TRIES:
                raise
    raise AssertionError("unreachable")


def decide(
    fact: Fact, *, adapter: str, by: AbstractBaseUser | None = None, note: str = "", held_by: str = ""
) -> Outcome:
    """Inside a transaction: lock what the fact is about, then move, book and announce it, or say why not."""
    subject = _locked(fact, adapter)
    if subject is None:
        return Outcome.UNKNOWN
    steer("after:intake.lock")
    if isinstance(subject, Refund):
        return _decide_refund(subject, fact, by, note)
    return _decide_payment(subject, fact, by, note, held_by)


def _locked(fact: Fact, adapter: str) -> Payment | Refund | None:
    mine = {"adapter": adapter} if adapter else {}
    if not fact.about:
        if not (fact.gateway_ref and adapter):
            return None
        return _locked_payment(gateway_ref=fact.gateway_ref, **mine)
    payment = _locked_payment(reference=fact.about, **mine)
    if payment is not None:
        return payment
    refund = Refund.objects.filter(reference=fact.about).only("payment_id").first()
    if refund is None or _locked_payment(pk=refund.payment_id, **mine) is None:
        return None
    return Refund.objects.select_for_update(of=("self",)).select_related("payment").get(pk=refund.pk)


def _locked_payment(**named: object) -> Payment | None:
    """The payment of that name, locked with all that pay the same purchase."""
    found = Payment.objects.filter(**named).values_list("pk", flat=True).first()
    return None if found is None else lock(found)[found]


def _decide_payment(
    payment: Payment, fact: Fact, by: AbstractBaseUser | None, note: str, held_by: str
) -> Outcome:
    if fact.kind not in moves.PAYMENT_KINDS or (fact.moves_money and not _sum_fits(payment, fact)):
        return Outcome.MISMATCH
    if fact.kind == "settled" and _is_booked_beside(payment, fact):
        return Outcome.MISMATCH
    path = _path(payment, fact.kind)
    if path == (P.FAILED,) and fact.code == "expired":
        path = (P.EXPIRED,)
    was_held = payment.held_at is not None
    if path is None:
        if was_held and fact.kind == "failed":
            _gateway_decided(payment)
        return Outcome.REPEATED
    late = moves.is_late(payment)
    for to in path:
        moves.move(
            payment,
            to,
            because=fact.kind,
            code=fact.code,
            amount_vnd=fact.amount_vnd,
            by=by,
            note=note,
            **_fields(payment, to, fact, held_by),
        )
    steer("after:intake.move")
    if fact.kind == "held":
        _hold(payment)
    _book(payment, fact.kind, held_by)
    steer("after:intake.book")
    _announce(payment, fact.kind, late=late, was_held=was_held)
    steer("after:intake.announce")
    return Outcome.RECORDED


def _sum_fits(payment: Payment, fact: Fact) -> bool:
    """What was asked; of a lost dispute any part of what came, the same as before when it is told again."""
    if fact.currency != "VND":
        return False
    if fact.kind != "dispute_lost" or not payment.settled_vnd:
        return fact.amount_vnd == payment.asked_vnd
    if payment.taken_back_vnd:
        return fact.amount_vnd == payment.taken_back_vnd
    return 0 < fact.amount_vnd <= payment.settled_vnd


def _is_booked_beside(payment: Payment, fact: Fact) -> bool:
    """Whether a person has let this very money into the books as a credit, in another sum: see `asides`."""
    named = booking.name_at_gateway(fact)
    return Credit.objects.filter(account=payment.adapter, bank_ref=named).exists()


def _path(payment: Payment, kind: str) -> tuple[str, ...] | None:
    """The states that the fact leads through; None for a duplicate or a straggler."""
    path = moves.ON.get((payment.state, kind))
    if payment.state == P.SETTLED and kind in ("disputed", "dispute_won"):
        begun = payment.events.filter(to=P.DISPUTED).exclude(frm=P.DISPUTED).last()
        if kind == "dispute_won":
            # The end of a dispute may overtake its beginning, which then is the straggler.
            return None if begun else (P.DISPUTED, P.SETTLED)
        return None if begun and begun.because == "dispute_won" else path
    return path


def _fields(payment: Payment, to: str, fact: Fact, held_by: str) -> dict:
    fields: dict = {}
    if fact.gateway_ref and fact.kind in {"settled", "pending"}:
        fields["gateway_ref"] = fact.gateway_ref[:255]
    if to == P.SETTLED and fact.kind == "settled":
        fields |= {"settled_vnd": payment.asked_vnd, "settled_at": dates.now()}
        if held_by.startswith(accounts.carrier("")):
            fields["cash_with"] = held_by
    if to == P.CHARGED_BACK:
        fields["taken_back_vnd"] = fact.amount_vnd
    if to not in (P.CREATED, P.PENDING):
        fields |= {"next_ask_at": None, "held_at": None}
    return fields


def _hold(payment: Payment) -> None:
    """The gateway has the money and doubts it: it is asked until it decides, also when nobody waits any more."""
    if payment.held_at is not None:
        return
    payment.held_at = dates.now()
    payment.next_ask_at = payment.next_ask_at or payment.held_at + FIRST_ASK
    Payment.objects.filter(pk=payment.pk).update(held_at=payment.held_at, next_ask_at=payment.next_ask_at)
    signals.payment_held.send(Payment, payment=payment)


def _gateway_decided(payment: Payment) -> None:
    """The money that it doubted will not come: nothing to ask any more."""
    Payment.objects.filter(pk=payment.pk).update(held_at=None, next_ask_at=None)
    payment.held_at = payment.next_ask_at = None
    signals.payment_failed.send(Payment, payment=payment, was_held=True)


def _book(payment: Payment, kind: str, held_by: str) -> None:
    if kind == "settled":
        booking.settled(payment, held_by)
    elif payment.state == P.CHARGED_BACK:
        booking.charged_back(payment)


def _announce(payment: Payment, kind: str, *, late: bool, was_held: bool) -> None:
    if kind == "settled":
        signals.payment_settled.send(Payment, payment=payment, late=late)
    elif kind == "failed":
        ended = signals.payment_expired if payment.state == P.EXPIRED else signals.payment_failed
        ended.send(Payment, payment=payment, was_held=was_held)
    elif kind in ("disputed", "dispute_won", "dispute_lost"):
        signals.payment_disputed.send(Payment, payment=payment)


def _decide_refund(refund: Refund, fact: Fact, by: AbstractBaseUser | None, note: str) -> Outcome:
    if unfit := _unfit(refund, fact):
        return unfit
    path = moves.REFUND_ON.get((refund.state, fact.kind))
    if path is None:
        _learn_ref(refund, fact)
        return Outcome.REPEATED
    for to in path:
        fields = {"gateway_ref": fact.gateway_ref[:255]} if fact.gateway_ref else {}
        if to == R.DONE:
            fields |= {"done_at": dates.now()}
        moves.move_refund(
            refund, to, because=fact.kind, code=fact.code, by=by, note=note, next_ask_at=None, **fields
        )
    if refund.state == R.DONE:
        _count_as_refunded(refund)
        booking.refund_done(refund, fact.code)
        steer("after:intake.refunded")
        signals.refund_done.send(Refund, refund=refund)
    elif refund.state == R.FAILED:
        signals.refund_failed.send(Refund, refund=refund)
    return Outcome.RECORDED


def _unfit(refund: Refund, fact: Fact) -> Outcome | None:
    """What is wrong with the fact, or old in it, before it may change anything; None when nothing is."""
    wrong_sum = fact.moves_money and (fact.amount_vnd, fact.currency) != (refund.amount_vnd, "VND")
    if fact.kind not in moves.REFUND_KINDS or wrong_sum:
        return Outcome.MISMATCH
    if is_of_another_sending(refund, fact) or _is_of_what_came_back(refund, fact):
        return Outcome.REPEATED
    # A refund that the gateway takes back after it was done is no straggler: money came back to us.
    came_back = (refund.state, fact.kind) == (R.DONE, "refund_failed")
    if came_back or _is_anothers(refund, fact) or _is_paid_twice(refund, fact):
        return Outcome.MISMATCH
    return None


def is_of_another_sending(refund: Refund, fact: Fact) -> bool:
    """Whether it tells that a sending failed which was replaced by another: that one's end is still its own."""
    if fact.kind != "refund_failed":
        return False
    given = refund.events.filter(to=R.DONE).last() if refund.state == R.DONE else None
    # A person who saw that it was given knew no number: the one that is kept may be that of an earlier sending.
    if given and given.code != booking.SEEN and fact.gateway_ref and refund.gateway_ref:
        return fact.gateway_ref[:255] != refund.gateway_ref
    return not _is_of_this_sending(refund, fact)


def _is_of_this_sending(refund: Refund, fact: Fact) -> bool:
    """Whether it speaks of the last sending, as far as it says of which."""
    return not fact.sending or fact.sending == sending_of(refund.reference, refund.sent_at)


def _is_of_what_came_back(refund: Refund, fact: Fact) -> bool:
    """Whether its gateway tells once more of what it gave before that came back to it: nothing goes out by that."""
    if fact.kind != "refunded" or fact.code == booking.BY_HAND:
        return False
    same_number = fact.gateway_ref[:255] in ("", refund.gateway_ref)
    return same_number and refund.events.filter(frm=R.DONE).exists()


def _is_anothers(refund: Refund, fact: Fact) -> bool:
    """Whether the gateway's number is that of another refund of the payment: one giving counts once."""
    same = Refund.objects.filter(payment=refund.payment_id, gateway_ref=fact.gateway_ref[:255])
    return bool(fact.gateway_ref) and same.exclude(pk=refund.pk).exists()


def _is_paid_twice(refund: Refund, fact: Fact) -> bool:
    """Whether the gateway gave back what a person or the bank had given back, or a person what the gateway had."""
    if (refund.state, fact.kind) == (R.BY_BANK, "refunded"):
        return True
    if (refund.state, fact.kind) != (R.DONE, "refunded"):
        return False
    was_by_hand = refund.events.filter(to=R.DONE, code=booking.BY_HAND).exists()
    return was_by_hand != (fact.code == booking.BY_HAND)


def _learn_ref(refund: Refund, fact: Fact) -> None:
    """Keep the gateway's number: the first one, and that of the sending that is under way."""
    under_way = (refund.state, fact.kind) == (R.SENT, "pending") and _is_of_this_sending(refund, fact)
    if fact.gateway_ref and (under_way or not refund.gateway_ref):
        Refund.objects.filter(pk=refund.pk).update(gateway_ref=fact.gateway_ref[:255])


def _count_as_refunded(refund: Refund) -> None:
    Payment.objects.filter(pk=refund.payment_id).update(refunded_vnd=F("refunded_vnd") + refund.amount_vnd)
    refund.payment.refresh_from_db(fields=["refunded_vnd"])


def _set_aside(fact: Fact, adapter: str, why: str, note: str) -> None:
    said = asdict(fact)
    # With the note: two transfers by hand are two things to look at.
    whole_word = repr((*sorted(said.items()), note)).encode("utf-8", "replace")
    event_id = "fact:" + sha256(whole_word).hexdigest()
    Inbox.objects.get_or_create(
        adapter=adapter or "?",
        event_id=event_id,
        defaults={
            "about": fact.about[:255],
            "fact": said,
            "raw": note,
            "set_aside_at": dates.now(),
            "why": why,
        },
    )
