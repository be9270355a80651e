"""Files to the bank and results from it, in the province's back office."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from payments.adapters.table_file import LONGEST, NoTable
from payments.payouts import bank_file, queries, results, sending
from payments.payouts.desk import PER_PAGE, may_change, may_view
from payments.payouts.errors import PayoutError
from payments.payouts.models import BankFile, BankResult


@require_POST
@may_change
def send(request: HttpRequest) -> HttpResponse:
    """Make a file of all that is approved: from now on it counts as sent."""
    try:
        sent = sending.send_file(by=request.user)
    except PayoutError as error:
        messages.error(request, error.words)
        return redirect("payouts")
    for payout, why in sent.left.items():
        messages.error(request, f"{payout.household}: {why.words}")
    messages.success(request, _("Đã lập tệp. Tải tệp về và nộp cho ngân hàng trong hôm nay."))
    return redirect("payouts_file", sent.file.pk)


@require_safe
@may_view
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """What is in a file, and what became of it."""
    found = get_object_or_404(queries.files(), pk=pk)
    page = Paginator(queries.payouts().filter(file=found).order_by("pk"), PER_PAGE)
    context = {"file": found, "page": page.get_page(request.GET.get("p"))}
    return render(request, "payments/payouts/file.html", context)


@require_safe
@may_change
def file_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """The file itself, as often as it is asked for the very same."""
    found = get_object_or_404(BankFile, pk=pk)
    answer = HttpResponse(bank_file.body_of(found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@may_change
def bank_results(request: HttpRequest) -> HttpResponse:
    """Results uploaded so far, and a form for the next; what it says is shown before it is booked."""
    if request.method != "POST":
        page = Paginator(queries.results(), PER_PAGE).get_page(request.GET.get("p"))
        return render(request, "payments/payouts/results.html", {"page": page})
    upload = request.FILES.get("file")
    if upload is None:
        messages.error(request, _("Bạn chọn tệp kết quả của ngân hàng."))
        return redirect("payouts_results")
    try:
        found = results.check_result(upload.read(LONGEST + 1), name=upload.name, by=request.user)
    except NoTable as error:
        messages.error(request, error.args[0])
        return redirect("payouts_results")
    return redirect("payouts_result", found.pk)


@require_safe
@may_change
def bank_result(request: HttpRequest, pk: int) -> HttpResponse:
    """What each line would do, or has done."""
    found = get_object_or_404(queries.results(), pk=pk)
    rows = found.rows.select_related("payout__household")
    context = {"result": found, "page": Paginator(rows, 200).get_page(request.GET.get("p"))}
    return render(request, "payments/payouts/result.html", context)


@require_POST
@may_change
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """Book what can be; a job does it line by line."""
    found = get_object_or_404(BankResult, pk=pk)
    try:
        results.book_result(found, by=request.user)
    except PayoutError as error:
        messages.error(request, error.words)
    else:
        messages.success(request, _("Đang ghi từng dòng. Tải lại trang để xem kết quả."))
    return redirect("payouts_result", pk)
