"""The read side: which parcel a carrier means, what of its files waits for a person, and cash that stays long."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from common import codes, dates, province
from payments.books import balances
from payments.books.models import Account
from payments.intake import inflows
from payments.intake import queries as intake
from payments.intake.models import Payment
from shop.delivery.models import Method
from shop.fulfilment.models import Remittance, RemittanceLine, Shipment, TrackingKey
from shop.fulfilment.words import CONFLICT, SEVERAL, UNKNOWN
from shop.orders.models import OrderPayment, SubOrder

State = RemittanceLine.State
#: of a household's own delivery: whom it called itself, where that one took the cash
OWN = "own"
#: a person has to say something about these
WAITING = (State.DIFFERS, State.NO_MATCH, State.UNREADABLE)
#: in the books; what a person closed is not, and may come again in a later file
OVER = (State.BOOKED, State.DECIDED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcels:
    """Cash parcels of one carrier that some lines of it may mean."""

    by_tracking: dict[str, list[SubOrder]]
    by_number: dict[str, list[SubOrder]]

    def meant(self, tracking: str, order: str) -> tuple[SubOrder | None, str]:
        """The one parcel that number and code mean, or None and why in words."""
        number, position = number_of(order)
        ours = [each for each in self.by_number.get(number, []) if position in ("", str(each.position))]
        theirs = self.by_tracking.get(key_of(tracking), [])
        if ours and theirs:
            found = [each for each in ours if each in theirs]
            if not found:
                return None, str(CONFLICT)
        else:
            found = ours or theirs
        if len(found) == 1:
            return found[0], ""
        return None, str(SEVERAL if found else UNKNOWN)


def key_of(tracking: str) -> str:
    """A tracking number as it is compared: its letters and digits, in capitals."""
    return "".join(sign for sign in tracking.upper() if sign.isascii() and sign.isalnum())


def number_of(order: str) -> tuple[str, str]:
    """'xl 7k3m 9qab/2' → ('XL-7K3M-9QAB', '2'); an empty number where it is none."""
    number, _slash, position = order.partition("/")
    return codes.tidy(number, province.order_prefix()) or "", position.strip().lstrip("0")


def parcels(carrier: str, said: Iterable[tuple[str, str]]) -> Parcels:
    """What pairs of tracking number and order code may mean. Five queries, however many pairs."""
    pairs = list(said)
    keys = {key_of(tracking) for tracking, _order in pairs} - {""}
    numbers = {number_of(order)[0] for _tracking, order in pairs} - {""}
    cash = SubOrder.objects.filter(order__adapter="cod", carrier=carrier)
    cash = cash.select_related("order", "storefront").prefetch_related("uses__payment")
    by_tracking, by_number = defaultdict(list), defaultdict(list)
    shipments = Shipment.objects.annotate(key=TrackingKey("tracking")).filter(key__in=keys)
    keyed = dict(shipments.exclude(tracking="").values_list("suborder_id", "key"))
    for part in cash.filter(pk__in=keyed):
        by_tracking[keyed[part.pk]].append(part)
    for part in cash.filter(order__number__in=numbers):
        by_number[part.order.number].append(part)
    return Parcels(by_tracking=by_tracking, by_number=by_number)


def cash_of(suborder: SubOrder) -> Payment | None:
    """The payment that the parcel's cash settles, as it is now: the latest one."""
    uses: list[OrderPayment] = sorted(suborder.uses.all(), key=lambda each: each.pk)
    return uses[-1].payment if uses else None


def carriers() -> dict[str, str]:
    """Carriers that may send a file: code → what people call them."""
    names = {row.carrier: row.name for row in Method.objects.exclude(carrier=OWN).order_by("-position")}
    holders = Account.objects.filter(kind=Account.Kind.CARRIER, owner__startswith="carrier:")
    held = [owner.partition(":")[2] for owner in holders.values_list("owner", flat=True)]
    calls = {OWN: _("Bên giao hộ tự gọi"), **names}
    return {code: str(calls.get(code, code)) for code in sorted({*names, *held})}


def remittances() -> QuerySet[Remittance]:
    """Files, newest first, with how many of their lines wait for a person, and how many are still to be booked."""
    mine = _waiting().filter(remittance=OuterRef("pk")).order_by().values("remittance")
    waits = Coalesce(Subquery(mine.annotate(count=Count("pk")).values("count")), 0)
    left = RemittanceLine.objects.filter(state=State.MATCHED, remittance=OuterRef("pk")).order_by()
    to_book = Coalesce(Subquery(left.values("remittance").annotate(count=Count("pk")).values("count")), 0)
    rows = Remittance.objects.select_related("uploaded_by", "booked_by")
    return rows.annotate(waits=waits, to_book=to_book).order_by("-pk")


