"""What must always be true of payments: yields every break it finds.

It reads no more than `config.audit_reads` lists, as every audit: who audits sees figures and no people.
"""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from common import dates
from payments.adapters import registry
from payments.books.reading import rows
from payments.intake.models import Credit, CreditEvent, Inbox, Payment, PaymentEvent, Refund

#: every payment's money came into escrow once, whole, and nobody else's did
SETTLED = """
    WITH come AS (
        SELECT account.owner, -sum(posting.amount_vnd) AS vnd
        FROM books_posting AS posting
        JOIN books_account AS account ON account.id = posting.account_id
        JOIN books_entry AS entry ON entry.id = posting.entry_id
        WHERE account.kind = 'escrow' AND entry.kind IN ('settled', 'cash_collected', 'credit_assigned')
        GROUP BY account.owner)
    SELECT coalesce(come.owner, 'payment:' || payment.id), coalesce(payment.settled_vnd, 0), coalesce(come.vnd, 0)
    FROM intake_payment AS payment FULL JOIN come ON come.owner = 'payment:' || payment.id
    WHERE coalesce(payment.settled_vnd, 0) <> coalesce(come.vnd, 0)
"""
#: what a gateway holds: settled or taken in another sum, less what went back through it of either, was taken back, or
#: came to our bank
CLEARING = """
    WITH moved AS (
        SELECT payment.adapter, payment.settled_vnd AS vnd FROM intake_payment AS payment
        JOIN books_entry AS entry ON entry.act = 'settled:payment:' || payment.id
        UNION ALL
        SELECT payment.adapter, -refund.amount_vnd FROM intake_refund AS refund
        JOIN intake_payment AS payment ON payment.id = refund.payment_id
        WHERE refund.state = 'done' AND NOT EXISTS (
            SELECT 1 FROM intake_refundevent AS event
            WHERE event.refund_id = refund.id AND event."to" = 'done' AND event.code = 'by hand')
        UNION ALL
        SELECT adapter, -taken_back_vnd FROM intake_payment WHERE state = 'charged_back'
        UNION ALL
        SELECT adapter, -gross_vnd FROM intake_gatewayremittance
        UNION ALL
        SELECT gateway, amount_vnd FROM intake_credit WHERE gateway <> ''
        UNION ALL
        SELECT credit.gateway, -giving.amount_vnd FROM intake_givingback AS giving
        JOIN intake_credit AS credit ON credit.id = giving.credit_id WHERE giving.through_gateway
    ), ours AS (SELECT adapter, sum(vnd) AS vnd FROM moved GROUP BY adapter
    ), books AS (
        SELECT account.owner AS adapter, sum(posting.amount_vnd) AS vnd
        FROM books_posting AS posting
        JOIN books_account AS account ON account.id = posting.account_id
        WHERE account.kind = 'gateway' GROUP BY account.owner)
    SELECT coalesce(ours.adapter, books.adapter), coalesce(ours.vnd, 0), coalesce(books.vnd, 0)
    FROM ours FULL JOIN books ON books.adapter = ours.adapter
    WHERE coalesce(ours.vnd, 0) <> coalesce(books.vnd, 0)
"""
#: what each statement of a gateway brought to our bank and what it kept, against the books
REMITTED = """
    WITH ours AS (
        SELECT 'gateway_remits:remittance:' || adapter || ':' || number AS act, bank_vnd, fee_vnd, gross_vnd
        FROM intake_gatewayremittance
    ), books AS (
        SELECT entry.act,
            coalesce(sum(posting.amount_vnd) FILTER (WHERE account.kind = 'bank'), 0) AS bank_vnd,
            coalesce(sum(posting.amount_vnd) FILTER (WHERE account.kind = 'fees'), 0) AS fee_vnd,
            -coalesce(sum(posting.amount_vnd) FILTER (WHERE account.kind = 'gateway'), 0) AS gross_vnd
        FROM books_entry AS entry
        JOIN books_posting AS posting ON posting.entry_id = entry.id
        JOIN books_account AS account ON account.id = posting.account_id
        WHERE entry.kind = 'gateway_remits' GROUP BY entry.act)
    SELECT coalesce(ours.act, books.act), coalesce(ours.bank_vnd, 0), coalesce(ours.fee_vnd, 0),
        coalesce(books.bank_vnd, 0), coalesce(books.fee_vnd, 0)
    FROM ours FULL JOIN books ON books.act = ours.act
    WHERE (ours.bank_vnd, ours.fee_vnd, ours.gross_vnd)
        IS DISTINCT FROM (books.bank_vnd, books.fee_vnd, books.gross_vnd)
"""
#: the carrier that owes the cash of a parcel, by the payment and by the books
CASH = """
    WITH books AS (
        SELECT entry.act, account.owner FROM books_entry AS entry
        JOIN books_posting AS posting ON posting.entry_id = entry.id
        JOIN books_account AS account ON account.id = posting.account_id
        WHERE entry.kind = 'cash_collected' AND account.kind = 'carrier' AND account.owner LIKE 'carrier:%')
    SELECT payment.id, payment.cash_with, coalesce(books.owner, '') FROM intake_payment AS payment
    LEFT JOIN books ON books.act = 'cash_collected:payment:' || payment.id
    WHERE payment.cash_with <> coalesce(books.owner, '')
"""
#: what is due to buyers: approved and not done
DUE = """
    WITH due AS (
        SELECT account.owner, -sum(posting.amount_vnd) AS vnd
        FROM books_posting AS posting JOIN books_account AS account ON account.id = posting.account_id
        WHERE account.kind = 'refunds_due' GROUP BY account.owner
    ), ours AS (
        SELECT 'refund:' || id AS owner,
            CASE WHEN state IN ('approved', 'sent', 'failed', 'by_hand') THEN amount_vnd ELSE 0 END AS vnd
        FROM intake_refund)
    SELECT coalesce(ours.owner, due.owner), coalesce(ours.vnd, 0), coalesce(due.vnd, 0)
    FROM ours FULL JOIN due ON due.owner = ours.owner WHERE coalesce(ours.vnd, 0) <> coalesce(due.vnd, 0)
"""
#: what is on our bank account and nobody's yet: of each credit what is neither assigned, nor counted, nor given back
UNIDENTIFIED = """
    WITH books AS (
        SELECT account.owner, -sum(posting.amount_vnd) AS vnd
        FROM books_posting AS posting JOIN books_account AS account ON account.id = posting.account_id
        WHERE account.kind = 'unidentified' GROUP BY account.owner
    ), ours AS (
        SELECT 'credit:' || id AS owner,
            amount_vnd - assigned_vnd - counted_vnd - returned_vnd AS vnd
        FROM intake_credit)
    SELECT coalesce(ours.owner, books.owner), coalesce(ours.vnd, 0), coalesce(books.vnd, 0)
    FROM ours FULL JOIN books ON books.owner = ours.owner WHERE coalesce(ours.vnd, 0) <> coalesce(books.vnd, 0)
"""

