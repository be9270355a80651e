"""Ways to sign in: the phone, the email, the password, the authenticator app."""

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import browser, contacts, services
from accounts import code as codes
from accounts.errors import AccountError, CodeOver, ContactTaken
from accounts.forms import PasswordForm, SignInForm
from accounts.models import Code, Purpose
from accounts.pages.sign_in import address_of

KEPT = "add_contact"
FIELDS = {"so-dien-thoai": "phone", "email": "email"}


@login_required
@never_cache
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    return _page(request)


@login_required
@never_cache
@require_POST
@reauthentication_required(app="accounts")
def add(request: HttpRequest) -> HttpResponse:
    """Send a code to a new phone or email of the person."""
    form = SignInForm(request.POST)
    if form.is_valid():
        try:
            row = codes.send(
                purpose=Purpose.ADD,
                contact=contacts.parse(form.cleaned_data["contact"]),
                browser=browser.token(request),
                address=address_of(request),
                language=get_language() or "vi",
                user=request.user,
            )
        except AccountError as error:
            form.add_error("contact", str(error))
        else:
            request.session[KEPT] = row.pk
            return browser.remember(request, redirect("accounts:contact-code"))
    return _page(request, form=form, status=422)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """The code that came to the new phone or email: when it is right, it opens the account."""
    token = browser.token(request)
    row = codes.waiting(request.session.get(KEPT), purpose=Purpose.ADD, browser=token)
    if row is None or row.user_id != request.user.pk:
        return redirect("accounts:sign-in-methods")
    if request.method == "GET":
        return _code_page(request, row)
    try:
        codes.judge(row.pk, request.POST.get("code", ""), purpose=Purpose.ADD, browser=token)
        services.add_contact(request.user, row.contact)
    except ContactTaken as error:
        messages.error(request, str(error))
    except AccountError as error:
        row.refresh_from_db()
        return _code_page(request, row, trouble=error)
    else:
        messages.success(request, _("Đã thêm %(contact)s.") % {"contact": contacts.show(row.contact)})
    request.session.pop(KEPT, None)
    return redirect("accounts:sign-in-methods")


@login_required
@never_cache
@require_POST
@reauthentication_required(app="accounts")
def drop(request: HttpRequest) -> HttpResponse:
    field = FIELDS.get(request.POST.get("which", ""))
    if field:
        try:
            services.drop_contact(request.user, field)
        except AccountError as error:
            messages.error(request, str(error))
    return redirect("accounts:sign-in-methods")


@login_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@reauthentication_required(app="accounts")
def password(request: HttpRequest) -> HttpResponse:
    """Set the optional password, or with `remove` take it off."""
    form = PasswordForm(request.POST or None, user=request.user)
    removes = request.method == "POST" and "remove" in request.POST
    if removes or (request.method == "POST" and form.is_valid()):
        services.set_password(request.user, None if removes else form.cleaned_data["password"])
        update_session_auth_hash(request, request.user)
        messages.success(request, _("Đã bỏ mật khẩu.") if removes else _("Đã đặt mật khẩu."))
        return redirect("accounts:sign-in-methods")
    status = 200 if request.method == "GET" else 422
    return render(request, "accounts/password.html", {"form": form}, status=status)


def _page(request: HttpRequest, *, form: SignInForm | None = None, status: int = 200) -> HttpResponse:
    has_app = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists()
    context = {
        "form": form or SignInForm(),
        "has_app": has_app,
        "has_password": request.user.has_usable_password(),
    }
    return render(request, "accounts/sign_in_methods.html", context, status=status)


def _code_page(request: HttpRequest, row: Code, *, trouble: AccountError | None = None) -> HttpResponse:
    context = {
        "contact": contacts.show(row.contact),
        "is_phone": contacts.is_phone(row.contact),
        "row": row,
        "trouble": str(trouble) if trouble else "",
        "over": isinstance(trouble, CodeOver) or row.is_over,
    }
    return render(request, "accounts/contact_code.html", context, status=422 if trouble else 200)
