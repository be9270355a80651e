"""The books in the province's back office: kinds, accounts, what stands on them, and the act behind each entry."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.admin.auth import permission_required

from common import dates, tables
from payments.books import accounts, balances, links
from payments.books.models import Account, Entry, Posting

RIGHT = "books.view_account"
may = permission_required(RIGHT)
ON_A_PAGE = 100
#: lines of a table that is being downloaded
NAMED_AT_ONCE = 500


@require_safe
@may
def books(request: HttpRequest) -> HttpResponse:
    """Kinds of accounts with their balances, now or at the end of a day."""
    day = _day(request)
    names = dict(Account.Kind.choices)
    kinds = [{**each, "name": names[each["account__kind"]]} for each in balances.kinds(day=day)]
    return render(request, "payments/books/kinds.html", {"kinds": kinds, "day": day})


@require_safe
@may
def kind(request: HttpRequest, kind: str) -> HttpResponse:
    """The accounts of a kind."""
    if kind not in Account.Kind.values:
        raise Http404
    day = _day(request)
    found = _page(request, balances.accounts(kind=kind, day=day))
    _call_owners(request, found)
    context = {"name": Account.Kind(kind).label, "kind": kind, "accounts": found, "day": day}
    return render(request, "payments/books/accounts.html", context)


@require_safe
@may
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands on an account, newest first."""
    day = _day(request)
    found = get_object_or_404(balances.accounts(day=day), pk=pk)
    postings = postings_of(request, found, day)
    _call_owners(request, [found])
    _call_subjects(request, [each.entry for each in postings])
    owner = found.called.words if found.owner else ""
    context = {"account": found, "owner": owner, "postings": postings, "day": day}
    return render(request, "payments/books/account.html", context)


@require_safe
@may
def account_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The same, all of it, as a table to download."""
    found = get_object_or_404(Account, pk=pk)
    postings = balances.stream(found, day=_day(request))
    return tables.answer(_table(postings), f"so-sach-{found.pk}")


@require_safe
@may
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """An entry with all its lines, other entries about the same, and the way to the act behind it."""
    found = get_object_or_404(Entry, pk=pk)
    lines = list(found.postings.select_related("account").order_by("-amount_vnd"))
    _call_subjects(request, [found])
    _call_owners(request, [each.account for each in lines])
    context = {
        "entry": found,
        "lines": lines,
        "others": balances.entries_about(found.about).exclude(pk=found.pk)[:ON_A_PAGE],
    }
    return render(request, "payments/books/entry.html", context)


def postings_of(request: HttpRequest, found: Account, day: date | None) -> Page:
    """The page asked for of what stands on the account, whose `count` says how many pages there are."""
    pages = Paginator(balances.postings(found, day=day), ON_A_PAGE)
    pages.count = found.count
    return pages.get_page(request.GET.get("p"))


def _call_owners(request: HttpRequest, found: Iterable[Account]) -> None:
    """Let each account know, as `called`, what its owner is called."""
    found = list(found)
    names = links.called(map(accounts.subject, found), request.user.has_perm)
    for each in found:
        each.called = names[accounts.subject(each)] if each.owner else links.Called(each.get_kind_display())


def _call_subjects(request: HttpRequest, entries: list[Entry]) -> None:
    """Let each entry know, as `called`, what it is about."""
    names = links.called((each.about for each in entries), request.user.has_perm)
    for each in entries:
        each.called = names[each.about]


def _page(request: HttpRequest, rows):
    return Paginator(rows, ON_A_PAGE).get_page(request.GET.get("p"))


def _day(request: HttpRequest) -> date | None:
    """The day asked for; none, or nonsense, is now."""
    try:
        return date.fromisoformat(request.GET.get("ngay", ""))
    except ValueError:
        return None


def _table(postings: Iterator[Posting]) -> Iterator[Sequence[tables.Cell]]:
    yield [_("Lúc"), _("Việc"), _("Về"), _("Mã việc"), _("Số tiền (₫)")]
    while some := list(islice(postings, NAMED_AT_ONCE)):
        names = links.called(each.entry.about for each in some)
        for each in some:
            at = each.entry.at.astimezone(dates.VIETNAM).isoformat(sep=" ", timespec="seconds")
            words, about = each.entry.get_kind_display(), names[each.entry.about].words
            yield [at, words, about, each.entry.act, each.amount_vnd]
