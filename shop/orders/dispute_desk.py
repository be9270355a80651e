"""Disputes at the finance desk: what banks ask back, with the order behind it, and what people did about it.

The facts come from the gateways alone: nobody decides a dispute here. How long the bank waits for an answer
the gateways do not tell us; it stands in their own back office.
"""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin.auth import permission_required

from common.money import vnd
from payments.books.models import Account, Entry, Posting
from payments.intake import queries, services
from payments.intake.errors import PaymentError
from payments.intake.models import Payment
from shop.orders.models import Order, SubOrder
from shop.orders.queries import order_of_payment

RIGHT = "intake.change_refund"
may = permission_required(RIGHT)
PER_PAGE = 30
#: what can still be kept from leaving
NOT_SENT = (SubOrder.State.CONFIRMED, SubOrder.State.PACKED)
#: the code of these events is the gateway's word for it
SAID = ("disputed", "dispute_won", "dispute_lost")


@require_safe
@may
def disputes(request: HttpRequest) -> HttpResponse:
    """Payments that a bank disputes or disputed, the open ones first."""
    page = Paginator(queries.disputes(), PER_PAGE).get_page(request.GET.get("p"))
    context = {"page": page, "cases": [_case(each) for each in page], "open": queries.open_disputes().count()}
    return render(request, "orders/disputes.html", context)


@require_POST
@may
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody did about it."""
    payment = get_object_or_404(queries.disputes(), pk=pk)
    try:
        services.note_payment(payment, by=request.user, note=request.POST.get("note", "").replace("\x00", ""))
    except PaymentError as error:
        messages.error(request, error.words)
    else:
        messages.success(request, _("Đã ghi chú."))
    return redirect("orders_disputes")


def _case(payment: Payment) -> dict:
    order = order_of_payment(payment)
    events = list(payment.events.select_related("by"))
    return {
        "payment": payment,
        "order": order,
        "to_keep": _to_keep(order) if order and payment.state != Payment.State.SETTLED else [],
        "reason": next((each.code for each in events if each.because in SAID and each.code), ""),
        "events": [each for each in events if each.because in SAID or each.note],
        "books": _books(payment),
    }


def _to_keep(order: Order) -> list[SubOrder]:
    """Parts that have not left yet: their households are asked to wait."""
    return list(order.suborders.filter(state__in=NOT_SENT).select_related("order", "storefront"))


def _books(payment: Payment) -> str:
    """What stands in the books because of it."""
    if payment.state == Payment.State.SETTLED:
        return _("Ngân hàng xử cho chợ: sổ sách không thay đổi.")
    taken = Entry.objects.filter(act=f"{Entry.Kind.CHARGED_BACK}:payment:{payment.pk}").first()
    if taken is None:
        return _("Chưa có gì trong sổ sách: tiền còn ở cổng tới khi ngân hàng xử xong.")
    if payment.taken_back_vnd < payment.settled_vnd:
        return _books_of_a_part(payment)
    sums = dict(Posting.objects.filter(entry=taken).values_list("account__kind", "amount_vnd"))
    text = _("Cổng bị rút %(all)s: %(escrow)s từ tiền người mua gửi, %(loss)s do quỹ tổn thất của tỉnh chịu.")
    return text % {
        "all": vnd(payment.taken_back_vnd),
        "escrow": vnd(sums.get(Account.Kind.ESCROW, 0)),
        "loss": vnd(sums.get(Account.Kind.LOSS_FUND, 0)),
    }


def _books_of_a_part(payment: Payment) -> str:
    text = _(
        "Cổng bị rút %(taken)s trong %(paid)s. Phần ngân hàng để lại nằm ở quỹ tổn thất, phần hàng hoàn tất được trả từ "
        "quỹ. Còn trả thêm cho người mua được nhiều nhất %(left)s, ở trang hoàn tiền của đơn."
    )
    return text % {
        "taken": vnd(payment.taken_back_vnd),
        "paid": vnd(payment.settled_vnd),
        "left": vnd(payment.left_vnd),
    }
