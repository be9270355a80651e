"""Sao kê tháng: the household's own statement of a month, on paper and as a table."""

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from common import papers, tables
from payments.books.months import Month
from shop.desk.gate import Desk, for_household
from shop.orders import statement_paper
from shop.orders.statements import Sheet, sheet_of


@require_safe
@for_household
def statement_pdf(request: HttpRequest, desk: Desk, month: str) -> HttpResponse:
    """The statement to print."""
    sheet = _sheet(desk, month)
    return papers.answer(statement_paper.pdf_of(sheet), f"sao-ke-{sheet.month}")


@require_safe
@for_household
def statement_csv(request: HttpRequest, desk: Desk, month: str) -> StreamingHttpResponse:
    """The same to reckon with."""
    sheet = _sheet(desk, month)
    return tables.answer(statement_paper.table_of(sheet), f"sao-ke-{sheet.month}")


def _sheet(desk: Desk, text: str) -> Sheet:
    """The household's statement of that month; months in which nothing of its moved are not found."""
    month = Month.read(text)
    sheet = sheet_of(desk.household, month) if month else None
    if sheet is None or not sheet.rows:
        raise Http404
    return sheet
