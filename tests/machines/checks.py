"""What is true after every step, what is true once everything has come to rest, and which outcomes a history had."""

from datetime import timedelta

from django.db import connection
from django.db.models import Count, Q, Sum
from hypothesis.stateful import invariant

from config.management.commands import audit_books
from payments.intake.models import Inbox, Payment, Refund
from shop.orders.models import Order, PartRefund, SubOrder
from shop.orders.moves import State
from shop.stock import audit as stock_audit
from tests.books.books import sheet
from tests.machines.market import Market

AUDITS = (*audit_books.ROOMS, stock_audit)
#: outcome → how to see in the database that the history had it
OUTCOMES = """
    SELECT because || CASE WHEN late THEN ' late' ELSE '' END || ' ' || adapter || ' to ' || "to"
    FROM intake_paymentevent AS event JOIN intake_payment AS payment ON payment.id = event.payment_id
    UNION SELECT 'found by asking' FROM intake_paymentevent AS event
        JOIN intake_payment AS payment ON payment.id = event.payment_id
        WHERE "to" = 'settled' AND adapter = 'sandbox' AND because = 'settled' AND NOT EXISTS (
            SELECT 1 FROM intake_inbox AS inbox WHERE inbox.about = payment.reference AND applied_at IS NOT NULL
                AND inbox.fact ->> 'kind' = 'settled')
    UNION SELECT 'revived late' FROM orders_suborderevent WHERE why = 'late money'
    UNION SELECT 'refunded late' FROM intake_refund WHERE key = 'late'
    UNION SELECT 'part ' || "to" || ' by ' || role FROM orders_suborderevent
    UNION SELECT 'refund ' || "to" FROM intake_refundevent
    UNION SELECT 'refund by two' FROM intake_refund WHERE by_two
    UNION SELECT 'taken back for another way' FROM orders_orderpayment AS use
        JOIN orders_orderpayment AS next ON next.order_id = use.order_id AND next.id > use.id
        JOIN intake_paymentevent AS event ON event.payment_id = use.payment_id AND because = 'cancelled'
    UNION SELECT 'fault ' || fault || CASE WHEN EXISTS (
            SELECT 1 FROM books_entry WHERE act = 'completed:suborder:' || part.suborder_id AND id < entry.id)
        THEN ' after completion' ELSE '' END
        FROM orders_partrefund AS part JOIN books_entry AS entry ON entry.act = 'refund_approved:refund:' || refund_id
    UNION SELECT 'credit ' || because || ' to ' || "to" FROM intake_creditevent
    UNION SELECT 'set aside ' || why FROM intake_inbox WHERE why <> ''
    UNION SELECT 'booked ' || kind FROM books_entry
    UNION SELECT 'payout ' || "to" FROM payouts_payoutevent
    UNION SELECT 'payout with a line that takes back' FROM payouts_payoutline WHERE payable_vnd + delivery_vnd < 0
    UNION SELECT 'household owes' FROM books_posting AS posting
        JOIN books_account AS account ON account.id = posting.account_id AND kind = 'payable'
        GROUP BY account.id HAVING sum(amount_vnd) > 0
"""


def outcomes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(OUTCOMES)
        return [row[0] for row in cursor.fetchall()]


