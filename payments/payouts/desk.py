"""Payouts in the province's back office: propose, look at, approve, and what did not arrive."""

from collections.abc import Callable
from datetime import date

import segno
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin.auth import permission_required

from common.paging import turned
from farmers import bank_accounts
from farmers.errors import FarmersError
from farmers.models import BankAccount
from payments.books import links
from payments.payouts import approval, bank_file, periods, proposal, queries, sending
from payments.payouts.errors import BadPeriod, PayoutError
from payments.payouts.models import Payout

VIEW, PROPOSE = "payouts.view_payout", "payouts.propose_payout"
APPROVE, CHANGE = "payouts.approve_payout", "payouts.change_payout"
may_view, may_propose = permission_required(VIEW), permission_required(PROPOSE)
may_approve, may_change = permission_required(APPROVE), permission_required(CHANGE)
PER_PAGE = 100
State = Payout.State


@require_safe
@may_view
def payouts(request: HttpRequest) -> HttpResponse:
    """Payouts of a period, who is left out of it, and the acts that wait."""
    first, last = _period(request)
    rows = queries.payouts().filter(until_day=last)
    state = request.GET.get("tt", "")
    if state in State.values:
        rows = rows.filter(state=state)
    left_out = turned(request, queries.left_out(end=periods.end_of(last)), "cho", PER_PAGE)
    names = queries.households(each.household_id for each in left_out)
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("p")),
        "periods": queries.periods(),
        "first": first,
        "last": last,
        "is_ripe": periods.is_ripe(last),
        "left_out": left_out,
        "left": [(names[each.household_id], each) for each in left_out if each.household_id in names],
        "approved": Payout.objects.filter(state=State.APPROVED).count(),
        "bounced": queries.bounced().count(),
        "files": queries.files()[:10],
    }
    return render(request, "payments/payouts/payouts.html", context)


@require_POST
@may_propose
def propose(request: HttpRequest) -> HttpResponse:
    """Have a period's payouts proposed; a job does it."""
    try:
        first, last = (date.fromisoformat(request.POST.get(name, "")) for name in ("from_day", "until_day"))
    except ValueError:
        messages.error(request, BadPeriod.words)
        return redirect("payouts")
    try:
        proposal.start(first, last, by=request.user)
    except PayoutError as error:
        messages.error(request, error.words)
    else:
        messages.success(request, _("Đang lập đề xuất từng hộ. Tải lại trang để xem kết quả."))
    return _to_period(last)


@require_POST
@may_approve
def approve(request: HttpRequest) -> HttpResponse:
    """Approve what was ticked, each by itself: one that cannot be keeps none of the others."""
    rows = queries.payouts().filter(pk__in=_ids(request)).order_by("pk")
    done, last = 0, None
    for payout in rows:
        last = payout.until_day
        try:
            approval.approve(payout, by=request.user)
        except PayoutError as error:
            messages.error(request, f"{payout.household}: {error.words}")
        else:
            done += 1
    if done:
        words = ngettext("Đã duyệt %(count)s khoản.", "Đã duyệt %(count)s khoản.", done)
        messages.success(request, words % {"count": done})
    elif last is None:
        messages.error(request, _("Bạn chọn những khoản cần duyệt."))
    return _to_period(last)


@require_safe
@may_view
def payout(request: HttpRequest, pk: int) -> HttpResponse:
    """One payout with its lines down to the orders, its history, and what can be done with it."""
    found = get_object_or_404(queries.payouts(), pk=pk)
    lines = Paginator(queries.lines_of(found), PER_PAGE).get_page(request.GET.get("p"))
    can_send = found.state == State.APPROVED and request.user.has_perm(CHANGE)
    context = {
        "payout": found,
        "bank": bank_file.bank_name(found.bank_bin),
        "page": lines,
        "lines": [(line, links.page_of(line.entry.about)) for line in lines],
        "events": found.events.select_related("by"),
        "account": BankAccount.objects.filter(household=found.household).first(),
        "qr": _qr(found) if can_send else "",
        "is_own": found.proposed_by_id == request.user.pk,
    }
    return render(request, "payments/payouts/payout.html", context)