#: what credits brought of what gateways and carriers account for, on both sides, against the countings that stand
COUNTED = """
    WITH stands AS (SELECT credit_id, inflow_id, amount_vnd FROM intake_counting WHERE undone_at IS NULL)
    SELECT 'credit:' || credit.id, credit.counted_vnd, coalesce(sum(stands.amount_vnd), 0)
    FROM intake_credit AS credit LEFT JOIN stands ON stands.credit_id = credit.id
    WHERE credit.counted_vnd > 0 OR stands.credit_id IS NOT NULL
    GROUP BY credit.id HAVING credit.counted_vnd <> coalesce(sum(stands.amount_vnd), 0)
    UNION ALL
    SELECT inflow.about, inflow.came_vnd, coalesce(sum(stands.amount_vnd), 0)
    FROM intake_inflow AS inflow LEFT JOIN stands ON stands.inflow_id = inflow.id
    GROUP BY inflow.id HAVING inflow.came_vnd <> coalesce(sum(stands.amount_vnd), 0)
"""
#: what went back of credits, against the givings that are done; and what somebody asked for of what is not there
GIVEN_BACK = """
    SELECT credit.id, credit.returned_vnd, coalesce(sum(giving.amount_vnd), 0)
    FROM intake_credit AS credit
    LEFT JOIN intake_givingback AS giving ON giving.credit_id = credit.id AND giving.state = 'done'
    WHERE credit.returned_vnd > 0 OR giving.id IS NOT NULL
    GROUP BY credit.id HAVING credit.returned_vnd <> coalesce(sum(giving.amount_vnd), 0)
"""
ASKED_FOR = """
    SELECT credit.id, giving.amount_vnd,
        CASE WHEN credit.state IN ('unmatched', 'to_return', 'over')
            THEN credit.amount_vnd - credit.assigned_vnd - credit.counted_vnd - credit.returned_vnd ELSE 0 END
    FROM intake_givingback AS giving JOIN intake_credit AS credit ON credit.id = giving.credit_id
    WHERE giving.state = 'asked' AND (credit.state NOT IN ('unmatched', 'to_return', 'over')
        OR giving.amount_vnd <> credit.amount_vnd - credit.assigned_vnd - credit.counted_vnd - credit.returned_vnd)
"""
#: countings of money of one sender for what another accounts for
MIXED = """
    SELECT counting.id, credit.sender, inflow.sender FROM intake_counting AS counting
    JOIN intake_credit AS credit ON credit.id = counting.credit_id
    JOIN intake_inflow AS inflow ON inflow.id = counting.inflow_id
    WHERE counting.undone_at IS NULL AND credit.sender <> inflow.sender
"""
#: what each gateway and carrier accounts for as sent, against what its entries put on the bank account
SENT = """
    WITH ours AS (
        SELECT sender, sum(sent_vnd) AS vnd FROM intake_inflow WHERE sender NOT IN ('before', 'bank') GROUP BY sender
    ), books AS (
        SELECT CASE source.kind WHEN 'gateway' THEN 'gateway:' || source.owner ELSE source.owner END AS sender,
            sum(came.amount_vnd) AS vnd
        FROM books_entry AS entry
        JOIN books_posting AS came ON came.entry_id = entry.id
        JOIN books_account AS bank ON bank.id = came.account_id AND bank.kind = 'bank'
        JOIN books_posting AS gone ON gone.entry_id = entry.id
        JOIN books_account AS source ON source.id = gone.account_id AND source.kind IN ('gateway', 'carrier')
        WHERE entry.kind IN ('gateway_remits', 'cash_remitted') GROUP BY 1)
    SELECT coalesce(ours.sender, books.sender), coalesce(ours.vnd, 0), coalesce(books.vnd, 0)
    FROM ours FULL JOIN books ON books.sender = ours.sender WHERE coalesce(ours.vnd, 0) <> coalesce(books.vnd, 0)
"""


