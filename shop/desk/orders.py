"""The household's orders: what waits, one order, and each step of it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from common import dates
from shop.delivery.models import Method
from shop.desk.counts import TABS, Counts
from shop.desk.forms.orders import ComeBackForm, DeclineForm, DeliverForm, HandOverForm
from shop.desk.gate import Desk, for_household, page, posted, turn_to
from shop.desk.words import row_of
from shop.fulfilment import hand_over, pack
from shop.orders.errors import NotYours, OrderError
from shop.orders.models import SubOrder
from shop.orders.moves import MOVES, Role
from shop.orders.queries import access_suborder, suborders_of

State = SubOrder.State
#: only a clock that ends soon is counted down
SOON = timedelta(hours=48)
PER_PAGE = 20
#: what one tap on "Nhận việc" may take at most
MOST_AT_ONCE = 50
#: while one of these is true the household needs to know where the goods go and whom to call
OPEN = (State.CONFIRMED, State.PACKED, State.SHIPPED, State.DELIVERED)


@require_safe
@for_household
def orders(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The orders of one tab, soonest clock first; done ones newest first."""
    counts = desk.counts
    chosen = request.GET.get("muc", "")
    if chosen not in TABS:
        chosen = next((tab for tab in TABS if counts.by_tab[tab]), "moi")
    rows = suborders_of(desk.storefront).filter(TABS[chosen])
    if chosen in ("da-giao", "khong-giao"):
        rows = rows.order_by("-delivered_at", "-ended_at", "-id")
    sheet = Paginator(rows, PER_PAGE).get_page(request.GET.get("trang"))
    context = {"chosen": chosen, "sheet": sheet, "rows": [row_of(each) for each in sheet]}
    return page(request, desk, "orders", "orders", tabs=_tabs(counts), **context)


@require_safe
@for_household
def order(request: HttpRequest, desk: Desk, number: str, position: int) -> HttpResponse:
    desk, suborder = _own(request, desk, number, position)
    return _order_page(request, desk, suborder)


@require_POST
@for_household
def take(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Acknowledge one or several orders at once, named `number/position`; a second tap changes nothing."""
    taken = 0
    for name in request.POST.getlist("don")[:MOST_AT_ONCE]:
        number, _slash, position = name.rpartition("/")
        if position.isascii() and position.isdigit() and len(position) < 4:
            desk, suborder = _own(request, desk, number, int(position))
            pack.acknowledge(suborder)
            taken += 1
    if taken:
        words = ngettext("Đã nhận việc %(count)s đơn.", "Đã nhận việc %(count)s đơn.", taken)
        messages.success(request, words % {"count": taken})
    return redirect("desk:today")


@require_POST
@for_household
def packed(request: HttpRequest, desk: Desk, number: str, position: int) -> HttpResponse:
    desk, suborder = _own(request, desk, number, position)
    return _act(request, suborder, _("Đã ghi: đóng gói xong."), lambda: pack.pack(suborder, by=request.user))


@for_household
def decline(request: HttpRequest, desk: Desk, number: str, position: int) -> HttpResponse:
    """Say that the whole order cannot be delivered; the page tells first what will happen."""
    desk, suborder = _own(request, desk, number, position)
    if not _may(suborder, State.DECLINED):
        return _too_late(request, suborder)
    form = DeclineForm(posted(request), suborder=suborder)
    if request.method == "POST" and form.is_valid():
        act = lambda: pack.cannot_fulfil(suborder, reason=form.why, left=form.left, by=request.user)  # noqa: E731
        return _act(request, suborder, _("Đã báo khách. Khách được trả lại tiền nếu đã trả."), act)
    return page(request, desk, "order_decline", "orders", _status(form), suborder=suborder, form=form)


@require_POST
@for_household
def handed_over(request: HttpRequest, desk: Desk, number: str, position: int) -> HttpResponse:
    desk, suborder = _own(request, desk, number, position)
    form = HandOverForm(request.POST)
    if not form.is_valid():
        return _order_page(request, desk, suborder, hand_over_form=form)
    data = form.cleaned_data

    def act() -> None:
        hand_over.hand_over(suborder, carrier=data["carrier"], tracking=data["tracking"], by=request.user)

    return _act(request, suborder, _("Đã ghi: hàng đã giao đi."), act)


@require_POST
@for_household
def delivered(request: HttpRequest, desk: Desk, number: str, position: int) -> HttpResponse:
    """The buyer has it. Cash on delivery needs to know who took the money."""
    desk, suborder = _own(request, desk, number, position)
    form = DeliverForm(request.POST, asks_cash=suborder.order.is_cod)
    if not form.is_valid():
        return _order_page(request, desk, suborder, deliver_form=form)
    cash_by = form.cleaned_data["cash_by"] if suborder.order.is_cod else ""

    def act() -> None:
        if hand_over.cash_is_open(suborder.order, suborder):
            hand_over.take_cash(suborder, by=request.user, cash_by=cash_by)
        else:
            hand_over.deliver(suborder, by=request.user, role=Role.HOUSEHOLD, cash_by=cash_by)

    return _act(request, suborder, _("Đã ghi: khách đã nhận hàng."), act)


@for_household
def came_back(request: HttpRequest, desk: Desk, number: str, position: int) -> HttpResponse:
    desk, suborder = _own(request, desk, number, position)
    if not _may(suborder, State.RETURNED):
        return _too_late(request, suborder)
    form = ComeBackForm(posted(request))
    if request.method == "POST" and form.is_valid():
        refused = form.cleaned_data["refused"] == "1"
        act = lambda: hand_over.come_back(suborder, by=request.user, refused=refused)  # noqa: E731
        return _act(request, suborder, _("Đã ghi: hàng quay về."), act)
    return page(request, desk, "order_come_back", "orders", _status(form), suborder=suborder, form=form)


def _own(request: HttpRequest, desk: Desk, number: str, position: int) -> tuple[Desk, SubOrder]:
    """The order of one of the person's households, the chosen one first. Raises NotYours."""
    for household in sorted(desk.households, key=lambda each: each.pk != desk.household.pk):
        try:
            suborder = access_suborder(household, number, position)
        except NotYours:
            continue
        return turn_to(request, desk, suborder.storefront_id), suborder
    raise NotYours


def _act(request: HttpRequest, suborder: SubOrder, done: str, act: Callable[[], object]) -> HttpResponse:
    """Do it and go back to the order; what came too late is said there, and nothing is lost."""
    try:
        act()
    except OrderError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, done)
    return redirect("desk:order", suborder.order.number, suborder.position)


