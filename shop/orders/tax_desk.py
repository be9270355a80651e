"""Taxes of a month and households' statements in the province's back office: to look at, to declare, to hand out."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from wagtail.admin.auth import permission_required

from common import papers, tables
from farmers.models import Household
from payments.books import statements as books
from payments.books import tax as books_tax
from payments.books.months import Month
from shop.orders import statement_paper, statements, tax, tax_paper, tax_totals
from shop.orders.models import TaxMonth
from shop.orders.tax import Group, Taxed

RIGHT = "books.view_account"
may = permission_required(RIGHT)
PER_PAGE = 50


class CountedBefore(Paginator):
    """Pages of rows that were counted when they were made."""

    def __init__(self, row: TaxMonth) -> None:
        super().__init__(tax_totals.keys_of(row), PER_PAGE)
        self.count = row.rows


@require_safe
@may
def taxes(request: HttpRequest) -> HttpResponse:
    """The sums of a month by rule and household; without a choice the month that is to be declared next.

    Only what was reckoned when the month was over: a month that runs has no more than what is on the accounts.
    """
    month = Month.read(request.GET.get("thang", "")) or Month.running().previous
    row = tax_totals.found(month)
    context = {"month": month, "is_coming": row is None and month in tax_totals.unreckoned()}
    if row is None:
        context["troubled"] = tax_totals.troubled(month)
        return render(request, "orders/admin/taxes.html", {**context, "moved": books_tax.moved(month)})
    totals, sources = tax_totals.totals_of(row), tax.sources()
    page = CountedBefore(row).get_page(request.GET.get("p"))
    context |= {
        "reckoned": row,
        "totals": totals,
        "moved": totals.moved,
        "groups": [_said(group, taxed, sources) for group, taxed in totals.groups],
        "page": page,
        "households": [
            {"household": each.household, **_said(each.group, each.taxed, sources)}
            for each in tax_totals.read(list(page))
        ],
    }
    return render(request, "orders/admin/taxes.html", context)


def _said(group: Group, taxed: Taxed, sources: dict[int | None, str]) -> dict:
    return {
        "source": tax_paper.source_of(group, sources),
        "vat": tax_paper.percent(group.vat_rate),
        "income_tax": tax_paper.percent(group.income_tax_rate),
        "taxed": taxed,
    }


@require_safe
@may
def taxes_csv(request: HttpRequest, month: str) -> StreamingHttpResponse:
    """The month household by household."""
    return tables.answer(tax_paper.table_of(_reckoned(month)), f"thue-{month}")


@require_safe
@may
def taxes_pdf(request: HttpRequest, month: str) -> HttpResponse:
    """The month's sums on paper."""
    return papers.answer(tax_paper.pdf_of(tax_totals.totals_of(_reckoned(month))), f"thue-{month}")


@require_safe
@may
def households(request: HttpRequest) -> HttpResponse:
    """Households to choose one from, by name or number."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    page = Paginator(_found(words), PER_PAGE).get_page(request.GET.get("p"))
    return render(request, "orders/admin/statement_households.html", {"page": page, "q": words})


@require_safe
@may
def household(request: HttpRequest, pk: int) -> HttpResponse:
    """The months of one household in which something moved."""
    found = get_object_or_404(_sellers(), pk=pk)
    page = Paginator(books.months_of(found.pk), PER_PAGE).get_page(request.GET.get("p"))
    return render(request, "orders/admin/statement_months.html", {"household": found, "page": page})


@require_safe
@may
def statement_csv(request: HttpRequest, pk: int, month: str) -> StreamingHttpResponse:
    sheet = statements.sheet_of(get_object_or_404(_sellers(), pk=pk), _month(month))
    return tables.answer(statement_paper.table_of(sheet), f"sao-ke-{pk}-{sheet.month}")


@require_safe
@may
def statement_pdf(request: HttpRequest, pk: int, month: str) -> HttpResponse:
    sheet = statements.sheet_of(get_object_or_404(_sellers(), pk=pk), _month(month))
    return papers.answer(statement_paper.pdf_of(sheet), f"sao-ke-{pk}-{sheet.month}")


def _sellers() -> QuerySet[Household]:
    return Household.objects.filter(storefront__isnull=False).select_related("commune", "storefront")


def _found(words: str) -> QuerySet[Household]:
    rows = _sellers().order_by("name", "pk")
    if words.isascii() and words.isdecimal() and len(words) <= 12:
        return rows.filter(pk=int(words))
    return rows.filter(name__icontains=words) if words else rows


def _month(text: str) -> Month:
    found = Month.read(text)
    if found is None:
        raise Http404
    return found


def _reckoned(text: str) -> TaxMonth:
    found = tax_totals.found(_month(text))
    if found is None:
        raise Http404
    return found