def _sum_of_refunds(**which: object) -> Coalesce:
    rows = Refund.objects.filter(payment=OuterRef("pk"), **which).order_by().values("payment")
    return Coalesce(Subquery(rows.annotate(whole=Sum("amount_vnd")).values("whole")), 0)


def breaks() -> Iterator[str]:
    """Sums of refunds that differ from their rows, states from their last event, books from payments."""
    yield from _payments()
    yield from _messages()
    yield from _credit_breaks()
    for owner, ours_vnd, books_vnd in rows(SETTLED):
        yield f"{owner}: settled {ours_vnd}, in the books {books_vnd}"
    for adapter, ours_vnd, books_vnd in rows(CLEARING):
        yield f"gateway {adapter}: holds {ours_vnd} by its payments, {books_vnd} in the books"
    for act, bank_vnd, fee_vnd, *books_vnd in rows(REMITTED):
        yield f"{act}: {bank_vnd} + {fee_vnd} by the statement, {books_vnd[0]} + {books_vnd[1]} in the books"
    for pk, ours, owner in rows(CASH):
        yield f"payment {pk}: its cash is with '{ours}', with '{owner}' in the books"
    for owner, ours_vnd, books_vnd in rows(DUE):
        yield f"{owner}: {ours_vnd} is due to the buyer, {books_vnd} in the books"
    for owner, ours_vnd, books_vnd in rows(UNIDENTIFIED):
        yield f"{owner}: {ours_vnd} is nobody's yet, {books_vnd} in the books"
    yield from _inflow_breaks()


