"""The read side: what is owed to households and not paid out yet, who is left out and why, what was paid."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, models
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from farmers import queries as farmers
from farmers.models import BankAccount, Household
from payments.books.accounts import household as owner_key
from payments.payouts import unsettled
from payments.payouts.models import BankFile, BankResult, BankResultRow, Payout, PayoutLine

State = Payout.State
#: entries on accounts of a household that no payout pays yet; payouts themselves are none
UNPAID = """
    SELECT account.owner, entry.id, entry.kind, entry.about, entry.at,
        coalesce(-sum(posting.amount_vnd) FILTER (WHERE account.kind = 'payable'), 0) AS payable_vnd,
        coalesce(-sum(posting.amount_vnd) FILTER (WHERE account.kind = 'delivery'), 0) AS delivery_vnd
    FROM books_account AS account
    JOIN books_posting AS posting ON posting.account_id = account.id
    JOIN books_entry AS entry ON entry.id = posting.entry_id
    WHERE account.kind IN ('payable', 'delivery') AND account.owner = %(owner)s
        AND entry.kind NOT IN ('payout_sent', 'payout_bounced')
        AND NOT EXISTS (
            SELECT 1 FROM payouts_payoutline AS line WHERE line.entry_id = entry.id AND line.counts)
    GROUP BY account.owner, entry.id
"""
#: what was earned counts once its time has come, what is taken back counts at once: see `unsettled` too
LINES = f"""
    SELECT id, kind, about, at, payable_vnd, delivery_vnd FROM ({UNPAID}) AS unpaid
    WHERE %(end)s::timestamptz IS NULL OR at < %(end)s OR payable_vnd + delivery_vnd < 0 ORDER BY id
"""  # noqa: S608 - made of constants


class Why(models.TextChoices):
    """Why a household gets nothing this time. What it is owed is carried over."""

    NO_ACCOUNT = "no_account", _("chưa có tài khoản ngân hàng")
    HELD = "held", _("tài khoản đang bị giữ")
    BOUNCED = "bounced", _("ngân hàng vừa trả về, chờ hộ sửa tài khoản")
    BELOW = "below", _("chưa đủ mức tối thiểu")
    OWES = "owes", _("hộ đang nợ chợ, trừ dần vào lần sau")


@dataclass(frozen=True, kw_only=True, slots=True)
class Unpaid:
    """One entry that a payout may pay, in đồng owed to the household; negative takes back."""

    entry_id: int
    kind: str
    about: str
    at: datetime
    payable_vnd: int
    delivery_vnd: int

    @property
    def amount_vnd(self) -> int:
        return self.payable_vnd + self.delivery_vnd


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    household_id: int
    owed_vnd: int
    why: Why

    @property
    def words(self) -> str:
        return str(self.why.label)


def unpaid_of(household_id: int, *, end: datetime | None = None) -> list[Unpaid]:
    """Entries that no payout pays yet, oldest first; with `end` only those whose time has come. One query."""
    with connection.cursor() as cursor:
        cursor.execute(LINES, {"owner": owner_key(household_id), "end": end})
        columns = ("entry_id", "kind", "about", "at", "payable_vnd", "delivery_vnd")
        return [Unpaid(**dict(zip(columns, row, strict=True))) for row in cursor.fetchall()]


def owed(*, end: datetime) -> dict[int, int]:
    """Household → đồng that could be paid out to it; below nothing when it owes us. Two queries."""
    sums = unsettled.sums(end=end)
    return {household_id: amount_vnd for household_id, amount_vnd in sums.items() if amount_vnd}


def why_not(household: Household, bank: BankAccount | None, amount_vnd: int) -> Why | None:
    """Why that sum is not paid out to the household now, or None."""
    return _why(
        amount_vnd,
        has_account=bank is not None,
        is_held=bank is not None and bank.is_held,
        has_bounced=bounced().filter(household=household).exists(),
    )


def _why(amount_vnd: int, *, has_account: bool, is_held: bool, has_bounced: bool) -> Why | None:
    if amount_vnd <= 0:
        return Why.OWES
    if not has_account:
        return Why.NO_ACCOUNT
    if is_held:
        return Why.HELD
    if has_bounced:
        return Why.BOUNCED
    return Why.BELOW if amount_vnd < settings.PAYOUT_MINIMUM_VND else None


def left_out(*, end: datetime) -> list[LeftOut]:
    """Who would be left out of a payout made now, and why: whom we owe most first. Five queries, however many."""
    sums = owed(end=end)
    known = set(BankAccount.objects.values_list("household_id", flat=True))
    held = set(farmers.held_accounts().values_list("household_id", flat=True))
    back = set(bounced().order_by().values_list("household_id", flat=True))
    whys = (
        (each, _why(sums[each], has_account=each in known, is_held=each in held, has_bounced=each in back))
        for each in sums
    )
    found = [LeftOut(household_id=each, owed_vnd=sums[each], why=why) for each, why in whys if why]
    return sorted(found, key=lambda each: (-each.owed_vnd, each.household_id))


def households(ids: Iterable[int]) -> dict[int, Household]:
    """Households by their id. One query."""
    return Household.objects.in_bulk(list(ids))


def payouts() -> QuerySet[Payout]:
    return Payout.objects.select_related("household__commune", "file")


def bounced() -> QuerySet[Payout]:
    """Payouts the bank sent back, while the household's account is still that one and nobody cleared it."""
    same = BankAccount.objects.filter(household=OuterRef("household"), changed_at=OuterRef("account_set_at"))
    rows = payouts().filter(state=State.BOUNCED, cleared_at=None)
    return rows.filter(Exists(same)).order_by("ended_at")


