"""Carriers' cash in the province's back office: who holds how much, their files, and lines that wait for a person."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin.auth import permission_required

from accounts.models import User
from common.money import vnd
from payments.adapters.table_file import LONGEST, NoTable
from payments.intake import inflows
from payments.intake.errors import PaymentError
from shop.fulfilment import queries, remittance
from shop.fulfilment.models import RemittanceLine
from shop.fulfilment.remittance import Choice, Sums
from shop.orders.errors import OrderError

VIEW, UPLOAD = "fulfilment.view_remittance", "fulfilment.add_remittance"
DECIDE = "fulfilment.change_remittance"
may_view, may_upload = permission_required(VIEW), permission_required(UPLOAD)
may_decide = permission_required(DECIDE)
PER_PAGE, LINES_PER_PAGE, SHOWN = 25, 200, 100
CLOSE, PARCEL = "close", "parcel"


@require_http_methods(["GET", "HEAD", "POST"])
@may_view
def cash(request: HttpRequest) -> HttpResponse:
    """What carriers hold, what of it for too long, the files they sent, and a form for the next."""
    return _upload(request) if request.method == "POST" else _cash_page(request)


@may_upload
def _upload(request: HttpRequest) -> HttpResponse:
    """Take a carrier's file; what it says is shown before it is booked."""
    file, carrier = request.FILES.get("file"), request.POST.get("carrier", "")
    if file is None or carrier not in queries.carriers():
        return _cash_page(request, carrier, _("Bạn chọn đơn vị vận chuyển và tệp của họ."))
    try:
        found = remittance.check_file(
            file.read(LONGEST + 1), name=_word(file.name), carrier=carrier, by=request.user
        )
    except NoTable as error:
        return _cash_page(request, carrier, str(error.args[0]))
    return redirect("fulfilment_remittance", found.pk)


@require_safe
@may_view
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """What each line of a file would become, or has become."""
    found = get_object_or_404(queries.remittances(), pk=pk)
    page = Paginator(queries.lines_of(found), LINES_PER_PAGE).get_page(request.GET.get("p"))
    name = queries.carriers().get(found.carrier, found.carrier)
    context = {
        "remittance": found,
        "carrier": name,
        "page": page,
        "counts": queries.counts_of(found),
        "inflows": inflows.waited_for(f"cash_file:{found.pk}"),
    }
    return render(request, "fulfilment/remittance.html", context)


@require_POST
@may_upload
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """Book the lines that match; a job does it one by one."""
    found = get_object_or_404(queries.remittances(), pk=pk)
    try:
        remittance.book_file(found, by=request.user)
    except OrderError as error:
        messages.error(request, error.words)
    else:
        messages.success(request, _("Đang ghi sổ từng dòng. Tải lại trang để xem kết quả."))
    return redirect("fulfilment_remittance", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@may_view
def queue(request: HttpRequest) -> HttpResponse:
    """Lines that were not booked by themselves, each with what can be done about it."""
    return _decide(request) if request.method == "POST" else _queue_page(request)


@may_decide
def _decide(request: HttpRequest) -> HttpResponse:
    """A person says how a line is booked, that it is not, or which parcel it is about."""
    number = request.POST.get("line", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        raise Http404
    line = get_object_or_404(RemittanceLine, pk=int(number))
    typed = {name: _word(request.POST.get(name, "")) for name in ("choice", "code", "note")}
    try:
        _act(line, typed, request.user)
    except (OrderError, PaymentError) as error:
        return _queue_page(request, {**typed, "line": line.pk, "error": str(error.words)})
    messages.success(request, _("Đã ghi."))
    return redirect("fulfilment_cash_queue")


def _act(line: RemittanceLine, typed: dict[str, str], by: User) -> None:
    choice, note = typed["choice"], typed["note"]
    if choice == PARCEL:
        remittance.name_parcel(line, code=typed["code"], by=by, note=note)
    elif choice == CLOSE:
        remittance.close(line, by=by, note=note)
    else:
        remittance.decide(line, choice, by=by, note=note)


def sentence(choice: str, sums: Sums) -> str:
    """What a decision posts, in plain words."""
    facts = {name: vnd(getattr(sums, f"{name}_vnd")) for name in ("bank", "fee", "rest", "over")}
    texts = {
        Choice.FEE: _("Về ngân hàng %(bank)s, bên giao giữ %(fee)s làm phí. Kiện này xong."),
        Choice.CLAIM: _(
            "Về ngân hàng %(bank)s, phí %(fee)s, còn đòi bên giao %(rest)s. Kiện này chưa xong, hộ chưa được trả."
        ),
        Choice.EXACT: _(
            "Về ngân hàng %(bank)s, phí %(fee)s. Kiện này xong; %(over)s chuyển thừa không thuộc kiện này nên không ghi ở đây."
        ),
    }
    return texts[choice] % facts


def _cash_page(request: HttpRequest, carrier: str = "", error: str = "") -> HttpResponse:
    late = queries.late_cash()
    shown = list(late[:SHOWN])
    parts = queries.parts_of_payments(each.payment_id for each in shown)
    names = queries.carriers()
    context = {
        "held": queries.held(),
        "days": settings.CASH_AT_CARRIER_DAYS,
        "late": [
            (each, parts.get(each.payment_id), names.get(each.holder.partition(":")[2], each.holder))
            for each in shown
        ],
        "waits": queries.lines_for_a_person().count(),
        "carriers": names,
        "chosen": carrier,
        "error": error,
        "page": Paginator(queries.remittances(), PER_PAGE).get_page(request.GET.get("p")),
    }
    return render(request, "fulfilment/cash.html", context, status=422 if error else 200)


def _queue_page(request: HttpRequest, typed: dict | None = None) -> HttpResponse:
    """`typed` is what somebody has just sent in vain: `line`, `error` and the fields."""
    page = Paginator(queries.lines_for_a_person(), PER_PAGE).get_page(request.GET.get("p"))
    typed = typed or {}
    rows = [(line, _options(line), typed if typed.get("line") == line.pk else {}) for line in page]
    context = {"page": page, "rows": rows, "names": queries.carriers(), "close": CLOSE, "parcel": PARCEL}
    return render(request, "fulfilment/queue.html", context, status=422 if typed else 200)


def _options(line: RemittanceLine) -> list[tuple[str, str]]:
    """What may be decided about a line: value and sentence."""
    if line.state not in (RemittanceLine.State.DIFFERS, RemittanceLine.State.DUPLICATE):
        return []
    found = remittance.choices(line, line.suborder, line.payment)
    return [(choice, sentence(choice, sums)) for choice, sums in found.items()]


def _word(text: str) -> str:
    return text.replace("\x00", "").strip()[:300]
