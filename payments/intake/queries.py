"""What the rooms above may ask about payments."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat

from common import codes, dates, province
from payments.adapters import registry
from payments.adapters.contract import Adapter, Refunds
from payments.books import balances
from payments.books.models import Account, Entry
from payments.intake import breaker
from payments.intake.models import (
    Circuit,
    Credit,
    ForgedCalls,
    Gateway,
    GatewayEvent,
    GatewayRemittance,
    GivingBack,
    Inbox,
    Payment,
    PaymentEvent,
    Pull,
    Refund,
    RefundEvent,
    Statement,
    StatementRow,
    Trial,
)

#: a refund whose end is not known so long is a person's to look at
HANGS_AFTER = timedelta(days=1)
#: calls that proved nothing are shown so long
FORGED_WITHIN = timedelta(days=7)


def access_payment(reference: str) -> Payment | None:
    """The payment of an address; its unguessable reference is the right to see it. None if there is none."""
    return Payment.objects.filter(reference=reference).first()


def gives_back_itself(adapter: str) -> bool:
    """Whether money comes back on the way of that code; if not, a person does it by hand."""
    try:
        return isinstance(registry.get(adapter), Refunds)
    except registry.NoSuchAdapter:
        return False


def ways_to_pay(amount_vnd: int | None) -> list[Adapter]:
    """What a buyer may choose for this sum (None: for any), gateways that answer only."""
    return breaker.healthy(registry.offered(amount_vnd))


def way_to_pay(code: str, amount_vnd: int) -> Adapter | None:
    """The way of that code if a buyer may choose it for this sum now, else None."""
    way = registry.offering(code, [amount_vnd])
    return way if way and breaker.healthy([way]) else None


def circuits_open() -> set[str]:
    """Codes of the gateways that nobody is sent to now, because they do not answer."""
    opened = Circuit.objects.filter(open_until__gt=dates.now())
    return set(opened.values_list("adapter", flat=True))


def gateway_events(code: str) -> QuerySet[GatewayEvent]:
    """Who changed, wanted, confirmed or refused what of one gateway, newest first."""
    return GatewayEvent.objects.filter(gateway__code=code).select_related("by", "wanted_by")


def gateways_to_confirm() -> QuerySet[Gateway]:
    """Gateways of whose values somebody wants others, the oldest wish first; without what is encrypted."""
    wanted = Gateway.objects.defer("kept", "wanted").exclude(wanted_by=None)
    return wanted.select_related("wanted_by").order_by("wanted_at", "pk")


def pulls() -> dict[str, Pull]:
    """Code → how it goes with asking a feed for what its notifications lost; of those that were ever asked."""
    asked = Pull.objects.exclude(pulled_at=None, trouble="")
    return {row.adapter: row for row in asked}


def trials() -> QuerySet[Trial]:
    """Payments that only tried a gateway, newest first."""
    return Trial.objects.select_related("payment", "by")


def refunds_for_a_person() -> QuerySet[Refund]:
    """Refunds that the gateway cannot or would not give back, oldest first."""
    waiting = (Refund.State.BY_HAND, Refund.State.FAILED)
    return Refund.objects.filter(state__in=waiting).select_related("payment").order_by("created_at")


def held_payments() -> QuerySet[Payment]:
    """Payments whose gateway has the money and doubts it, oldest first."""
    return Payment.objects.filter(held_at__isnull=False).order_by("held_at", "pk")


def open_disputes() -> QuerySet[Payment]:
    """Payments that a bank disputes now."""
    return Payment.objects.filter(state=Payment.State.DISPUTED)


def disputes() -> QuerySet[Payment]:
    """Payments that a bank disputes or ever disputed: the open ones first, then the newest."""
    begun = PaymentEvent.objects.filter(payment=OuterRef("pk"), to=Payment.State.DISPUTED)
    is_over = Case(When(state=Payment.State.DISPUTED, then=0), default=1)
    rows = Payment.objects.annotate(disputed_at=Subquery(begun.order_by("pk").values("at")[:1]), over=is_over)
    return rows.filter(disputed_at__isnull=False).order_by("over", "-disputed_at", "-pk")


def refunds_to_approve() -> QuerySet[Refund]:
    """Refunds that somebody asked for and that wait for another person, oldest first."""
    waiting = Refund.objects.filter(state=Refund.State.ASKED)
    return waiting.select_related("payment", "asked_by").order_by("created_at", "pk")


def hanging_refunds() -> QuerySet[Refund]:
    """Refunds on their way whose end nobody knows for a day, oldest first; `waits_since` is when they last moved."""
    moved = RefundEvent.objects.filter(refund=OuterRef("pk")).order_by("-pk").values("at")[:1]
    under_way = Refund.objects.filter(state__in=(Refund.State.APPROVED, Refund.State.SENT))
    waiting = under_way.annotate(waits_since=Coalesce(Subquery(moved), "created_at"))
    return waiting.filter(waits_since__lt=dates.now() - HANGS_AFTER).select_related("payment").order_by("pk")


def messages_for_a_person() -> QuerySet[Inbox]:
    """Messages set aside and not dealt with, oldest first."""
    return Inbox.objects.filter(set_aside_at__isnull=False, handled_at=None).order_by("set_aside_at")


def forged_calls() -> list[dict]:
    """Gateways in whose name somebody called in vain within a week, most calls first: {adapter, sum, last_at}."""
    lately = ForgedCalls.objects.filter(last_at__gt=dates.now() - FORGED_WITHIN).values("adapter")
    return list(lately.annotate(sum=Sum("calls"), last_at=Max("last_at")).order_by("-sum", "adapter"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Transferred:
    """What came to the bank account for one payment, in whole đồng."""

    #: waits for the rest
    came_vnd: int = 0
    missing_vnd: int = 0
    #: goes back to whoever sent it: too much, or too little in time
    to_return_vnd: int = 0
    returned_vnd: int = 0


def transferred(*payments: Payment) -> Transferred:
    """How far the transfers for one order's payments have come. One query; none where nobody transfers."""
    mine = [payment for payment in payments if payment.adapter in registry.fed()]
    if not mine:
        return Transferred()
    came = to_return = returned = 0
    for credit in Credit.objects.filter(payment__in=mine):
        returned += credit.returned_vnd
        if credit.state == Credit.State.WAITING:
            came += credit.amount_vnd
        elif credit.state == Credit.State.TO_RETURN:
            to_return += credit.spare_vnd
    asked = sum(payment.asked_vnd for payment in mine if payment.is_open)
    return Transferred(
        came_vnd=came,
        missing_vnd=asked - came if asked else 0,
        to_return_vnd=to_return,
        returned_vnd=returned,
    )