def _waiting() -> QuerySet[RemittanceLine]:
    """Lines about which a person has to say something.

    Of what looks like a repetition those that bring money and whose words no other line has said.
    """
    others = RemittanceLine.objects.filter(carrier=OuterRef("carrier"), checksum=OuterRef("checksum"))
    earlier = Q(
        pk__lt=OuterRef("pk"), state__in=(*WAITING, State.DUPLICATE), remittance__booked_at__isnull=False
    )
    known = others.filter(Q(state__in=OVER) | earlier)
    new = Q(state=State.DUPLICATE, transferred_vnd__gt=0) & ~Exists(known)
    return RemittanceLine.objects.filter(Q(state__in=WAITING) | new)


def lines_of(remittance: Remittance) -> QuerySet[RemittanceLine]:
    return remittance.lines.select_related("suborder__order", "payment", "decided_by").order_by("line")


def counts_of(remittance: Remittance) -> list[dict]:
    """How many lines of a file are in each state: {state, label, count, collected, fee, transferred} with sums."""
    sums = {name: Sum(f"{name}_vnd", default=0) for name in ("collected", "fee", "transferred")}
    rows = remittance.lines.order_by().values("state").annotate(count=Count("pk"), **sums)
    found = {row["state"]: row for row in rows}
    return [{**found[each], "label": State(each).label} for each in State.values if each in found]


def lines_for_a_person() -> QuerySet[RemittanceLine]:
    """Lines of booked files that are not booked by themselves, what waits longest first."""
    rows = _waiting().filter(remittance__booked_at__isnull=False)
    return rows.select_related("remittance", "suborder__order", "payment").order_by("remittance_id", "line")


def left_lying(before: datetime) -> list[int]:
    """Files let go for booking before that moment whose lines are not all booked."""
    rows = RemittanceLine.objects.filter(state=State.MATCHED, remittance__booked_at__lt=before)
    return sorted(set(rows.values_list("remittance_id", flat=True)))


def known(carrier: str, checksums: Iterable[str]) -> set[str]:
    """Which of these lines the carrier has said before, in a file that was booked."""
    rows = RemittanceLine.objects.filter(carrier=carrier, checksum__in=list(checksums))
    rows = rows.filter(Q(state__in=OVER) | Q(state__in=WAITING, remittance__booked_at__isnull=False))
    return set(rows.values_list("checksum", flat=True))


def is_booked(line: RemittanceLine) -> bool:
    """Whether the very same words of the carrier are in the books, from whatever file."""
    rows = RemittanceLine.objects.filter(carrier=line.carrier, checksum=line.checksum)
    return rows.filter(state__in=OVER).exists()


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """Cash that one carrier has and owes us; `late_vnd` of it for longer than agreed.

    `lacks_vnd` it accounted for and no credit has brought yet, `over_vnd` it sent beyond what it accounted for.
    """

    carrier: str
    name: str
    account_id: int
    vnd: int
    late_vnd: int
    lacks_vnd: int
    over_vnd: int


def held() -> list[Held]:
    """What each carrier holds by the books, and how much of it for too long."""
    names = carriers()
    late = dict(late_cash().order_by().values_list("holder").annotate(Sum("vnd")))
    lacks, over = inflows.lacking(), inflows.over()
    rows = balances.accounts(kind=Account.Kind.CARRIER).filter(owner__startswith="carrier:")
    return [
        Held(
            carrier=(code := row.owner.partition(":")[2]),
            name=names.get(code, code),
            account_id=row.pk,
            vnd=row.balance_vnd,
            late_vnd=late.get(row.owner, 0),
            lacks_vnd=lacks.get(row.owner, 0),
            over_vnd=over.get(row.owner, 0),
        )
        for row in rows
    ]


def late_cash() -> QuerySet[Payment]:
    """Cash that a carrier has for longer than `CASH_AT_CARRIER_DAYS`, oldest first; see `intake.cash_at_carriers`."""
    since = dates.now() - timedelta(days=settings.CASH_AT_CARRIER_DAYS)
    return intake.cash_at_carriers().filter(settled_at__lt=since)


def parts_of_payments(ids: Iterable[int]) -> dict[int, SubOrder]:
    """Payment → the parcel whose cash it is."""
    uses = OrderPayment.objects.filter(payment__in=list(ids), suborder__isnull=False)
    return {use.payment_id: use.suborder for use in uses.select_related("suborder__order")}
