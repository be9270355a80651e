"""Who earns a part of an order, what goes back of it, and what of that stands in the books."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Sum

from accounts.models import User
from common.inserts import insert
from payments.books import accounts, balances, post
from payments.books.models import Entry
from payments.books.post import Earners, Shares
from payments.intake import services as intake
from payments.intake.errors import OverRefund
from payments.intake.models import Payment, Refund
from shop.orders import refund_letters
from shop.orders.errors import InDispute, NotDelivered
from shop.orders.locks import lock_suborder
from shop.orders.models import Order, OrderLine, OrderPayment, PartRefund, SubOrder
from shop.orders.queries import payment_of_part

Fault = PartRefund.Fault
#: of these the household bears what goes back; the others never touch what it earns
ITS_OWN = (Fault.NOT_ASKED, Fault.HOUSEHOLD)
#: refunds that moved nothing: one waits for a second person, the other was refused
NOT_BOOKED = (Refund.State.ASKED, Refund.State.REJECTED)
#: what was delivered, or came back: before, the whole part is cancelled instead
CAN_BE_REFUNDED = (
    SubOrder.State.DELIVERED,
    SubOrder.State.COMPLETED,
    SubOrder.State.DISPUTED,
    SubOrder.State.RETURNED,
)
#: ended before that: their money went back by itself, unless the buyer's bank had taken back a part of it
CALLED_OFF = (SubOrder.State.CANCELLED, SubOrder.State.DECLINED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """What the buyer still pays of a part, after what went back."""

    goods_vnd: int
    delivery_vnd: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Frozen:
    """What the lines of a part say, as they were sold."""

    fee_vnd: int
    vat_vnd: int
    income_tax_vnd: int


def earners_of(suborder: SubOrder) -> Earners:
    """The household, and who brought the parcel: the household itself, or a carrier."""
    household_id = suborder.storefront.household_id
    own = suborder.carrier == "own"
    owner = accounts.household(household_id) if own else accounts.carrier(suborder.carrier)
    return Earners(household_id=household_id, delivery_owner=owner)


def left_of(suborder: SubOrder) -> Left:
    """What is left of goods and delivery after all refunds that the household bears and the books know."""
    gone = PartRefund.objects.filter(suborder=suborder, fault__in=ITS_OWN)
    return _less(suborder, gone.exclude(refund__state__in=NOT_BOOKED))


def room_of(suborder: SubOrder) -> Left:
    """What can still go back to the buyer, whoever bears it; what waits for a second person has its room."""
    gone = PartRefund.objects.filter(suborder=suborder)
    return _less(suborder, gone.exclude(refund__state=Refund.State.REJECTED))


def _less(suborder: SubOrder, gone: QuerySet[PartRefund]) -> Left:
    sums = gone.aggregate(goods=Sum("goods_vnd", default=0), delivery=Sum("delivery_vnd", default=0))
    return Left(
        goods_vnd=suborder.goods_vnd - sums["goods"], delivery_vnd=suborder.delivery_vnd - sums["delivery"]
    )


def shares_of(suborder: SubOrder, left: Left) -> Shares:
    """Who earns what of the part, with fee and taxes as frozen on its lines."""
    sums = OrderLine.objects.filter(suborder=suborder).aggregate(
        fee_vnd=Sum("fee_vnd", default=0),
        vat_vnd=Sum("vat_vnd", default=0),
        income_tax_vnd=Sum("income_tax_vnd", default=0),
    )
    return in_proportion(Frozen(**sums), suborder.goods_vnd, left)


def in_proportion(frozen: Frozen, whole_vnd: int, left: Left) -> Shares:
    """Fee and taxes in proportion to the goods left of `whole_vnd`, rounded down; the household has the rest."""
    fee_vnd, vat_vnd, income_tax_vnd = (
        amount_vnd * left.goods_vnd // whole_vnd if whole_vnd else 0
        for amount_vnd in (frozen.fee_vnd, frozen.vat_vnd, frozen.income_tax_vnd)
    )
    return Shares(
        payable_vnd=left.goods_vnd - fee_vnd - vat_vnd - income_tax_vnd,
        commission_vnd=fee_vnd,
        vat_vnd=vat_vnd,
        income_tax_vnd=income_tax_vnd,
        delivery_vnd=left.delivery_vnd,
    )


def book_end(order: Order, suborder: SubOrder) -> Entry | None:
    """Post what is earned of a part that is completed, or that came back and left its delivery to be paid.

    Nothing is posted while nothing is paid, or when everything went back. Locks are held.
    """
    payment = payment_of_part(order, suborder)
    shares = shares_of(suborder, left_of(suborder))
    entry = None
    if payment is None:
        return None
    if shares.paid_vnd:
        entry = post.completed(
            suborder.pk,
            payment_id=payment.pk,
            earners=earners_of(suborder),
            shares=shares,
            charged_back=payment.state == Payment.State.CHARGED_BACK,
        )
    if order.is_cod and suborder.cash_by == SubOrder.CashBy.HOUSEHOLD:
        _book_cash_kept(suborder)
    return entry


def _book_cash_kept(suborder: SubOrder) -> None:
    """The household keeps all it took at the door; the delivery too where it earns that itself."""
    delivery_vnd = suborder.delivery_vnd if suborder.carrier == "own" else 0
    post.cash_kept(
        suborder.pk,
        household_id=suborder.storefront.household_id,
        goods_vnd=suborder.total_vnd - delivery_vnd,
        delivery_vnd=delivery_vnd,
    )


def holder_of_cash(suborder: SubOrder, cash_by: str) -> str:
    """The owner key of who has the cash of a parcel in the hand."""
    if cash_by == SubOrder.CashBy.HOUSEHOLD:
        return accounts.household(suborder.storefront.household_id)
    return accounts.carrier(suborder.carrier)


def remittances(suborder: F | OuterRef) -> QuerySet[OrderPayment]:
    """Payments of the part whose cash a carrier has handed over whole; for `Exists`."""
    cash = OrderPayment.objects.filter(suborder=suborder, payment__settled_vnd__gt=0)
    return cash.filter(payment__handed_over_vnd=F("payment__settled_vnd"))


def note_refund(refund: Refund, suborder: SubOrder, *, goods_vnd: int, delivery_vnd: int) -> None:
    """Remember which part a refund is for; the same refund is noted once."""
    PartRefund.objects.get_or_create(
        refund=refund,
        defaults={"suborder": suborder, "goods_vnd": goods_vnd, "delivery_vnd": delivery_vnd},
    )


@transaction.atomic
def refund_part(
    suborder: SubOrder,
    *,
    goods_vnd: int,
    delivery_vnd: int,
    fault: str,
    reason: str,
    key: str,
    by: User | None,
) -> Refund:
    """Give the buyer something back of a part that was delivered, whoever is to blame; its state stays.

    The household's fault: before completion it comes from what nobody has earned yet, after it from all who
    earned, in proportion. A carrier's fault comes from its fees, nobody's from the loss fund: the household
    is paid in full. Of what is the buyer's own fault nothing is owed: what is given all the same is the
    province's goodwill, and the loss fund bears it too. The same `key` gives the same refund.

    Above what one person (`by`) may decide it is only asked for, until `approve_refund` or `reject_refund`.
    Raises OverRefund for more than is left or was paid, NotDelivered, InDispute while the bank may take it all back.
    """
    order, suborder = lock_suborder(suborder)
    payment = payment_of_part(order, suborder)
    if payment is None:
        raise OverRefund
    known = (
        PartRefund.objects.filter(refund__payment=payment, refund__key=key).select_related("refund").first()
    )
    if known:
        return known.refund
    if not can_be_refunded(suborder, payment):
        raise NotDelivered
    if payment.state == Payment.State.DISPUTED:
        raise InDispute
    room = room_of(suborder)
    if not (0 <= goods_vnd <= room.goods_vnd and 0 <= delivery_vnd <= room.delivery_vnd):
        raise OverRefund
    part = PartRefund(suborder=suborder, goods_vnd=goods_vnd, delivery_vnd=delivery_vnd, fault=fault)
    borne, cost = _borne(payment, part), shares_given_back(part)
    part.refund = intake.give_back(
        payment,
        amount_vnd=part.amount_vnd,
        reason=reason,
        key=key,
        borne=borne,
        by=by,
        together=_payments_of(order),
    )
    insert([part])
    if part.refund.state == Refund.State.APPROVED:
        refund_letters.approved(part, cost)
    return part.refund


def can_be_refunded(suborder: SubOrder, payment: Payment | None) -> bool:
    """Whether the desk may give anything back of it, as far as its own state says.

    After a chargeback nothing goes back by itself: whose the rest is that the bank left a person decides.
    """
    if suborder.state in CALLED_OFF:
        return payment is not None and payment.state == Payment.State.CHARGED_BACK
    return suborder.state in CAN_BE_REFUNDED


def needs_two(suborder: SubOrder, amount_vnd: int, *, by: User) -> bool:
    """Whether so much more back of this part would wait for a second person, were `by` to enter it now."""
    order = suborder.order
    payment = payment_of_part(order, suborder)
    return payment is not None and intake.needs_two(payment, amount_vnd, by=by, together=_payments_of(order))


def _payments_of(order: Order) -> list[int]:
    return list(order.uses.values_list("payment_id", flat=True))


@transaction.atomic
def approve_refund(refund: Refund, *, by: User) -> Refund:
    """Let a refund of a part go back that another person asked for; who bears it is reckoned now.

    Raises FourEyes, TakenBack, IllegalMove (all of payments), InDispute.
    """
    part = PartRefund.objects.select_related("suborder").get(refund=refund)
    _order, part.suborder = lock_suborder(part.suborder)
    payment = Payment.objects.get(pk=refund.payment_id)
    if payment.state == Payment.State.DISPUTED:
        raise InDispute
    borne, cost = _borne(payment, part), shares_given_back(part)
    part.refund = intake.approve_refund(refund, by=by, borne=borne)
    refund_letters.approved(part, cost)
    return part.refund


def shares_given_back(part: PartRefund) -> Shares:
    """What each who earns of the part would give back by the household's fault, in proportion.

    Reckoned from what is left now: ask before the refund is booked.
    """
    return all_shares_given_back([part])[0]


def all_shares_given_back(parts: Sequence[PartRefund]) -> list[Shares]:
    """The same of many, in their order, each as if it alone were booked. Two queries, however many."""
    ids = {part.suborder_id for part in parts}
    gone = PartRefund.objects.filter(suborder__in=ids, fault__in=ITS_OWN).exclude(
        refund__state__in=NOT_BOOKED
    )
    lost = gone.values("suborder").annotate(goods=Sum("goods_vnd"), delivery=Sum("delivery_vnd"))
    lines = OrderLine.objects.filter(suborder__in=ids).values("suborder")
    sums = lines.annotate(fee=Sum("fee_vnd"), vat=Sum("vat_vnd"), income=Sum("income_tax_vnd"))
    lost_by, sums_by = {row["suborder"]: row for row in lost}, {row["suborder"]: row for row in sums}
    return [
        _given_back(part, lost_by.get(part.suborder_id, {}), sums_by.get(part.suborder_id, {}))
        for part in parts
    ]


def _given_back(part: PartRefund, lost: Mapping[str, int], sums: Mapping[str, int]) -> Shares:
    suborder = part.suborder
    frozen = Frozen(
        fee_vnd=sums.get("fee", 0), vat_vnd=sums.get("vat", 0), income_tax_vnd=sums.get("income", 0)
    )
    before = Left(
        goods_vnd=suborder.goods_vnd - lost.get("goods", 0),
        delivery_vnd=suborder.delivery_vnd - lost.get("delivery", 0),
    )
    after = Left(
        goods_vnd=before.goods_vnd - part.goods_vnd, delivery_vnd=before.delivery_vnd - part.delivery_vnd
    )
    whole_vnd = suborder.goods_vnd
    return in_proportion(frozen, whole_vnd, before) - in_proportion(frozen, whole_vnd, after)


def is_earned(suborder: SubOrder) -> bool:
    """Whether what was paid for the part is the earners' already."""
    return suborder.pk in earned_of([suborder.pk])


def earned_of(suborder_ids: Iterable[int]) -> set[int]:
    """Those of the parts whose money is the earners' already. One query."""
    acts = {f"{Entry.Kind.COMPLETED}:suborder:{pk}": pk for pk in suborder_ids}
    return {acts[act] for act in balances.standing(acts)}


def _borne(payment: Payment, part: PartRefund) -> dict[accounts.Name, int]:
    earners = earners_of(part.suborder)
    if part.fault == Fault.CARRIER:
        return post.from_carrier(earners.delivery_owner, part.amount_vnd)
    if part.fault in (Fault.NOBODY, Fault.BUYER):
        return post.from_loss_fund(part.amount_vnd)
    if not is_earned(part.suborder):
        return post.from_escrow(payment.pk, part.amount_vnd)
    return post.from_earners(earners, shares_given_back(part))