def periods() -> list[dict]:
    """The latest periods with `from_day`, `until_day`, `count` and `sum_vnd` of what did not come to nothing."""
    rows = Payout.objects.exclude(state__in=(State.REJECTED, State.BOUNCED)).order_by()
    rows = rows.values("from_day", "until_day").annotate(
        count=models.Count("pk"), sum_vnd=models.Sum("amount_vnd")
    )
    return list(rows.order_by("-until_day", "-from_day")[:12])


def under_way(household_id: int) -> QuerySet[Payout]:
    """Payouts of the household that are not over yet."""
    rows = Payout.objects.filter(household=household_id, state__in=(State.DRAFT, State.APPROVED, State.SENT))
    return rows.order_by("-id")


def lines_of(payout: Payout) -> QuerySet[PayoutLine]:
    """The lines with their entries, what came first on top."""
    return payout.lines.select_related("entry").order_by("entry_id")


def results() -> QuerySet[BankResult]:
    """The bank's results, newest first, with how many lines are still to be booked."""
    mine = rows_to_book().filter(result=OuterRef("pk")).order_by().values("result")
    to_book = Coalesce(Subquery(mine.annotate(count=models.Count("pk")).values("count")), 0)
    return BankResult.objects.select_related("uploaded_by", "booked_by").annotate(to_book=to_book)


def rows_to_book() -> QuerySet[BankResultRow]:
    """Lines of the bank's results that are to be booked and are not yet."""
    return BankResultRow.objects.filter(state=BankResultRow.State.WAITING)


def results_left(before: datetime) -> list[int]:
    """Results let go for booking before that moment whose lines are not all booked."""
    rows = rows_to_book().filter(result__booked_at__lt=before).order_by()
    return sorted(rows.values_list("result_id", flat=True).distinct())


def files() -> QuerySet[BankFile]:
    return BankFile.objects.select_related("made_by")


def payout_of(household_id: int, reference: str) -> Payout | None:
    """The household's own payout of that reference."""
    if "\x00" in reference:
        return None
    return payouts_of(household_id).filter(reference=reference.upper()).first()


def payouts_of(household_id: int) -> QuerySet[Payout]:
    """All of a household's payouts but those that were rejected, what is not sent yet first, then the newest."""
    rows = Payout.objects.filter(household=household_id)
    return rows.exclude(state=State.REJECTED).order_by(F("sent_at").desc(nulls_first=True), "-id")
