"""The buyer's pretend bank for transfers: `/demo/chuyen-khoan/<payment>/`. It sends any sum with any note.

It tells the market of the money as SePay does, by a signed call of a job over real HTTP.
"""

from secrets import randbelow

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common import dates
from payments.adapters import registry
from payments.intake.models import Payment
from payments.intake.queries import access_payment, transferred
from shop.market.demo import bank_tasks

MOST_VND = 10**9
#: SePay numbers what it tells of: whole, and never twice
NUMBERS = 10**15


class TransferForm(forms.Form):
    """What the buyer would type in the app of a bank."""

    amount_vnd = forms.IntegerField(label=_("Số tiền (₫)"), min_value=1, max_value=MOST_VND)
    note = forms.CharField(label=_("Nội dung chuyển khoản"), max_length=100, required=False)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: HttpRequest, reference: str) -> HttpResponse:
    """A transfer for this payment: its sum and note are filled in, and may be changed to try what happens."""
    payment = _payment_or_404(reference)
    asked = {"amount_vnd": transferred(payment).missing_vnd or payment.asked_vnd, "note": payment.gateway_ref}
    form = TransferForm(request.POST or None, initial=asked)
    context = {"payment": payment, "form": form, "account": registry.get("vietqr").config}
    if request.method == "POST" and form.is_valid():
        stamp = f"{dates.local(dates.now()):%Y-%m-%d %H:%M:%S}"
        bank_tasks.transfer_seen.defer(**form.cleaned_data, number=randbelow(NUMBERS), at=stamp)
        return render(request, "market/demo/transfer_sent.html", context)
    return render(request, "market/demo/transfer.html", context, status=422 if form.errors else 200)


def _payment_or_404(reference: str) -> Payment:
    payment = access_payment(reference)
    fed = {each.code for each in registry.adapters()} >= {"vietqr", "sepay"}
    if not fed or payment is None or payment.adapter != "vietqr" or not payment.gateway_ref:
        raise Http404
    return payment