def _inflow_breaks() -> Iterator[str]:
    for owner, ours_vnd, countings_vnd in rows(COUNTED):
        yield f"{owner}: {ours_vnd} is counted, {countings_vnd} by its countings"
    for counting_id, credit_of, inflow_of in rows(MIXED):
        yield f"counting {counting_id}: money of {credit_of} for what {inflow_of} sent"
    for sender, ours_vnd, books_vnd in rows(SENT):
        yield f"{sender}: {ours_vnd} sent by what it accounts for, {books_vnd} in the books"


def _payments() -> Iterator[str]:
    live = [
        state for state in Refund.State.values if state not in (Refund.State.REJECTED, Refund.State.BY_BANK)
    ]
    sums = Payment.objects.annotate(
        asked=_sum_of_refunds(state__in=live), done=_sum_of_refunds(state=Refund.State.DONE)
    )
    wrong = sums.exclude(Q(refund_asked_vnd=F("asked")) & Q(refunded_vnd=F("done")))
    for pk, asked, done in wrong.values_list("pk", "asked", "done").iterator():
        yield f"payment {pk}: refunds {asked} asked, {done} done, not as it says"
    last = PaymentEvent.objects.filter(payment=OuterRef("pk")).order_by("-id").values("to")[:1]
    states = Payment.objects.annotate(last=Coalesce(Subquery(last), Value("nothing"))).exclude(
        state="created", last="nothing"
    )
    differing = states.exclude(last=F("state")).values_list("pk", "state", "last")
    for pk, state, last_to in differing.iterator():
        yield f"payment {pk}: is {state}, its last event says {last_to}"


def _messages() -> Iterator[str]:
    old = dates.now() - timedelta(hours=1)
    stuck = Inbox.objects.filter(applied_at=None, set_aside_at=None, received_at__lt=old)
    for pk, received_at in stuck.values_list("pk", "received_at").iterator():
        yield f"inbox {pk}: stored {received_at:%Y-%m-%d %H:%M}, never applied"


def _credit_breaks() -> Iterator[str]:
    """Payments by transfer whose money is not exactly what was assigned; credits that differ from their event."""
    rows = Credit.objects.filter(payment=OuterRef("pk")).order_by().values("payment")
    given = Coalesce(Subquery(rows.annotate(whole=Sum("assigned_vnd")).values("whole")), 0)
    by_transfer = Payment.objects.filter(adapter__in=registry.fed()).annotate(given=given)
    differing = by_transfer.exclude(settled_vnd=F("given")).values_list("pk", "settled_vnd", "given")
    for pk, settled_vnd, given_vnd in differing:
        yield f"payment {pk}: settled {settled_vnd}, {given_vnd} assigned from credits"
    last = CreditEvent.objects.filter(credit=OuterRef("pk")).order_by("-id").values("to")[:1]
    odd = Credit.objects.annotate(last=Subquery(last)).exclude(state=F("last"))
    for pk, state, last_to in odd.values_list("pk", "state", "last"):
        yield f"credit {pk}: is {state}, its last event says {last_to}"
    yield from _giving_breaks()
    waiting = Credit.objects.filter(state="waiting").exclude(payment__state__in=["created", "pending"])
    for pk, payment_id in waiting.values_list("pk", "payment_id"):
        yield f"credit {pk}: waits for payment {payment_id}, which has ended"


def _giving_breaks() -> Iterator[str]:
    for pk, returned_vnd, given_vnd in rows(GIVEN_BACK):
        yield f"credit {pk}: {returned_vnd} went back, {given_vnd} by who gave it"
    for pk, asked_vnd, rest_vnd in rows(ASKED_FOR):
        yield f"credit {pk}: {asked_vnd} is asked for to go back, {rest_vnd} is there"
