"""What buyer and household hear when the finance desk gives money back of a part that was delivered.

Nothing is said of a refund that only waits for a second person's yes, nor of one that got a no: neither
was promised to anybody.
"""

from django.utils.translation import gettext as _

from common.money import vnd
from payments.books.post import Shares
from shop.orders.letters import Letter, to_buyer, to_household, way_back
from shop.orders.models import PartRefund

Fault = PartRefund.Fault


def approved(part: PartRefund, cost: Shares) -> None:
    """It will go back: the buyer hears how much and why, the household whether it bears any of it.

    `cost` is what the earners give back where it is the household's fault.
    """
    _tell_buyer(part)
    _tell_household(part, cost)


def _tell_buyer(part: PartRefund) -> None:
    suborder, order = part.suborder, part.suborder.order

    def words() -> Letter:
        facts = _facts(part) | {"number": order.number}
        return Letter(
            subject=_("Bạn được trả lại %(amount)s của đơn %(number)s") % facts,
            paragraphs=[
                _("Chợ trả lại bạn %(amount)s cho phần hàng của %(household)s. Lý do: %(reason)s.") % facts,
                way_back(part.refund.payment.adapter),
            ],
            button=_("Xem đơn"),
        )

    to_buyer(suborder.order, "order_refund_approved", words)


def _tell_household(part: PartRefund, cost: Shares) -> None:
    def words() -> Letter:
        facts = _facts(part) | {"number": part.suborder.number}
        said = _("Chợ trả lại người mua %(amount)s của đơn %(number)s. Lý do: %(reason)s.")
        return Letter(
            subject=_("Đơn %(number)s: trả lại người mua %(amount)s") % facts,
            paragraphs=[said % facts, _who_bears(part, cost)],
            button=_("Xem đơn"),
        )

    to_household(part.suborder, "household_refund", words)


def _who_bears(part: PartRefund, cost: Shares) -> str:
    own = part.suborder.carrier == "own"
    if part.fault == Fault.CARRIER and own:
        text = _("Nhà mình tự giao, nên %(amount)s được trừ vào tiền của nhà mình.")
        return text % {"amount": vnd(part.amount_vnd)}
    if part.fault in (Fault.CARRIER, Fault.NOBODY, Fault.BUYER):
        return _("Không phải lỗi của nhà mình: nhà mình vẫn nhận đủ tiền.")
    amount_vnd = cost.payable_vnd + (cost.delivery_vnd if own else 0)
    text = _("Phần của nhà mình giảm %(amount)s; xem ở mục Tiền. Thấy chưa đúng thì gọi số hỗ trợ.")
    return text % {"amount": vnd(amount_vnd)}


def _facts(part: PartRefund) -> dict[str, str]:
    return {
        "amount": vnd(part.amount_vnd),
        "household": part.suborder.storefront.name,
        "reason": part.refund.reason.rstrip(". "),
    }
