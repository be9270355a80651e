"""Cash of one parcel that a carrier paid into our bank, written down at the finance desk."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin.auth import permission_required

from common.money import vnd
from payments.books import links
from payments.intake import queries, services
from payments.intake.errors import OverRefund, PaymentError
from payments.intake.models import Payment

MOST_DIGITS = 12
RIGHT = "intake.change_refund"
may = permission_required(RIGHT)
#: whose the missing part becomes: the carrier's, or ours still to come
FEE, OWED = "fee", "owed"


@require_POST
@may
def cash_handed_over(request: HttpRequest, pk: int) -> HttpResponse:
    """The carrier paid the cash of a parcel, or a part of it; whose the rest is has to be said with its sum.

    What the carrier held when the form was made comes with it, so a form that is sent twice writes once.
    """
    payment = get_object_or_404(Payment, pk=pk)
    bank_vnd, held_vnd = _sum(request.POST.get("bank_vnd", "")), _sum(request.POST.get("held_vnd", ""))
    if bank_vnd is None:
        messages.error(request, _("Bạn ghi số đồng đã về tài khoản, chỉ chữ số."))
        return redirect("intake_finance")
    held = queries.cash_at_carriers().filter(pk=pk).first()
    short_vnd = held.vnd - bank_vnd if held and held.vnd == held_vnd else 0
    if short_vnd > 0 and not _answered(request, bank_vnd, short_vnd):
        return _ask(request, held, bank_vnd, short_vnd)
    is_fee = short_vnd > 0 and request.POST["short"] == FEE
    _write(request, payment, bank_vnd, short_vnd if is_fee else 0, held_vnd or 0)
    return redirect("intake_finance")


def _ask(request: HttpRequest, held: Payment, bank_vnd: int, short_vnd: int) -> HttpResponse:
    facts = {
        "payment": held,
        "holder": links.called([held.holder])[held.holder].words,
        "held_vnd": held.vnd,
        "bank_vnd": bank_vnd,
        "short_vnd": short_vnd,
    }
    return render(request, "payments/cash_short.html", facts, status=422)


def _answered(request: HttpRequest, bank_vnd: int, short_vnd: int) -> bool:
    """Whether somebody who was shown this very difference said whose it is."""
    # Nothing came and nothing is the carrier's: then there is nothing to write down.
    choices = (FEE, OWED) if bank_vnd else (FEE,)
    return request.POST.get("short_vnd") == str(short_vnd) and request.POST.get("short") in choices


def _write(request: HttpRequest, payment: Payment, bank_vnd: int, fee_vnd: int, held_vnd: int) -> None:
    note = request.POST.get("note", "").replace("\x00", "").strip()[:300]
    try:
        services.cash_handed_over(
            payment, bank_vnd=bank_vnd, fee_vnd=fee_vnd, by=request.user, note=note, held_vnd=held_vnd
        )
    except OverRefund:
        messages.error(request, _("Số tiền nộp về lớn hơn số đã thu của khách."))
    except PaymentError as error:
        messages.error(request, error.words)
    else:
        messages.success(request, _said(bank_vnd, fee_vnd, held_vnd - bank_vnd - fee_vnd))


def _said(bank_vnd: int, fee_vnd: int, rest_vnd: int) -> str:
    parts = [_("%(sum)s về tài khoản") % {"sum": vnd(bank_vnd)}] if bank_vnd else []
    parts += [_("%(sum)s là phí bên giao giữ") % {"sum": vnd(fee_vnd)}] if fee_vnd else []
    parts += [_("%(sum)s bên giao còn nợ") % {"sum": vnd(rest_vnd)}] if rest_vnd else []
    return _("Đã ghi: %(parts)s.") % {"parts": ", ".join(parts)}


def _sum(text: str) -> int | None:
    typed = text.replace(".", "").replace(" ", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= MOST_DIGITS else None
