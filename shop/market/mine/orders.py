"""A buyer's orders: the list of a member, and one order for member or guest."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from common.vietnamese import tidy
from payments.intake.queries import gives_back_itself, transferred
from shop.fulfilment import hand_over
from shop.market.buy.watch import waiting_of
from shop.market.mine import guest, timeline
from shop.orders import queries, services
from shop.orders.errors import NotYours, OrderError
from shop.orders.models import Order, SubOrder
from shop.orders.moves import Role, State


@login_required
@never_cache
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    latest = queries.orders_of(request.user)[:3]
    return render(request, "market/account.html", {"orders": latest, "watches": waiting_of(request)})


@login_required
@never_cache
@require_GET
def order_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(queries.orders_of(request.user), 20).get_page(request.GET.get("trang"))
    return render(request, "market/account_orders.html", {"page": page})


@never_cache
@require_GET
def order(request: HttpRequest, number: str) -> HttpResponse:
    """The order with its parts; a link with `?k=` is kept in a cookie and leaves the address."""
    if token := request.GET.get("k", ""):
        _order_or_404(request, number, token)
        response = redirect("market:order", number=number)
        guest.remember(request, response, number, token)
        return response
    return _page(request, _order_or_404(request, number))


@require_POST
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """The whole order, or with `part` one household's part of it."""
    found = _order_or_404(request, number)
    return _act(request, found, lambda: _cancel(request, found))


@require_POST
def received(request: HttpRequest, number: str) -> HttpResponse:
    """ "Đã nhận được hàng" for one part."""
    found = _order_or_404(request, number)
    part = _part_or_404(found, request.POST.get("part", ""))
    by = _by(request)
    return _act(request, found, lambda: hand_over.deliver(part, by=by, role=Role.BUYER))


def _cancel(request: HttpRequest, found: Order) -> None:
    """A second tap on what is cancelled already changes nothing and is no error."""
    if position := request.POST.get("part", ""):
        part = _part_or_404(found, position)
        if part.state == State.CANCELLED:
            return
        why = tidy(request.POST.get("why", ""))[:200]
        services.cancel_part(part, by=_by(request), role=Role.BUYER, why=why)
    elif any(part.state != State.CANCELLED for part in found.suborders.all()):
        services.cancel_by_buyer(found, by=_by(request))


def _act(request: HttpRequest, found: Order, act) -> HttpResponse:
    try:
        act()
    except OrderError as error:
        return _page(request, _order_or_404(request, found.number), trouble=str(error), status=409)
    return redirect("market:order", number=found.number)


def _page(request: HttpRequest, found: Order, *, trouble: str = "", status: int = 200) -> HttpResponse:
    # Only what was handed over has a parcel's number.
    prefetch_related_objects([part for part in found.suborders.all() if part.shipped_at], "shipment")
    parts = [
        {
            "row": part,
            "steps": timeline.steps(part, is_cod=found.is_cod),
            "tone": timeline.tone(part),
            "scene": timeline.scene(part),
            "can_cancel": part.state == State.CONFIRMED,
            "can_receive": part.state == State.SHIPPED or (part.state == State.PACKED and part.is_pickup),
        }
        for part in found.suborders.all()
    ]
    payments = list(queries.payments_of(found))
    context = {
        "order": found,
        "parts": parts,
        "headline": _headline(found),
        "open_payment": next((each for each in payments if each.is_open and not each.held_at), None),
        "held_payment": next((each for each in payments if each.held_at), None),
        "found": transferred(*payments),
        "refunds": queries.refunds_of(found),
        "back_by_itself": gives_back_itself(found.adapter),
        "can_cancel_all": all(
            part.state in (State.AWAITING_PAYMENT, State.CONFIRMED) for part in found.suborders.all()
        ),
        "trouble": trouble,
    }
    return render(request, "market/order.html", context, status=status)


def _headline(found: Order) -> str:
    words = {
        Order.State.PLACED: _("Đã nhận đơn của bạn") if found.is_cod else _("Đơn đang chờ trả tiền"),
        Order.State.EXPIRED: _("Đơn đã hết hạn trả tiền"),
        Order.State.CANCELLED: _("Đơn đã hủy"),
        Order.State.PAID: _("Đã nhận tiền, các hộ đang chuẩn bị"),
        Order.State.PARTLY_FULFILLED: _("Một phần hàng đã tới"),
        Order.State.FULFILLED: _("Hàng đã tới"),
        Order.State.COMPLETED: _("Đơn đã hoàn tất"),
    }
    return words[found.state]


def _order_or_404(request: HttpRequest, number: str, token: str = "") -> Order:
    token = token or guest.tokens(request).get(number, "")
    try:
        return queries.access_order(number, user=request.user, token=token)
    except NotYours as error:
        raise Http404 from error


def _part_or_404(found: Order, position: str) -> SubOrder:
    part = next((each for each in found.suborders.all() if str(each.position) == position), None)
    if part is None:
        raise Http404
    return part


def _by(request: HttpRequest):
    return request.user if request.user.is_authenticated else None
