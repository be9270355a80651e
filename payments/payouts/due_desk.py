"""Fees of carriers and taxes in the province's back office: what is owed, and each payment from proposal to bank."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin.auth import permission_required

from payments.adapters.table_file import amount_or_nought
from payments.payouts import dues as services
from payments.payouts import owed
from payments.payouts.errors import BadSum, MonthRuns, PayoutError
from payments.payouts.models import Due
from payments.payouts.owed import Month, ToCarrier

VIEW, PROPOSE = "payouts.view_due", "payouts.propose_due"
APPROVE, CHANGE = "payouts.approve_due", "payouts.change_due"
may_view, may_propose = permission_required(VIEW), permission_required(PROPOSE)
PER_PAGE = 50
FIELDS = ("kind", "to", "number", "amount_vnd", "month", "vat_vnd", "income_tax_vnd")
Kind = Due.Kind


@require_http_methods(["GET", "HEAD", "POST"])
@may_view
def dues(request: HttpRequest) -> HttpResponse:
    """What is owed to carriers and the tax office, what was proposed and sent, and forms to propose."""
    return _propose(request) if request.method == "POST" else _page(request)


@require_http_methods(["GET", "HEAD", "POST"])
@may_view
def due(request: HttpRequest, pk: int) -> HttpResponse:
    """One payment with its history, and what can be done with it."""
    found = get_object_or_404(owed.dues(), pk=pk)
    return _act(request, found) if request.method == "POST" else _due_page(request, found)


@require_safe
@may_view
def of_carrier(request: HttpRequest, carrier: str, number: str) -> HttpResponse:
    """The way from the books to what was paid for a carrier's statement."""
    return _to(owed.last_out(Kind.CARRIER, number, carrier))


@require_safe
@may_view
def of_month(request: HttpRequest, number: str) -> HttpResponse:
    """The way from the books to what was paid for a month."""
    return _to(owed.last_out(Kind.TAX, number))


def _to(found: Due | None) -> HttpResponse:
    if found is None:
        raise Http404
    return redirect("payouts_due", found.pk)


@may_propose
def _propose(request: HttpRequest) -> HttpResponse:
    typed = {name: _word(request, name) for name in FIELDS}
    try:
        made = _proposed(typed, request)
    except PayoutError as error:
        return _page(request, {**typed, "error": error.words})
    messages.success(request, _("Đã đề xuất. Một người khác phải duyệt trước khi chuyển tiền."))
    return redirect("payouts_due", made.pk)


def _proposed(typed: dict[str, str], request: HttpRequest) -> Due:
    """What the form says. Raises PayoutError for what cannot be read or proposed."""
    if typed["kind"] != Kind.TAX:
        sum_vnd = _sum(typed["amount_vnd"])
        return services.propose_carrier(
            typed["to"], number=typed["number"], amount_vnd=sum_vnd, by=request.user
        )
    try:
        month = date.fromisoformat(typed["month"])
    except ValueError as error:
        raise MonthRuns from error
    return services.propose_taxes(
        month, vat_vnd=_sum(typed["vat_vnd"]), income_tax_vnd=_sum(typed["income_tax_vnd"]), by=request.user
    )


def _sum(text: str) -> int:
    amount_vnd = amount_or_nought(text)
    if amount_vnd is None:
        raise BadSum
    return amount_vnd


#: act → the right it needs, the service, its field, and what is said then
ACTS: dict[str, tuple[str, Callable, str, object]] = {
    "approve": (APPROVE, services.approve, "", gettext_lazy("Đã duyệt. Giờ chuyển tiền được.")),
    "reject": (APPROVE, services.reject, "why", gettext_lazy("Đã không duyệt khoản này.")),
    "sent": (CHANGE, services.sent, "bank_ref", gettext_lazy("Đã ghi: tiền đã rời ngân hàng.")),
    "bounce": (
        CHANGE,
        services.bounce,
        "why",
        gettext_lazy("Đã ghi. Khoản này lại thành còn nợ, đề xuất lại được."),
    ),
}


def _act(request: HttpRequest, found: Due) -> HttpResponse:
    right, act, field, said = ACTS.get(request.POST.get("act", ""), ("", None, "", ""))
    if act is None or not request.user.has_perm(right):
        raise PermissionDenied
    words = {field: _word(request, field)} if field else {}
    more = {"never_left": "never_left" in request.POST} if act is services.bounce else {}
    try:
        act(found, by=request.user, **words, **more)
    except PayoutError as error:
        return _due_page(request, found, {**words, **more, "error": error.words})
    messages.success(request, said)
    return redirect("payouts_due", found.pk)


def _page(request: HttpRequest, typed: dict | None = None) -> HttpResponse:
    carriers, months = owed.to_carriers(), owed.months()
    form = typed or _form(request, carriers, months)
    context = {
        "carriers": carriers,
        "months": months,
        "page": Paginator(owed.dues(), PER_PAGE).get_page(request.GET.get("p")),
        "form": form,
        "month": next((each.first for each in months if each.first.isoformat() == form.get("month")), None),
    }
    return render(request, "payments/payouts/dues.html", context, status=422 if typed else 200)


def _form(request: HttpRequest, carriers: list[ToCarrier], months: list[Month]) -> dict[str, str]:
    """The form that was asked for, filled with all that may be proposed; none where nothing may."""
    for each in carriers:
        if each.free_vnd and each.carrier == request.GET.get("tra"):
            return {"kind": Kind.CARRIER, "to": each.carrier, "number": "", "amount_vnd": str(each.free_vnd)}
    for each in months:
        if each.free.amount_vnd and each.first.isoformat() == request.GET.get("thang"):
            sums = {"vat_vnd": str(each.free.vat_vnd), "income_tax_vnd": str(each.free.income_tax_vnd)}
            return {"kind": Kind.TAX, "month": each.first.isoformat(), **sums}
    return {}


def _due_page(request: HttpRequest, found: Due, typed: dict | None = None) -> HttpResponse:
    context = {
        "due": found,
        "entries": owed.entries_of(found),
        "events": found.events.select_related("by"),
        "is_own": found.proposed_by_id == request.user.pk,
        "typed": typed or {},
    }
    return render(request, "payments/payouts/due.html", context, status=422 if typed else 200)


def _word(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "").strip()[:300]
