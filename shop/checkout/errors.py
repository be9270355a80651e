"""What can stop an order from being placed, in words for the buyer. Nothing is kept then."""

from django.utils.translation import gettext as _


class CheckoutError(Exception):
    """Base of the room's errors; `str()` is a sentence for the person."""


class QuoteStale(CheckoutError):
    """What the buyer saw is not true any more: prices, stock or delivery changed meanwhile."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Vừa có thay đổi về giá, hàng hoặc cách giao. Bạn xem lại bên dưới rồi đặt; tiền của bạn chưa bị trừ."
            )
        )


class NothingToPlace(CheckoutError):
    def __init__(self) -> None:
        super().__init__(_("Chưa có phần nào đặt được. Bạn xem từng hộ bên dưới nhé."))


class PhoneNotProved(CheckoutError):
    """Cash on delivery needs the phone to be proved by a code once."""

    def __init__(self) -> None:
        super().__init__(_("Trả tiền khi nhận cần xác nhận số điện thoại bằng mã một lần."))


class CashLimit(CheckoutError):
    """Too many open cash orders, or too large a sum."""


class WayNotOffered(CheckoutError):
    def __init__(self) -> None:
        super().__init__(_("Cách trả tiền này đang không dùng được. Bạn chọn cách khác nhé."))


class ChooseWay(CheckoutError):
    def __init__(self) -> None:
        super().__init__(_("Bạn chọn cách trả tiền ở bước 3 rồi đặt nhé."))


class HoldOver(CheckoutError):
    """The goods are not held any more, or the order is paid: no further attempt is opened."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Đã hết giờ giữ hàng, nên không mở lần trả tiền mới. Nếu tiền đã đi, chúng tôi nhận lại đơn hoặc hoàn đủ "
                "cho bạn; chưa trả thì bạn đặt lại nhé."
            )
        )


class AttemptsUsedUp(CheckoutError):
    """So many attempts to pay one order help nobody: a new order does, or a person."""

    def __init__(self, most: int) -> None:
        text = _(
            "Bạn đã thử trả đơn này %(most)s lần, nên trang không mở thêm nữa. Bạn đặt lại đơn mới; cần giúp thì gọi "
            "hoặc viết cho chúng tôi kèm số đơn."
        )
        super().__init__(text % {"most": most})