def credits_for_a_person() -> QuerySet[Credit]:
    """Credits that nobody knows the owner of, that hold more than their sender owed, or that are to be given back,
    oldest first.
    """
    waiting = (Credit.State.UNMATCHED, Credit.State.TO_RETURN, Credit.State.OVER)
    return Credit.objects.filter(state__in=waiting).select_related("payment").order_by("arrived_at", "pk")


def givings_to_do() -> QuerySet[GivingBack]:
    """What somebody asked to give back of credits and another person is to transfer, oldest first."""
    waiting = GivingBack.objects.filter(state=GivingBack.State.ASKED)
    return waiting.select_related("credit", "asked_by").order_by("asked_at", "pk")


def find_credits(text: str) -> QuerySet[Credit]:
    """All credits whose note, bank number or payment holds the text, newest first."""
    plain = text.strip()
    squeezed = "".join(plain.split()).replace("-", "").upper()
    by_payment = Q(payment__words__iexact=plain) | Q(payment__gateway_ref=squeezed)
    named = (
        by_payment
        | Q(note__icontains=plain)
        | Q(bank_ref__icontains=plain)
        | Q(bank_ref__icontains=squeezed)
        | Q(note__icontains=squeezed)
    )
    return Credit.objects.filter(named).select_related("payment").order_by("-pk")


