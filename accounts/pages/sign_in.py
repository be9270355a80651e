"""The sign-in pages: contact → code → (second factor) → name, for people known and new."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from accounts import browser, contacts, services, sign_in
from accounts import code as codes
from accounts.errors import AccountError, BadContact, CodeOver, WrongCode
from accounts.forms import NameForm, PasswordSignInForm, SignInForm
from accounts.models import Code, Purpose, User

KEPT = "sign_in"


@never_cache
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """One field: phone or email. A code goes out, to known and unknown people alike."""
    goal = _goal(request)
    if request.user.is_authenticated:
        return redirect(goal or "market:account")
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = _send(request, form.cleaned_data["contact"])
        except AccountError as error:
            form.add_error("contact", str(error))
        else:
            request.session[KEPT] = {"code": row.pk, "next": goal}
            return browser.remember(request, redirect("accounts:sign-in-code"))
    status = 200 if request.method == "GET" else 422
    return render(request, "accounts/sign_in.html", {"form": form, "next": goal}, status=status)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """Six digits; `again` in the post sends new ones."""
    kept = request.session.get(KEPT) or {}
    row = codes.waiting(kept.get("code"), purpose=Purpose.SIGN_IN, browser=browser.token(request))
    if row is None:
        return redirect("account_login")
    if request.method == "GET":
        return _code_page(request, row)
    if "again" in request.POST:
        return _again(request, row, kept)
    try:
        user, fresh = sign_in.finish(
            row.pk, request.POST.get("code", ""), browser=browser.token(request), language=_language()
        )
    except (WrongCode, CodeOver) as error:
        row.refresh_from_db()
        return _code_page(request, row, trouble=error, status=422)
    request.session.pop(KEPT, None)
    return enter(request, user, goal=kept.get("next", ""), fresh=fresh, method="code")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def by_password(request: HttpRequest) -> HttpResponse:
    goal = _goal(request)
    form = PasswordSignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = sign_in.by_password(
                form.cleaned_data["contact"], form.cleaned_data["password"], address=address_of(request)
            )
        except BadContact as error:
            form.add_error("contact", str(error))
        except AccountError as error:
            form.add_error("password", str(error))
        else:
            return enter(request, user, goal=goal, method="password")
    status = 200 if request.method == "GET" else 422
    return render(request, "accounts/sign_in_password.html", {"form": form, "next": goal}, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def give_name(request: HttpRequest) -> HttpResponse:
    """After the first sign-in: what to call this person. It can be left for later."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    goal = _goal(request)
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.name(request.user, form.cleaned_data["display_name"])
        return redirect(goal or "market:account")
    status = 200 if request.method == "GET" else 422
    return render(request, "accounts/sign_in_name.html", {"form": form, "next": goal}, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out by POST; a GET asks once."""
    if request.method == "POST":
        logout(request)
        return redirect(_goal(request) or "/")
    if not request.user.is_authenticated:
        return redirect("/")
    return render(request, "accounts/sign_out.html")


@never_cache
@require_GET
def inactive(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/inactive.html", status=403)


def enter(request: HttpRequest, user: User, *, goal: str, method: str, fresh: bool = False) -> HttpResponse:
    """Let allauth finish: a second factor where there is one, then the session, then `goal`."""
    goal = goal or reverse("market:account")
    if not user.display_name:
        goal = f"{reverse('accounts:sign-in-name')}?{urlencode({'next': goal})}"
    record_authentication(request, user, method)
    return perform_login(request, user, redirect_url=goal, signup=fresh)


def address_of(request: HttpRequest) -> str:
    """The network address that limits count by; proxies are believed as far as PROXY_COUNT says."""
    return get_adapter().get_client_ip(request)


def _send(request: HttpRequest, typed: str) -> Code:
    return sign_in.start(
        typed, browser=browser.token(request), address=address_of(request), language=_language()
    )


def _again(request: HttpRequest, row: Code, kept: dict) -> HttpResponse:
    try:
        fresh = _send(request, row.contact)
    except AccountError as error:
        return _code_page(request, row, trouble=error, status=429)
    request.session[KEPT] = {**kept, "code": fresh.pk, "again": True}
    return redirect("accounts:sign-in-code")


def _code_page(
    request: HttpRequest, row: Code, *, trouble: AccountError | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "contact": contacts.show(row.contact),
        "is_phone": contacts.is_phone(row.contact),
        "row": row,
        "trouble": str(trouble) if trouble else "",
        "over": isinstance(trouble, CodeOver) or row.is_over,
        "again": request.session.get(KEPT, {}).get("again"),
    }
    return render(request, "accounts/sign_in_code.html", context, status=status)


def _goal(request: HttpRequest) -> str:
    """`next`, if it is a path of this site; else ''."""
    goal = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(goal, allowed_hosts=hosts, require_https=request.is_secure())
    # Only a path: `redirect` takes a word without a slash for the name of a page.
    return goal if safe and goal.startswith("/") and goal.isprintable() else ""


def _language() -> str:
    return get_language() or "vi"
