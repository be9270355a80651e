"""Tài khoản nhận tiền: the owner changes it with a code; payouts then wait two days."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts import browser, contacts
from accounts import code as codes
from accounts.errors import AccountError, CodeOver
from accounts.models import Purpose
from accounts.pages.sign_in import address_of
from farmers import bank_accounts
from farmers.errors import FarmersError, NotYours
from farmers.models import BankAccountChange
from farmers.queries import owns
from payments.payouts import queries
from payments.payouts.bank_file import bank_name
from shop.desk.forms.bank import BankForm
from shop.desk.gate import Desk, for_household, page, posted
from shop.desk.money import bank_of

KEPT = "bank_account_change"


@for_household
@sensitive_post_parameters("account")
def account(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The account as it is, and for the owner a form for another one."""
    form = BankForm(posted(request))
    error = ""
    if form.is_bound and form.is_valid():
        try:
            change = _ask(request, desk, form.cleaned_data)
        except NotYours:
            raise
        except (AccountError, FarmersError) as reason:
            error = str(reason)
        else:
            request.session[KEPT] = change.pk
            return browser.remember(request, redirect("desk:money-account-code"))
    bank = bank_of(desk.household)
    context = {
        "form": form,
        "error": error,
        "bank": bank,
        "bank_words": bank_name(bank.bank_bin) if bank else "",
        "is_owner": owns(request.user, desk.household),
        "came_back": queries.bounced().filter(household=desk.household).last(),
    }
    return page(request, desk, "money_account", "money", 422 if form.is_bound else 200, **context)


@for_household
@sensitive_post_parameters("code")
def enter_code(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Six digits from the owner's phone or letter; `again` in the post sends new ones."""
    change = _waiting(request, desk)
    if change is None:
        return redirect("desk:money-account")
    if request.method != "POST":
        return _code_page(request, desk, change)
    try:
        if "again" in request.POST:
            wanted = {name: getattr(change, name) for name in ("bank_bin", "account", "account_name")}
            request.session[KEPT] = _ask(request, desk, wanted).pk
            return redirect("desk:money-account-code")
        bank_accounts.confirm_change(
            change, request.POST.get("code", ""), by=request.user, browser=browser.token(request)
        )
    except NotYours:
        raise
    except FarmersError as reason:
        messages.error(request, str(reason))
    except AccountError as reason:
        change.code.refresh_from_db()
        return _code_page(request, desk, change, trouble=reason)
    else:
        messages.success(request, _("Đã đổi tài khoản. Để an toàn, chợ chuyển tiền vào đó sau 48 giờ."))
    request.session.pop(KEPT, None)
    return redirect("desk:money-account")


def _ask(request: HttpRequest, desk: Desk, wanted: dict[str, str]) -> BankAccountChange:
    return bank_accounts.ask_change(
        desk.household,
        by=request.user,
        **wanted,
        browser=browser.token(request),
        address=address_of(request),
        language=get_language() or "vi",
    )


def _waiting(request: HttpRequest, desk: Desk) -> BankAccountChange | None:
    """The change of this household that this browser has asked for and not yet confirmed."""
    rows = BankAccountChange.objects.filter(
        pk=request.session.get(KEPT) or 0, household=desk.household, asked_by=request.user, done_at=None
    )
    change = rows.select_related("code").first()
    if change is None or change.code is None:
        return None
    known = codes.waiting(change.code_id, purpose=Purpose.BANK, browser=browser.token(request))
    return change if known else None


def _code_page(
    request: HttpRequest, desk: Desk, change: BankAccountChange, *, trouble: AccountError | None = None
) -> HttpResponse:
    context = {
        "change": change,
        "bank_words": bank_name(change.bank_bin),
        "contact": contacts.show(change.code.contact),
        "is_phone": contacts.is_phone(change.code.contact),
        "trouble": str(trouble) if trouble else "",
        "over": isinstance(trouble, CodeOver) or change.code.is_over,
    }
    return page(request, desk, "money_account_code", "money", 422 if trouble else 200, **context)
