"""Mã số thuế: the owner says by which number the tax office knows the household, or takes it back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from farmers import tax_codes
from farmers.errors import NoTaxCode
from farmers.queries import owns
from shop.desk.gate import Desk, for_household, page

LONGEST = 40


@for_household
@sensitive_post_parameters("tax_code")
def tax_code(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The number as it is, with a form; only the owner sees it."""
    if request.method != "POST":
        mine = owns(request.user, desk.household)
        known = tax_codes.of_household(desk.household) if mine else ""
        return page(request, desk, "tax_code", "money", is_owner=mine, typed=known)
    typed = request.POST.get("tax_code", "").replace("\x00", "")[:LONGEST]
    try:
        kept = tax_codes.write(desk.household, typed, by=request.user)
    except NoTaxCode as reason:
        return page(request, desk, "tax_code", "money", 422, is_owner=True, typed=typed, errors=[str(reason)])
    messages.success(request, _("Đã lưu mã số thuế.") if kept else _("Đã bỏ mã số thuế."))
    return redirect("desk:money")