def payment_by_code(text: str, adapters: list[str]) -> Payment | None:
    """The payment by one of these adapters that a transfer code or an order's number names, the open one first."""
    prefix = province.order_prefix()
    tidy = codes.tidy(text, prefix) or text.strip()
    named = Payment.objects.filter(adapter__in=adapters).filter(
        Q(words=tidy) | Q(gateway_ref=tidy.replace("-", ""))
    )
    found = sorted(named.order_by("-pk")[:20], key=lambda payment: not payment.is_open)
    return found[0] if found else None


def accounts() -> list[str]:
    """The bank accounts that money came to or that buyers are sent to: a mistyped one would count money twice."""
    return sorted(
        {
            *Credit.objects.filter(gateway="").order_by().values_list("account", flat=True).distinct(),
            *registry.fed_accounts(),
        }
    )


def statements() -> QuerySet[Statement]:
    """Uploaded statements, newest first, with the sum of what was read, and how many lines are still to be booked."""
    mine = rows_to_book().filter(statement=OuterRef("pk")).order_by().values("statement")
    to_book = Coalesce(Subquery(mine.annotate(count=Count("pk")).values("count")), 0)
    rows = Statement.objects.select_related("uploaded_by", "booked_by").order_by("-pk")
    return rows.annotate(sum_vnd=Sum("rows__amount_vnd"), to_book=to_book)


def rows_to_book() -> QuerySet[StatementRow]:
    """Lines of statements that are to become credits and are none yet."""
    return StatementRow.objects.filter(state__in=StatementRow.TO_BOOK, credit=None)


def statements_left(before: datetime) -> list[int]:
    """Statements let go for booking before that moment whose lines are not all booked."""
    rows = rows_to_book().filter(statement__booked_at__lt=before).order_by()
    return sorted(rows.values_list("statement_id", flat=True).distinct())


def counts_of(statement: Statement) -> list[dict]:
    """How many lines of a statement are in each state, with the sum of what was read: {state, label, count, sum_vnd}."""
    rows = statement.rows.order_by().values("state").annotate(count=Count("pk"), sum_vnd=Sum("amount_vnd"))
    found = {row["state"]: row for row in rows}
    return [
        {**found[state], "label": StatementRow.State(state).label}
        for state in StatementRow.State.values
        if state in found
    ]


def clearing() -> QuerySet[Account]:
    """What each gateway holds for us: accounts with `balance_vnd`; the owner is the adapter's code."""
    return balances.accounts(kind=Account.Kind.GATEWAY)


def gateway_remittances() -> QuerySet[GatewayRemittance]:
    """What gateways sent to our bank, the latest first, each with `entry_id` of its entry in the books."""
    act = Concat(Value("gateway_remits:remittance:"), "adapter", Value(":"), "number")
    entry = Entry.objects.filter(act=OuterRef("its_act")).values("pk")
    rows = GatewayRemittance.objects.select_related("entered_by").annotate(its_act=act)
    return rows.annotate(entry_id=Subquery(entry))


def cash_at_carriers() -> QuerySet[Payment]:
    """Cash that carriers took and have not handed over, oldest first: payments with `holder`, `vnd`, `at`, `about`, and
    the `entry_id` of what the books say of it.

    Of cash that came in part, `vnd` is the rest. Only what is still owed is read, however much was ever handed over.
    """
    owed = Payment.objects.exclude(cash_with="").filter(handed_over_vnd__lt=F("settled_vnd"))
    act = Concat(Value(f"{Entry.Kind.CASH_COLLECTED}:payment:"), Cast(OuterRef("pk"), CharField()))
    return owed.annotate(
        payment_id=F("pk"),
        holder=F("cash_with"),
        vnd=F("settled_vnd") - F("handed_over_vnd"),
        at=F("settled_at"),
        about=Concat(Value("payment:"), Cast("pk", CharField())),
        entry_id=Subquery(Entry.objects.filter(act=act).values("pk")),
    ).order_by("settled_at", "pk")