class Checked(Market):
    """The audits run after every so many steps; 0: at the ends of histories only."""

    audit_every = 0
    steps = 0

    @invariant()
    def nothing_is_broken(self):
        self.forget()
        self.is_due = True
        assert self.ground.complaints.heard == []
        self.steps += 1
        if self.audit_every and not self.steps % self.audit_every:
            self.audited()

    def audited(self) -> None:
        connection.check_constraints()
        for audit in AUDITS:
            assert list(audit.breaks()) == []
        self.books_say_what_the_others_say()
        self.nobody_is_paid_twice()
        self.the_buyer_paid_what_he_keeps()

    def books_say_what_the_others_say(self) -> None:
        """Our bank account and the carriers' hands, as whoever moved the money remembers it."""
        books = sheet()
        assert books.get("bank", 0) == self.account_vnd
        carried = sum(vnd for name, vnd in books.items() if name.startswith("carrier carrier:"))
        assert carried == self.carriers_vnd
        done = Refund.objects.filter(payment__adapter="sandbox", state="done").exclude(
            events__to="done", events__code="by hand"
        )
        for refund in done:
            assert self.bank.returned[refund.reference] == (refund.amount_vnd, refund.payment.reference)

    def nobody_is_paid_twice(self) -> None:
        came = Count("events", Q(events__to="settled", events__because="settled"))
        assert not Payment.objects.annotate(came=came).filter(came__gt=1).exists()

    def the_buyer_paid_what_he_keeps(self) -> None:
        for order in Order.objects.exclude(uses__payment__state="charged_back"):
            for money, parts in _what_pays_what(order):
                sums = money.aggregate(
                    came=Sum("settled_vnd", default=0), back=Sum("refund_asked_vnd", default=0)
                )
                assert sums["came"] - sums["back"] == sum(map(_kept_vnd, parts)), order.number

    def teardown(self) -> None:
        try:
            before = outcomes()
            self.at_rest()
            # A word that was lost is often found only when the hold ends.
            found = {"found by asking"} & set(outcomes())
            self.reached(*{*before, *found})
        finally:
            super().teardown()

    def at_rest(self) -> None:
        """The bank is well, every pause is over, every job has run: what is still open then stays open."""
        self.bank.mood = "well"
        self.ground.clock.shift(timedelta(days=4))
        self.strike()
        self._lost_words_are_found()
        self.ground.clock.shift(timedelta(days=4))
        self.strike()
        self.audited()
        assert self.ground.complaints.heard == []
        assert not Payment.objects.exclude(adapter="cod").filter(state__in=["created", "pending"]).exists()
        assert not SubOrder.objects.filter(state__in=[State.AWAITING_PAYMENT, State.CONFIRMED]).exists()
        assert not Refund.objects.filter(state__in=["approved", "sent"]).exists()
        self._the_bank_holds_what_we_say_it_holds()

    def _lost_words_are_found(self) -> None:
        """A bank that was never silent was asked about each charge; else somebody compares its list with ours."""
        settled = set(Payment.objects.filter(settled_vnd__gt=0).values_list("reference", flat=True))
        for reference, amount_vnd in self.bank.paid.items():
            if reference not in settled:
                self.hear(self.word(reference, "paid", amount_vnd))

    def _the_bank_holds_what_we_say_it_holds(self) -> None:
        asked = dict(Payment.objects.filter(adapter="sandbox").values_list("reference", "asked_vnd"))
        odd = {each for each, vnd in self.bank.paid.items() if vnd != asked[each]}
        aside = set(Inbox.objects.filter(why="mismatch", about__in=odd).values_list("about", flat=True))
        assert odd == aside, "A sum that we did not ask for waits for a person."
        ours = Payment.objects.filter(adapter="sandbox", settled_vnd__gt=0)
        assert set(ours.values_list("reference", flat=True)) == self.bank.paid.keys() - odd
        held_vnd = sum(vnd for each, vnd in self.bank.paid.items() if each not in odd)
        held_vnd -= sum(vnd for vnd, _of in self.bank.returned.values()) + sum(self.bank.taken.values())
        assert sheet().get("gateway sandbox", 0) == held_vnd


def _what_pays_what(order: Order):
    parts = list(order.suborders.all())
    if order.is_cod:
        return [(Payment.objects.filter(use__suborder=part), [part]) for part in parts]
    return [(Payment.objects.filter(use__order=order), parts)]


def _kept_vnd(part: SubOrder) -> int:
    """What the buyer has paid of a part and not been promised back."""
    paid = part.cash_by if part.order.is_cod else part.confirmed_at
    promised = PartRefund.objects.filter(suborder=part).exclude(refund__state=Refund.State.REJECTED)
    sums = promised.aggregate(goods=Sum("goods_vnd", default=0), delivery=Sum("delivery_vnd", default=0))
    gone_vnd = sums["goods"] + sums["delivery"]
    if paid and part.state in (State.CANCELLED, State.DECLINED):
        assert gone_vnd == part.total_vnd
    if paid and part.state == State.RETURNED:
        assert gone_vnd == part.total_vnd - (part.delivery_vnd if part.end_reason == "refused" else 0)
    return part.total_vnd - gone_vnd if paid else 0
