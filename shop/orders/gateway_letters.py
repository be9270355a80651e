"""What buyer and households hear when a gateway or a bank has second thoughts about money."""

from django.utils.translation import gettext as _

from common.money import vnd
from payments.intake.models import Payment
from shop.orders.letters import Letter, held_words, order_of, to_buyer, to_household
from shop.orders.models import Order, SubOrder

State = Payment.State
Part = SubOrder.State
#: nothing of the order is theirs to keep or to send any more
OUT = (Part.CANCELLED, Part.DECLINED, Part.RETURNED, Part.REFUNDED)
TO_SEND = (Part.AWAITING_PAYMENT, Part.CONFIRMED, Part.PACKED)


def held(payment: Payment) -> None:
    """The gateway has the money and doubts it: the buyer waits, and does not pay once more."""
    order = order_of(payment)
    if order is None:
        return

    def words() -> Letter:
        text = _(
            "Bên thanh toán đã nhận %(total)s cho đơn %(number)s và đang kiểm tra lại giao dịch. "
            "Bạn đừng trả thêm lần nữa: có kết quả là chúng tôi báo ngay."
        )
        return Letter(
            subject=_("Khoản trả cho đơn %(number)s đang được kiểm tra") % {"number": order.number},
            paragraphs=[text % {"number": order.number, "total": vnd(payment.asked_vnd)}, held_words()],
            button=_("Xem đơn"),
        )

    to_buyer(order, "order_money_held", words)


def not_taken(payment: Payment, *, was_held: bool) -> None:
    """The gateway decided against money that it doubted; an attempt that simply failed needs no letter."""
    order = order_of(payment)
    if order is None or not was_held:
        return

    def words() -> Letter:
        text = _(
            "Bên thanh toán không nhận khoản trả %(total)s cho đơn %(number)s. Số tiền đã giữ được chính họ trả lại "
            "cho bạn; sau vài ngày chưa thấy thì bạn hỏi ngân hàng của mình."
        )
        return Letter(
            subject=_("Khoản trả cho đơn %(number)s không được nhận") % {"number": order.number},
            paragraphs=[text % {"number": order.number, "total": vnd(payment.asked_vnd)}],
            button=_("Xem đơn"),
        )

    to_buyer(order, "order_money_not_taken", words)


def disputed(payment: Payment) -> None:
    """The buyer's bank disputes a payment, has taken it back, or (settled) has decided for us: both sides hear it.

    Households whose part is out of the order hear nothing.
    """
    order = order_of(payment)
    if order is None:
        return
    _tell_buyer(order, payment)
    for part in order.suborders.select_related("order", "storefront").exclude(state__in=OUT):
        _tell_household(part, payment)


def _tell_buyer(order: Order, payment: Payment) -> None:
    def words() -> Letter:
        facts = {"number": order.number, "total": vnd(payment.taken_back_vnd or payment.settled_vnd)}
        text = {
            State.DISPUTED: _(
                "Ngân hàng của bạn đang hỏi lại khoản trả %(total)s cho đơn %(number)s. Tỉnh làm việc với ngân hàng; hàng "
                "chưa gửi có thể chậm lại. Nếu không phải bạn nhờ hỏi, bạn báo ngân hàng của mình."
            ),
            State.CHARGED_BACK: _(
                "Ngân hàng đã lấy lại %(total)s của đơn %(number)s cho chủ thẻ. Tiền này về qua ngân hàng, nên chợ không "
                "hoàn thêm lần nữa."
            ),
            State.SETTLED: _(
                "Ngân hàng đã xem xong khoản trả %(total)s cho đơn %(number)s: tiền vẫn là của đơn này, đơn tiếp tục "
                "như thường."
            ),
        }[payment.state]
        return Letter(
            subject=_("Đơn %(number)s: ngân hàng hỏi lại tiền") % facts,
            paragraphs=[text % facts],
            button=_("Xem đơn"),
        )

    to_buyer(order, "order_disputed", words)


def _tell_household(part: SubOrder, payment: Payment) -> None:
    def words() -> Letter:
        text = {
            State.DISPUTED: _(
                "Ngân hàng của người mua đang hỏi lại khoản trả cho đơn %(number)s. Hàng chưa gửi thì tạm giữ lại; "
                "hàng đã gửi thì giữ giấy giao nhận. Tỉnh làm việc với ngân hàng và báo lại nhà mình."
            ),
            State.CHARGED_BACK: _(
                "Ngân hàng của người mua đã rút lại tiền của đơn %(number)s. Nhà mình không phải trả gì; phần thiệt "
                "do quỹ của tỉnh chịu. Hàng chưa gửi thì giữ lại và báo cho tỉnh."
            ),
            State.SETTLED: (
                _(
                    "Ngân hàng đã xem xong: tiền của đơn %(number)s không bị rút. Hàng chưa gửi thì gửi như thường."
                )
                if part.state in TO_SEND
                else _(
                    "Ngân hàng đã xem xong: tiền của đơn %(number)s không bị rút. Nhà mình không phải làm gì."
                )
            ),
        }[payment.state]
        return Letter(
            subject=_("Đơn %(number)s: ngân hàng hỏi lại tiền") % {"number": part.number},
            paragraphs=[text % {"number": part.number}],
            button=_("Mở đơn"),
        )

    to_household(part, "household_disputed", words)
