"""The read side of the books: balances at a moment, and what stands behind them. Debit is positive."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db.models import (
    Aggregate,
    BigIntegerField,
    Case,
    Count,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, TruncDate

from common import dates
from payments.books import carried
from payments.books.accounts import Name
from payments.books.models import Account, Entry, Posting, Turnover

#: no id of an entry is larger
_ANY = 2**63 - 1


def balance(name: Name, *, at: datetime | None = None, made_before: datetime | None = None) -> int:
    """Đồng on the account, now or as it was at `at`; 0 for one that was never used.

    `made_before` asks for what had been written by then, as statements of months do: what is written
    later never changes it, whenever it happened. An account with many postings is asked for as it is now:
    there are sums of it, see `carried`.
    """
    if at is None and made_before is None and carried.is_kept(name):
        return carried.balance(name)
    rows = Posting.objects.filter(account__kind=name.kind, account__owner=name.owner)
    if at is not None:
        rows = rows.filter(entry__at__lte=at)
    if made_before is not None:
        rows = rows.filter(entry__made_at__lt=made_before)
    return rows.aggregate(whole=Coalesce(Sum("amount_vnd"), 0))["whole"]


def accounts(*, kind: str = "", day: date | None = None) -> QuerySet[Account]:
    """Accounts with `balance_vnd`, `count` and `last_on` of their postings, by kind and owner; at the end of a day.

    `last_on` is the latest day, in Vietnam, on which anything of it happened.

    Figures are reckoned row by row, so a page of a hundred asks for a hundred, however many there are; of an
    account with many postings from what is added up so far. One query at once, for how far that is.
    """
    at, ends = carried.point(), carried.end_of(day)
    kept = Turnover.objects.filter(account=OuterRef("pk"), carry__lte=at.carry)
    mine = Posting.objects.filter(account=OuterRef("pk"))
    if ends is not None:
        kept, mine = kept.filter(happened_on__lte=day), mine.filter(entry__at__lt=ends)
    kept = kept.order_by().values("account")
    fresh = mine.filter(entry_id__gt=OuterRef("after")).order_by().values("account")
    rows = Account.objects.filter(kind=kind) if kind else Account.objects.all()
    return rows.annotate(
        after=Case(When(carried.KEPT, then=Value(at.upto)), default=Value(0), output_field=BigIntegerField()),
        balance_vnd=_figure(kept, Sum("amount_vnd")) + _figure(fresh, Sum("amount_vnd")),
        count=_figure(kept, Sum("count")) + _figure(fresh, Count("pk")),
        last_on=Greatest(
            _grouped(kept, Max("happened_on")),
            _grouped(fresh, Max(TruncDate("entry__at", tzinfo=dates.VIETNAM))),
        ),
    ).order_by("kind", "owner")


def kinds(*, day: date | None = None) -> list[dict]:
    """For each kind that is used: `account__kind`, `balance_vnd` at the end of the day, `owners` (how many accounts).

    Three queries. There are as many owners as now, whatever the day.
    """
    counts = Account.objects.order_by().values_list("kind").annotate(Count("pk"))
    owners = dict(counts)
    return [
        {"account__kind": kind, "balance_vnd": balance_vnd, "owners": owners[kind]}
        for kind, balance_vnd in carried.by_kind(day).items()
    ]


def _figure(rows: QuerySet, figure: Aggregate) -> Coalesce:
    return Coalesce(_grouped(rows, figure), Value(0), output_field=BigIntegerField())


def _grouped(rows: QuerySet, figure: Aggregate) -> Subquery:
    return Subquery(rows.annotate(figure=figure).values("figure"))


def postings(account: Account, *, day: date | None = None) -> QuerySet[Posting]:
    """What stands on the account, at the end of a day; what was posted last first, each with its entry."""
    rows, ends = Posting.objects.filter(account=account).select_related("entry"), carried.end_of(day)
    if ends is not None:
        rows = rows.filter(entry__at__lt=ends, entry_id__lte=_last_entry(account, day, ends))
    return rows.order_by("-entry_id")


def _last_entry(account: Account, day: date, ends: datetime) -> int:
    """No entry after this one moved the account by the end of the day: what came since is not read to learn that."""
    at = carried.point()
    fresh = Posting.objects.filter(account=account, entry_id__gt=at.upto, entry__at__lt=ends)
    if not carried.is_kept(Name(account.kind, account.owner)) or fresh.exists():
        return _ANY
    kept = Turnover.objects.filter(account=account, carry__upto__lte=at.upto, happened_on__lte=day)
    return kept.aggregate(last=Coalesce(Max("carry__upto"), 0))["last"]


def stream(account: Account, *, day: date | None = None) -> Iterator[Posting]:
    """The same, however many there are: read through a cursor of the server."""
    return postings(account, day=day).iterator(chunk_size=2_000)


def standing(acts: Iterable[str]) -> set[str]:
    """Those of the acts that are in the books. One query."""
    return set(Entry.objects.filter(act__in=list(acts)).values_list("act", flat=True))


def entries_about(subject: str) -> QuerySet[Entry]:
    """All that was posted about payment:12, refund:5, suborder:9 …, oldest first, with postings and accounts."""
    return Entry.objects.filter(about=subject).prefetch_related("postings__account").order_by("id")