def _too_late(request: HttpRequest, suborder: SubOrder) -> HttpResponse:
    messages.warning(request, _("Đơn này đã sang bước khác. Xem trạng thái mới bên dưới."))
    return redirect("desk:order", suborder.order.number, suborder.position)


def _may(suborder: SubOrder, to: str) -> bool:
    return to in MOVES.get(suborder.state, set())


def _order_page(
    request: HttpRequest,
    desk: Desk,
    suborder: SubOrder,
    *,
    hand_over_form: HandOverForm | None = None,
    deliver_form: DeliverForm | None = None,
) -> HttpResponse:
    broken = hand_over_form or deliver_form
    cash_is_open = hand_over.cash_is_open(suborder.order, suborder)
    return page(
        request,
        desk,
        "order",
        "orders",
        _status(broken) if broken else 200,
        suborder=suborder,
        contact_is_shown=suborder.state in OPEN,
        may_decline=_may(suborder, State.DECLINED),
        can_be_delivered=_can_be_delivered(suborder) or cash_is_open,
        cash_is_open=cash_is_open,
        past=_past(suborder),
        clock_runs=bool(suborder.pack_by) and suborder.pack_by - dates.now() < SOON,
        carriers=_carriers(),
        hand_over_form=hand_over_form or HandOverForm(initial={"carrier": suborder.way}),
        deliver_form=deliver_form or DeliverForm(asks_cash=suborder.order.is_cod),
    )


def _can_be_delivered(suborder: SubOrder) -> bool:
    """Shipped, or packed and fetched at the farm."""
    return suborder.state == State.SHIPPED or (suborder.state == State.PACKED and suborder.is_pickup)


def _past(suborder: SubOrder) -> list[tuple[str, datetime]]:
    """What has happened, oldest first. "Nhận việc" is no state, so it is put among the events by its time."""
    words = _past_words()
    steps = [(words.get(event.to, State(event.to).label), event.at) for event in suborder.events.all()]
    if suborder.seen_at:
        steps.append((_("đã nhận việc"), suborder.seen_at))
    return sorted(steps, key=lambda each: each[1])


def _past_words() -> dict[str, str]:
    """States as things that happened; the others are said by their own names."""
    return {
        State.CONFIRMED: _("có đơn"),
        State.PACKED: _("đã đóng gói"),
        State.SHIPPED: _("đã giao đi"),
        State.DELIVERED: _("khách đã nhận hàng"),
    }


def _carriers() -> list[str]:
    """What the field of the carrier suggests."""
    return [each.name for each in Method.objects.all() if not each.is_pickup]


def _status(form: object) -> int:
    return 422 if getattr(form, "is_bound", False) else 200


def _tabs(counts: Counts) -> list[dict]:
    titles = {
        "moi": _("Mới"),
        "dong-goi": _("Cần đóng gói"),
        "giao-di": _("Cần giao đi"),
        "dang-giao": _("Đang giao"),
        "da-giao": _("Đã giao"),
        "khong-giao": _("Không giao"),
    }
    return [{"key": tab, "title": titles[tab], "count": counts.by_tab[tab]} for tab in TABS]
