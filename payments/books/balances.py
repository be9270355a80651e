"""The read side of the books: balances at a moment, and what stands behind them. Debit is positive."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from payments.books.accounts import Name
from payments.books.models import Account, Entry, Posting


def balance(name: Name, *, at: datetime | None = None, made_before: datetime | None = None) -> int:
    """Đồng on the account, now or as it was at `at`; 0 for one that was never used.

    `made_before` asks for what had been written by then, as statements of months do: what is written
    later never changes it, whenever it happened.
    """
    rows = Posting.objects.filter(account__kind=name.kind, account__owner=name.owner)
    if at is not None:
        rows = rows.filter(entry__at__lte=at)
    if made_before is not None:
        rows = rows.filter(entry__made_at__lt=made_before)
    return rows.aggregate(whole=Coalesce(Sum("amount_vnd"), 0))["whole"]


def accounts(*, kind: str = "", at: datetime | None = None) -> QuerySet[Account]:
    """Accounts with `balance_vnd`, `count` and `last_at` of their postings up to `at`, by kind and owner.

    Figures are reckoned row by row, so a page of a hundred asks for a hundred, however many there are.
    """
    mine = Posting.objects.filter(account=OuterRef("pk"))
    if at is not None:
        mine = mine.filter(entry__at__lte=at)
    mine = mine.order_by().values("account")
    rows = Account.objects.filter(kind=kind) if kind else Account.objects.all()
    return rows.annotate(
        balance_vnd=Coalesce(Subquery(mine.annotate(figure=Sum("amount_vnd")).values("figure")), 0),
        count=Coalesce(Subquery(mine.annotate(figure=Count("pk")).values("figure")), 0),
        last_at=Subquery(mine.annotate(figure=Max("entry__at")).values("figure")),
    ).order_by("kind", "owner")


def kinds(*, at: datetime | None = None) -> list[dict]:
    """For each kind that is used: `account__kind`, `balance_vnd`, `owners` (how many accounts)."""
    rows = Posting.objects.all() if at is None else Posting.objects.filter(entry__at__lte=at)
    sums = rows.values("account__kind").annotate(
        balance_vnd=Sum("amount_vnd"), owners=Count("account", distinct=True)
    )
    return list(sums.order_by("account__kind"))


def postings(account: Account, *, at: datetime | None = None) -> QuerySet[Posting]:
    """What stands on the account, what was posted last first, each with its entry."""
    rows = Posting.objects.filter(account=account).select_related("entry")
    if at is not None:
        rows = rows.filter(entry__at__lte=at)
    return rows.order_by("-entry_id")


def stream(account: Account, *, at: datetime | None = None) -> Iterator[Posting]:
    """The same, however many there are: read through a cursor of the server."""
    return postings(account, at=at).iterator(chunk_size=2_000)


def stands(act: str) -> bool:
    """Whether the act with this id is in the books."""
    return Entry.objects.filter(act=act).exists()


def standing(acts: Iterable[str]) -> set[str]:
    """Those of the acts that are in the books. One query."""
    return set(Entry.objects.filter(act__in=list(acts)).values_list("act", flat=True))


def entries_about(subject: str) -> QuerySet[Entry]:
    """All that was posted about payment:12, refund:5, suborder:9 …, oldest first, with postings and accounts."""
    return Entry.objects.filter(about=subject).prefetch_related("postings__account").order_by("id")
