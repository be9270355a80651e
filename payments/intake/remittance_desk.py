"""What gateways hold and what they sent to our bank, at the finance desk."""

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin.auth import permission_required

from common import dates
from common.money import vnd
from payments.adapters.table_file import amount_or_nought
from payments.intake import inflows, names, queries, services
from payments.intake.errors import BadDay, BadSums, PaymentError
from payments.intake.models import GatewayRemittance

VIEW, ENTER = "intake.view_gatewayremittance", "intake.add_gatewayremittance"
may_view, may_enter = permission_required(VIEW), permission_required(ENTER)
PER_PAGE = 50
SUMS = ("gross_vnd", "fee_vnd", "bank_vnd")
FIELDS = ("adapter", "number", *SUMS, "day", "note")


@require_http_methods(["GET", "HEAD", "POST"])
@may_view
def remittances(request: HttpRequest) -> HttpResponse:
    """What each gateway holds, what it sent so far, and a form for the next statement of one."""
    return _enter(request) if request.method == "POST" else _page(request)


@require_safe
@may_view
def remittance(request: HttpRequest, adapter: str, number: str) -> HttpResponse:
    """One statement of a gateway, with the way to its entry in the books."""
    found = get_object_or_404(queries.gateway_remittances(), adapter=adapter, number=number)
    context = {"remittance": found, "inflow": inflows.of(f"remittance:{adapter}:{number}")}
    return render(request, "payments/remittance.html", context)


@may_enter
def _enter(request: HttpRequest) -> HttpResponse:
    typed = {name: request.POST.get(name, "").replace("\x00", "").strip()[:300] for name in FIELDS}
    try:
        found = _remit(typed, request)
    except PaymentError as error:
        return _page(request, typed, str(error.words))
    words = _("Đã ghi: %(sum)s của %(adapter)s đã về ngân hàng.")
    messages.success(request, words % {"sum": vnd(found.bank_vnd), "adapter": names.gateway(found.adapter)})
    return redirect("intake_remittances")


def _remit(typed: dict[str, str], request: HttpRequest) -> GatewayRemittance:
    """What the form says. Raises PaymentError for what cannot be read or entered."""
    sums = {name: amount_or_nought(typed[name]) for name in SUMS}
    if None in sums.values():
        raise BadSums
    try:
        day = date.fromisoformat(typed["day"])
    except ValueError as error:
        raise BadDay from error
    return services.gateway_remits(
        typed["adapter"], number=typed["number"], day=day, by=request.user, note=typed["note"], **sums
    )


def _page(request: HttpRequest, typed: dict[str, str] | None = None, error: str = "") -> HttpResponse:
    context = {
        "clearing": queries.clearing(),
        "page": Paginator(queries.gateway_remittances(), PER_PAGE).get_page(request.GET.get("p")),
        "typed": typed or {"day": dates.today().isoformat()},
        "error": error,
        "today": dates.today(),
    }
    return render(request, "payments/remittances.html", context, status=422 if error else 200)