@require_POST
@may_approve
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Not this time; the reason says why."""
    return _act(request, pk, _("Đã không duyệt khoản này."), approval.reject, why=_word(request, "why"))


@require_POST
@may_change
def sent_by_hand(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody sent it by its QR code."""
    said = _("Đã ghi: tiền đã chuyển.")
    return _act(request, pk, said, sending.sent_by_hand, bank_ref=_word(request, "bank_ref"))


@require_POST
@may_change
def settled(request: HttpRequest, pk: int) -> HttpResponse:
    """The bank's word on one that was sent by hand: it arrived."""
    return _act(request, pk, _("Đã ghi: tiền đã tới hộ."), sending.settle)


@require_POST
@may_change
def bounced(request: HttpRequest, pk: int) -> HttpResponse:
    """It came back, or never left."""
    never_left = "never_left" in request.POST
    said = (
        _("Đã ghi: tiền chưa từng chuyển. Hộ được báo, tiền trả vào lần sau.")
        if never_left
        else _("Đã ghi: ngân hàng trả về. Hộ được báo, tiền trả vào lần sau.")
    )
    return _act(request, pk, said, sending.bounce, reason=_word(request, "why"), never_left=never_left)


@require_safe
@may_view
def bounced_queue(request: HttpRequest) -> HttpResponse:
    """What the bank sent back and nobody has mended yet."""
    page = Paginator(queries.bounced(), PER_PAGE).get_page(request.GET.get("p"))
    return render(request, "payments/payouts/bounced.html", {"page": page})


@require_POST
@may_change
def clear(request: HttpRequest, pk: int) -> HttpResponse:
    """The account is right after all: pay to it again."""
    said = _("Đã ghi: lần tới trả lại vào tài khoản này.")
    return _act(request, pk, said, sending.clear, to="payouts_bounced", note=_word(request, "note"))


@require_POST
@may_change
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop payouts to the household of this payout, or with `tha` let them go again."""
    found = get_object_or_404(queries.payouts(), pk=pk)
    bank = get_object_or_404(BankAccount, household=found.household_id)
    try:
        if "tha" in request.POST:
            bank_accounts.let_go(bank)
        else:
            bank_accounts.hold(bank, by=request.user, why=_word(request, "why"))
    except FarmersError:
        messages.error(request, _("Bạn ghi lại lý do."))
    else:
        messages.success(request, _("Đã ghi."))
    return redirect("payouts_payout", pk)


def _act(
    request: HttpRequest, pk: int, said: str, act: Callable, *, to: str = "", **words: str | bool
) -> HttpResponse:
    found = get_object_or_404(Payout, pk=pk)
    try:
        act(found, by=request.user, **words)
    except PayoutError as error:
        messages.error(request, error.words)
    else:
        messages.success(request, said)
    return redirect(to) if to else redirect("payouts_payout", pk)


def _period(request: HttpRequest) -> tuple[date, date]:
    """The period asked for by its last day, as it was proposed; else the last week that is over."""
    usual = periods.last_week()
    try:
        last = date.fromisoformat(request.GET.get("ky", ""))
    except ValueError:
        return usual
    if last.year not in periods.YEARS:
        return usual
    known = Payout.objects.filter(until_day=last).order_by("from_day").first()
    return (known.from_day if known else min(usual[0], last)), last


def _to_period(last: date | None) -> HttpResponse:
    answer = redirect("payouts")
    if last is not None:
        answer["Location"] += f"?ky={last.isoformat()}"
    return answer


def _ids(request: HttpRequest) -> list[int]:
    return [int(each) for each in request.POST.getlist("khoan") if each.isascii() and each.isdecimal()][:500]


def _word(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "").strip()[:300]


def _qr(found: Payout) -> str:
    """The picture of the transfer's code; empty where the account does not fit one."""
    try:
        return segno.make(bank_file.qr_of(found), error="m").svg_data_uri(scale=5)
    except ValueError:
        return ""
