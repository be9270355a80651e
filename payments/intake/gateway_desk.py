"""Gateways in the province's back office: what is missing, what buyers see, and a payment that only tries one."""

from collections.abc import Callable

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin.auth import permission_required

from payments.adapters import registry
from payments.adapters.chosen import NOTHING
from payments.adapters.contract import Hop, ShowQr
from payments.intake import gateway_words, names, queries, services, wishes
from payments.intake.errors import NotOpen, PaymentError
from payments.intake.gateway_form import GatewayForm
from payments.intake.gateways import choice_in
from payments.intake.models import GatewayEvent, Payment, Trial
from payments.intake.wishes import Waiting

RIGHT = "intake.change_gateway"
Kind = GatewayEvent.Kind
#: what became of a wish about values
SAID = {
    Kind.WANTED: gettext_lazy("Đã ghi đề nghị đổi. Nó có hiệu lực khi một người khác xác nhận."),
    Kind.TAKEN_BACK: gettext_lazy("Đã rút lại đề nghị đổi. Giá trị đang dùng giữ nguyên."),
    Kind.CONFIRMED: gettext_lazy("Đã xác nhận. Giá trị mới có hiệu lực."),
    Kind.REFUSED: gettext_lazy("Đã bỏ đề nghị đổi. Giá trị đang dùng giữ nguyên."),
}
may = permission_required(RIGHT)


@require_safe
@may
def gateways(request: HttpRequest) -> HttpResponse:
    """All that is installed: what buyers see in their order, then what is missing, then who tells of credits."""
    return render(request, "payments/gateways.html", {"rows": _rows(), "trials": queries.trials()[:10]})


def _rows() -> list[dict]:
    chosen, away, pulls = registry.chosen(), queries.circuits_open(), queries.pulls()
    wanted = {code: _shown(waits) for code, waits in wishes.all_waiting().items()}
    rows = [
        {
            "code": code,
            "chosen": chosen.get(code, NOTHING),
            "label": names.gateway(code),
            "sells": hasattr(kind, "start"),
            "troubles": (troubles := registry.trouble(code)),
            "traits": None if troubles else registry.get(code).traits,
            "is_away": code in away,
            "pull": pulls.get(code),
            "waits": wanted.get(code),
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
    """The settings of one gateway, and what somebody wants of its values that another is to confirm."""
    kind = _kind_or_404(code)
    row = wishes.row_of(code)
    waits, chosen = wishes.waiting_in(row), choice_in(row)
    form = GatewayForm(
        request.POST if request.method == "POST" else None, kind=kind, chosen=chosen, waits=waits
    )
    if request.method == "POST" and form.is_valid():
        _save(request, code, form.wish())
        return redirect("intake_gateway", code)
    context = {
        "code": code,
        "label": names.gateway(code),
        "form": form,
        "seal": wishes.seal_of(row),
        "waits": waits and _shown(waits),
        "is_own": bool(waits and waits.by == request.user),
        "troubles": registry.trouble(code),
        "pull": queries.pulls().get(code),
        "trial_vnd": services.trial_vnd(code),
        "notify_url": _notify_url(code) if hasattr(kind, "read") else "",
        "configuration": [(each, inputs, form.elsewhere(each)) for each, inputs in form.configuration()],
        "events": _events(code, form),
    }
    return render(request, "payments/gateway.html", context, status=422 if form.errors else 200)


def _save(request: HttpRequest, code: str, wish: services.Wish) -> None:
    try:
        saved = services.choose(code, wish, by=request.user, seen=request.POST.get("seen"))
    except PaymentError as error:
        messages.error(request, error.words)
        return
    if saved.at_once or not saved.values:
        messages.success(request, _("Đã lưu.") if saved.at_once else _("Không có gì thay đổi."))
    if saved.values:
        messages.success(request, SAID[saved.values])


def _shown(waits: Waiting) -> dict:
    """A wish without its texts but those that may be read."""
    return {
        "by": waits.by,
        "at": waits.at,
        "seal": waits.seal,
        "is_readable": waits.said is not None,
        "changes": gateway_words.changes(waits),
        "dropped": gateway_words.dropped(waits),
    }


def _events(code: str, form: GatewayForm) -> list[GatewayEvent]:
    """Who changed what last; each event knows the `names` of what changed as the page calls them."""
    events = list(queries.gateway_events(code)[:10])
    for event in events:
        event.names = [form.name_of(each) for each in event.what]
    return events


@require_POST
@may
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Let count what another person wants of the values, as it was seen."""
    return _decide(request, code, services.confirm_wish)


@require_POST
@may
def refuse(request: HttpRequest, code: str) -> HttpResponse:
    """Let what somebody wants of the values go, as it was seen."""
    return _decide(request, code, services.refuse_wish)


def _decide(request: HttpRequest, code: str, act: Callable) -> HttpResponse:
    _kind_or_404(code)
    try:
        done = act(code, seal=request.POST.get("seal", ""), by=request.user)
    except PaymentError as error:
        messages.error(request, error.words)
    else:
        messages.success(request, SAID[done])
    return redirect("intake_gateway", code)


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
