"""Our own page between order and gateway, and the page the browser comes back to. Neither believes a browser."""

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.pages.sign_in import address_of
from payments.adapters.contract import Adapter, Hop, Redirect, ShowQr, Unreachable
from payments.intake import services as intake
from payments.intake.errors import NotOpen
from payments.intake.models import Payment
from payments.intake.queries import access_payment, transferred
from shop.checkout import place
from shop.checkout.errors import CheckoutError
from shop.market.mine import guest
from shop.orders import links
from shop.orders.models import Order
from shop.orders.queries import attempts_untold, open_attempt, order_of_payment

State = Payment.State


@never_cache
@require_GET
def pay(request: HttpRequest, reference: str) -> HttpResponse:
    """Begin the payment if it has not begun, and lead on to where it is paid."""
    payment, order = _payment_or_404(reference)
    if payment.held_at:
        return _held(request, payment, order)
    if not payment.is_open:
        return _ended(request, payment, order)
    try:
        step = intake.begin(payment, _hop(request, payment))
    except NotOpen:
        payment.refresh_from_db()
        return _ended(request, payment, order)
    payment.refresh_from_db()
    if not payment.is_open:
        return _ended(request, payment, order)
    context = {"payment": payment, "order": order, "step": step, "leads_on": isinstance(step, Redirect)}
    context["ways"] = _other_ways(payment, order)
    if isinstance(step, ShowQr) and step.transfer:
        return _transfer(request, context)
    if isinstance(step, ShowQr):
        context["qr"] = segno.make(step.payload, error="m").svg_data_uri(scale=6)
    return render(request, "market/pay.html", context)


def _transfer(request: HttpRequest, context: dict) -> HttpResponse:
    """The bank transfer in code and words, for the whole sum or for what is still missing of it."""
    payment, step = context["payment"], context["step"]
    found = transferred(payment)
    if request.headers.get("X-Live-Part") == f"tien-{found.came_vnd}":
        # The page asks every few seconds: nothing new is answered without drawing codes.
        return render(request, "market/transfer_status.html", {"payment": payment, "found": found})
    context["found"] = found
    if found.came_vnd:
        try:
            step = intake.rest_of(payment, _hop(request, payment), found.missing_vnd)
        except Unreachable:
            # No code for the whole sum when only a part is missing: the words say how to pay it.
            return render(request, "market/pay_transfer.html", context)
    code = segno.make(step.payload, error="m", micro=False)
    context |= {
        "step": step,
        "qr": code.svg_data_uri(scale=6, border=2, dark="#000", light="#fff"),
        "picture": code.png_data_uri(scale=10, border=4),
    }
    return render(request, "market/pay_transfer.html", context)


@never_cache
@require_GET
def comeback(request: HttpRequest, reference: str) -> HttpResponse:
    """ "Đang xác nhận": the gateway is asked by a job; this page turns when its answer, or its call, is there."""
    payment, order = _payment_or_404(reference)
    if payment.held_at:
        return _held(request, payment, order)
    if payment.is_open:
        intake.ask_again(payment)
        context = {"payment": payment, "order": order, "ways": _other_ways(payment, order)}
        return render(request, "market/comeback.html", context)
    if payment.state == State.CANCELLED and order.state == Order.State.PLACED:
        # Paid in another tab, maybe: only the gateway knows, and its answer is late money.
        intake.ask_late(payment)
        context = {"payment": payment, "order": order, "open": open_attempt(order)}
        return render(request, "market/comeback.html", context)
    return _ended(request, payment, order)


@require_POST
def again(request: HttpRequest, reference: str) -> HttpResponse:
    """Another attempt, in the same or another way, while the goods are held."""
    payment, order = _payment_or_404(reference)
    try:
        fresh = place.pay_again(order, request.POST.get("way") or payment.adapter)
    except CheckoutError as error:
        return _ended(request, payment, order, trouble=str(error), status=409)
    response = redirect("market:pay", reference=fresh.reference)
    response.status_code = 303
    return response


def _other_ways(payment: Payment, order: Order) -> list[Adapter]:
    """What the buyer may change to while this attempt is open."""
    return [each for each in place.ways_again(order) if each.code != payment.adapter]


def _ended(
    request: HttpRequest, payment: Payment, order: Order, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    """The payment has ended: on to the order when it is paid, else what can be done now."""
    order.refresh_from_db()
    if order.state != Order.State.PLACED:
        return _to_order(request, order)
    untold = attempts_untold(order)
    for each in untold:
        # Paid all the same, maybe: its gateway is asked by a job, so that this page soon knows.
        intake.ask_late(each)
    context = {"payment": payment, "order": order, "ways": place.ways_again(order), "trouble": trouble}
    context["found"] = transferred(payment)
    # Of these the gateway has said that no money moved; of what was taken back nobody has.
    context["nothing_taken"] = payment.state in (State.FAILED, State.EXPIRED) and not untold
    context["used_up"] = place.can_pay_again(order) and place.attempts_used_up(order)
    context["open"] = None if payment.is_open else open_attempt(order)
    return render(request, "market/pay_ended.html", context, status=status)


def _held(request: HttpRequest, payment: Payment, order: Order) -> HttpResponse:
    """The gateway has the money and doubts it: nobody is sent there to pay once more."""
    return render(request, "market/pay_held.html", {"payment": payment, "order": order})


def _to_order(request: HttpRequest, order: Order) -> HttpResponse:
    """Whoever holds a payment's unguessable reference placed the order, and may see it in this browser."""
    response = redirect("market:order", number=order.number)
    guest.remember(request, response, order.number, links.sign(order))
    return response


def _payment_or_404(reference: str) -> tuple[Payment, Order]:
    payment = access_payment(reference)
    order = order_of_payment(payment) if payment else None
    if payment is None or order is None:
        raise Http404
    return payment, order


def _hop(request: HttpRequest, payment: Payment) -> Hop:
    return Hop(
        return_url=settings.PUBLIC_URL + reverse("market:comeback", args=[payment.reference]),
        notify_url=settings.PUBLIC_URL + reverse("payments:hear", args=[payment.adapter]),
        ip=address_of(request),
        language=get_language() or "vi",
    )
