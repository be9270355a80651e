"""What gateways and bank say of one day, against what we say. It asks and compares; it changes nothing.

A payment or refund belongs to the day it was created, and to the day its money moved. What the gateway does
not answer is no difference and no agreement: it is left over, and asked first when the same day runs again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from common import dates
from payments.adapters import registry
from payments.adapters.contract import Adapter, Asks, Fact, Refunds, Refused, Unreachable
from payments.adapters.wire import PATIENT_S, within
from payments.intake.breaker import SILENCES
from payments.intake.models import Credit, Payment, Refund, RefundEvent, StatementRow
from payments.intake.services import booking
from payments.intake.services.charges import charge_of
from payments.intake.services.refunds import return_of

P, R = Payment.State, Refund.State
#: figures without the payers' words, so that who only audits may compare, too
OF_ROW = ("state", "amount_vnd", "bank_ref", "trouble", "line", "statement__account", "credit__amount_vnd")
PAID = (P.SETTLED, P.DISPUTED, P.CHARGED_BACK)


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What came of one comparison. `difference` is a sentence, "" where both agree; `answered` False where
    nobody knows. `remark` says why nothing could be compared. `fact` is what the gateway said."""

    name: str
    adapter: str
    difference: str = ""
    remark: str = ""
    answered: bool = True
    fact: Fact | None = None


def subjects(day: date, adapter: str = "") -> Iterator[Payment | Refund]:
    """Every payment and refund of the day that a gateway can be asked about, payments first, oldest first."""
    codes = [code for code, kind in registry.kinds().items() if issubclass(kind, Asks)]
    codes = [code for code in codes if adapter in ("", code)]
    since, until = _bounds(day)
    mine = Payment.objects.filter(adapter__in=codes)
    yield from mine.filter(_within(since, until, "created_at", "settled_at")).order_by("pk").iterator()
    giving = [code for code in codes if issubclass(registry.kinds()[code], Refunds)]
    backs = Refund.objects.filter(payment__adapter__in=giving).select_related("payment")
    yield from backs.filter(_within(since, until, "created_at", "done_at")).order_by("pk").iterator()


def name_of(subject: Payment | Refund) -> str:
    kind = "payment" if isinstance(subject, Payment) else "refund"
    return f"{kind} {subject.pk}"


class Asking:
    """Asks gateways, each call within its time. One that is silent five times in a row is left alone."""

    def __init__(self, pause: Callable[[], None]) -> None:
        #: called before each question: the rate is its business
        self.pause = pause
        self.silences: dict[str, int] = {}

    def check(self, subject: Payment | Refund) -> Checked:
        """Ask about it and compare."""
        code = subject.adapter if isinstance(subject, Payment) else subject.payment.adapter
        told = {"name": name_of(subject), "adapter": code}
        if self.silences.get(code, 0) >= SILENCES:
            return Checked(**told, answered=False)
        try:
            fact = self._ask(registry.get(code, patient=True), subject)
        except registry.NoSuchAdapter:
            return Checked(**told, difference="its gateway is not configured", answered=False)
        except Refused as refusal:
            self.silences[code] = 0
            return Checked(**told, difference=_of_refusal(subject, refusal))
        except Unreachable:
            self.silences[code] = self.silences.get(code, 0) + 1
            return Checked(**told, answered=False)
        self.silences[code] = 0
        if _speaks_of_another(subject, fact):
            return Checked(**told, remark="the gateway speaks of another refund of the same payment only")
        return Checked(**told, difference=_difference(subject, fact), fact=fact)

    def _ask(self, adapter: Adapter, subject: Payment | Refund) -> Fact:
        about = charge_of(subject) if isinstance(subject, Payment) else return_of(subject)
        self.pause()
        return within(PATIENT_S, lambda: adapter.ask(about))


def _speaks_of_another(subject: Payment | Refund, fact: Fact) -> bool:
    """VNPay knows the last refund of a payment only: of the ones before it nothing can be heard."""
    if isinstance(subject, Payment) or (fact.kind, fact.code) != ("pending", "unknown"):
        return False
    return Refund.objects.filter(payment=subject.payment_id, pk__gt=subject.pk).exists()


def _difference(subject: Payment | Refund, fact: Fact) -> str:
    if isinstance(subject, Payment):
        return _of_payment(subject, fact)
    return _of_refund(subject, fact)


