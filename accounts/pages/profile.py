"""Name and language of a person, and their addresses."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import queries, services
from accounts.forms import AddressForm, ProfileForm
from accounts.models import Address
from accounts.place_form import commune_options

MOST_ADDRESSES = 30


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    known = {"display_name": request.user.display_name, "language": request.user.language}
    form = ProfileForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        services.name(request.user, form.cleaned_data["display_name"], language=form.cleaned_data["language"])
        messages.success(request, _("Đã lưu."))
        with override(form.cleaned_data["language"]):
            return redirect("accounts:profile")
    status = 200 if request.method == "GET" else 422
    return render(request, "accounts/profile.html", {"form": form}, status=status)


@login_required
@never_cache
@require_GET
def addresses(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/addresses.html", {"addresses": queries.addresses_of(request.user)})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def address_add(request: HttpRequest) -> HttpResponse:
    if queries.addresses_of(request.user).count() >= MOST_ADDRESSES:
        messages.error(request, _("Bạn đã có nhiều địa chỉ: bạn xoá bớt trước khi thêm nhé."))
        return redirect("accounts:addresses")
    return _edit(request, None)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def address_edit(request: HttpRequest, address_id: int) -> HttpResponse:
    return _edit(request, queries.access_address(request.user, address_id))


@login_required
@require_POST
def address_remove(request: HttpRequest, address_id: int) -> HttpResponse:
    services.remove_address(request.user, queries.access_address(request.user, address_id))
    messages.success(request, _("Đã xoá địa chỉ."))
    return redirect("accounts:addresses")


@login_required
@require_POST
def address_default(request: HttpRequest, address_id: int) -> HttpResponse:
    services.make_default(request.user, queries.access_address(request.user, address_id))
    return redirect("accounts:addresses")


@require_GET
@cache_control(public=True, max_age=3600)
def communes(request: HttpRequest) -> HttpResponse:
    """`?tinh=20` → the communes as options of a select."""
    code = request.GET.get("tinh") or request.GET.get("province_code") or ""
    return render(request, "accounts/communes.html", {"communes": commune_options(code)})


def _edit(request: HttpRequest, address: Address | None) -> HttpResponse:
    form = AddressForm.of(address, request.POST or None)
    status = 200
    if form.is_choosing:
        form.forget_errors()
    elif request.method == "POST":
        if form.is_valid():
            services.keep_address(request.user, address=address, **form.fields_to_keep())
            messages.success(request, _("Đã lưu địa chỉ."))
            return redirect("accounts:addresses")
        status = 422
    return render(request, "accounts/address_form.html", {"form": form, "address": address}, status=status)
