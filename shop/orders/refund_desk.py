"""Refunds at the finance desk: with a fault, of a part that was delivered; much of it by two people.

An order is found by its number; of a part the desk says how much goes back, whose fault it was and why, looks
at who will bear it, and says yes. The part's state stays as it is.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin.auth import any_permission_required, permission_required

from common import codes, province
from common.money import vnd
from common.paging import turned
from payments.intake import queries as intake
from payments.intake import services
from payments.intake.errors import PaymentError
from payments.intake.models import Payment, Refund
from shop.orders import money
from shop.orders.bearers import bearers_of, bearers_of_all
from shop.orders.errors import InDispute, OrderError
from shop.orders.models import Order, PartRefund, SubOrder
from shop.orders.queries import payment_of_part
from shop.orders.refund_form import RefundForm

ENTER, APPROVE = "intake.add_refund", "intake.approve_refund"
may_enter, may_approve = permission_required(ENTER), permission_required(APPROVE)
may_see = any_permission_required(ENTER, APPROVE)
PER_PAGE = 50
#: each with who would bear it: a page that can be read
WAITING_PER_PAGE = 20


@require_safe
@may_see
def refunds(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, what the desk gave back lately, and the way to an order."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:40]
    if text and (order := _order_by(text)):
        return redirect("orders_refund_order", order.number)
    if text:
        messages.error(request, _("Không có đơn nào mang số này."))
    asked = turned(request, intake.refunds_to_approve(), "cho", WAITING_PER_PAGE)
    page = turned(request, _entered(), "p", PER_PAGE)
    return render(
        request, "orders/refunds.html", {"asked": asked, "waiting": _waiting(list(asked)), "page": page}
    )


@require_safe
@may_see
def order(request: HttpRequest, number: str) -> HttpResponse:
    """The parts of an order: what was paid, what went back, what can still go back."""
    found = get_object_or_404(Order, number=_typed(number))
    parts = found.suborders.select_related("order", "storefront").order_by("position")
    rows = [
        {
            "part": part,
            "room": money.room_of(part),
            "refunds": _of_part(part),
            "trouble": _trouble(found, part),
        }
        for part in parts
    ]
    return render(request, "orders/refund_order.html", {"order": found, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@may_enter
def part(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """The form, then who will bear it, then the act. The same form gives back once, however often it is sent."""
    found = get_object_or_404(
        SubOrder.objects.select_related("order", "storefront"),
        order__number=_typed(number),
        position=position,
    )
    step = request.POST.get("step")
    # What was just given back leaves less room than the form that gave it asks for: its key says so.
    if step == "do" and (known := _known(found, request.POST.get("key", ""))):
        return _said(request, found, known)
    if trouble := _trouble(found.order, found):
        messages.error(request, trouble)
        return redirect("orders_refund_order", found.order.number)
    form = RefundForm(request.POST or None, room=money.room_of(found))
    if request.method != "POST" or step == "back" or not form.is_valid():
        status = 422 if form.is_bound and step != "back" else 200
        return render(request, "orders/refund_form.html", {"form": form, "part": found}, status=status)
    if step != "do":
        return _look(request, found, form)
    return _give_back(request, found, form.cleaned_data)


@require_POST
@may_approve
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person says yes."""
    return _decide(request, pk, _("Đã duyệt: tiền đang được trả lại."), money.approve_refund)


