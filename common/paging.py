"""Several lists on one page, each turned by a parameter of its own; what else the address asks for stays."""

from collections.abc import Sequence

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest


def turned(request: HttpRequest, rows: QuerySet | Sequence, name: str, per_page: int) -> Page:
    """The page of the rows that `?<name>=` asks for, the nearest there is. Two queries of a queryset, however many rows.

    It knows `before` and `after`, the queries of the addresses beside it; "" where there is none.
    """
    page = Paginator(rows, per_page).get_page(request.GET.get(name))
    page.before = _query(request, name, page.number - 1) if page.has_previous() else ""
    page.after = _query(request, name, page.number + 1) if page.has_next() else ""
    return page


def _query(request: HttpRequest, name: str, number: int) -> str:
    said = request.GET.copy()
    said[name] = str(number)
    return f"?{said.urlencode()}"
