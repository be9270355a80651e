"""Gateways in the province's back office: what is missing, what buyers see, and a payment that only tries one."""

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin.auth import permission_required

from payments.adapters import registry
from payments.adapters.chosen import NOTHING
from payments.adapters.contract import Hop, ShowQr
from payments.intake import names, queries, services
from payments.intake.errors import NotOpen, PaymentError
from payments.intake.gateway_form import GatewayForm
from payments.intake.models import GatewayEvent, Payment, Trial

RIGHT = "intake.change_gateway"
may = permission_required(RIGHT)


@require_safe
@may
def gateways(request: HttpRequest) -> HttpResponse:
    """All that is installed: what buyers see in their order, then what is missing, then who tells of credits."""
    return render(request, "payments/gateways.html", {"rows": _rows(), "trials": queries.trials()[:10]})


def _rows() -> list[dict]:
    choices, away, pulls = registry.chosen(), queries.circuits_open(), queries.pulls()
    rows = [
        {
            "code": code,
            "chosen": choices.get(code, NOTHING),
            "label": names.gateway(code),
            "sells": hasattr(kind, "start"),
            "troubles": (troubles := registry.trouble(code)),
            "traits": None if troubles else registry.get(code).traits,
            "is_away": code in away,
            "pull": pulls.get(code),
            "trial_vnd": services.trial_vnd(code),
        }
        for code, kind in registry.kinds().items()
        if registry.may_exist(kind)
    ]
    return sorted(rows, key=lambda row: (not row["sells"], row["chosen"].position, row["code"]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@may
def gateway(request: HttpRequest, code: str) -> HttpResponse:
    """The settings of one gateway."""
    kind = _kind_or_404(code)
    form = GatewayForm(request.POST if request.method == "POST" else None, kind=kind)
    if request.method == "POST" and form.is_valid():
        changed = services.choose(code, form.wish(), by=request.user)
        messages.success(request, _("Đã lưu.") if changed else _("Không có gì thay đổi."))
        if dropped := form.dropped(changed):
            words = _("Địa chỉ của cổng đã đổi, nên các khóa đã đặt bị bỏ. Bạn nhập lại: %(names)s.")
            messages.warning(request, words % {"names": ", ".join(dropped)})
        return redirect("intake_gateway", code)
    context = {
        "code": code,
        "label": names.gateway(code),
        "form": form,
        "troubles": registry.trouble(code),
        "pull": queries.pulls().get(code),
        "trial_vnd": services.trial_vnd(code),
        "notify_url": _notify_url(code) if hasattr(kind, "read") else "",
        "configuration": [(each, inputs, form.elsewhere(each)) for each, inputs in form.configuration()],
        "events": _events(code, form),
    }
    return render(request, "payments/gateway.html", context, status=422 if form.errors else 200)


def _events(code: str, form: GatewayForm) -> list[GatewayEvent]:
    """Who changed what last; each event knows the `names` of what changed as the page calls them."""
    events = list(queries.gateway_events(code)[:10])
    for event in events:
        event.names = [form.name_of(each) for each in event.what]
    return events


@require_POST
@may
def try_gateway(request: HttpRequest, code: str) -> HttpResponse:
    """Open a trial; its page begins it."""
    _kind_or_404(code)
    try:
        trial = services.open_trial(code, by=request.user)
    except PaymentError as error:
        messages.error(request, error.words)
        return redirect("intake_gateway", code)
    return redirect("intake_trial", trial.payment.reference)


@never_cache
@require_safe
@may
def trial(request: HttpRequest, reference: str) -> HttpResponse:
    """What a trial wants of the person now, or how it ended. The browser that comes back comes here too."""
    found = get_object_or_404(Trial.objects.select_related("payment", "by"), payment__reference=reference)
    payment = found.payment
    context = {"trial": found, "payment": payment, "label": names.gateway(payment.adapter), "step": None}
    if payment.is_open:
        context["step"] = _begun(request, payment)
        services.ask_again(payment)
        payment.refresh_from_db()
    if isinstance(context["step"], ShowQr):
        context["qr"] = segno.make(context["step"].payload, error="m", micro=False).svg_data_uri(
            scale=6, border=2, dark="#000", light="#fff"
        )
    context |= {"events": payment.events.all(), "refunds": payment.refunds.all()}
    return render(request, "payments/trial.html", context)


@require_POST
@may
def give_trial_back(request: HttpRequest, reference: str) -> HttpResponse:
    """The money of a trial goes back to whoever paid it."""
    found = get_object_or_404(Trial.objects.select_related("payment"), payment__reference=reference)
    try:
        services.give_trial_back(found.payment)
    except PaymentError as error:
        messages.error(request, error.words)
    else:
        messages.success(request, _("Đang hoàn lại khoản thử."))
    return redirect("intake_trial", reference)


def _begun(request: HttpRequest, payment: Payment):
    hop = Hop(
        return_url=settings.PUBLIC_URL + reverse("intake_trial", args=[payment.reference]),
        notify_url=_notify_url(payment.adapter),
        ip=request.META.get("REMOTE_ADDR", ""),
    )
    try:
        return services.begin(payment, hop)
    except NotOpen:
        return None


def _notify_url(code: str) -> str:
    return settings.PUBLIC_URL + reverse("payments:hear", args=[code])


def _kind_or_404(code: str) -> type:
    kind = registry.kinds().get(code)
    if kind is None or not registry.may_exist(kind):
        raise Http404
    return kind