@require_POST
@may_see
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person says no, or whoever asked takes it back; the reason says why."""
    own = Refund.objects.filter(pk=pk, asked_by=request.user)
    if not request.user.has_perm(APPROVE) and not own.exists():
        raise PermissionDenied
    why = request.POST.get("why", "").replace("\x00", "").strip()[:300]
    return _decide(request, pk, _("Đã ghi: không hoàn."), services.reject_refund, why=why)


def _look(request: HttpRequest, found: SubOrder, form: RefundForm) -> HttpResponse:
    """What would happen, before it does."""
    wanted = PartRefund(
        suborder=found, **{name: form.cleaned_data[name] for name in ("goods_vnd", "delivery_vnd", "fault")}
    )
    context = {
        "form": form,
        "part": found,
        "wanted": wanted,
        "reason": form.cleaned_data["reason"],
        "bearers": bearers_of(wanted),
        "by_two": money.needs_two(found, wanted.amount_vnd, by=request.user),
        "refunds": _of_part(found),
    }
    return render(request, "orders/refund_look.html", context)


def _give_back(request: HttpRequest, found: SubOrder, wanted: dict) -> HttpResponse:
    words = {name: wanted[name] for name in ("goods_vnd", "delivery_vnd", "fault", "reason")}
    try:
        refund = money.refund_part(found, **words, key=_key(wanted["key"]), by=request.user)
    except PaymentError as error:
        messages.error(request, error.words)
        return redirect("orders_refund_order", found.order.number)
    except OrderError as error:
        messages.error(request, str(error))
        return redirect("orders_refund_order", found.order.number)
    return _said(request, found, refund)


def _said(request: HttpRequest, found: SubOrder, refund: Refund) -> HttpResponse:
    if refund.state == Refund.State.REJECTED:
        messages.error(
            request,
            _(
                "Đề nghị này không được duyệt hoặc đã rút lại, nên không có gì được hoàn. Cần thì ghi lại từ đầu."
            ),
        )
        return redirect("orders_refund_order", found.order.number)
    text = (
        _("Đã ghi đề nghị hoàn %(amount)s. Một người khác duyệt thì tiền mới đi.")
        if refund.state == Refund.State.ASKED
        else _("Đã ghi: hoàn %(amount)s cho người mua.")
    )
    messages.success(request, text % {"amount": vnd(refund.amount_vnd)})
    return redirect("orders_refund_order", found.order.number)


def _decide(request: HttpRequest, pk: int, said: str, act, **words: str) -> HttpResponse:
    refund = get_object_or_404(Refund, pk=pk, part__isnull=False)
    try:
        act(refund, by=request.user, **words)
    except (PaymentError, OrderError) as error:
        messages.error(request, error.words)
    else:
        messages.success(request, said)
    return redirect("orders_refunds")


def _waiting(refunds: list[Refund]) -> list[dict]:
    """Refunds that wait, each with its part and who would bear it. Four queries, however many."""
    parts = list(_with_parts(PartRefund.objects.filter(refund__in=refunds)))
    known = {
        part.refund_id: {"part": part, "bearers": bearers}
        for part, bearers in zip(parts, bearers_of_all(parts), strict=True)
    }
    return [{"refund": refund, **known.get(refund.pk, {})} for refund in refunds]


def _trouble(order: Order, part: SubOrder) -> str:
    """Why nothing can be given back of this part; "" when it can."""
    payment = payment_of_part(order, part)
    is_taken_back = payment is not None and payment.state == Payment.State.CHARGED_BACK
    if is_taken_back and payment.left_vnd <= 0:
        return _("Ngân hàng đã rút lại tiền của đơn này cho người mua, nên không hoàn thêm.")
    if not money.can_be_refunded(part, payment):
        if is_taken_back:
            return _("Chưa giao: hủy phần này trước, rồi trả lại ở đây từ phần ngân hàng để lại.")
        return _("Chưa giao: muốn trả tiền thì hủy phần này, tiền tự quay về đủ.")
    if payment is None:
        return _("Chưa thu tiền của phần này, nên không có gì để hoàn.")
    if payment.state == Payment.State.DISPUTED:
        return InDispute().words
    room = money.room_of(part)
    if not room.goods_vnd + room.delivery_vnd:
        return _("Đã hoàn hết phần này.")
    return ""


def _typed(number: str) -> str:
    """The number as orders have it; no number holds a NUL, which the database would not take."""
    return number.replace("\x00", "").upper()


def _order_by(text: str) -> Order | None:
    number = codes.tidy(text, province.order_prefix()) or text.upper()
    return Order.objects.filter(number=number.partition("/")[0]).first()


def _known(part: SubOrder, key: str) -> Refund | None:
    if "\x00" in key:
        return None
    return Refund.objects.filter(part__suborder=part, key=_key(key)).first()


def _key(typed: str) -> str:
    return f"desk-{typed}"


def _of_part(part: SubOrder) -> QuerySet[PartRefund]:
    mine = PartRefund.objects.filter(suborder=part)
    return mine.select_related("refund__asked_by", "refund__approved_by").order_by("pk")


def _entered() -> QuerySet[PartRefund]:
    """What the desk entered and is decided, newest first."""
    entered = PartRefund.objects.filter(refund__asked_by__isnull=False)
    return _with_parts(entered.exclude(refund__state=Refund.State.ASKED)).order_by("-pk")


def _with_parts(rows: QuerySet[PartRefund]) -> QuerySet[PartRefund]:
    return rows.select_related(
        "suborder__order", "suborder__storefront", "refund__asked_by", "refund__approved_by"
    )
