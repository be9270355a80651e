"""The finance desk in the province's back office: what waits for a person, and what a person did."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin.auth import permission_required

from common.paging import turned
from payments.adapters import registry
from payments.adapters.contract import Outcome
from payments.books import links
from payments.intake import queries, services
from payments.intake.errors import PaymentError
from payments.intake.models import Inbox, Refund

PER_PAGE = 50
RIGHT = "intake.change_refund"
#: what an act on a refund brings when it was done, now or before; None of one that only sets a job going
WENT_WELL = (Outcome.RECORDED, Outcome.REPEATED, None)
may = permission_required(RIGHT)


@require_safe
@may
def desk(request: HttpRequest) -> HttpResponse:
    """Refunds and credits to give back by hand, messages set aside, and ways to pay that are not healthy.

    Each list turns by itself.
    """
    lists = {
        "refunds": ("hoan", queries.refunds_for_a_person()),
        "givings": ("tra-lai", queries.givings_to_do()),
        "hanging": ("treo", queries.hanging_refunds()),
        "held": ("giu", queries.held_payments()),
        "cash": ("tien-mat", queries.cash_at_carriers()),
        "letters": ("tin", queries.messages_for_a_person()),
    }
    pages = {key: turned(request, rows, name, PER_PAGE) for key, (name, rows) in lists.items()}
    for each in pages["letters"]:
        each.books_as = services.books_as(each)
    names = links.called(each.holder for each in pages["cash"])
    for each in pages["cash"]:
        each.called = names[each.holder].words
    more = {
        "troubles": registry.troubles(),
        "to_confirm": queries.gateways_to_confirm(),
        "forged": queries.forged_calls(),
    }
    return render(request, "payments/finance.html", pages | more)


@require_POST
@may
def refund_done(request: HttpRequest, pk: int) -> HttpResponse:
    """The money was given back outside the gateway; with `hai-lan` before anybody saw that the bank took it, too."""
    act = partial(services.refund_by_hand_done, twice="hai-lan" in request.POST)
    return _act(request, pk, act, _("Đã ghi: tiền đã về tay người mua."), with_note=True)


@require_POST
@may
def refund_by_bank(request: HttpRequest, pk: int) -> HttpResponse:
    """The bank took that money back and gave it to the buyer: nothing more is owed of it."""
    said = _("Đã ghi: người mua nhận lại tiền qua ngân hàng, chợ không hoàn nữa.")
    return _act(request, pk, _bank_gave_back, said, with_note=True)


@require_POST
@may
def refund_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the gateway try once more."""
    return _act(request, pk, services.send_again, _("Đã gửi lại cho cổng thanh toán."))


@require_POST
@may
def refund_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the gateway once more about a refund whose end nobody knows."""
    return _act(request, pk, _ask_refund, _("Đang hỏi lại cổng. Tải lại trang sau ít phút."))


@require_POST
@may
def refund_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """A person looked at the gateway itself: with `da-tra` it gave the money back, without it did not."""
    act, said = (
        (services.gateway_gave, _("Đã ghi: cổng đã trả người mua."))
        if "da-tra" in request.POST
        else (services.gateway_gave_not, _("Đã ghi: cổng không trả. Khoản này chờ người làm ở bên trên."))
    )
    return _act(request, pk, act, said, with_note=True)


@require_POST
@may
def payment_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the gateway once more about money that it doubts."""
    payment = get_object_or_404(queries.held_payments(), pk=pk)
    services.ask_again(payment)
    messages.success(request, _("Đang hỏi lại cổng. Tải lại trang sau ít phút."))
    return redirect("intake_finance")


@require_POST
@may
def message_handled(request: HttpRequest, pk: int) -> HttpResponse:
    """A message that was set aside is dealt with; the note says how."""
    row = get_object_or_404(Inbox, pk=pk, set_aside_at__isnull=False)
    note = _note(request)
    if not note:
        messages.error(request, _("Bạn ghi lại đã làm gì với tin này."))
        return redirect("intake_finance")
    try:
        services.handled(row, by=request.user, note=note)
    except PaymentError as error:
        messages.error(request, error.words)
    else:
        messages.success(request, _("Đã cất tin này."))
    return redirect("intake_finance")


@require_POST
@may
def message_booked(request: HttpRequest, pk: int) -> HttpResponse:
    """The money that a message tells of is let into the books; the note says where it was seen."""
    row = get_object_or_404(queries.messages_for_a_person(), pk=pk)
    said = {
        services.asides.CAME: _("Đã ghi sổ. Tiền này chờ trả lại ở trang Tiền chờ ghép."),
        services.asides.CAME_BACK: _("Đã ghi sổ. Khoản hoàn này lại chờ người làm ở bên trên."),
    }
    try:
        services.book_aside(row, by=request.user, note=_note(request))
    except PaymentError as error:
        messages.error(request, error.words)
    else:
        messages.success(request, said[services.books_as(row)])
    return redirect("intake_finance")


def _act(request: HttpRequest, pk: int, act: Callable, said: str, *, with_note: bool = False) -> HttpResponse:
    refund = get_object_or_404(Refund, pk=pk)
    note = {"note": _note(request)} if with_note else {}
    if with_note and not note["note"]:
        messages.error(request, _("Bạn ghi lại tiền đã về bằng cách nào."))
        return redirect("intake_finance")
    try:
        outcome = act(refund, by=request.user, **note)
    except PaymentError as error:
        messages.error(request, error.words)
    else:
        if outcome in WENT_WELL:
            messages.success(request, said)
        else:
            messages.error(
                request,
                _("Chưa ghi: không khớp với tin của cổng, tiền có thể đã trả hai lần. Xem tin để riêng."),
            )
    return redirect("intake_finance")


def _ask_refund(refund: Refund, *, by: AbstractBaseUser) -> None:
    services.ask_refund(refund)


def _bank_gave_back(refund: Refund, *, by: AbstractBaseUser, note: str) -> None:
    services.bank_gave_back(refund, by=by, note=note)


def _note(request: HttpRequest) -> str:
    return request.POST.get("note", "").replace("\x00", "").strip()[:300]