def _of_payment(payment: Payment, fact: Fact) -> str:
    ours_is_paid = payment.state in PAID
    if fact.kind == "settled":
        if (fact.amount_vnd, fact.currency) != (payment.asked_vnd, "VND"):
            return f"the gateway took {fact.amount_vnd} {fact.currency}, we asked for {payment.asked_vnd} VND"
        return "" if ours_is_paid else f"paid at the gateway, {payment.state} with us"
    if fact.kind == "held":
        # Asked about a payment, VNPay speaks of its last refund: so it had the money. The refund is asked for itself.
        if ours_is_paid and payment.refund_asked_vnd:
            return ""
        return f"the gateway took the money and doubts it ({fact.code}), {payment.state} with us"
    if ours_is_paid:
        return f"{fact.kind} at the gateway ({fact.code}), {payment.state} with us"
    if fact.kind == "failed" and payment.is_open:
        return f"failed at the gateway ({fact.code}), {payment.state} with us"
    return ""


def _of_refund(refund: Refund, fact: Fact) -> str:
    ours_is_done = refund.state == R.DONE and not _is_by_hand(refund)
    if fact.kind == "refunded":
        if (fact.amount_vnd, fact.currency) != (refund.amount_vnd, "VND"):
            return f"the gateway gave back {fact.amount_vnd} {fact.currency}, we asked for {refund.amount_vnd} VND"
        if refund.state == R.DONE and not ours_is_done:
            return "given back by the gateway and by hand"
        return "" if ours_is_done else f"given back at the gateway, {refund.state} with us"
    if ours_is_done or (fact.kind == "refund_failed" and refund.state == R.SENT):
        return f"{fact.kind} at the gateway ({fact.code}), {refund.state} with us"
    return ""


def _of_refusal(subject: Payment | Refund, refusal: Refused) -> str:
    """A gateway that does not know it: fine as long as we believe in no money there."""
    if isinstance(subject, Payment):
        believed = subject.state in PAID
    else:
        believed = subject.state in (R.SENT, R.DONE) and not _is_by_hand(subject)
    return f"the gateway does not know it ({refusal.code}), {subject.state} with us" if believed else ""


def _is_by_hand(refund: Refund) -> bool:
    """Whether a person gave it back: then the gateway need not know it."""
    return RefundEvent.objects.filter(refund=refund, to=R.DONE, code=booking.BY_HAND).exists()


# --- the bank account


def statements(day: date) -> Iterator[Checked]:
    """Every difference between the uploaded statements of the day and the credits that we know."""
    since, until = _bounds(day)
    rows = StatementRow.objects.filter(at__gte=since, at__lt=until).select_related("statement", "credit")
    for row in rows.only(*OF_ROW).order_by("pk").iterator():
        if said := _of_row(row):
            yield Checked(name=f"statement line {row}", adapter=row.statement.account, difference=said)
    for credit in _unseen(since, until):
        said = f"{credit.amount_vnd} ({credit.bank_ref}) is with us, and no statement of the day has it"
        yield Checked(name=f"credit {credit.pk}", adapter=credit.account, difference=said)


def accounts_without_statement(day: date) -> list[str]:
    """Accounts that money came to on the day and that no uploaded statement speaks of: not compared."""
    since, until = _bounds(day)
    credits_ = (
        Credit.objects.filter(gateway="", at__gte=since, at__lt=until)
        .order_by()
        .exclude(_spoken_of(since, until))
    )
    return sorted(set(credits_.values_list("account", flat=True)))


def _of_row(row: StatementRow) -> str:
    if row.state == StatementRow.State.UNREADABLE:
        return f"{row.bank_ref} cannot be booked: {row.trouble}"
    same = Credit.objects.only("amount_vnd").filter(account=row.statement.account, bank_ref=row.bank_ref)
    known = row.credit or same.first()
    if known is None:
        return f"{row.amount_vnd} ({row.bank_ref}) is on the statement, not with us"
    if known.amount_vnd != row.amount_vnd:
        return f"{row.bank_ref}: {row.amount_vnd} on the statement, {known.amount_vnd} with us"
    return ""


def _unseen(since: datetime, until: datetime) -> QuerySet[Credit]:
    same = StatementRow.objects.filter(statement__account=OuterRef("account"), bank_ref=OuterRef("bank_ref"))
    mine = Credit.objects.filter(_spoken_of(since, until), ~Exists(same), at__gte=since, at__lt=until)
    return mine.only("amount_vnd", "bank_ref", "account").order_by("pk")


def _spoken_of(since: datetime, until: datetime) -> Exists:
    rows = StatementRow.objects.filter(statement__account=OuterRef("account"), at__gte=since, at__lt=until)
    return Exists(rows)


def _bounds(day: date) -> tuple[datetime, datetime]:
    return dates.at(day, 0), dates.at(day + timedelta(days=1), 0)


def _within(since: datetime, until: datetime, *fields: str) -> Q:
    found = Q()
    for name in fields:
        found |= Q(**{f"{name}__gte": since, f"{name}__lt": until})
    return found
