"""States of payments, refunds and credits: legal moves, what a fact leads to, the functions that change a state."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from common import dates
from common.inserts import insert
from payments.intake.errors import IllegalMove, MovedMeanwhile
from payments.intake.models import (
    Credit,
    CreditEvent,
    GivingBack,
    Payment,
    PaymentEvent,
    Refund,
    RefundEvent,
)

P = Payment.State
R = Refund.State
C = Credit.State
G = GivingBack.State

MOVES: dict[str, set[str]] = {
    P.CREATED: {P.PENDING, P.SETTLED, P.FAILED, P.EXPIRED, P.CANCELLED},
    P.PENDING: {P.SETTLED, P.FAILED, P.EXPIRED, P.CANCELLED},
    # Money that comes late is still money.
    P.FAILED: {P.SETTLED},
    P.EXPIRED: {P.SETTLED},
    P.CANCELLED: {P.SETTLED},
    P.SETTLED: {P.DISPUTED},
    P.DISPUTED: {P.SETTLED, P.CHARGED_BACK},
}
LATE = frozenset({P.FAILED, P.EXPIRED, P.CANCELLED})

#: (state, kind of fact) → the states it leads through. What is not here is a duplicate or a straggler.
ON: dict[tuple[str, str], tuple[str, ...]] = {
    **{(state, "settled"): (P.SETTLED,) for state in (P.CREATED, P.PENDING, *LATE)},
    (P.CREATED, "failed"): (P.FAILED,),
    (P.PENDING, "failed"): (P.FAILED,),
    (P.CREATED, "pending"): (P.PENDING,),
    # Money that the gateway took and doubts decides nothing: a person sees it, the payment waits.
    (P.CREATED, "held"): (P.PENDING,),
    **{(state, "held"): () for state in (P.PENDING, *LATE)},
    (P.SETTLED, "disputed"): (P.DISPUTED,),
    (P.DISPUTED, "dispute_won"): (P.SETTLED,),
    (P.DISPUTED, "dispute_lost"): (P.CHARGED_BACK,),
    # The end of a dispute may overtake its beginning.
    (P.SETTLED, "dispute_lost"): (P.DISPUTED, P.CHARGED_BACK),
}
PAYMENT_KINDS = frozenset({"settled", "failed", "pending", "held", "disputed", "dispute_won", "dispute_lost"})

REFUND_MOVES: dict[str, set[str]] = {
    R.ASKED: {R.APPROVED, R.REJECTED},
    R.APPROVED: {R.SENT, R.BY_HAND},
    R.SENT: {R.DONE, R.FAILED},
    R.FAILED: {R.SENT, R.BY_HAND, R.BY_BANK},
    R.BY_HAND: {R.DONE, R.BY_BANK},
    # What went back through a gateway may come back to it.
    R.DONE: {R.BY_HAND},
}
REFUND_ON: dict[tuple[str, str], tuple[str, ...]] = {
    (R.APPROVED, "refunded"): (R.SENT, R.DONE),
    (R.SENT, "refunded"): (R.DONE,),
    (R.FAILED, "refunded"): (R.SENT, R.DONE),
    (R.BY_HAND, "refunded"): (R.DONE,),
    (R.SENT, "refund_failed"): (R.FAILED,),
}
CREDIT_MOVES: dict[str, set[str]] = {
    C.UNMATCHED: {C.WAITING, C.MATCHED, C.TO_RETURN, C.RETURNED, C.COUNTED, C.OVER},
    C.WAITING: {C.MATCHED, C.TO_RETURN},
    # What was too short may be topped up late, or a person finds its true payment.
    C.TO_RETURN: {C.WAITING, C.MATCHED, C.TO_RETURN, C.RETURNED},
    # Counted bit by bit, and taken back bit by bit; what was given back stays given back.
    C.OVER: {C.OVER, C.COUNTED, C.RETURNED, C.UNMATCHED},
    C.COUNTED: {C.OVER, C.UNMATCHED},
    C.RETURNED: {C.OVER},
}
#: of these something may be given back
GIVEN_BACK_OF = (C.UNMATCHED, C.TO_RETURN, C.OVER)
GIVING_MOVES: dict[str, set[str]] = {G.ASKED: {G.DONE, G.WITHDRAWN, G.LAPSED}}
REFUND_KINDS = frozenset({"refunded", "refund_failed", "pending"})


def move(
    payment: Payment,
    to: str,
    *,
    because: str,
    code: str = "",
    amount_vnd: int = 0,
    by: AbstractBaseUser | None = None,
    note: str = "",
    **fields: Any,
) -> None:
    """Change the state by compare-and-set, with the `fields` that belong to the move, and leave an event.

    Raises IllegalMove for what is not in the table, MovedMeanwhile when somebody was faster.
    """
    frm = payment.state
    if to not in MOVES.get(frm, set()):
        raise IllegalMove
    if not Payment.objects.filter(pk=payment.pk, state=frm).update(state=to, **fields):
        raise MovedMeanwhile
    late = to == P.SETTLED and is_late(payment)
    PaymentEvent.objects.create(
        payment=payment,
        frm=frm,
        to=to,
        because=because,
        code=code[:64],
        amount_vnd=amount_vnd,
        late=late,
        by=by,
        note=note[:300],
    )
    _take_over(payment, state=to, **fields)


def is_late(payment: Payment) -> bool:
    """Whether money for it would come after its goods were let go."""
    return payment.state in LATE or (payment.state == P.PENDING and payment.let_go_at is not None)


def let_go(payment: Payment, *, because: str) -> None:
    """Nobody waits for it any more, though its gateway has the money and doubts it: it stays pending, with an event."""
    now = dates.now()
    Payment.objects.filter(pk=payment.pk).update(let_go_at=now)
    PaymentEvent.objects.create(payment=payment, frm=payment.state, to=payment.state, because=because)
    payment.let_go_at = now


def begin(payments: Iterable[Payment], *, because: str) -> None:
    """Leave the first event of payments that were written as pending: cash has no gateway to begin at."""
    events = []
    for payment in payments:
        if payment.state != P.PENDING:
            raise IllegalMove
        events.append(PaymentEvent(payment=payment, frm=P.CREATED, to=payment.state, because=because))
    insert(events)


def move_refund(
    refund: Refund,
    to: str,
    *,
    because: str,
    code: str = "",
    by: AbstractBaseUser | None = None,
    note: str = "",
    **fields: Any,
) -> None:
    """The same for a refund."""
    frm = refund.state
    if to not in REFUND_MOVES.get(frm, set()):
        raise IllegalMove
    if not Refund.objects.filter(pk=refund.pk, state=frm).update(state=to, **fields):
        raise MovedMeanwhile
    RefundEvent.objects.create(
        refund=refund, frm=frm, to=to, because=because, code=code[:64], by=by, note=note[:300]
    )
    _take_over(refund, state=to, **fields)


def move_credit(
    credit: Credit,
    to: str,
    *,
    because: str,
    amount_vnd: int = 0,
    by: AbstractBaseUser | None = None,
    note: str = "",
    **fields: Any,
) -> None:
    """The same for a credit; `amount_vnd` is what the act is about."""
    frm = credit.state
    if to not in CREDIT_MOVES.get(frm, set()):
        raise IllegalMove
    if not Credit.objects.filter(pk=credit.pk, state=frm).update(state=to, **fields):
        raise MovedMeanwhile
    if frm in GIVEN_BACK_OF:
        _lapse(credit)
    CreditEvent.objects.create(
        credit=credit, frm=frm, to=to, because=because, amount_vnd=amount_vnd, by=by, note=note[:300]
    )
    _take_over(credit, state=to, **fields)


def move_giving(giving: GivingBack, to: str, **fields: Any) -> None:
    """The same for what was asked for to be given back; its events are its credit's."""
    if to not in GIVING_MOVES.get(giving.state, set()):
        raise IllegalMove
    fields["ended_at"] = dates.now()
    if not GivingBack.objects.filter(pk=giving.pk, state=giving.state).update(state=to, **fields):
        raise MovedMeanwhile
    _take_over(giving, state=to, **fields)


def _lapse(credit: Credit) -> None:
    """The credit is used: what somebody asked to give back of it is not there any more."""
    asked = GivingBack.objects.filter(credit=credit.pk, state=G.ASKED).first()
    if asked is not None:
        move_giving(asked, G.LAPSED)
        note_credit(credit, because="asking lapsed", amount_vnd=asked.amount_vnd)


def note_credit(
    credit: Credit, *, because: str, amount_vnd: int, by: AbstractBaseUser | None = None, note: str = ""
) -> None:
    """Leave an event of what changes no state."""
    CreditEvent.objects.create(
        credit=credit,
        frm=credit.state,
        to=credit.state,
        because=because,
        amount_vnd=amount_vnd,
        by=by,
        note=note[:300],
    )


def _take_over(row: Payment | Refund | Credit | GivingBack, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
