"""The household's public face: its story, how it delivers, holidays."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from farmers.services import write_storefront
from shop.desk.certificates import ending_papers
from shop.desk.forms.listing import StorefrontForm
from shop.desk.gate import Desk, for_household, page, posted


@for_household
def storefront(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = StorefrontForm(posted(request), storefront=desk.storefront)
    if request.method == "POST" and form.is_valid():
        write_storefront(desk.storefront, by=request.user, **form.cleaned_data)
        messages.success(request, _("Đã lưu gian hàng."))
        return redirect("desk:storefront")
    status = 422 if form.is_bound else 200
    ending = ending_papers(desk.household)
    return page(request, desk, "storefront", "storefront", status, form=form, ending=ending)
